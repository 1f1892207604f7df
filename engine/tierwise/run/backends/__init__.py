"""The backends by name. A new backend is a file here and its line.

Such a file has ``connect(settings)``, a context manager that gives an open ``Backend``. It is only
imported when it is asked for, so that its library is needed by those alone who use it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path

from tierwise.diagnostics import Argument, Diagnostic, nearest, shown
from tierwise.run.address import TABLE, file_of, scheme_of, shown_address, table_of
from tierwise.run.backend import Backend, Settings

Connect = Callable[[Settings], AbstractContextManager[Backend]]
DEFAULT = "duckdb"
"""What runs a plan over files, where nothing else is asked for."""

_OF_OTHERS = (".csv", ".tsv", ".json", ".txt", ".xlsx")
"""Ends of names of files that are no Parquet."""
_PARTS = 2
"""A schema and a name."""


@dataclass(frozen=True)
class Home:
    """Where a backend lives, and what it is known by.

    ``sessions``: the library whose open sessions it takes, "" for none. ``schemes``: of URLs that
    it alone reads. ``limits_memory``: whether it can be told how much memory it may use.
    ``reads_a_file``: whether DATA may be one file; ``other_urls``: or a URL of any scheme.
    ``loads``: whether it loads files into a database, which has to be named. ``has_master``: whether
    it runs elsewhere, at a place that can be named.
    """

    module: str
    sessions: str = ""
    schemes: tuple[str, ...] = ()
    limits_memory: bool = True
    reads_a_file: bool = True
    other_urls: bool = False
    loads: bool = False
    has_master: bool = True


BACKENDS: dict[str, Home] = {
    "duckdb": Home("tierwise.run.backends.duckdb", schemes=("duckdb",), has_master=False),
    "spark": Home("tierwise.run.backends.spark", "pyspark", reads_a_file=False, other_urls=True),
    "postgres": Home("tierwise.run.backends.postgres", schemes=("postgresql", "postgres"),
                     limits_memory=False, loads=True),
}  # fmt: skip


def connect(settings: Settings) -> AbstractContextManager[Backend]:
    """An open backend; what it made is gone afterwards.

    Raises:
        CannotRun: it does not start, or a library of it is not installed.
    """
    start: Connect = importlib.import_module(BACKENDS[settings.backend].module).connect
    return start(settings)


def chosen(
    backend: object,
    threads: int | None,
    memory: str | None,
    master: str | None = None,
    data: str = "",
) -> Settings | Diagnostic:
    """What a run may use, where a backend is named or is an open session of one.

    Args:
        backend: None: the one that reads ``data``.
        threads, memory, master: see ``Settings``.
        data: where data lies. A scheme of a URL that one backend alone reads has to be its.
    """
    scheme = scheme_of(data)
    owner = next((name for name, home in BACKENDS.items() if scheme in home.schemes), None)
    if backend is None:
        backend = owner or DEFAULT
    settings = _named(backend, threads, memory, master)
    if isinstance(settings, Diagnostic):
        return settings
    if owner is not None and owner != settings.backend:
        what = f"{scheme}:// is read by {owner}, and not by {settings.backend}"
        return Diagnostic(
            "other-backend", what, Argument("--backend"), "leave it out, or name other data"
        )
    if scheme and owner is None and not BACKENDS[settings.backend].other_urls:
        return _unknown_scheme(scheme, data)
    if not reads(settings.backend, data):
        what = f"{settings.backend} reads folders and tables, and {shown(data)} is a file"
        return Diagnostic("other-backend", what, Argument("--backend"), "leave it out, or name other data")  # fmt: skip
    unnamed = _unnamed(settings, data, "--master")
    if unnamed is not None:
        return unnamed
    if master is not None and not BACKENDS[settings.backend].has_master:
        what = f"{settings.backend} runs in this process, and nowhere else"
        return Diagnostic("other-backend", what, Argument("--master"),
                          "leave it out, or say with --backend what runs there")  # fmt: skip
    if memory is not None and not BACKENDS[settings.backend].limits_memory:
        what = f"{settings.backend} cannot be told how much memory it may use"
        return Diagnostic("other-backend", what, Argument("--memory-limit"),
                          "leave it out; the server's own settings say it")  # fmt: skip
    return settings


def reads(backend: str, data: str) -> bool:
    """Whether a backend opens such data itself: its own URLs, folders, and perhaps one file."""
    scheme, home = scheme_of(data), BACKENDS[backend]
    if scheme in home.schemes:
        return True
    if scheme and scheme not in BACKENDS[DEFAULT].schemes:
        owned = any(scheme in each.schemes for each in BACKENDS.values())
        return home.other_urls and not owned
    return home.reads_a_file or not Path(file_of(data)).is_file()


def target_finding(settings: Settings, data: str, target: str) -> Diagnostic | None:
    """What is wrong with where results are to be written; that it is there is looked at later.

    ``table:NAME`` is a table of the database that ``data`` is.
    """
    name, place = shown(target), Argument("--output")
    if not target.startswith(TABLE):
        ending = Path(target).suffix.lower()
        if ending not in _OF_OTHERS:
            return None
        return Diagnostic("wrong-output", f"{name} would be a file of Parquet, not {ending}", place,
                          "name it .parquet")  # fmt: skip
    parts = table_of(target)
    if "" in parts or len(parts) > _PARTS:
        return Diagnostic("wrong-table", f"{name} names no table", place,
                          f"write it as {TABLE}NAME or {TABLE}SCHEMA.NAME")  # fmt: skip
    is_database = scheme_of(data) in BACKENDS[settings.backend].schemes
    if settings.backend == DEFAULT:
        is_database = Path(file_of(data)).is_file()
    if is_database:
        return None
    return Diagnostic("wrong-table", f"{name} is a table of the database that DATA is, and "
                      f"{shown(shown_address(data))} is none", place,
                      "name a file; or DATA as a .duckdb file or a postgresql:// URL")  # fmt: skip


def _named(
    backend: object, threads: int | None, memory: str | None, master: str | None
) -> Settings | Diagnostic:
    if isinstance(backend, str):
        if backend in BACKENDS:
            return Settings(threads, memory, backend, master)
        what = f"there is no backend {shown(backend)}"
        return Diagnostic("unknown-backend", what, Argument("--backend"),
                          nearest(backend, BACKENDS))  # fmt: skip
    library = type(backend).__module__.partition(".")[0]
    for name, home in BACKENDS.items():
        if home.sessions and home.sessions == library:
            return Settings(threads, memory, name, master, backend)
    what = f"a {type(backend).__name__} is no session that a backend takes"
    return Diagnostic("unknown-backend", what, Argument("--backend"), nearest("", BACKENDS))


def several(
    backends: Sequence[object],
    threads: int | None,
    memory: str | None,
    master: str | None,
    database: str | None,
    data: str,
) -> tuple[Settings, ...] | Diagnostic:
    """What each of some backends may use, all for the same data.

    Args:
        backends: their names, or open sessions.
        threads, memory, master: see ``Settings``; each backend is told what it can be told.
        database: a URL of one that may load data into temporary tables; for whoever reads such URLs.
        data: where data lies.
    """
    known = []
    for backend in backends:
        settings = _named(backend, threads, None, None)
        if isinstance(settings, Diagnostic):
            return replace(settings, place=Argument("--backends"))
        home = BACKENDS[settings.backend]
        owns = database is not None and scheme_of(database) in home.schemes
        limit = memory if home.limits_memory else None
        own = database if owns or home.loads else master
        known.append(replace(settings, memory=limit, master=own))
        unnamed = _unnamed(known[-1], data, "--postgres, or TIERWISE_POSTGRES")
        if unnamed is not None:
            return unnamed
    return tuple(known)


def _unnamed(settings: Settings, data: str, option: str) -> Diagnostic | None:
    """A finding where a backend would load data, and no database is named for that."""
    home = BACKENDS[settings.backend]
    schemes = home.schemes
    if not home.loads or scheme_of(data) in schemes or scheme_of(settings.master or "") in schemes:
        return None
    what = f"{settings.backend} has to load {shown(shown_address(data))}, and no database is named for it"
    return Diagnostic("no-database", what, Argument(option.partition(",")[0]),
                      f"name one with {option}, as {schemes[0]}://USER@HOST/DATABASE; only temporary "
                      "tables are made there")  # fmt: skip


def _unknown_scheme(scheme: str, data: str) -> Diagnostic:
    tried = [f"{each}://" for home in BACKENDS.values() for each in home.schemes]
    return Diagnostic("unknown-scheme", f"nothing here reads {scheme}://: {shown(shown_address(data))}",
                      Argument("DATA"), f"what is read: {', '.join(tried)}, folders and files; and with "
                      "--backend spark the URLs that Hadoop knows, such as hdfs:// and s3a://")  # fmt: skip
