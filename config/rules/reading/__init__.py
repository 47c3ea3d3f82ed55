"""Deadlines as people and plans write them, read into rules (``config.rules.grammar``)."""
