"""The door to Prefect's pages."""
