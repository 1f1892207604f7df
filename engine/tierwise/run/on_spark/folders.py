"""A folder of files that is written whole or not at all, wherever Spark can write."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pyspark.sql import SparkSession

from tierwise.diagnostics import CannotRun

_DONE = "_SUCCESS"
"""The file that Spark leaves in a folder that it has written whole."""


@contextmanager
def written_whole(session: SparkSession, target: str) -> Iterator[str]:
    """A folder beside ``target`` that takes its place at the end, unless something goes wrong.

    What stands there is only replaced where Spark wrote it.

    Raises:
        CannotRun: something else stands there.
    """
    name = target.rstrip("/")
    parent, _, last = name.rpartition("/")
    beside = f"{parent}/" if parent or name.startswith("/") else ""
    growing = f"{beside}.{last}.{uuid.uuid4().hex}"
    files = check_may_be_replaced(session, target)
    try:
        yield growing
        aside = f"{growing}.old"
        if files.exists(name):
            files.move(name, aside)
        files.move(growing, name)
        files.remove(aside)
    finally:
        files.remove(growing)


def check_may_be_replaced(session: SparkSession, target: str) -> _Local | _Remote:
    """The files among which a folder will lie.

    Raises:
        CannotRun: something else stands there than what Spark has written.
    """
    files, name = _Remote(session) if "://" in target else _Local(), target.rstrip("/")
    if files.exists(name) and not files.exists(f"{name}/{_DONE}"):
        raise CannotRun(f"{target} is there, and no folder that Spark has written",
                        "name another folder")  # fmt: skip
    return files


class _Local:
    """Folders of this machine."""

    def exists(self, path: str) -> bool:
        return Path(path).exists()

    def move(self, path: str, to: str) -> None:
        Path(path).rename(to)

    def remove(self, path: str) -> None:
        shutil.rmtree(path, ignore_errors=True)


class _Remote:
    """Folders of whatever Hadoop knows by its URL."""

    def __init__(self, session: SparkSession) -> None:
        java = session.sparkContext._jvm  # noqa: SLF001  # pyspark has no files of its own
        assert java is not None, "the session is open"
        self._java = java
        self._conf = session.sparkContext._jsc.hadoopConfiguration()  # noqa: SLF001

    def exists(self, path: str) -> bool:
        where = self._java.org.apache.hadoop.fs.Path(path)
        return bool(where.getFileSystem(self._conf).exists(where))

    def move(self, path: str, to: str) -> None:
        where = self._java.org.apache.hadoop.fs.Path(path)
        there = self._java.org.apache.hadoop.fs.Path(to)
        if not where.getFileSystem(self._conf).rename(where, there):
            raise CannotRun(f"{path} could not be renamed to {to}", "check who may write there")

    def remove(self, path: str) -> None:
        where = self._java.org.apache.hadoop.fs.Path(path)
        where.getFileSystem(self._conf).delete(where, True)
