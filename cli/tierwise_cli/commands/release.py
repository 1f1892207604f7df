"""``tierwise release``: from now on this version stays as it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def command(
    competency: Annotated[str, typer.Argument(help="The competency's id.", metavar="COMPETENCY")],
    version: Annotated[str, typer.Argument(help="Its version.", metavar="VERSION")],
    rules: Annotated[
        Path | None,
        typer.Option("--rules", metavar="DIR", help="The folder of rules. Default: ./rules."),
    ] = None,
) -> None:
    """Release a version of a competency: its file never changes again.

    The digest of the file goes into releases.yaml beside it; from then on 'tierwise validate' says
    where the file has changed or is gone. Exits with 1, and writes nothing, where the version has
    errors or was released with another digest.

    Example: tierwise release sales 1.0.0 --rules rules
    """
    import tierwise
    from tierwise_cli.render.findings import print_findings

    report = tierwise.release(competency, version, rules=rules)
    print_findings(report.warnings, sys.stderr)
    done = "released" if report.is_new else "released already"
    sys.stdout.write(f"{competency} {version} {done}: {report.file}, sha256 {report.sha256}\n")
