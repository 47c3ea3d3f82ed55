"""Zalo: what is sent to a follower or a telephone, and the tokens that it is sent with."""
