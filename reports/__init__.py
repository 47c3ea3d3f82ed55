"""How it looks: the board and, later, the documents made of it."""
