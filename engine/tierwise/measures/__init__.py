"""The kinds of measures, one file each. A new kind is a file and its line in ``MEASURES``."""

from __future__ import annotations

from tierwise.measures import (
    average,
    changes,
    count,
    credited,
    first_reached,
    growth,
    holders_of,
    largest,
    median,
    reached,
    smallest,
    stock,
    sum,
)
from tierwise.measures.base import MeasureKind

MEASURES: dict[str, MeasureKind] = {
    module.KIND.key: module.KIND
    for module in (
        sum,
        average,
        median,
        largest,
        smallest,
        count,
        stock,
        growth,
        changes,
        reached,
        first_reached,
        credited,
        holders_of,
    )
}
