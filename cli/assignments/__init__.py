"""Commands about work: plans, directives, assignments, runs."""
