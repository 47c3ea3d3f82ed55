"""Over which address each desk of an office is reached."""
