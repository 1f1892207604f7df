"""Numbers in files of results are the exact ones, cut behind 18 digits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tierwise.run.cut import decimals

WHOLE = pa.decimal128(38, 0)


def cut(number: Fraction) -> Decimal:
    """Digit by digit, as on paper; only the first eighteen behind the point."""
    digits = abs(number.numerator) * 10**18 // number.denominator
    return Decimal((int(number < 0), tuple(map(int, str(digits))), -18))


LARGE = st.integers(-(10**19), 10**19)
SMALL = st.integers(-(10**9), 10**9)
BELOW = st.sampled_from([1, 3, 7, 300_000, 9 * 10**9, 9 * 10**9 + 1, 10**18, 10**29, 10**31])


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.none() | SMALL | LARGE, st.none() | BELOW | st.integers(1, 10**10)), max_size=5
    )
)
@example([])
@example([(None, None)])
@example([(None, 1), (3, 1)])
@example([(0, None), (3, 1)])
@example([(0, None), (3, 2)])
@example([(10**18 - 1, 9 * 10**9), (1 - 10**18, 7)])
@example([(10**18, 3), (-1, 1)])
@example([(-2, 3), (None, None), (5, 1)])
@example([(7, 1), (-(10**18) + 1, 1)])
def test_numbers_are_cut(pairs: list[tuple[int | None, int | None]]) -> None:
    above = pa.chunked_array([pa.array([n for n, _ in pairs], WHOLE)])
    below = pa.chunked_array([pa.array([d for _, d in pairs], WHOLE)])
    wanted = [None if n is None or d is None else cut(Fraction(n, d)) for n, d in pairs]
    assert decimals(above, below).to_pylist() == wanted
