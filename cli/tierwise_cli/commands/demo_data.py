"""``tierwise demo-data``: data to try things with."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from tierwise_cli import options
from tierwise_cli.output import chosen_format
from tierwise_cli.progress import progress

FORMATS = ("parquet", "csv")


def command(
    out: Annotated[Path, typer.Argument(help="The folder to write to.", metavar="OUT")],
    partners: Annotated[int, typer.Option("--partners", metavar="N", min=1, help="How many.")],
    seed: Annotated[
        int, typer.Option("--seed", metavar="S", help="The same seed gives the same data.")
    ] = 1,
    format_: Annotated[
        str | None, typer.Option("--format", metavar="csv|parquet", help="Default: parquet.")
    ] = None,
    contract: Annotated[
        str | None,
        typer.Option("--contract", metavar="ID", help="Only needed where there are several."),
    ] = None,
    rules: options.RULES = None,
) -> None:
    """Make realistic data for every table of the contract, the same for the same seed.

    Example: tierwise demo-data demo --partners 1000 --seed 7 --format csv
    """
    chosen = chosen_format(format_, None, FORMATS)

    import tierwise
    from tierwise.tasks.demo_data import MOST_SCORED

    if partners > MOST_SCORED:
        message = f"{partners:,} cannot be made; ask for 1 to {MOST_SCORED:,}"
        raise typer.BadParameter(message, param_hint="--partners")
    with progress() as show:
        report = tierwise.demo_data(
            out, partners, seed, format=chosen, contract=contract, rules=rules, progress=show
        )
    width = max(len(name) for name in report.rows)
    for name, rows in report.rows.items():
        sys.stdout.write(f"{name:{width}}  {rows:>12,}\n")
    words = [str(out), "--as-of", report.months[1], *options.typed({"--rules": rules})]
    sys.stderr.write(f"next: tierwise evaluate {shlex.join(words)}\n")
