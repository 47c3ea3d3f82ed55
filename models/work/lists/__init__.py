"""Lists of assignments for those who have the next move: an office, and the coordinator at the desk."""
