"""``tierwise evaluate``: score everybody."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, TypedDict

import typer

from tierwise.run.address import shown_address
from tierwise_cli import options
from tierwise_cli.output import (
    check_not_read,
    check_output,
    check_terminal,
    chosen_format,
    write,
    written_by_backend,
)
from tierwise_cli.progress import progress

if TYPE_CHECKING:
    from tierwise.diagnostics import Diagnostic
    from tierwise.run.results import Results

FORMATS = ("table", "csv", "json", "parquet")


class Asked(TypedDict):
    """What one month and several are asked alike."""

    rules: Path | None
    competency: str | None
    option: str | None
    version: str | None
    partners: Sequence[str]
    allow_short_history: bool
    threads: int | None
    memory_limit: str | None
    backend: str | None
    master: str | None


def command(
    data: options.DATA,
    as_of: options.AS_OF_MAYBE = None,
    from_month: options.FROM_MONTH = None,
    to_month: options.TO_MONTH = None,
    rules: options.RULES = None,
    competency: options.COMPETENCY = None,
    option: options.OPTION = None,
    version: options.VERSION = None,
    partner: options.PARTNERS = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="|".join(FORMATS),
                     help="Default: as the output file's name says, else table."),
    ] = None,
    output: options.OUTPUT_OR_URL = None,
    allow_short_history: options.SHORT_HISTORY = False,
    threads: options.THREADS = None,
    memory_limit: options.MEMORY = None,
    backend: options.BACKEND = None,
    master: options.MASTER = None,
) -> None:  # fmt: skip
    """Score every partner in DATA: values, points, score and level.

    As of one month, or of every month from one to another in one run. Bad data is refused before
    anything is scored. Exits with 1 where rules or data are wrong. With --backend spark the cluster
    writes --output, a folder of Parquet or its URL, unless its name or --format says csv, json or
    table. With --output table:NAME the database that DATA is writes a table, in one transaction.

    Example: tierwise evaluate examples/contoso --as-of 2021-05 --output scores.csv

    Example: tierwise evaluate examples/contoso --from 2021-03 --to 2021-05 --allow-short-history

    Example: tierwise evaluate postgresql://ann@db/crm?schema=partners --as-of 2021-05 --output table:scores
    """
    asked = Asked(
        rules=rules, competency=competency, option=option, version=version, partners=partner or (),
        allow_short_history=allow_short_history, threads=threads, memory_limit=memory_limit,
        backend=backend, master=master,
    )  # fmt: skip
    months = _months(as_of, from_month, to_month)
    if output is not None and written_by_backend(backend, format_, output):
        check_output(None, rules)
        _write_there(data, months, asked, output)
    else:
        _write_here(data, months, asked, format_, None if output is None else Path(output))


def _write_here(
    data: str, months: tuple[str, ...], asked: Asked, format_: str | None, output: Path | None
) -> None:
    """Score, and write the results to a file or standard output."""
    chosen = chosen_format(format_, output, FORMATS)
    check_output(output, asked["rules"])
    check_terminal(output, chosen)
    scored = _scored(data, months, asked, chosen)

    from tierwise_cli.render import results_table
    from tierwise_cli.render.findings import print_findings

    print_findings(scored.found, sys.stderr)
    check_not_read(output, data, (name for name, _ in scored.last.stamp.data))
    write(output, scored.writer)
    if chosen == "table" and output is None:
        backend = asked["backend"]
        same = options.typed({
            "--rules": asked["rules"], "--competency": asked["competency"],
            "--option": asked["option"], "--version": asked["version"],
            "--allow-short-history": asked["allow_short_history"], "--threads": asked["threads"],
            "--memory-limit": asked["memory_limit"],
            "--backend": None if backend == "duckdb" else backend,
            "--master": shown_address(asked["master"] or "") or None,
        })  # fmt: skip
        next_ = results_table.what_next(
            scored.last, shown_address(data), months, same, asked["partners"]
        )
        sys.stderr.write(next_)


def _write_there(data: str, months: tuple[str, ...], asked: Asked, output: str) -> None:
    """Let the backend write the results, and say what they are."""
    if len(months) > 1:
        raise typer.BadParameter("a table, or a folder that Spark writes, holds one month; name a .csv or .json file, "
                                 "or write each month with --as-of",
                                 param_hint="--from")  # fmt: skip
    import tierwise
    from tierwise_cli.render.findings import print_findings
    from tierwise_cli.render.written import writer

    with progress() as show:
        scores = tierwise.write_scores(data, months[0], output, progress=show, **asked)
    print_findings((*scores.warnings, *scores.notes), sys.stderr)
    write(None, writer(scores))


@dataclass(frozen=True)
class _Scored:
    """What is found, the results of the last month, and what writes those of all."""

    found: tuple[Diagnostic, ...]
    last: Results
    writer: Callable[[BinaryIO], None]


def _scored(data: str, months: tuple[str, ...], asked: Asked, chosen: str) -> _Scored:
    import tierwise
    from tierwise_cli.render.results import OF_MONTHS, WRITERS

    with progress() as show:
        if len(months) == 1:
            one = tierwise.evaluate(data, months[0], progress=show, **asked)
            return _Scored((*one.warnings, *one.notes), one, WRITERS[chosen](one))
        several = tierwise.evaluate_months(data, months[0], months[-1], progress=show, **asked)
    return _Scored((*several.warnings, *several.notes), several.months[-1],
                   OF_MONTHS[chosen](several, bool(asked["partners"])))  # fmt: skip


def _months(as_of: str | None, from_month: str | None, to_month: str | None) -> tuple[str, ...]:
    """The month that is asked for, or the first and the last of several."""
    if as_of is not None:
        if from_month is not None or to_month is not None:
            raise typer.BadParameter("name one month, or --from and --to", param_hint="--as-of")
        return (as_of,)
    if from_month is None and to_month is None:
        raise typer.BadParameter("name the month, or several with --from and --to",
                                 param_hint="--as-of")  # fmt: skip
    if from_month is None or to_month is None:
        missing = "--from" if from_month is None else "--to"
        raise typer.BadParameter("--from and --to go together", param_hint=missing)
    if from_month > to_month:
        raise typer.BadParameter(f"{from_month} is after {to_month}", param_hint="--from")
    return (from_month, to_month) if from_month < to_month else (from_month,)
