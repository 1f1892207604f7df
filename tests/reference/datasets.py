"""Small data sets, dense in hard cases, for the as-of month 2021-05.

One builder makes them all, out of choices; the choices come either from Hypothesis, which shrinks
a failing data set, or from a seeded random generator, which is fast. Every row obeys the data
contract: keys unique, references resolved, agreement_start for EA only, incentive for CPOR only.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hypothesis import strategies

from .builder import Builder
from .choices import (
    EARLIEST_MONTH,
    IDENTIFIERS,
    TABLES,
    HypothesisChooser,
    RandomChooser,
)
from .tables import Data


def small_datasets() -> strategies.SearchStrategy[Data]:
    """Small data sets by Hypothesis's choices."""
    return _small_datasets()


@strategies.composite
def _small_datasets(draw: strategies.DrawFn) -> Data:
    return Builder(HypothesisChooser(draw)).build()


def random_dataset(seed: int) -> Data:
    """A small data set by a seeded random generator's choices; the same seed, the same data."""
    return Builder(RandomChooser(seed)).build()


# --- many in one --------------------------------------------------------------------------------


def merged_id(number: int, identifier: str) -> str:
    """The id that a data set's row has once it is merged as data set `number`."""
    return f"{number}/{identifier}"


def merge(datasets: Sequence[Data]) -> Data:
    """One data set out of many, which gives every partner what it got in its own.

    Every id is prefixed by its data set's number. An 'anchor' partner with a row of 0 in the
    earliest month is added, so that every table reaches back as far as the metrics must look.
    """
    merged = anchor()
    for number, data in enumerate(datasets):
        for table in TABLES:
            for row in data[table]:
                merged[table].append(
                    {
                        column: merged_id(number, str(value)) if column in IDENTIFIERS else value
                        for column, value in row.items()
                    }
                )
    return merged


def anchor() -> Data:
    """A partner, a subscription, and a row of 0 in each monthly table in the earliest month."""
    builder = Builder(RandomChooser(0))
    builder.add_partner("anchor")
    subscription = builder.add_own_subscription("anchor", "anchor")
    builder.add_billing(subscription, EARLIEST_MONTH, "billing", Decimal(0))
    builder.add_seats(subscription, EARLIEST_MONTH, 0)
    builder.add_usage(subscription, EARLIEST_MONTH, "production", 0)
    return builder.data
