"""Months and the like as bits of a whole number of 64."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

MOST_BITS = 62
"""How many of them are used."""


def bit_of(position: ir.IntegerValue) -> ir.IntegerColumn:
    """The number that has only the bit at a position, counted from 0, up to ``MOST_BITS``."""
    # Ibis prints a small constant without its type, and 32 bits would not hold all positions.
    return ibis.literal(1, "int8").cast("int64") << position.cast("int64")
