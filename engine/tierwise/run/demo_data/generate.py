"""Demo data of any size, made by the database and never held in memory: ``Demo`` → files.

Every query runs on one thread and keeps the order of its rows, so that a file does not depend on
how many there are; several tables are made at the same time instead. A table is kept in the
database, which puts on disk what does not fit, only while others are made from its rows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path

from tierwise.expression.kinds import Kind
from tierwise.program.demo_data.demo import Demo, DemoTable, Pick, looked_at
from tierwise.program.program import Column
from tierwise.run.backend import Settings
from tierwise.run.demo_data.rows import TableQuery, keys_name, stored_name
from tierwise.run.embedded.database import Database, connect, literal, quoted

_PATIENCE = 0.05
"""Seconds between two attempts to break off what is running."""


@dataclass(frozen=True)
class _Job:
    """To make a table's rows, or to write them; ``after``: what has to be done before."""

    verb: str
    table: str
    after: frozenset[tuple[str, str]]

    @property
    def done(self) -> tuple[str, str]:
        """What others name it by."""
        return (self.verb, self.table)


def generate(
    demo: Demo, folder: Path, scored: int, seed: int, format_: str, threads: int,
    progress: Callable[[str], None],
) -> dict[str, int]:  # fmt: skip
    """Write a file for every table of the contract.

    Args:
        demo: what the data is made of.
        folder: an empty folder.
        scored: how many rows the scored table has.
        seed: another seed gives other data; the same seed the same bytes.
        format_: ``csv`` or ``parquet``.
        threads: how many tables are made at the same time.
        progress: is told what is being done.

    Returns:
        How many rows each table has, in the contract's order.

    Raises:
        CannotRun: the environment does not let it go on.
    """
    with connect(Settings(threads=1)) as database:
        # DuckDB 2.0 may wait for itself for ever where a file that it writes in the background is
        # broken off; so it writes at once.
        database.execute("SET async_threads = 0")
        work = _Work(database, demo, folder, scored, seed, format_)
        work.run(threads, progress)
    return {name: work.rows[name] for name in demo.contract.tables}


class _Work:
    def __init__(
        self, database: Database, demo: Demo, folder: Path, scored: int, seed: int, format_: str
    ) -> None:
        self.database, self.demo, self.folder = database, demo, folder
        self.scored, self.seed, self.format = scored, seed, format_
        self.rows: dict[str, int] = {}
        self.stored = _stored(demo)
        self.building, self.opening = threading.Lock(), threading.Lock()
        self.open: set[Database] = set()
        self.stopped = False

    def run(self, threads: int, progress: Callable[[str], None]) -> None:
        """Do every job when what it needs is done; stop all where one fails."""
        waiting = self._jobs()
        done: set[tuple[str, str]] = set()
        running: dict[Future[None], _Job] = {}
        pool = ThreadPoolExecutor(max_workers=threads)
        try:
            while waiting or running:
                for job in [each for each in waiting if each.after <= done]:
                    if len(running) < threads:
                        waiting.remove(job)
                        progress(f"{job.verb} {job.table}")
                        running[pool.submit(self._do, job)] = job
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    done.add(running.pop(future).done)
                    future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            self._stop(running)
            pool.shutdown()

    def _stop(self, running: Iterable[Future[None]]) -> None:
        """Break off what is still running; a statement that begins meanwhile is met again."""
        self.stopped = True
        while wait(running, timeout=_PATIENCE).not_done:
            with self.opening:
                for each in self.open:
                    each.connection.interrupt()

    def _jobs(self) -> list[_Job]:
        """Rows that others are made from come first, and are written when nothing else can be."""
        making, writing = [], []
        for table in self.demo.tables:
            needs = frozenset(("making", name) for name in self._needs(table))
            if table.name in self.stored:
                making.append(_Job("making", table.name, needs))
                needs = frozenset({("making", table.name)})
            if table.name in self.demo.contract.tables:
                writing.append(_Job("writing", table.name, needs))
        writing.sort(key=lambda job: job.table in self.stored)
        return [*making, *writing]

    def _needs(self, table: DemoTable) -> set[str]:
        return {name for name in _made_from(self.demo, table) if name in self.stored}

    def _do(self, job: _Job) -> None:
        with self.opening:
            database = Database(self.database.connection.cursor())
            self.open.add(database)
        try:
            if not self.stopped:
                (self._make if job.verb == "making" else self._write)(database, job.table)
        finally:
            with self.opening:
                self.open.discard(database)
            database.connection.close()

    def _query(self, database: Database, name: str, is_stored: bool) -> str:
        with self.building:
            return TableQuery(database, self.demo, self.demo.table(name), self.scored, self.seed,
                              is_stored).build()  # fmt: skip

    def _make(self, database: Database, name: str) -> None:
        stored = quoted(stored_name(name))
        query = self._query(database, name, True)
        database.execute(f"CREATE TABLE {stored} AS {query}")
        if any(name in table.picks() for table in self.demo.tables):
            key = quoted(self.demo.table(name).key[0])
            database.execute(f"CREATE TABLE {quoted(keys_name(name))} AS "
                             f'SELECT list({key} ORDER BY ":n") AS keys FROM {stored}')  # fmt: skip

    def _write(self, database: Database, name: str) -> None:
        is_stored = name in self.stored
        source = f"FROM {quoted(stored_name(name))}" if is_stored else (
            f"FROM ({self._query(database, name, False)})")  # fmt: skip
        columns = self.demo.contract.tables[name].columns.values()
        cells = ", ".join(
            f"{_written(each, self.format)} AS {quoted(each.header)}" for each in columns
        )
        file = literal(str(self.folder / f"{name}.{self.format}"))
        options = "FORMAT csv, HEADER" if self.format == "csv" else "FORMAT parquet"
        copied = database.execute(f"COPY (SELECT {cells} {source}) TO {file} ({options})")
        self.rows[name] = int(str(copied.fetchall()[0][0]))


def _stored(demo: Demo) -> frozenset[str]:
    """The tables that others are made from."""
    return frozenset(name for table in demo.tables for name in _made_from(demo, table))


def _made_from(demo: Demo, table: DemoTable) -> set[str]:
    """The tables of which a table's rows name values, keys, or what its checks look at."""
    needs = {way.table for value in table.values.values() for way in value.ways
             if isinstance(way, Pick) and not demo.table(way.table).is_plain}  # fmt: skip
    if table.rows.per is not None:
        needs.add(table.rows.per)
    return needs | looked_at(demo.contract, table.name)


def _written(column: Column, format_: str) -> str:
    """A value as its file writes it."""
    cell = quoted(column.name)
    match column.kind:
        case Kind.MONTH:
            day = f"make_date({cell} // 12, {cell} % 12 + 1, 1)"
            return day if format_ == "parquet" else f"strftime({day}, '%Y-%m')"
        case Kind.WHOLE:
            return f"CAST({cell} AS BIGINT)"
        case _:
            return cell
