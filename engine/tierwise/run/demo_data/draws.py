"""Numbers that look random and are always the same: whole-number arithmetic written in SQL.

A draw is a number from 0 to 2**32 - 1, mixed from a row's number, its place among its parent's
rows, and two salts made of the seed, the table and what is drawn. The mixing is multiplication
and exclusive-or within 64 bits, so that no version of a database can give another result; a
database's own ``random`` and ``hash`` promise no such thing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction

from tierwise.run.embedded.database import quoted

BITS = 32
_MASK = 2**BITS - 1
_OF_ROW, _OF_PLACE = 2654435769, 2246822507
_FIRST, _SECOND = 0x7FEB352D, 0x846CA68B
"""Multipliers after which every bit of a number depends on every other."""


def salts(seed: int, table: str, what: str) -> tuple[int, int]:
    """Two numbers of 32 bits that differ for everything that is drawn."""
    digest = hashlib.sha256(f"{seed}\n{table}\n{what}".encode()).digest()
    return int.from_bytes(digest[:4], "big"), int.from_bytes(digest[4:8], "big")


def with_draws(source: str, draws: Mapping[str, tuple[int, int]], row: str, place: str) -> str:
    """A query with a column for each draw.

    Args:
        source: a query.
        draws: the salts by the new column's name.
        row, place: expressions over the source that number its rows; whole, below 2**31.
    """
    if not draws:
        return source
    begun = ", ".join(
        f"(CAST({row} AS UBIGINT) * {_OF_ROW} + CAST({place} AS UBIGINT) * {_OF_PLACE} + {first})"
        f" & {_MASK} AS {quoted(name)}"
        for name, (first, _) in draws.items()
    )
    steps = [
        f"(xor({{cell}}, {{cell}} >> 16) * {_FIRST} + {{second}}) & {_MASK}",
        f"(xor({{cell}}, {{cell}} >> 15) * {_SECOND}) & {_MASK}",
        "xor({cell}, {cell} >> 16)",
    ]
    query = f"SELECT *, {begun} FROM ({source})"
    for step in steps:
        cells = [(quoted(name), second) for name, (_, second) in draws.items()]
        mixed = (f"{step.format(cell=cell, second=second)} AS {cell}" for cell, second in cells)
        query = f"SELECT * REPLACE ({', '.join(mixed)}) FROM ({query})"
    return query


def skewed(draw: str, skew: int) -> str:
    """A draw's power, so that low ones outnumber high ones."""
    power = draw
    for _ in range(skew - 1):
        power = f"(({power} * {draw}) >> {BITS})"
    return power


def below(draw: str, count: int | str) -> str:
    """A whole number from 0 to ``count`` - 1; ``count`` may be an expression, below 2**32."""
    if isinstance(count, int) and count > 2**BITS:
        shift = 20  # so that the product stays within 64 bits
        return f"CAST(({draw} * {count >> shift}) >> {BITS - shift} AS BIGINT)"
    return f"CAST(({draw} * {count}) >> {BITS} AS BIGINT)"


def happens(draw: str, share: Fraction) -> str:
    """Whether something happens that does for a share of the rows."""
    return f"{draw} < {round(share * 2**BITS)}"


def nearby(number: str, draw: str, share: Fraction) -> str:
    """A whole number that is off by at most a share of itself, evenly spread."""
    off = f"(abs({number}) * {share.numerator} // {share.denominator})"
    return f"({number} - {off} + (((2 * {off} + 1) * CAST({draw} >> 16 AS BIGINT)) >> 16))"
