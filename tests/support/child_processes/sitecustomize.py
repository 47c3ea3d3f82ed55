"""A Python that a test starts looks for garbage as seldom as the tests do: a seventh of a server's start."""

import gc

gc.set_threshold(70_000, 20, 20)
