"""One task a command: from the values of the stages to a report."""
