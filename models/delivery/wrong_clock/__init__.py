"""What a clock that was wrong leaves in the store: its traces, and mending them."""
