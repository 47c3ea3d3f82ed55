"""Changes to many assignments at once: what a changed plan, calendar or register means for open work, applied whole."""
