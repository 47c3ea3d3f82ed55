"""The plan in the browser: what is followed, its editions, and drafts of amendments with their editor."""
