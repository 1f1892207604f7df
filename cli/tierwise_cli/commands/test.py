"""``tierwise test``: do the rules give what their cases expect?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tierwise_cli import exit_codes, options
from tierwise_cli.output import check_output, chosen_format, write
from tierwise_cli.progress import progress

FORMATS = ("text", "junit")


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Files of cases, or folders. Default: all of the rules."),
    ] = None,
    rules: options.RULES = None,
    competency: options.COMPETENCY = None,
    format_: Annotated[
        str | None,
        typer.Option("--format", metavar="|".join(FORMATS), help="Default: text."),
    ] = None,
    output: options.OUTPUT = None,
) -> None:
    """Evaluate the cases that stand beside the rules, and compare with what they expect.

    Exits with 0 where every case passes, with 1 where one fails or cannot be read.

    Example: tierwise test rules --format junit --output cases.xml
    """
    is_xml = output is not None and output.suffix.lower() == ".xml"
    chosen = chosen_format(format_ or ("junit" if is_xml else None), output, FORMATS)
    check_output(output, rules, *(paths or ()))

    import tierwise
    from tierwise_cli.render import cases_junit, cases_text
    from tierwise_cli.render.findings import print_findings

    with progress() as show:
        report = tierwise.test(paths or (), rules=rules, competency=competency, progress=show)
    if chosen == "junit":
        write(output, cases_junit.writer(report))
        print_findings(report.problems, sys.stderr)
    elif output is None:
        cases_text.print_report(report, sys.stdout)
    else:
        write(output, cases_text.writer(report))
    sys.stderr.write(cases_text.summary(report))
    raise typer.Exit(exit_codes.CLEAN if report.passed else exit_codes.FINDINGS)
