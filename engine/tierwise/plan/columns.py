"""The names of the columns of the tables that a plan makes of values, points and scores."""

from __future__ import annotations

NO_VALUE = -1
"""The reason of a metric that has no value; others are indices of its ``requires``."""


def metric_columns(metric: str) -> dict[str, str]:
    """The columns of a metric in a score table, by what they hold.

    ``choice``: which of its thresholds is the one.
    """
    names = ("points_n", "points_d", "reason", "choice")
    return {name: f"{metric}:{name}" for name in names}


def value_columns(value: str) -> dict[str, str]:
    """The columns of a value that is a number in a score table; others have one of their name."""
    return {name: f"{value}:{name}" for name in ("value_n", "value_d")}


def group_columns(group: str) -> dict[str, str]:
    """The columns of a group in a score table."""
    return {name: f"{group}:{name}" for name in ("group_n", "group_d")}


def part_column(value: str, part: str) -> str:
    """The column of a value's folded part."""
    return f"{value}:{part}"


def here_column(value: str) -> str:
    """The column that says whether a measured value has facts in a part of a dimension."""
    return f"{value}:here"
