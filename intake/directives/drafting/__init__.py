"""Drafting the tasks of a directive from its text, by rules and a dictionary of offices."""
