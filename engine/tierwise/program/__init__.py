"""Stage 3, bind: a competency's version with every name resolved becomes a ``Program``."""
