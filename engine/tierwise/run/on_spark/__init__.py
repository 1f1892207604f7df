"""What only Spark needs: how it is started, reads data, says what went wrong, and writes."""
