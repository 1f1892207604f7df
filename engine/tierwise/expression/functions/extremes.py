"""The least and the greatest of several values.

Databases leave missing values out of theirs; a rule that does not say what a missing value means
must not have it decided by silence. So each side chooses by comparisons.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

from tierwise.expression.functions.base import DATE, NUMBER, Function

MOST = 10

_EITHER = (*(NUMBER or ()), *(DATE or ()))


def _chosen(
    values: tuple[Any, ...],
    fits: Callable[[Any, Any], Any],
    choice: Callable[[Any, Any, Any], Any],
) -> Any:
    """The first value that fits beside all that follow it, or is missing.

    Beside a missing one none fits, so that this is reached, and chosen.
    """
    chosen = values[-1]
    for index in range(len(values) - 2, -1, -1):
        value = values[index]
        beside = functools.reduce(
            operator.and_, [fits(value, other) for other in values[index + 1 :]]
        )
        chosen = choice(value.isnull() | beside, value, chosen)
    return chosen


def _of_columns(fits: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *values: _chosen(values, fits, lambda test, one, other: test.ifelse(one, other))


def _of_exact(fits: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    return lambda *values: _chosen(values, fits, lambda test, one, other: one.where(test, other))


def _note(most: str) -> str:
    return (f"Missing where one of them is, for that might be the {most}; to pass it over, write "
            f"`x if missing(y) else {most}(x, y)`")  # fmt: skip


EXTREMES = (
    Function(
        "least", (_EITHER, _EITHER), None, f"the least of 2 to {MOST} numbers, or of as many dates",
        "least(value, 10)", min, _of_columns(operator.le), _of_exact(operator.le),
        most=MOST, alike=True, note=_note("least"),
    ),
    Function(
        "greatest", (_EITHER, _EITHER), None,
        f"the greatest of 2 to {MOST} numbers, or of as many dates",
        "greatest(opened_on, date('2021-05-31'))",
        max, _of_columns(operator.ge), _of_exact(operator.ge),
        most=MOST, alike=True, note=_note("greatest"),
    ),
)  # fmt: skip
