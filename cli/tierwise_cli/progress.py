"""What is being done, on standard error: at a terminal after two seconds, in a log a line each half minute."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tierwise_cli import stopped

PATIENCE = 2.0
"""Seconds before anything is shown at a terminal."""
SELDOM = 30.0
"""Seconds between two lines where there is no terminal: who reads the log of an hour sees where it went."""


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows what is being done; on a terminal it is gone at the end."""
    with _at_a_terminal() if sys.stderr.isatty() else _in_a_log() as show:
        yield show


@contextmanager
def _in_a_log() -> Iterator[Callable[[str], None]]:
    begun, last, ended = time.monotonic(), ["starting"], threading.Event()

    def tell() -> None:
        while not ended.wait(SELDOM):
            minutes, seconds = divmod(int(time.monotonic() - begun), 60)
            with suppress(OSError):  # whoever read the log may have gone
                sys.stderr.write(f"{minutes}:{seconds:02} {last[0]}\n")
                sys.stderr.flush()

    def show(doing: str) -> None:
        stopped.go_on()
        last[0] = doing

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield show
    finally:
        ended.set()
        teller.join()


@contextmanager
def _at_a_terminal() -> Iterator[Callable[[str], None]]:
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
