"""Cases with their names resolved: whole tables, and exactly what is expected of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from tierwise.diagnostics import Span
from tierwise.program.program import Program
from tierwise.source.fields import Titles

ValueResult = Fraction | bool | str | datetime.date | None
"""A value: an exact number, or what else its expression gives."""


@dataclass(frozen=True)
class CaseRow:
    """A row: every cell as a text file would write it, None where it is empty.

    ``spans``: where the cells stand that the case says itself; a row that was filled in for a
    reference has the place of the case.
    """

    cells: Mapping[str, str | None]
    span: Span
    spans: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True)
class Expected:
    """What is expected of one scored row.

    ``what``: "value" or "points" of the metric ``name``, "values" of a value, "groups" of a group's
    points, "score", or "level". ``wanted``: None where no value, or no level, is expected.
    """

    scored: str
    what: str
    name: str
    wanted: ValueResult
    unit: str
    span: Span


@dataclass(frozen=True)
class Case:
    """A case of one option; ``program`` is the version with the case's as-of month.

    ``rows``: of every table of the contract, in its order. ``of_several``: whether its file tests
    it with several versions, of which this is one.
    """

    name: str
    title: Titles
    span: Span
    program: Program
    option: str
    rows: Mapping[str, tuple[CaseRow, ...]]
    expected: tuple[Expected, ...]
    of_several: bool = False

    @property
    def full_name(self) -> str:
        """Its name, and the version where it is tested with several."""
        return f"{self.name} ({self.program.version})" if self.of_several else self.name

    @property
    def file(self) -> str:
        """The file that it stands in, as findings name it."""
        return self.span.path

    @property
    def together_with(self) -> tuple[str, str, int]:
        """What cases that can be evaluated together have in common."""
        return (self.program.competency, self.program.version, self.program.as_of)
