"""The backends by name. A new backend is a file here and its line.

Such a file has ``connect(settings)``, a context manager that gives an open ``Backend``. It is only
imported when it is asked for, so that its library is needed by those alone who use it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from tierwise.diagnostics import Argument, Diagnostic, nearest, shown
from tierwise.run.backend import Backend, Settings

Connect = Callable[[Settings], AbstractContextManager[Backend]]


@dataclass(frozen=True)
class Home:
    """Where a backend lives, and the library whose open sessions it takes, "" for none."""

    module: str
    sessions: str = ""


BACKENDS: dict[str, Home] = {
    "duckdb": Home("tierwise.run.backends.duckdb"),
}


def connect(settings: Settings) -> AbstractContextManager[Backend]:
    """An open backend; what it made is gone afterwards.

    Raises:
        CannotRun: it does not start, or a library of it is not installed.
    """
    start: Connect = importlib.import_module(BACKENDS[settings.backend].module).connect
    return start(settings)


def chosen(
    backend: object, threads: int | None, memory: str | None, master: str | None = None
) -> Settings | Diagnostic:
    """What a run may use, where a backend is named or is an open session of one."""
    if isinstance(backend, str):
        if backend in BACKENDS:
            return Settings(threads, memory, backend, master)
        what = f"there is no backend {shown(backend)}"
        return Diagnostic("unknown-backend", what, Argument("--backend"),
                          nearest(backend, BACKENDS))  # fmt: skip
    library = type(backend).__module__.partition(".")[0]
    for name, home in BACKENDS.items():
        if home.sessions == library:
            return Settings(threads, memory, name, master, backend)
    what = f"a {type(backend).__name__} is no session that a backend takes"
    return Diagnostic("unknown-backend", what, Argument("--backend"), nearest("", BACKENDS))
