"""What has happened: tables, their queries, and the verbs that write them."""
