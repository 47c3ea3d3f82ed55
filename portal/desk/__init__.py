"""What the coordinator does from the desk with many assignments at once, each deed looked at before it is done."""
