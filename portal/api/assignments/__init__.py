"""Assignments for programs: their verbs, what hangs on them, and urging letters about them."""
