"""The distributed backend: Spark runs the SQL that Ibis prints of a plan's tables."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.sql.datatypes import PySparkType
from ibis.common.exceptions import IbisError

from tierwise.diagnostics import CannotRun, Diagnostic
from tierwise.plan.plan import Step
from tierwise.program.program import Contract
from tierwise.run.address import TABLE
from tierwise.run.backend import Data, RawTable, Settings, raw_name
from tierwise.run.on_spark.sql import sql_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

NAME = "spark"


class Spark:
    """A session of Spark as a backend."""

    def __init__(self, session: SparkSession) -> None:
        self.session = session
        self._reads = False

    @property
    def name(self) -> str:
        return NAME

    @property
    def hashes_well(self) -> bool:
        return False

    def lacking(self, steps: Iterable[Step]) -> Iterable[tuple[Step, str]]:
        """What Ibis cannot print for Spark."""
        for step in steps:
            try:
                sql_of(step.table)
            except IbisError as error:
                yield step, str(error).strip().split("\n")[0]

    def open(self, data: Data, contract: Contract, found: list[Diagnostic]) -> dict[str, RawTable]:
        from tierwise.run.on_spark.open_data import open_data, open_rows

        if isinstance(data, Mapping):
            return open_rows(self.session, data, contract)
        return open_data(self.session, str(data), contract, found)

    def numbered(self, raw: RawTable) -> ir.Table:
        """The rows as they are: nothing numbers them."""
        return ibis.table(self.schema(raw_name(raw.name)), name=raw_name(raw.name))

    @contextmanager
    def reading(self) -> Iterator[None]:
        self._reads = True
        try:
            yield
        finally:
            self._reads = False

    @contextmanager
    def running(self) -> Iterator[None]:
        yield

    def schema(self, name: str) -> ibis.Schema:
        return ibis.schema({column: PySparkType.from_string(physical)
                            for column, physical in self.types(name).items()})  # fmt: skip

    def types(self, name: str) -> Mapping[str, str]:
        from tierwise.run.on_spark.errors import translated

        with translated(self._reads):
            fields = self.session.table(f"`{name}`").schema.fields
        return {field.name: field.dataType.simpleString() for field in fields}

    def expect(self, query: ir.Table) -> None:
        """Nothing is got ready."""

    def create(self, name: str, table: ir.Table, stored: bool) -> None:
        """Make a query available under a name.

        What is stored is a checkpoint: later steps read its rows and do not know how they were
        made, for Spark plans a step together with all that lies behind it.
        """
        from tierwise.run.on_spark.errors import translated

        with translated(self._reads):
            frame = self._frame(table)
            if stored:
                frame = self._stored(frame)
            frame.createOrReplaceTempView(f"`{name}`")

    def sift(self, name: str, table: ir.Table) -> None:
        """As any that is stored: Spark keeps nothing on the way."""
        self.create(name, table, stored=True)

    def let_go(self, name: str) -> None:
        """Nothing: Spark puts on disk what does not fit, and all of it is given back in the end."""

    def rows(self, table: ir.Table) -> list[tuple[object, ...]]:
        from tierwise.run.on_spark.errors import translated

        with translated(self._reads):
            return [tuple(row) for row in self._frame(table).collect()]

    def arrow(self, table: ir.Table) -> pa.Table:
        from tierwise.run.on_spark.errors import translated

        with translated(self._reads):
            return self._frame(table).toArrow()

    def check_target(self, target: str) -> None:
        """Look at what is there: a folder takes the place only of one that Spark has written."""
        from tierwise.run.on_spark.errors import translated
        from tierwise.run.on_spark.folders import check_may_be_replaced

        if target and not target.startswith(TABLE):
            with translated(self._reads):
                check_may_be_replaced(self.session, target)

    def write(self, table: ir.Table, target: str) -> None:
        """Write a folder of Parquet files, beside which it grows before it takes its place."""
        from tierwise.run.on_spark.errors import translated
        from tierwise.run.on_spark.folders import written_whole

        with translated(self._reads), written_whole(self.session, target) as growing:
            self._frame(table).write.parquet(growing)

    def _frame(self, table: ir.Table) -> DataFrame:
        return self.session.sql(sql_of(table))

    def _stored(self, frame: DataFrame) -> DataFrame:
        from pyspark.storagelevel import StorageLevel

        if self.session.sparkContext.getCheckpointDir() is not None:
            return frame.checkpoint(eager=True)
        return frame.localCheckpoint(eager=True, storageLevel=StorageLevel.MEMORY_AND_DISK)


@contextmanager
def connect(settings: Settings) -> Iterator[Spark]:
    """A session of Spark's; what it made is gone afterwards, and a Spark that was started has ended.

    Raises:
        CannotRun: pyspark or Java is missing, or Spark does not start.
    """
    try:
        import pyspark
    except ImportError as error:
        raise CannotRun("Spark needs pyspark, which is not installed",
                        "install it with: pip install 'tierwise[spark]'") from error  # fmt: skip
    from tierwise.run.on_spark.start import LOG, session
    from tierwise.run.on_spark.steps import forgotten

    assert pyspark.__version__
    with _logging_only_if(bool(os.environ.get(LOG))), session(settings) as own, forgotten(own):
        yield Spark(own)


@contextmanager
def _logging_only_if(asked: bool) -> Iterator[None]:
    """Within this block what Spark's libraries log, an interrupt for one, reaches no terminal by itself."""
    log, root = logging.getLogger("SQLQueryContextLogger"), logging.root
    nowhere = logging.NullHandler()
    kept = log.disabled
    log.disabled = kept or not asked
    if not asked and not root.handlers:  # else whoever lent the session has said where it goes
        root.addHandler(nowhere)
    try:
        yield
    finally:
        log.disabled = kept
        root.removeHandler(nowhere)
