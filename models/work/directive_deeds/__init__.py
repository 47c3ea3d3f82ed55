"""Deeds of a directive as a whole: closing and reopening it, and dating what follows another subtask."""
