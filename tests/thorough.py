"""What is looked at before a change lands, and is left out of everyday's tests: it shows little more, and takes long.

``TIERWISE_ALL_TESTS=1`` runs it, as `.ci/run` does. Whole tests are marked ``thorough``; of their parameters
those that ``mostly`` is not told; where a test does less of the same everyday, it asks for ``EVERYTHING``.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from typing import TypeVar

import pytest

Value = TypeVar("Value")

EVERYTHING = bool(os.environ.get("TIERWISE_ALL_TESTS"))
"""Whether all shapes of a rule, all made data, all months and all cases are looked at."""


def mostly(few: Collection[Value], every: Iterable[Value]) -> list[object]:
    """Parameters of a test: every one, those that are not among the few only thoroughly."""
    return [each if each in few else _thoroughly(each) for each in every]


def examples(number: int) -> int:
    """So many examples of Hypothesis', everyday half as many."""
    return number if EVERYTHING else number // 2


def _thoroughly(value: object) -> object:
    values = value if isinstance(value, tuple) else (value,)
    return pytest.param(*values, marks=pytest.mark.thorough)
