"""The calendar month, the unit of time of every rule: months as whole numbers one can count with."""

from __future__ import annotations

import calendar
import datetime
import re
from typing import Any, TypeVar

Number = TypeVar("Number", int, Any)

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")

FIRST_MONTH, LAST_MONTH = 12, 10_000 * 12 - 1
"""The months 0001-01 and 9999-12: dates lie between them."""

OPEN_ENDED = 10_000 * 12
"""A month after every other, for an interval without an end."""


def month_number(year: Number, month: Number) -> Number:
    """The number of a month, counted from year 0: 2021-05 is 24256. Takes ints or columns."""
    return year * 12 + (month - 1)


def parse_month(text: str) -> int | None:
    """The number of the month written ``YYYY-MM``, or None where the text is not one."""
    match = _MONTH.fullmatch(text)
    return month_number(int(match[1]), int(match[2])) if match and match[1] != "0000" else None


def first_day(number: int) -> datetime.date:
    """The first day of a month given by its number."""
    return datetime.date(number // 12, number % 12 + 1, 1)


def format_month(number: int) -> str:
    """A month's number as ``YYYY-MM``."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


def last_day(number: int) -> datetime.date:
    """The last day of a month given by its number."""
    year, month = number // 12, number % 12 + 1
    return datetime.date(year, month, calendar.monthrange(year, month)[1])


def months_later(day: datetime.date, months: int) -> datetime.date | None:
    """The same day so many months later, at most the month's last; None outside of all dates."""
    number = month_number(day.year, day.month) + months
    if not FIRST_MONTH <= number <= LAST_MONTH:
        return None
    last = last_day(number)
    return last.replace(day=min(day.day, last.day))


def parse_date(text: str) -> datetime.date | None:
    """The date written ``YYYY-MM-DD``, or None where the text is not one."""
    try:
        return datetime.date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
