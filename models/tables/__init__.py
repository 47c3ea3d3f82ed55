"""Every table, and the life of an assignment on one page."""
