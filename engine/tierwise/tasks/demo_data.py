"""Data to try things with: realistic, as much of it as is asked for, the same for a seed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tierwise.diagnostics import (
    Argument,
    CannotRun,
    Cell,
    Diagnostic,
    Outcome,
    Severity,
    nearest,
    ordered,
    shown,
)
from tierwise.model.ruleset import ContractRule, RuleSet
from tierwise.months import format_month
from tierwise.program.demo_data.bind import bind_demo
from tierwise.program.demo_data.demo import Demo
from tierwise.version import VERSION

FORMATS = ("parquet", "csv")
MOST_SCORED = 10_000_000
MOST_THREADS = 8


@dataclass(frozen=True)
class DemoReport:
    """What was written: the rows by table, in the contract's order, and the files."""

    rows: Mapping[str, int]
    files: tuple[Path, ...]
    months: tuple[str, str]


def demo_data(
    rules: RuleSet,
    contract_id: str | None,
    out: Path,
    scored: int,
    seed: int,
    format: str,  # noqa: A002 - as the flag is called
    progress: Callable[[str], None] = lambda doing: None,
    threads: int | None = None,
) -> Outcome[DemoReport]:
    """Make data for every table of a contract.

    Args:
        rules: the rule set; a file of the kind ``demo`` in it says what the data is like, and
            where none does it follows from the contract.
        contract_id: the contract; it need not be named where there is only one.
        out: the folder to write to: not there yet, empty, or of demo data, which is replaced.
        scored: how many rows the scored table gets, from 1 to ``MOST_SCORED``.
        seed: any whole number; the same seed gives the same files.
        format: ``parquet`` or ``csv``.
        progress: is told what is being done.
        threads: how many tables are made at the same time; the files do not depend on it.

    Returns:
        The report, with a warning for each table that stayed empty; or what was refused:
        ``unknown-contract``, ``several-contracts``, ``demo-size``, ``demo-format``, ``demo-out``,
        and whatever is wrong with the contract or the rule file.

    Raises:
        CannotRun: the rules have no data contract; the folder cannot be written, or memory or
            disk ran out; nothing is left.
    """
    found: list[Diagnostic] = []
    contract = _contract(rules, contract_id, found)
    found += _asked(scored, format)
    if contract is None or found:
        return Outcome(None, ordered(found))
    bound = bind_demo(rules, contract)
    if bound.value is None:
        return Outcome(None, ordered(bound.diagnostics))
    made = _made(bound.value, out, scored, seed, format, threads, progress)
    return Outcome(made.value, ordered((*bound.diagnostics, *made.diagnostics)))


def _made(
    demo: Demo, out: Path, scored: int, seed: int, format_: str, threads: int | None,
    progress: Callable[[str], None],
) -> Outcome[DemoReport]:  # fmt: skip
    # Loaded here, so that whoever only validates does not wait for the engine's libraries.
    from tierwise.run.demo_data.files import filled, refused
    from tierwise.run.demo_data.generate import generate

    found = refused(out)
    if found:
        return Outcome(None, found)
    about = {
        "made_by": f"tierwise {VERSION} demo-data", "contract": demo.contract.id,
        demo.contract.scored: scored, "seed": seed, "format": format_,
        "months": {"from": format_month(demo.months[0]), "through": format_month(demo.months[1])},
        "rules": dict(demo.digests),
    }  # fmt: skip
    at_once = threads or min(os.cpu_count() or 1, MOST_THREADS)
    with filled(out, about) as folder:
        rows = generate(demo, folder, scored, seed, format_, at_once, progress)
    files = tuple(out / f"{name}.{format_}" for name in rows)
    empty = (_empty(name, file) for (name, count), file in zip(rows.items(), files, strict=True)
             if not count)  # fmt: skip
    months = (format_month(demo.months[0]), format_month(demo.months[1]))
    return Outcome(DemoReport(rows, files, months), tuple(empty))


def _contract(rules: RuleSet, wanted: str | None, found: list[Diagnostic]) -> ContractRule | None:
    contracts = {each.id.text: each for each in rules.contracts}
    if not contracts:
        raise CannotRun("there is no data contract among the rules",
                        "name rules with a file that says 'kind: contract'")  # fmt: skip
    if wanted is not None and wanted not in contracts:
        found.append(Diagnostic("unknown-contract", f"there is no data contract {shown(wanted)}",
                                Argument("--contract"), nearest(wanted, contracts)))  # fmt: skip
        return None
    default = next((each.contract.text for each in rules.demos if each.default), None)
    wanted = wanted or default
    if wanted is None and len(contracts) > 1:
        found.append(Diagnostic("several-contracts", "there are several data contracts",
                                Argument("--contract"), f"name one of {', '.join(sorted(contracts))}"))  # fmt: skip
        return None
    return contracts.get(wanted or "", next(iter(contracts.values())))


def _asked(scored: int, format_: str) -> list[Diagnostic]:
    found = []
    if not 1 <= scored <= MOST_SCORED:
        found.append(Diagnostic("demo-size", f"{scored:,} cannot be made", Argument("--partners"),
                                f"ask for 1 to {MOST_SCORED:,}"))  # fmt: skip
    if format_ not in FORMATS:
        found.append(Diagnostic("demo-format", f"{shown(format_)} is not a format of data",
                                Argument("--format"), nearest(format_, FORMATS)))  # fmt: skip
    return found


def _empty(table: str, file: Path) -> Diagnostic:
    return Diagnostic("demo-empty", f"no row of {shown(table)} met the contract", Cell(str(file)),
                      "say in a rule file of the kind 'demo' how its values arise", Severity.WARNING)  # fmt: skip
