"""What a function of the expression language is: all that is known of it stands in one entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tierwise.expression.kinds import Kind, comparable

Kinds = tuple[Kind, ...] | None
"""The kinds that an argument may have; None: any single value."""

NUMBER: Kinds = (Kind.WHOLE, Kind.DECIMAL)
DATE: Kinds = (Kind.DATE,)
TIME: Kinds = (Kind.DATE, Kind.MONTH)


@dataclass(frozen=True)
class Function:
    """A function: what it takes and gives, how people are told, and what it means on each side.

    The sides must mean the same. None of them needs a database here: columns and exact numbers
    bring their own methods.

    Attributes:
        takes: the kinds of each argument.
        gives: the kind of what it gives; None: the kind that its arguments have.
        scalar: of single values: fractions, dates, and whole numbers for months. It is not asked
            where an argument is missing, for then so is what it gives, but for ``total``.
        column: of Ibis columns, a missing one too; numbers among them are of one type.
        exact: of the plan's exact numbers. Where there is none, ``column`` is given those as
            columns, which takes whole numbers.
        most: how many arguments there may be, of which those behind ``takes`` are like its last.
        alike: whether all arguments are of one kind.
        constant: its argument is a text that stands there, so that it is checked with the rules.
        note: what else the language's description says of it.
        total: what it gives is there even where an argument is missing.
    """

    name: str
    takes: tuple[Kinds, ...]
    gives: Kind | None
    help: str
    example: str
    scalar: Callable[..., Any]
    column: Callable[..., Any]
    exact: Callable[..., Any] | None = None
    most: int = 0
    alike: bool = False
    constant: bool = False
    note: str = ""
    total: bool = False

    @property
    def count(self) -> str:
        """How many arguments it takes."""
        least = len(self.takes)
        return f"{least} to {self.most}" if self.most > least else f"{least}"

    def takes_so_many(self, count: int) -> bool:
        """Whether it takes this number of arguments."""
        return len(self.takes) <= count <= max(len(self.takes), self.most)

    def why_not(self, kinds: Sequence[Kind]) -> str | None:
        """Why the last of some arguments is none that it takes, or None where it is."""
        takes, kind = self.takes[min(len(kinds), len(self.takes)) - 1], kinds[-1]
        if kind is Kind.UNKNOWN:
            return None
        if kind not in takes if takes is not None else kind.is_list:
            return f"{self.name} takes {_phrase(takes)}, this is {kind.phrase}"
        if self.alike and not comparable(kinds[0], kind):
            return (f"{self.name} takes values of one kind: the first is {kinds[0].phrase}, "
                    f"this is {kind.phrase}")  # fmt: skip
        return None

    def way_out(self, kinds: Sequence[Kind]) -> str:
        """What to do where the last of some arguments is none that it takes."""
        takes, kind = self.takes[min(len(kinds), len(self.takes)) - 1] or (), kinds[-1]
        if kind is Kind.TEXT and Kind.DATE in takes:
            return "name a column of dates, or write a day as date('2021-05-31')"
        if kind is Kind.DECIMAL and Kind.WHOLE in takes and kind not in takes:
            return "floor(...), ceiling(...) or round(...) makes it whole"
        return self.help

    def kind_of(self, kinds: Sequence[Kind]) -> Kind:
        """The kind of what it gives for arguments of these kinds."""
        if self.gives is not None:
            return self.gives
        known = [kind for kind in kinds if kind is not Kind.UNKNOWN]
        return Kind.DECIMAL if Kind.DECIMAL in known else next(iter(known), Kind.UNKNOWN)

    def of_single(self, values: Sequence[Any]) -> Any:
        """What it gives for single values, of which None is missing."""
        if not self.total and any(value is None for value in values):
            return None
        return self.scalar(*values)


def _phrase(takes: Kinds) -> str:
    if takes is None:
        return "a single value"
    phrases = [kind.phrase for kind in takes if kind is not Kind.WHOLE or Kind.DECIMAL not in takes]
    return " or ".join(phrases)
