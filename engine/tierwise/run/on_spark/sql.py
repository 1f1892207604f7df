"""A plan's tables as Spark's SQL: as Ibis prints them, and what it does not know of Spark yet."""

from __future__ import annotations

import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.pyspark import PySparkCompiler, ops


class _Printer(PySparkCompiler):  # type: ignore[misc]  # Ibis has no types
    """Prints for Spark."""

    SIMPLE_OPS = PySparkCompiler.SIMPLE_OPS | {ops.BitOr: "bit_or"}


_PRINTER = _Printer()


def sql_of(table: ir.Table) -> str:
    """A table of a plan as Spark's SQL."""
    printed = _PRINTER.to_sqlglot(table.unbind())
    assert isinstance(printed, sge.Expression), "a table is one query"
    return printed.sql(dialect=_PRINTER.dialect)
