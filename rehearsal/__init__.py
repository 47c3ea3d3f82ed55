"""Acting it out: offices that report early, late or never, for the demo and the sample past."""
