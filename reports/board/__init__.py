"""The board: figures, situation and trend of all assignments at a moment."""
