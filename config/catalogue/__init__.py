"""The plan's shape: directives, priority tasks, subtasks, the office register; loading and checking it."""
