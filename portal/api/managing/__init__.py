"""What a manager compares, for programs."""
