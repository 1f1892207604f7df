"""Stage 5, lower: a ``Program`` becomes a ``Plan`` of named relational tables."""
