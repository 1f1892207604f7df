"""Digests of data files, worked out while the data is checked and scored."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from io import BufferedReader
from pathlib import Path

Digest = Callable[[], str]
"""A digest for whoever asks; who asks early may have to wait."""


def already(digest: str) -> Digest:
    """One that is there already."""
    return lambda: digest


def of_file(path: Path) -> Digest:
    """That of a file as it is now, begun at once.

    Raises:
        OSError: it may not be read; one that ends while it is read says so to who asks.
    """
    file = path.open("rb")
    worked_out: Future[str] = Future()
    threading.Thread(target=_work_out, args=(file, worked_out), daemon=True).start()
    return worked_out.result


def of_database(path: Path) -> Digest:
    """That of a DuckDB file, and of what was written to it and stands beside it yet."""
    log = path.with_name(f"{path.name}.wal")
    if not log.exists() or log.stat().st_size == 0:
        return of_file(path)
    both = [of_file(path), of_file(log)]
    return lambda: hashlib.sha256("".join(each() for each in both).encode()).hexdigest()


def _work_out(file: BufferedReader, worked_out: Future[str]) -> None:
    try:
        with file:
            worked_out.set_result(hashlib.file_digest(file, "sha256").hexdigest())
    except (OSError, MemoryError) as error:
        worked_out.set_exception(error)
