"""Assignments: what the plan asks for, what can happen to them, and finding them again."""
