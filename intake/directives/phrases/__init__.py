"""Phrases of directives: offices, deadlines, who is told to do what."""
