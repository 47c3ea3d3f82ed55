"""Deeds of a directive as a whole: closing and reopening it, dating what follows another subtask, and what
was left because its report waits.
"""
