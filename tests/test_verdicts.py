"""How rows near one scored one are put in order and found again, wherever a cell may be missing."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from tierwise.tasks.verdicts import Row, cell, in_order, within


def test_rows_stand_in_order_with_missing_cells_last() -> None:
    rows: list[Row] = [
        {"entity": {"shop": "b", "site": None}, "day": None},
        {"entity": {"shop": "b", "site": 2}, "day": None},
        {"entity": None, "day": datetime.date(2021, 1, 1)},
        {"entity": {"shop": "b", "site": 2}, "day": datetime.date(2021, 1, 1)},
        {"entity": {"shop": "a", "site": None}, "day": datetime.date(2022, 1, 1)},
    ]
    assert in_order(rows, ["entity", "day"]) == [rows[4], rows[3], rows[1], rows[0], rows[2]]
    assert in_order(rows, ["day", "entity"]) == [rows[3], rows[2], rows[4], rows[1], rows[0]]
    assert in_order([], ["day"]) == []


def test_an_entity_of_several_columns_is_found_by_all_of_them() -> None:
    assert cell({"shop": "a", "site": 1}) == cell({"shop": "a", "site": Decimal("1.0")})
    assert cell({"shop": "a", "site": None}) != cell({"shop": "a", "site": 1})
    assert cell("a") == "a"
    assert cell(None) is None


@pytest.mark.parametrize(
    ("month", "first", "last", "expected"),
    [(3, 3, 3, True), (2, 3, 4, False), (5, 3, 4, False), (3, 2, 4, True),
     (None, 2, 4, False), (3, None, 4, False), (3, 2, None, False)],
)  # fmt: skip
def test_a_month_lies_between_two_that_are_known(
    month: int | None, first: int | None, last: int | None, *, expected: bool
) -> None:
    assert within(month, first, last) is expected
