"""A plan's tables as Spark's SQL: as Ibis prints them, and what it does not know of Spark yet."""

from __future__ import annotations

import ibis.expr.types as ir
from ibis.backends.sql.compilers.base import SQLGlotCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler, ops

from tierwise.kept import kept
from tierwise.run.query import query_of


class _Printer(PySparkCompiler):  # type: ignore[misc]  # Ibis has no types
    """Prints for Spark."""

    SIMPLE_OPS = PySparkCompiler.SIMPLE_OPS | {ops.BitOr: "bit_or"}
    visit_Field = SQLGlotCompiler.visit_Field  # noqa: N815 - as Ibis calls it
    """Of binary numbers, which are refused, Ibis would ask an option of a backend of its own that is not loaded."""


_PRINTER = _Printer()


@kept
def sql_of(table: ir.Table) -> str:
    """A table of a plan as Spark's SQL."""
    return query_of(_PRINTER, table).sql(dialect=_PRINTER.dialect, copy=False)
