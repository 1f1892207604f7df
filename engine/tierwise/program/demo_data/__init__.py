"""What demo data is made by, with its names resolved."""
