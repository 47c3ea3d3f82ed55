"""What must hold between the parts of a plan; every fault is told at once."""
