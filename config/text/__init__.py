"""Text as people write it: accents, near misses, YAML, and files written wholly or not at all."""
