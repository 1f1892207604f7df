"""The program ``tierwise``: its commands, and the edge where findings and failures end."""

from __future__ import annotations

import io
import os
import sys
import types

import typer
from typer.main import get_command

from tierwise.diagnostics import CannotRun, Refused
from tierwise.version import VERSION
from tierwise_cli import exit_codes
from tierwise_cli.commands import demo_data, evaluate, explain, release, test, validate

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


_INTERRUPTED = 130
"""The exit code that typer makes of an interrupt."""


def main() -> None:
    """Run the program; a user never sees a traceback."""
    sys.excepthook = _bug
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may not know every letter
    try:
        get_command(app)()  # called itself, the app would put a hook of its own in that place
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:
            _fail("interrupted", "nothing was left half written")
        if isinstance(ended.__context__, BrokenPipeError):
            # Whoever read the output has stopped; there is nobody left to tell.
            sys.exit(exit_codes.COULD_NOT_RUN)
        raise
    except Refused as refused:
        from tierwise_cli.render.findings import print_findings

        print_findings(refused.diagnostics, sys.stderr)
        sys.exit(exit_codes.FINDINGS)
    except CannotRun as error:
        _fail(str(error), error.hint)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(exit_codes.COULD_NOT_RUN)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        _fail(f"{name}{error.strerror or error}", "check the path, the permissions and the disk")


def _fail(message: str, hint: str) -> None:
    sys.stderr.write(f"tierwise: {message}\n" + (f"  {hint}\n" if hint else ""))
    sys.exit(exit_codes.COULD_NOT_RUN)


def _bug(
    kind: type[BaseException], error: BaseException, trace: types.TracebackType | None
) -> None:
    """What is left is a bug of tierwise: say so, with the traceback only where it is asked for."""
    if os.environ.get("TIERWISE_TRACEBACK"):
        sys.__excepthook__(kind, error, trace)
    first = (str(error).strip().splitlines() or [""])[0][:300]
    sys.stderr.write(
        f"tierwise: this is a bug in tierwise: {kind.__name__}: {first}\n"
        "  please report it; TIERWISE_TRACEBACK=1 shows where it happened\n"
    )
    sys.stderr.flush()
    os._exit(exit_codes.COULD_NOT_RUN)
