"""Commands about notices, messages and channels."""
