"""What comes in: files of evidence and filled-in sheets, read in a sandbox."""
