"""When: the Prefect flows, their forms and their deployments."""
