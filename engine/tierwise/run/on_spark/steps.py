"""What steps have stored is given back when a run is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from py4j.protocol import Py4JError
from pyspark.sql import SparkSession


class _Rows(Protocol):
    """Rows that the cluster keeps."""

    def unpersist(self) -> object: ...


@contextmanager
def forgotten(session: SparkSession) -> Iterator[None]:
    """After this block the cluster keeps nothing that was stored within it."""
    before = set(_stored(session))
    try:
        yield
    finally:
        try:
            for number, rows in _stored(session).items():
                if number not in before:
                    rows.unpersist()
        except (Py4JError, OSError):
            pass  # Spark has ended, and all that it kept with it


def _stored(session: SparkSession) -> dict[int, _Rows]:
    return dict(session.sparkContext._jsc.getPersistentRDDs())  # noqa: SLF001  # has no other name
