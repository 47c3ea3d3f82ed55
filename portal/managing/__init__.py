"""What a manager asks beyond the board: what has changed, how periods compare, how a year went."""
