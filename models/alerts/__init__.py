"""Who is alerted, and when: status, timetables, notices, the sweep, silences."""
