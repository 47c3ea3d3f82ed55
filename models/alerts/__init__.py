"""Who is told, and when: status, timetables, notices, the sweep, silences."""
