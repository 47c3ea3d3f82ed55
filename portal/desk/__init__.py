"""What the coordinator manages from the desk, each deed looked at before it is done."""
