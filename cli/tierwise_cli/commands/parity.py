"""``tierwise parity``: do several backends give the same?"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from tierwise_cli import exit_codes, options
from tierwise_cli.output import check_output, chosen_format, write
from tierwise_cli.progress import progress

FORMATS = ("table", "json")


def _backends(text: str) -> str:
    names = [each.strip() for each in text.split(",")]
    for name in names:
        if name not in options.BACKENDS:
            raise typer.BadParameter(f"'{name}' is none of {', '.join(options.BACKENDS)}")
    if len(names) < 2 or len(set(names)) < len(names):
        raise typer.BadParameter("name at least two, each once, such as duckdb,postgres")
    return ",".join(names)


BACKENDS = Annotated[
    str,
    typer.Option("--backends", metavar="NAME,NAME", callback=_backends,
                 help=f"Those to compare, of {', '.join(options.BACKENDS)}. The first that opens DATA gives "
                 "it to those that cannot."),
]  # fmt: skip
POSTGRES = Annotated[
    str | None,
    typer.Option("--postgres", metavar="URL", envvar="TIERWISE_POSTGRES",
                 help="A database of PostgreSQL's that loads DATA into temporary tables, where DATA is "
                 "none."),
]  # fmt: skip


def command(
    data: options.DATA,
    as_of: options.AS_OF,
    backends: BACKENDS,
    rules: options.RULES = None,
    competency: options.COMPETENCY = None,
    option: options.OPTION = None,
    version: options.VERSION = None,
    partner: options.PARTNERS = None,
    format_: Annotated[
        str | None, typer.Option("--format", metavar="|".join(FORMATS), help="Default: table.")
    ] = None,
    output: options.OUTPUT = None,
    allow_short_history: options.SHORT_HISTORY = False,
    threads: options.THREADS = None,
    memory_limit: options.MEMORY = None,
    master: options.MASTER = None,
    postgres: POSTGRES = None,
) -> None:  # fmt: skip
    """Score every partner on several backends, and compare every value, points, score and level.

    Exactly; differing partners are listed. Exits with 0 where all is the same, with 1 where
    something differs or is wrong with rules or data.

    Example: tierwise parity examples/contoso --as-of 2021-05 --backends duckdb,spark
    """
    chosen = chosen_format(format_, output, FORMATS)
    check_output(output, rules)

    import tierwise
    from tierwise_cli.render.findings import print_findings
    from tierwise_cli.render.parity import WRITERS

    with progress() as show:
        report = tierwise.parity(
            data, as_of, backends.split(","), rules=rules, competency=competency, option=option,
            version=version, partners=partner or (), allow_short_history=allow_short_history,
            threads=threads, memory_limit=memory_limit, master=master, postgres=postgres,
            progress=show,
        )  # fmt: skip
    print_findings(report.warnings, sys.stderr)
    write(output, WRITERS[chosen](report))
    raise typer.Exit(exit_codes.CLEAN if report.equal else exit_codes.FINDINGS)
