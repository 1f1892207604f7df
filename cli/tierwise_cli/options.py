"""The options that several commands have."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from tierwise.months import parse_month

MOST_THREADS = 256


def _data(text: str) -> str:
    """A path as it is read everywhere; a URL as it was typed."""
    return text if re.match(r"[a-z][a-z0-9+.-]+:", text, re.I) else str(Path(text))


DATA = Annotated[
    str,
    typer.Argument(help="A folder of csv, tsv or parquet files, or a .duckdb file; or a "
                   "postgresql://USER@HOST/DATABASE?schema=SCHEMA; with Spark also a URL of its own, or "
                   "table:SCHEMA of a catalogue.", metavar="DATA", callback=_data),
]  # fmt: skip


def _month(text: str | None) -> str | None:
    if text is not None and parse_month(text) is None:
        message = f"'{text}' is not a month; write it as YYYY-MM, such as 2021-05"
        raise typer.BadParameter(message)
    return text


AS_OF = Annotated[
    str,
    typer.Option("--as-of", metavar="YYYY-MM", help="The month; its last day is meant.",
                 callback=_month),
]  # fmt: skip
AS_OF_MAYBE = Annotated[
    str | None,
    typer.Option("--as-of", metavar="YYYY-MM", help="The month; its last day is meant.",
                 callback=_month),
]  # fmt: skip
FROM_MONTH = Annotated[
    str | None,
    typer.Option("--from", metavar="YYYY-MM", callback=_month,
                 help="Instead of --as-of, with --to: the first of several months."),
]  # fmt: skip
TO_MONTH = Annotated[
    str | None,
    typer.Option(
        "--to", metavar="YYYY-MM", callback=_month, help="The last of several months, 120 at most."
    ),
]
RULES = Annotated[
    Path | None,
    typer.Option("--rules", metavar="DIR",
                 help="The folder of rules. Default: ./rules, else those of the package."),
]  # fmt: skip
COMPETENCY = Annotated[
    str | None,
    typer.Option("--competency", metavar="ID", help="Only this one. Default: all in force."),
]
OPTION = Annotated[
    str | None, typer.Option("--option", metavar="ID", help="Only this option of a competency.")
]
VERSION = Annotated[
    str | None,
    typer.Option("--version", metavar="VERSION",
                 help="This version of the competency, whatever its months in force."),
]  # fmt: skip
PARTNERS = Annotated[
    list[str] | None,
    typer.Option("--partner", metavar="ID",
                 help="Only this partner; may be repeated. Of the data, only rows that matter to it "
                 "are checked."),
]  # fmt: skip
OUTPUT = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE",
                 help="Write to a file, whole or not at all. Default: standard output."),
]  # fmt: skip
OUTPUT_OR_URL = Annotated[
    str | None,
    typer.Option("--output", "-o", metavar="FILE",
                 help="Write to a file, whole or not at all; with Spark a folder; or to table:NAME of the "
                 "database that DATA is. Default: standard output."),
]  # fmt: skip
SHORT_HISTORY = Annotated[
    bool,
    typer.Option("--allow-short-history",
                 help="Go on where the data begins later than a metric looks back, with a warning."),
]  # fmt: skip
THREADS = Annotated[
    int | None,
    typer.Option("--threads", metavar="N", min=1, max=MOST_THREADS, help="Default: one a core."),
]


def _size(text: str | None) -> str | None:
    if text is not None and re.fullmatch(r"[0-9]+(\.[0-9]+)? ?[KMGT]i?B", text, re.I) is None:
        raise typer.BadParameter(f"'{text}' is not a size; write it as 4GB or 500MB")
    return text


MEMORY = Annotated[
    str | None,
    typer.Option("--memory-limit", metavar="SIZE",
                 help="Such as 4GB; beyond it the run goes on on disk.", callback=_size),
]  # fmt: skip


BACKENDS = ("duckdb", "spark", "postgres")


def _backend(text: str | None) -> str | None:
    if text is not None and text not in BACKENDS:
        raise typer.BadParameter(f"'{text}' is none of {', '.join(BACKENDS)}")
    return text


BACKEND = Annotated[
    str | None,
    typer.Option("--backend", metavar="|".join(BACKENDS), callback=_backend,
                 help="What runs the plan; spark needs the extra 'spark', and Java; postgres the extra "
                 "'postgres'. Default: as a URL says, else duckdb."),
]  # fmt: skip
MASTER = Annotated[
    str | None,
    typer.Option("--master", metavar="URL",
                 help="Where Spark's cluster is. Default: local[*], this machine; or that of spark-submit. "
                 "For postgres: a database that loads DATA into temporary tables."),
]  # fmt: skip


def typed(given: Mapping[str, Path | str | int | bool | None]) -> list[str]:
    """Options as they are typed, without those that were not given; True is a flag's value."""
    words: list[str] = []
    for name, value in given.items():
        if value is not None and value is not False:
            words += [name] if value is True else [name, str(value)]
    return words
