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
    as_of: options.AS_OF,
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

    Bad data is refused before anything is scored. Exits with 1 where rules or data are wrong.

    Example: tierwise evaluate examples/contoso --as-of 2021-05 --output scores.csv
    """
    chosen = chosen_format(format_, output, FORMATS)
    check_output(output, rules)
    check_terminal(output, chosen)

    import tierwise
    from tierwise_cli.render import results_table
    from tierwise_cli.render.findings import print_findings
    from tierwise_cli.render.results import WRITERS

    with progress() as show:
        results = tierwise.evaluate(
            data, as_of, rules=rules, competency=competency, option=option,
            version=version, partners=partner or (), allow_short_history=allow_short_history,
            threads=threads, memory_limit=memory_limit, progress=show,
        )  # fmt: skip
    print_findings((*results.warnings, *results.notes), sys.stderr)
    check_not_read(output, data, (name for name, _ in results.stamp.data))
    write(output, WRITERS[chosen](results))
    if chosen == "table" and output is None:
        same = options.typed({
            "--rules": rules, "--competency": competency, "--option": option, "--version": version,
            "--allow-short-history": allow_short_history, "--threads": threads,
            "--memory-limit": memory_limit,
        })  # fmt: skip
        sys.stderr.write(results_table.what_next(results, data, as_of, same, partner or ()))
