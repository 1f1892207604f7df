"""The folder that demo data is written to: whole, or as it was before."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tierwise.diagnostics import CannotRun, Cell, Diagnostic, is_utf8, shown

MARKER = "demo-data.json"
"""The file that says that a folder holds demo data, how it was made, and which files that is."""

_PART = ".demo-data-"


def refused(out: Path) -> tuple[Diagnostic, ...]:
    """Why demo data may not be written to a folder: ``demo-out``.

    It may be written to a folder that is not there yet or is empty, and it may take the place of
    demo data: of a folder that holds nothing but ``MARKER`` and the files that it names.
    """
    hint = "name a folder that is not there yet"
    if out.exists() and not out.is_dir():
        return (Diagnostic("demo-out", "this is a file, not a folder", Cell(str(out)), hint),)
    if not is_utf8(str(out)):
        return (Diagnostic("demo-out", "the path is not UTF-8", Cell(str(out)), hint),)
    others = sorted(_others(out)) if out.exists() else []
    if not others:
        return ()
    more = f" and {len(others) - 1} more" if len(others) > 1 else ""
    message = f"the folder holds {shown(others[0])}{more}, which demo-data did not write"
    return (Diagnostic("demo-out", message, Cell(str(out)), hint),)


def _others(out: Path) -> set[str]:
    """The names in a folder that are not those of demo data."""
    names = {path.name for path in out.iterdir() if not path.name.startswith(_PART)}
    return names - {MARKER, *_own(out)} if MARKER in names else names


def _own(out: Path) -> Sequence[str]:
    """The files that a folder's marker names; none where it cannot be read."""
    try:
        told = json.loads((out / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ()
    files = told.get("files") if isinstance(told, dict) else None
    names = files if isinstance(files, list) else []
    return [name for name in names if isinstance(name, str) and Path(name).name == name]


@contextmanager
def filled(out: Path, about: Mapping[str, object]) -> Iterator[Path]:
    """A folder to write files to; they are moved to ``out`` when all of them are written.

    Where the block is left by an error or an interruption, nothing of it stays, and demo data that
    lay in ``out`` before still does.

    Args:
        out: a folder that ``refused`` has nothing against.
        about: what the marker says beside the names of the files.

    Raises:
        CannotRun: the folder cannot be written to.
    """
    made = [each for each in (out, *out.parents) if not each.exists()]
    try:
        out.mkdir(parents=True, exist_ok=True)
        _clear(out)
        part = Path(tempfile.mkdtemp(prefix=_PART, dir=out))
        yield part
        _move(part, out, about)
    except OSError as error:
        raise _cannot(out, error) from error
    finally:
        _clear(out)
        for folder in made:
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()


def _clear(out: Path) -> None:
    """Remove what was begun and is not whole, also by somebody who could not."""
    for left in out.glob(f"{_PART}*"):
        shutil.rmtree(left, ignore_errors=True)


def _move(part: Path, out: Path, about: Mapping[str, object]) -> None:
    names = sorted(path.name for path in part.iterdir())
    (part / MARKER).write_text(
        json.dumps({**about, "files": names}, indent=2) + "\n", encoding="utf-8"
    )
    for name in _own(out):
        if name not in names:
            (out / name).unlink(missing_ok=True)
    for name in (*names, MARKER):
        (part / name).replace(out / name)


def _cannot(out: Path, error: OSError) -> CannotRun:
    return CannotRun(f"{out}: {error.strerror or error}", "check the folder, and the space on disk")
