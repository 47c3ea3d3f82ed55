"""How each office is reached: what a coordinator set, and contacts.yaml taken in once."""
