"""Excel workbooks: the tracking table out and back, and forms to fill in."""
