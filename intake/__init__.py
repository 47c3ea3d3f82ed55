"""What comes in: evidence files and filled-in sheets, read in a sandbox."""
