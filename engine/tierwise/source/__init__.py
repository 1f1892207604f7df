"""Stage 1, read: the text of a rule file becomes a ``Document``."""
