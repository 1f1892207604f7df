"""``tierwise evaluate``: score everybody."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tierwise_cli import options
from tierwise_cli.output import check_not_read, check_output, check_terminal, chosen_format, write
from tierwise_cli.progress import progress

FORMATS = ("table", "csv", "json", "parquet")


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
    output: options.OUTPUT = None,
    allow_short_history: options.SHORT_HISTORY = False,
    threads: options.THREADS = None,
    memory_limit: options.MEMORY = None,
) -> None:  # fmt: skip
    """Score every partner in DATA: values, points, score and level.

    As of one month, or of every month from one to another in one run. Bad data is refused before
    anything is scored. Exits with 1 where rules or data are wrong.

    Example: tierwise evaluate examples/contoso --as-of 2021-05 --output scores.csv

    Example: tierwise evaluate examples/contoso --from 2021-03 --to 2021-05 --partner P04
    """
    months = _months(as_of, from_month, to_month)
    chosen = chosen_format(format_, output, FORMATS)
    check_output(output, rules)
    check_terminal(output, chosen)

    import tierwise
    from tierwise_cli.render import results_table
    from tierwise_cli.render.findings import print_findings
    from tierwise_cli.render.results import OF_MONTHS, WRITERS

    only = partner or ()
    with progress() as show:
        if len(months) == 1:
            one = tierwise.evaluate(
                data, months[0], rules=rules, competency=competency, option=option,
                version=version, partners=only, allow_short_history=allow_short_history,
                threads=threads, memory_limit=memory_limit, progress=show,
            )  # fmt: skip
            found, last, writer = (*one.warnings, *one.notes), one, WRITERS[chosen](one)
        else:
            several = tierwise.evaluate_months(
                data, months[0], months[-1], rules=rules, competency=competency, option=option,
                version=version, partners=only, allow_short_history=allow_short_history,
                threads=threads, memory_limit=memory_limit, progress=show,
            )  # fmt: skip
            found, last = (*several.warnings, *several.notes), several.months[-1]
            writer = OF_MONTHS[chosen](several, bool(only))
    print_findings(found, sys.stderr)
    check_not_read(output, data, (name for name, _ in last.stamp.data))
    write(output, writer)
    if chosen == "table" and output is None:
        same = options.typed({
            "--rules": rules, "--competency": competency, "--option": option, "--version": version,
            "--allow-short-history": allow_short_history, "--threads": threads,
            "--memory-limit": memory_limit,
        })  # fmt: skip
        sys.stderr.write(results_table.what_next(last, data, months, same, only))


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
