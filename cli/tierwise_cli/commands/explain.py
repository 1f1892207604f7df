"""``tierwise explain``: why does this partner have these points?"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tierwise_cli import options
from tierwise_cli.output import check_not_read, check_output, chosen_format, write
from tierwise_cli.progress import progress

FORMATS = ("text", "json")


def command(
    data: options.DATA,
    as_of: options.AS_OF,
    partner: Annotated[list[str], typer.Option("--partner", metavar="ID", help="The partner.")],
    metric: Annotated[
        str | None,
        typer.Option("--metric", metavar="ID", help="Only this metric, with every row behind it."),
    ] = None,
    rules: options.RULES = None,
    competency: options.COMPETENCY = None,
    option: options.OPTION = None,
    version: options.VERSION = None,
    format_: Annotated[
        str | None, typer.Option("--format", metavar="|".join(FORMATS), help="Default: text.")
    ] = None,
    output: options.OUTPUT = None,
    allow_short_history: options.SHORT_HISTORY = False,
    threads: options.THREADS = None,
    memory_limit: options.MEMORY = None,
    backend: options.BACKEND = None,
    master: options.MASTER = None,
) -> None:
    """Say where a partner's points come from: what counted, through what, and what did not.

    Every row of the data near the partner has one verdict: it counted, or the first condition
    that dropped it. Other rows are not checked.

    Example: tierwise explain examples/contoso --as-of 2021-05 --partner P04
    """
    if len(partner) > 1:
        raise typer.BadParameter("one partner is explained at a time", param_hint="--partner")
    chosen = chosen_format(format_, output, FORMATS)
    check_output(output, rules)

    import tierwise
    from tierwise_cli.render.explanation import WRITERS
    from tierwise_cli.render.findings import print_findings

    with progress() as show:
        report = tierwise.explain(
            data, as_of, partner[0], metric=metric, rules=rules, competency=competency, option=option,
            version=version, allow_short_history=allow_short_history, threads=threads,
            memory_limit=memory_limit, backend=backend, master=master, progress=show,
        )  # fmt: skip
    print_findings((*report.warnings, *report.notes), sys.stderr)
    check_not_read(output, data, (name for name, _ in report.stamp.data))
    write(output, WRITERS[chosen](report, every_row=metric is not None))
