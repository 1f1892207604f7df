"""The command line of tierwise: flags to a task, its report to a format."""
