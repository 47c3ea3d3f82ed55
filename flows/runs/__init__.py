"""How a run is carried out: its tasks, what they share, its name from beginning to end, and what became of it."""
