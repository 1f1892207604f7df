"""What is being done, on standard error, for whoever waits at a terminal for over two seconds."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tierwise_cli import stopped

PATIENCE = 2.0
"""Seconds before anything is shown."""


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done; on a terminal only, and gone at the end."""
    if not sys.stderr.isatty():
        yield lambda doing: stopped.go_on()  # the name is part of what callers may write
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    shown = Progress(
        SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True,
    )  # fmt: skip
    task = shown.add_task("starting", total=None)
    patience = threading.Timer(PATIENCE, shown.start)  # also while one thing takes long
    patience.daemon = True
    patience.start()

    def show(doing: str) -> None:
        stopped.go_on()
        shown.update(task, description=doing)

    try:
        yield show
    finally:
        patience.cancel()
        patience.join()
        shown.stop()
