"""Evidence files: what they hold, read in a sandbox and held against the boundary."""
