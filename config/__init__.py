"""What was decided: settings, the plan, the calendar and the pure rules of time."""
