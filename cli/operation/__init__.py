"""Commands for the operator: running, accounts, backup, audit."""
