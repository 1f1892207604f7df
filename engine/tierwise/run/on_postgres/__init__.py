"""What only PostgreSQL needs: its address, how it writes what a plan asks, and how data lies in it."""
