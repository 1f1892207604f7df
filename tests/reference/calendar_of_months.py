"""Months as numbers and days as dates, for the references that need little else."""

from __future__ import annotations

from datetime import date, timedelta


def month(year: int, number: int) -> int:
    """A month as a number that one can count with."""
    return year * 12 + number - 1


def month_text(number: int) -> str:
    """A month as files write it."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def month_of(text: str) -> int:
    """The number of a month that is written YYYY-MM."""
    return month(int(text[:4]), int(text[5:7]))


def end_of(number: int) -> date:
    """The last day of a month."""
    after = number + 1
    return date(after // 12, after % 12 + 1, 1) - timedelta(days=1)


def in_effect(start: date, end: date | None, day: date) -> bool:
    """Whether a period through a day, open where there is none, holds on a day."""
    return start <= day and (end is None or day <= end)
