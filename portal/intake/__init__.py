"""A directive's text made into a plan: read, corrected beside its text, rehearsed and launched."""
