"""Text as people write it: accents, near misses, YAML, and files written completely or not at all."""
