"""The ground every unit of work stands on: the database, the audit trail, column types and errors."""
