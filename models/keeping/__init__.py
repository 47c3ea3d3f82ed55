"""Opening the store, keeping a copy of it, and looking at an earlier day."""
