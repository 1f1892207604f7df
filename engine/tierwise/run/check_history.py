"""Data reaches as far as the rules look, or what does not is reported before anything is scored."""

from __future__ import annotations

from collections.abc import Mapping

from tierwise.diagnostics import Cell, Diagnostic, Severity
from tierwise.months import format_month
from tierwise.program.program import Program
from tierwise.run.backend import RawTable
from tierwise.run.checked import Checked


def check_history(
    program: Program, checked: Checked, raw: Mapping[str, RawTable], lenient: bool
) -> tuple[Diagnostic, ...]:
    """Whether the data reaches back as far as every metric looks, and up to the as-of month.

    ``data-history`` is an error, or with ``lenient`` a warning; ``data-stale`` is a warning. Of
    rare events neither is told.
    """
    needed: dict[str, tuple[int, str]] = {}
    for option in program.options:
        for value, measure in option.measured:
            if measure.window is not None:
                first = program.as_of + measure.window.first + 1 - option.wanted[value.id]
                table = measure.rows.table
                needed[table] = min(needed.get(table, (first, value.id)), (first, value.id))
    found = []
    for table, (first, metric_id) in needed.items():
        if table not in checked.months or not raw[table].whole:
            continue  # what keeps it from being judged has been reported
        if program.contract.tables[table].rare_events:
            continue
        dated_by = program.contract.tables[table].dated_by
        place = Cell(raw[table].shown, None, dated_by.path if dated_by is not None else None)
        reach = checked.months[table]
        if reach.first is None or reach.first > first:
            has = "has no rows" if reach.first is None else f"begins in {format_month(reach.first)}"
            found.append(Diagnostic(
                "data-history", f"{table} {has}, but {metric_id} looks back to "
                f"{format_month(first)}", place,
                "a month without rows counts as 0" if lenient else "add the earlier months; or "
                "accept this with --allow-short-history, or where rows are rare say 'rare_events: true' "
                "of the table in its contract: a month without rows counts as 0",
                Severity.WARNING if lenient else Severity.ERROR))  # fmt: skip
        if reach.last is not None and reach.last < program.as_of:
            found.append(Diagnostic(
                "data-stale", f"{table} ends in {format_month(reach.last)}, before the as-of month "
                f"{format_month(program.as_of)}", place, "a month without rows counts as 0",
                Severity.WARNING))  # fmt: skip
    return tuple(found)
