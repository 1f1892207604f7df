"""What only DuckDB needs: its connection, and the ways in which it reads data."""
