"""The program ``tierwise``: its commands."""

from __future__ import annotations

import sys

import typer

from tierwise.version import VERSION
from tierwise_cli.commands import demo_data, evaluate, explain, parity, release, test, validate

HELP = """Score partners by rules that are written as YAML, and say why.

Example: tierwise evaluate examples/contoso --as-of 2021-05
"""

app = typer.Typer(
    name="tierwise",
    help=HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("evaluate")(evaluate.command)
app.command("explain")(explain.command)
app.command("parity")(parity.command)
app.command("validate")(validate.command)
app.command("test")(test.command)
app.command("release")(release.command)
app.command("demo-data")(demo_data.command)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"tierwise {VERSION}\n")
        raise typer.Exit


@app.callback()
def _main(
    version: bool = typer.Option(  # typer makes it a flag
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    """Typer asks for a function to hang the program's own options on."""
    del version
