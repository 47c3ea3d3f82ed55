"""Evidence files: read in a sandbox and checked against the boundary."""
