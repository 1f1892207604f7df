"""Cases with their names resolved: rows filled up, and what is expected of them."""
