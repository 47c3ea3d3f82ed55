"""The verbs for programs: /api/v1 with a bearer token."""
