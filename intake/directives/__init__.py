"""From the text of a directive to a draft of its tasks: reading the file, and drafting from its text."""
