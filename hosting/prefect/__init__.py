"""The Prefect server, its environment and the runs a stop leaves behind."""
