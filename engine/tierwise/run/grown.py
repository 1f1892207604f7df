"""A file that grows beside its place, and takes it only when it is whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def grown(target: Path) -> Iterator[Path]:
    """The path to write to; at the end of the block it is at ``target``, unless something went wrong."""
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        growing = Path(folder) / f"growing{target.suffix}"
        yield growing
        with growing.open("rb") as file:
            os.fsync(file.fileno())
        growing.replace(target)
