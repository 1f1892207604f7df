"""Demo data: rows made in a database, and written as files."""
