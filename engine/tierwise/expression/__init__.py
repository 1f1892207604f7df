"""The language of conditions and amounts inside rule files: one grammar, two sides.

``parse`` checks an expression and gives it a type; ``scalars`` decides it over single values and
``columns`` turns it into part of a plan. Both sides are simpleeval with its node table narrowed.
"""
