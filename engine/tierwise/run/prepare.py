"""Data and programs → typed tables that are as every contract says, or what keeps them from it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import ibis
import ibis.expr.types as ir

from tierwise.diagnostics import Cell, Diagnostic, Severity
from tierwise.months import format_month
from tierwise.plan.near import near
from tierwise.plan.plan import Step, data_name
from tierwise.program.program import Contract, Program
from tierwise.run.address import shown_address
from tierwise.run.backend import Backend, Data, RawTable, raw_name, table_of
from tierwise.run.check_ahead import ToBeChecked
from tierwise.run.check_history import check_history
from tierwise.run.checked import Checked
from tierwise.run.named_rows import SHOWN
from tierwise.run.shared_tables import SharedTables
from tierwise.run.type_data import Schemas, schemas_of, schemas_to_be

Planned = Callable[[tuple[Program, ...], Schemas], Callable[[], Iterable[Step]]]
Expected = Callable[[Callable[[], Iterable[ir.Table]]], None]


@dataclass(frozen=True)
class Told:
    """Who is told what will run, as soon as the types of all tables are known, so that it can be made ready.

    ``planned``: is told programs with these types, and gives what gives the steps that will run; ``expected``: is
    told what gives the queries that checking will ask.
    """

    planned: Planned
    expected: Expected


@dataclass(frozen=True)
class Prepared:
    """The programs that can be scored, the raw tables that were read, and all findings.

    ``of_months``: what is found of single months, by their numbers; ``found`` has it as well, but
    of what is found of several months one after the other only the worst. ``made``: the steps of
    plans that were made on the way.
    """

    programs: tuple[Program, ...]
    raw: Mapping[str, RawTable]
    found: tuple[Diagnostic, ...]
    of_months: Mapping[int, tuple[Diagnostic, ...]]
    made: frozenset[str]


def prepare(
    backend: Backend, data: Data, programs: Sequence[Program], allow_short_history: bool,
    leave_out: bool, progress: Callable[[str], None], only: Sequence[str], told: Told,
) -> Prepared:  # fmt: skip
    """Open, type and check the data by the contract of every program.

    Args:
        backend: where the tables are made available.
        data: as the backend opens it; or rows by table.
        allow_short_history: whether data that begins too late is a warning.
        leave_out: whether a program is left out, with a note, whose contract the data lacks a part of.
        progress: is told what is being done.
        only: keys of the scored table; only the rows that matter to them are read. None: all.
        told: who is told what will run.
    """
    found: list[Diagnostic] = []
    raw: dict[str, RawTable] = {}
    lacking: dict[str, Sequence[Diagnostic]] = {}
    by_month: dict[int, list[Diagnostic]] = {}
    shared = SharedTables(backend)
    programs = _apart(programs) if only else programs
    for those in (several := _judged_alike(programs)):
        contract = those[0].contract
        progress("opening the data")
        while_opening: list[Diagnostic] = []
        opened = shared.opened(data, contract, while_opening)
        if leave_out and any(each.code == "data-missing" for each in while_opening):
            lacking[contract.id] = while_opening
            continue
        found += while_opening
        if only and not while_opening:
            schemas = _plan_early(backend, several, opened, told.planned)
            opened = _narrowed(backend, programs, contract, opened, only, progress,
                               partial(_expect_checks, backend, contract, told, schemas))  # fmt: skip
        seem = _seeming(programs, lacking, found) if those is several[-1] else ()
        typed = partial(_plan_typed, backend, seem, told, not only and len(several) == 1)
        checked = shared.checked(contract, opened, found, progress, typed)
        raw.update(opened)
        for month, own in _histories(those, checked, opened, allow_short_history):
            by_month.setdefault(month, []).extend(own)
    _add_left_out(by_month, programs, lacking, shown_address(str(data)))
    found += _worst(by_month)
    return Prepared(_without(programs, lacking), raw, tuple(found),
                    {month: tuple(dict.fromkeys(each)) for month, each in by_month.items()},
                    frozenset(shared.made))  # fmt: skip


def _plan_early(
    backend: Backend, several: Sequence[Sequence[Program]], opened: Mapping[str, RawTable],
    planned: Planned,
) -> Schemas | None:  # fmt: skip
    """Let plans be made while it is looked for what matters, where the types of all tables are known by then: these."""
    schemas = schemas_to_be(backend, several[0], opened) if len(several) == 1 else None
    if schemas is not None:
        planned(tuple(several[0]), schemas)
    return schemas


def _expect_checks(
    backend: Backend,
    contract: Contract,
    told: Told,
    schemas: Schemas | None,
    near: Mapping[str, ir.Table],
) -> None:
    """Let what checking will ask be made ready; ``near``: by table its rows that matter, where not all do."""
    if schemas is not None:
        whole = {name: table_of(backend, raw_name(name)) for name in contract.tables}
        typed = {
            name: ibis.table(schema, name=data_name(contract, name)) for name, schema in schemas[0]
        }
        those = ToBeChecked(contract, whole, {**whole, **near}, typed, backend.hashes_well)
        told.expected(those.questions)


def _plan_typed(
    backend: Backend, seem: tuple[Program, ...], told: Told, all_is_asked: bool
) -> Callable[[], Iterable[Step]]:
    """What gives the steps that will run, of tables that have been typed.

    ``all_is_asked``: checking asks of these tables, not of some that have been checked or narrowed.
    """
    if not seem:
        return tuple
    schemas = schemas_of(backend, seem)
    if all_is_asked:
        _expect_checks(backend, seem[0].contract, told, schemas, {})
    return told.planned(seem, schemas)


def _histories(
    programs: Sequence[Program], checked: Checked, opened: Mapping[str, RawTable], allow_short: bool
) -> Iterator[tuple[int, Sequence[Diagnostic]]]:
    """By month, what is wrong with how far back the data reaches."""
    for program in programs:
        for month in program.as_of_months:
            yield month, check_history(program.in_month(month), checked, opened, allow_short)


def _seeming(
    programs: Sequence[Program], lacking: Container[str], found: Sequence[Diagnostic]
) -> tuple[Program, ...]:
    """The programs that are scored unless something more is found."""
    return () if any(each.is_error for each in found) else _without(programs, lacking)


def _without(programs: Sequence[Program], lacking: Container[str]) -> tuple[Program, ...]:
    """The programs whose contract lacks nothing."""
    return tuple(program for program in programs if program.contract.id not in lacking)


def _narrowed(
    backend: Backend,
    programs: Sequence[Program],
    contract: Contract,
    opened: Mapping[str, RawTable],
    only: Sequence[str],
    progress: Callable[[str], None],
    found: Callable[[Mapping[str, ir.Table]], None],
) -> dict[str, RawTable]:
    """The tables, with what of each matters to some scored ones beside it; ``found`` is told what that will be."""
    progress(f"looking for what matters to {', '.join(only[:SHOWN])}")
    alike = [each for each in programs if each.contract.id == contract.id]
    options = [option for program in alike for option in program.options]
    rows = {name: backend.numbered(raw) for name, raw in opened.items()}
    narrowed = near(alike[0].contract, options, rows, only)
    if narrowed is None:
        return dict(opened)
    read = {step.name: step.read() for step in narrowed.steps}
    found({name: read[source] for name, source in narrowed.sources.items()})
    for step in narrowed.steps:
        backend.sift(step.name, step.table)
    return {name: replace(raw, near=narrowed.sources.get(name, "")) for name, raw in opened.items()}


def _apart(programs: Sequence[Program]) -> Sequence[Program]:
    """Programs whose contracts share no table: what matters to somebody differs between them."""
    if len({program.contract.id for program in programs}) == 1:
        return programs
    return [replace(each, contract=each.contract.apart()) for each in programs]


def _judged_alike(programs: Sequence[Program]) -> list[list[Program]]:
    """The programs by what data is judged by: a contract, and what its catalogues hold."""
    alike: list[list[Program]] = []
    for program in programs:
        contract = program.contract
        for those in alike:
            other = those[0].contract
            if other.id == contract.id and other.catalogues == contract.catalogues:
                those.append(program)
                break
        else:
            alike.append([program])
    return alike


def _worst(by_month: Mapping[int, Sequence[Diagnostic]]) -> list[Diagnostic]:
    """What is found of months, without what another month says of the same place, only worse.

    Data that begins too late lacks most for the first month, and data that ends too early for the
    last.
    """
    if len(by_month) < 2:
        return [each for found in by_month.values() for each in found]
    worst: dict[tuple[object, ...], Diagnostic] = {}
    for _, found in sorted(by_month.items()):
        for each in found:
            is_of_month = each.code in ("data-history", "data-stale")
            key = (each.code, each.place) if is_of_month else (each,)
            if key not in worst or each.code == "data-stale":
                worst[key] = each
    return list(worst.values())


def _add_left_out(
    by_month: dict[int, list[Diagnostic]],
    programs: Sequence[Program],
    lacking: Mapping[str, Sequence[Diagnostic]],
    data: str,
) -> None:
    """Add to what is found of each month what is not scored in it."""
    of_months = {month: [program for program in programs if month in program.as_of_months]
                 for month in sorted({each for program in programs for each in program.as_of_months})}  # fmt: skip
    way_out = _way_out(of_months, lacking)
    for month, those in of_months.items():
        by_month.setdefault(month, []).extend(_left_out(those, lacking, data, way_out))


def _way_out(of_months: Mapping[int, Sequence[Program]], lacking: Container[str]) -> str:
    """Which months to leave out, where something can be scored in the others."""
    nothing = [month for month, those in of_months.items() if not _without(those, lacking)]
    if len(nothing) in (0, len(of_months)):
        return ""
    names = sorted({program.competency for month in nothing for program in of_months[month]})
    span = " to ".join(map(format_month, sorted({nothing[0], nothing[-1]})))
    return f"; or leave out {span}, in which only {' and '.join(names)} can be scored"


def _left_out(
    programs: Sequence[Program],
    lacking: Mapping[str, Sequence[Diagnostic]],
    data: str,
    way_out: str,
) -> Iterator[Diagnostic]:
    """A note for each competency that is not scored; where none is, what the data lacks, with a way out."""
    if not _without(programs, lacking):
        for missing in lacking.values():
            # Where less is missing for another contract, the data is meant for that one.
            if not any({*other} < {*missing} for other in lacking.values()):
                yield from (replace(each, hint=f"{each.hint}{way_out}") for each in missing)
        return
    for program in programs:
        missing = lacking.get(program.contract.id, ())
        if missing:
            more = f", and {len(missing) - 1} more" if len(missing) > 1 else ""
            first = min(each.message for each in missing)  # the same, whoever opened the data
            yield Diagnostic("not-scored", f"{program.competency} is not scored: {first}{more}", Cell(data),
                             f"name it with --competency {program.competency} to see all that is "
                             "missing", Severity.NOTE)  # fmt: skip
