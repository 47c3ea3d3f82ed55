"""A directive's text made into a plan, and the months ahead rehearsed, for programs."""
