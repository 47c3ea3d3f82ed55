"""The courier's side of the outbox: grouping, leases, the log, dead letters, the auditor."""
