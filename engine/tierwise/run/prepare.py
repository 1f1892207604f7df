"""Data and programs → typed tables that are as every contract says, or what keeps them from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tierwise.diagnostics import Cell, Diagnostic, Severity
from tierwise.program.program import Contract, Program
from tierwise.run.backend import Backend, Data, RawTable
from tierwise.run.check_data import check_data, check_history, type_tables, usable


@dataclass(frozen=True)
class Prepared:
    """The programs that can be scored, the raw tables that were read, and all findings."""

    programs: tuple[Program, ...]
    raw: Mapping[str, RawTable]
    found: tuple[Diagnostic, ...]


def prepare(
    backend: Backend,
    data: Data,
    programs: Sequence[Program],
    allow_short_history: bool,
    leave_out: bool,
    progress: Callable[[str], None],
) -> Prepared:
    """Open, type and check the data by the contract of every program.

    Args:
        backend: where the tables are made available.
        data: as the backend opens it; or rows by table.
        programs: the programs.
        allow_short_history: whether data that begins too late is a warning.
        leave_out: whether a program is left out, with a warning, where the data has not all
            tables and columns of its contract but those of another one.
        progress: is told what is being done.
    """
    found: list[Diagnostic] = []
    raw: dict[str, RawTable] = {}
    lacking: dict[str, Sequence[Diagnostic]] = {}
    for contract in {program.contract.id: program.contract for program in programs}.values():
        progress("opening the data")
        while_opening: list[Diagnostic] = []
        opened = backend.open(data, contract, while_opening)
        if leave_out and any(each.code == "data-missing" for each in while_opening):
            lacking[contract.id] = while_opening
            continue
        found += while_opening
        of_contract = [each for each in programs if each.contract.id == contract.id]
        found += _checked(backend, contract, of_contract, opened, allow_short_history, progress)
        raw.update(opened)
    found += _left_out(programs, lacking, str(data))
    kept = tuple(program for program in programs if program.contract.id not in lacking)
    return Prepared(kept, raw, tuple(found))


def _checked(
    backend: Backend,
    contract: Contract,
    programs: Sequence[Program],
    opened: Mapping[str, RawTable],
    allow_short_history: bool,
    progress: Callable[[str], None],
) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    part = usable(backend, contract, opened, found)
    part = type_tables(backend, part, opened, found)
    result = check_data(backend, part, opened, found, progress)
    for program in programs:
        found += check_history(program, result, opened, allow_short_history)
    return found


def _left_out(
    programs: Sequence[Program], lacking: Mapping[str, Sequence[Diagnostic]], data: str
) -> Iterator[Diagnostic]:
    """A note for each competency that is not scored; where none is, what the data lacks."""
    if all(program.contract.id in lacking for program in programs):
        for missing in lacking.values():
            # Where less is missing for another contract, the data is meant for that one.
            if not any({*other} < {*missing} for other in lacking.values()):
                yield from missing
        return
    for program in programs:
        missing = lacking.get(program.contract.id, ())
        if missing:
            more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
            yield Diagnostic("not-scored", f"{program.competency} is not scored: "
                             f"{missing[0].message}{more}", Cell(data),
                             f"name it with --competency {program.competency} to see all that is "
                             "missing", Severity.NOTE)  # fmt: skip
