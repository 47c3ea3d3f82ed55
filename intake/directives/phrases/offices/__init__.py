"""Names of offices as texts write them: found word by word, and told which office of the register is meant."""
