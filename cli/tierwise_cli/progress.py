"""What is being done, on standard error, for whoever waits at a terminal for over two seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PATIENCE = 2.0
"""Seconds before anything is shown."""


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done; on a terminal only, and gone at the end."""
    if not sys.stderr.isatty():
        yield lambda doing: None  # the name is part of what callers may write
        return
    from rich.console import Console

    console = Console(stderr=True)
    started = time.monotonic()
    status = console.status("starting")
    shown = False

    def show(doing: str) -> None:
        nonlocal shown
        if not shown and time.monotonic() - started > PATIENCE:
            status.start()
            shown = True
        status.update(f"{doing} [dim]({time.monotonic() - started:.0f} s)[/dim]")

    try:
        yield show
    finally:
        status.stop()
