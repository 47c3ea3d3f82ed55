"""How the portal is served: its processes, and how long they wait for a request."""
