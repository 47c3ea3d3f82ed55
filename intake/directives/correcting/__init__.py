"""Correcting a draft: its rows, what may be done to them, and the plan that is launched of them."""
