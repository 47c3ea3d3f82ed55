"""Events for programs, over HTTP."""
