"""The `dondoc` command."""
