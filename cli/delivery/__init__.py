"""Commands about messages: what is to be said, what was sent, over what."""
