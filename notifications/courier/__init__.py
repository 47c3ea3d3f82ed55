"""The courier: from waiting notices to recorded deliveries."""
