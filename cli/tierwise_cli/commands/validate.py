"""``tierwise validate``: are these rule files right?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from tierwise_cli import exit_codes
from tierwise_cli.output import chosen_format

FORMATS = ("text", "json")


def command(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders or files. Default: ./rules, else those of the package."),
    ] = None,
    format_: Annotated[
        str | None, typer.Option("--format", metavar="|".join(FORMATS), help="Default: text.")
    ] = None,
) -> None:
    """Say everything that is wrong with rule files, each with its place and a way out.

    Exits with 0 where nothing is wrong, with 1 where something is.

    Example: tierwise validate rules
    """
    import tierwise
    from tierwise_cli.render.findings import findings_json, print_findings

    chosen = chosen_format(format_, None, FORMATS)
    report = tierwise.validate(paths or [])
    if chosen == "json":
        sys.stdout.write(findings_json(report.findings))
    else:
        print_findings(report.findings, sys.stdout)
        count = len(report.findings)
        findings = "nothing wrong" if not count else f"{count} finding{'s' if count > 1 else ''}"
        files = f"{report.files} rule file{'s' if report.files != 1 else ''}"
        sys.stderr.write(f"{files} read: {findings}\n")
    raise typer.Exit(exit_codes.FINDINGS if report.errors else exit_codes.CLEAN)
