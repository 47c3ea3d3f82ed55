"""The verbs on assignments, what the plan asks for, and finding assignments again."""
