"""Commands about plans, directives, assignments and runs."""
