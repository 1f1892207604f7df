"""Findings that name the first rows of what is wrong."""

from __future__ import annotations

from collections.abc import Iterable

from tierwise.diagnostics import Cell, Diagnostic
from tierwise.run.backend import RawTable

SHOWN = 3
"""How many rows of each kind of violation are named."""
_WITHOUT_CELL = ("data-check", "data-empty-cell", "data-encoding")
"""Findings whose message does not go on from what stands in the cell."""


def named(
    raw: RawTable,
    code: str,
    column: str | None,
    message: str,
    hint: str,
    count: int,
    offending: Iterable[tuple[object, ...]],
) -> Iterable[Diagnostic]:
    """A finding for each of the rows that are named; the first says how many there are.

    Where rows have no number, what would be said again word for word is said once.
    """
    told: set[str] = set()
    for place_in_list, (row, cell) in enumerate(offending):
        is_told = cell is not None and code not in _WITHOUT_CELL
        shown = f"'{_cut(str(cell))}' is " if is_told else ""
        separate = f"{shown}{message}" if code != "data-key" else f"{message}: {_cut(str(cell))}"
        if raw.first_row is None and separate in told:
            continue
        told.add(separate)
        more = f" ({count:,} such rows)" if place_in_list == 0 and count > 1 else ""
        number = None if raw.first_row is None else int(str(row)) + raw.first_row
        place = Cell(raw.shown, number, column)
        yield Diagnostic(code, f"{separate}{more}", place, hint)


def _cut(text: str) -> str:
    shown = (
        text.encode("unicode_escape", "backslashreplace").decode()
        if not text.isprintable()
        else text
    )
    return shown if len(shown) <= 60 else shown[:57] + "..."
