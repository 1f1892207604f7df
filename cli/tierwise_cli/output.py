"""Where results go: standard output, or a file that is written whole and then renamed."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import typer


def chosen_format(given: str | None, output: Path | None, known: tuple[str, ...]) -> str:
    """The format that was asked for, else the one that the file's name says, else the first."""
    if given is None:
        suffix = output.suffix.lstrip(".").lower() if output is not None else ""
        return suffix if suffix in known else known[0]
    if given not in known:
        raise typer.BadParameter(f"'{given}' is none of {', '.join(known)}", param_hint="--format")
    return given


def check_output(output: Path | None) -> None:
    """Refuse an output that cannot be written, before anything is computed."""
    if output is None:
        return
    if output.is_dir():
        raise typer.BadParameter(f"{output} is a folder", param_hint="--output")
    if not output.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {output.parent}", param_hint="--output")


def write(output: Path | None, writer: Callable[[BinaryIO], None]) -> None:
    """Let ``writer`` write to the output; a file appears whole or not at all."""
    if output is None:
        sys.stdout.flush()
        writer(sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    with _beside(output) as file:
        writer(file)


@contextmanager
def _beside(output: Path) -> Iterator[BinaryIO]:
    handle, name = tempfile.mkstemp(prefix=f".{output.name}.", dir=output.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(output)
    finally:
        temporary.unlink(missing_ok=True)
