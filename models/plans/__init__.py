"""The plan in the store: its documents, their editions, and the plan in force."""
