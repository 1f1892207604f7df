"""What tierwise has to say about a file: a ``Diagnostic``, and an ``Outcome`` that carries it.

A wrong file is a value, never an exception: a stage returns an ``Outcome`` with everything it
found. Exceptions are left for bugs and for the environment (``CannotRun``).
"""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Severity(StrEnum):
    """How much a finding matters: an error stops the next stage, the others do not.

    A note says what somebody may want to know where nothing is wrong.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, order=True)
class Span:
    """A place in a text file; lines and columns are counted from 1, the end is exclusive."""

    path: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Cell:
    """A place in a table of data: its file (or table), the row and the column's name.

    ``row`` counts as a spreadsheet does: in a text file the header is row 1, so the first row of
    data is row 2; in Parquet and in a database the first row is row 1. None: not one row.
    """

    path: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        row = "" if self.row is None else f", row {self.row}"
        column = "" if self.column is None else f", column {self.column}"
        return f"{self.path}{row}{column}"


@dataclass(frozen=True, order=True)
class Argument:
    """A place in what was asked for: ``path`` is the command's option, such as ``--partners``."""

    path: str

    def __str__(self) -> str:
        return self.path


Place = Span | Cell | Argument


@dataclass(frozen=True)
class Related:
    """A second place that explains a finding, with what is to be seen there."""

    place: Place
    message: str


@dataclass(frozen=True)
class Diagnostic:
    """One finding: a code that stays, the place, what is wrong and what to do about it."""

    code: str
    message: str
    place: Place
    hint: str = ""
    severity: Severity = Severity.ERROR
    related: tuple[Related, ...] = ()

    @property
    def is_error(self) -> bool:
        """Whether this finding stops the next stage."""
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.place}: {self.severity} {self.code}: {self.message}{hint}"


@dataclass(frozen=True)
class Outcome(Generic[Value]):
    """What a stage gives: its value, or None where errors left none, and all that it found."""

    value: Value | None
    diagnostics: tuple[Diagnostic, ...] = field(default=())

    @property
    def failed(self) -> bool:
        """Whether there is an error among the findings."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


class CannotRun(Exception):
    """The environment does not let the run go on: a disk that is full, a file that is locked.

    ``hint`` says what to do. Commands print both and exit with the code for "could not run".
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class TooLarge(CannotRun):
    """A number has more digits than a backend keeps exact."""


class Refused(Exception):
    """Raised at the edge of the Python API when findings leave nothing to return."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(str(diagnostic) for diagnostic in diagnostics))
        self.diagnostics = tuple(diagnostics)


def ordered(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings without repetitions, by place and then by code, so that output is stable."""

    def key(diagnostic: Diagnostic) -> tuple[str, int, int, str, str]:
        place = diagnostic.place
        if isinstance(place, Span):
            return (place.path, place.line, place.column, diagnostic.code, diagnostic.message)
        row = place.row or 0 if isinstance(place, Cell) else 0
        return (place.path, row, 0, diagnostic.code, diagnostic.message)

    return tuple(sorted(dict.fromkeys(diagnostics), key=key))


def merged(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The same findings, ordered; what is missing in several places for one cause is one of them.

    A declaration that is missing is one mistake, however often it is referred to: the first
    place is the finding's, the others are related to it.
    """
    kept: dict[object, Diagnostic] = {}
    others: dict[object, list[Place]] = {}
    for index, diagnostic in enumerate(ordered(diagnostics)):
        code = diagnostic.code
        same = code in _SAME_CAUSE or (code.startswith("unknown-") and code not in _OWN_PLACE)
        key: object = (diagnostic.code, diagnostic.message) if same else index
        if kept.setdefault(key, diagnostic) is not diagnostic:
            others.setdefault(key, []).append(diagnostic.place)
    for key, places in others.items():
        related = tuple(Related(place, "and here") for place in places[:_MOST_PLACES])
        kept[key] = replace(kept[key], related=(*kept[key].related, *related))
    return tuple(kept.values())


_OWN_PLACE = ("unknown-field", "unknown-kind", "unknown-value", "unknown-function")
_SAME_CAUSE = ("reference-key", "no-month", "no-period", "credit-out-of-reach")
_MOST_PLACES = 20


def shown(text: str, most: int = 60) -> str:
    """A text in quotes as a message shows it: cut short, and without control characters."""
    cut = text if len(text) <= most else f"{text[: most - 3]}..."
    return f"'{printable(cut)}'"


def printable(text: str) -> str:
    """A text in which characters that cannot be printed are written as escapes."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def is_utf8(name: str) -> bool:
    """Whether a file's name, as the system gives it, can be written as text."""
    return not any("\ud800" <= each <= "\udfff" for each in name)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint that names the known name closest to ``name``, or lists the few there are."""
    names = sorted(set(known) - {name})
    if not names:
        return "there are none here"
    by_lower = {each.lower(): each for each in reversed(names)}
    if name.lower() in by_lower:
        return f"did you mean {shown(by_lower[name.lower()])}?"
    close = difflib.get_close_matches(name[:100], _alike(name, names), n=1, cutoff=0.6)
    if close:
        return f"did you mean {shown(close[0])}?"
    listed = ", ".join(shown(each)[1:-1] for each in names[:8])
    return f"known here: {listed}{', ...' if len(names) > 8 else ''}"


def _alike(name: str, names: Sequence[str]) -> Sequence[str]:
    """Of many names those worth comparing with ``name``, so that a long list costs little."""
    if len(names) <= _FEW:
        return names
    near = (each for each in names if abs(len(each) - len(name)) <= 2 and each[:1] == name[:1])
    return list(itertools.islice(near, _FEW))


_FEW = 100
