"""How dondoc is run: its Prefect and its processes."""
