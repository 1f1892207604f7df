"""Days and months: single ones are dates and month numbers, columns the same."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import Any

from tierwise.expression.functions.base import DATE, TIME, Function
from tierwise.expression.kinds import Kind
from tierwise.months import (
    FIRST_MONTH,
    LAST_MONTH,
    first_day,
    month_number,
    months_later,
    parse_date,
)

# Single values.


def _month(value: datetime.date | int) -> int:
    """A month number: of a date that of the month it lies in."""
    return value if isinstance(value, int) else month_number(value.year, value.month)


def _day(value: datetime.date | int) -> datetime.date:
    """A day in the month: the date itself, of a month its first."""
    return first_day(value) if isinstance(value, int) else value


def _anniversary(date: datetime.date, other: datetime.date) -> datetime.date | None:
    if date > other:
        return None
    months = 12 * (other.year - date.year)
    this_year = months_later(date, months)
    reached = this_year is not None and this_year <= other
    return this_year if reached else months_later(date, months - 12)


# Columns. Each whole number that they give is an int64, so that it can be calculated with.


def _whole(months: Any) -> Any:
    return months.cast("int64")


def _month_column(column: Any) -> Any:
    if not column.type().is_date():
        return _whole(column)
    return month_number(column.year().cast("int64"), column.month().cast("int64"))


def _year_column(column: Any) -> Any:
    """The year. Month numbers are few: whole division by 12 is exact in every database."""
    return column.year().cast("int64") if column.type().is_date() else _whole(column) // 12


def _month_of_year_column(column: Any) -> Any:
    return column.month().cast("int64") if column.type().is_date() else _whole(column) % 12 + 1


def _quarter_column(column: Any) -> Any:
    month = _month_of_year_column(column)
    later = [(month > last).cast("int64") for last in (3, 6, 9)]
    return 1 + later[0] + later[1] + later[2]


def _as_date(moment: Any) -> Any:
    """A date and an interval give a moment in most databases, which Ibis takes for a date."""
    return moment.cast("timestamp").cast("date")


def _moved(date: Any, months: Any) -> Any:
    return _as_date(date + months.cast("int32").as_interval("M"))


def _added(date: Any, months: Any) -> Any:
    """So many months later; the database is never asked for a day that there is not."""
    month = _month_column(date)
    within = (months >= FIRST_MONTH - month) & (months <= LAST_MONTH - month)
    return within.ifelse(_moved(date, within.ifelse(months, 0)), None)


def _anniversary_column(date: Any, other: Any) -> Any:
    months = (other.year().cast("int64") - date.year().cast("int64")) * 12
    reached = (_moved(date, months) <= other).ifelse(months, months - 12)
    return (date <= other).ifelse(_moved(date, reached), None)


DATES = (
    Function(
        "months_between", (TIME, TIME), Kind.WHOLE,
        "calendar months from the first month to the second; 0 in the same month",
        "months_between(opened_on, month) < 12",
        lambda start, end: Fraction(_month(end) - _month(start)),
        lambda start, end: _month_column(end) - _month_column(start),
    ),
    Function(
        "days_between", (DATE, DATE), Kind.WHOLE,
        "days from the first date to the second; 0 on the same day, below 0 before it",
        "days_between(opened_on, closed_on) <= 30",
        lambda start, end: Fraction((end - start).days),
        lambda start, end: end.delta(start, unit="day").cast("int64"),
    ),
    Function(
        "year", (TIME,), Kind.WHOLE, "the calendar year of a date or a month",
        "year(month) == year(as_of)",
        lambda value: Fraction(_day(value).year),
        _year_column,
    ),
    Function(
        "quarter", (TIME,), Kind.WHOLE,
        "the quarter of the calendar year in which a date or a month lies: 1 to 4",
        "quarter(month) == quarter(as_of)",
        lambda value: Fraction((_day(value).month + 2) // 3),
        _quarter_column,
    ),
    Function(
        "month_of_year", (TIME,), Kind.WHOLE,
        "the number of the month in its calendar year: 1 to 12", "month_of_year(month) <= 6",
        lambda value: Fraction(_day(value).month),
        _month_of_year_column,
    ),
    Function(
        "add_months", (DATE, (Kind.WHOLE,)), Kind.DATE,
        "the date a whole number of months later, or earlier for one below 0",
        "closed_on <= add_months(opened_on, 12)",
        lambda date, months: months_later(date, int(months)), _added,
        note="The last day of a month that is too short for it, so a month after 31 January and back is "
        "28 January. Missing outside the years 1 to "
        "9999. `floor`, `ceiling` and `round` make numbers whole",
    ),
    Function(
        "anniversary", (DATE, DATE), Kind.DATE,
        "the latest anniversary of the first date on or before the second",
        "closed_on >= anniversary(opened_on, as_of)", _anniversary, _anniversary_column,
        note="In the first year the date itself. Of 29 February it is 28 February in other years. "
        "Missing where the first date is after the second",
    ),
    Function(
        "date", ((Kind.TEXT,),), Kind.DATE, "the day that a text writes", "date('2021-05-31')",
        parse_date, lambda day: day, constant=True,
    ),
)  # fmt: skip
