"""Stage 2, build: Documents become a ``RuleSet``, as written and of the right shape."""
