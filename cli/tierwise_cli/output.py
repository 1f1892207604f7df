"""Where results go: standard output, or a file that is written whole and then renamed."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import typer

from tierwise.run.address import TABLE, file_of
from tierwise.tasks.files import written_whole

_SAYS_NOTHING = ("", "txt", "text", "log", "out")
"""Ends of names of files in which people look for text."""


def chosen_format(given: str | None, output: Path | None, known: tuple[str, ...]) -> str:
    """The format that was asked for, else the one that the file's name says.

    The first is for standard output and for files whose name says nothing, or that it is text.
    """
    if given is None:
        suffix = output.suffix.lstrip(".").lower() if output is not None else ""
        if suffix in known or suffix in _SAYS_NOTHING:
            return suffix if suffix in known else known[0]
        message = f"a name with .{suffix} says none of {', '.join(known)}; say it with --format"
        raise typer.BadParameter(message, param_hint="--output")
    if given not in known:
        raise typer.BadParameter(f"'{given}' is none of {', '.join(known)}", param_hint="--format")
    return given


def written_by_backend(backend: str | None, given: str | None, output: str | None) -> bool:
    """Whether what calculates writes the results: a table, or each machine its part of a folder."""
    if output is not None and output.startswith(TABLE):
        if given is not None:
            raise typer.BadParameter("a table has no format", param_hint="--format")
        return True
    if output is None or backend != "spark":
        return False
    suffix = Path(output).suffix.lstrip(".").lower()
    return (given or suffix) not in ("csv", "json", "table", "txt", "text", "log", "out")


def check_output(output: Path | None, *rules: Path | None) -> None:
    """Refuse an output that cannot be written or is a rule file, before anything is computed.

    Args:
        output: the file; a link is followed, also one that leads to a file that is not there yet.
        rules: folders of rules, or rule files, that will be read; None: those by default.
    """
    if output is None:
        return
    wrong = _wrong_with(output)
    if not wrong and output.resolve() in _rule_files(rules):
        wrong = f"{output} is one of the rule files; name another file"
    if wrong:
        raise typer.BadParameter(wrong, param_hint="--output")


def _wrong_with(output: Path) -> str:
    if output.is_dir():
        return f"{output} is a folder"
    if not output.parent.is_dir():
        return f"there is no folder {output.parent}"
    try:
        where = output.resolve()
    except (OSError, RuntimeError):  # which of them depends on the version of Python
        return f"{output} is a link that leads back to itself"
    if where.is_symlink():
        return f"{output} is a link that leads back to itself"
    if not where.parent.is_dir():
        return f"{output} is a link to {where}, and there is no folder {where.parent}"
    is_replaced = where.is_file() or not where.exists()
    if is_replaced and not os.access(where.parent, os.W_OK):
        return f"{output.parent} is a folder that may not be written to"
    return ""


def _rule_files(rules: Iterable[Path | None]) -> set[Path]:
    """The files of some folders of rules; or those files themselves, where they are named."""
    from tierwise import pipeline
    from tierwise.tasks.rules import rules_folder

    folders = [rules_folder(each) for each in rules]
    return {
        file.resolve()
        for folder in folders
        for file in (pipeline.rule_files(folder) if folder.is_dir() else [folder])
        if file.exists()
    }


def check_terminal(output: Path | None, format_: str) -> None:
    """Refuse to write to a terminal what no terminal can show."""
    if format_ == "parquet" and output is None and sys.stdout.isatty():
        raise typer.BadParameter(
            "Parquet is not for a terminal: name a file", param_hint="--output"
        )


def check_not_read(output: Path | None, data: str, read: Iterable[str]) -> None:
    """Refuse to write over the data that was just read, ``read`` its files' names."""
    if output is None:
        return
    where, folder = output.resolve(), Path(file_of(data)).resolve()
    if where == folder or where in {(folder / name).resolve() for name in read}:
        raise typer.BadParameter(f"{output} is part of the data; name another file",
                                 param_hint="--output")  # fmt: skip


def write(output: Path | None, writer: Callable[[BinaryIO], None]) -> None:
    """Let ``writer`` write to the output; a file appears whole or not at all."""
    try:
        if output is None:
            sys.stdout.flush()
            writer(sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return
        if output.exists() and not output.is_file():  # a device or a pipe stays what it is
            with output.open("wb") as file:
                writer(file)
            return
        with written_whole(output.resolve()) as file:
            writer(file)
    except BrokenPipeError:
        raise
    except OSError as error:
        # It names a file that only we know, or none.
        error.filename = str(output or "standard output")
        raise
