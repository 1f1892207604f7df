"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def written_whole(output: Path) -> Iterator[BinaryIO]:
    """A file beside ``output`` that takes its place at the end, unless something goes wrong."""
    handle, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_mode(output))
        temporary.replace(output)
    finally:
        temporary.unlink(missing_ok=True)


def _mode(output: Path) -> int:
    """Who may do what with a file: as with the one that it replaces, else as with any new one."""
    if output.exists():
        return output.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
