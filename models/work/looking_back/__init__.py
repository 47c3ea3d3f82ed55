"""What is over: the finished work of an office, what has changed since a day, how often and how late."""
