"""Stage 6, run: a backend runs a ``Plan`` over data and gives ``Results``."""
