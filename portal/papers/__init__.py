"""Papers that were issued: put on record, and read again."""
