"""A plan's tables as queries: what Ibis makes of them for a database, before they are text."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import ibis
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import SQLGlotCompiler

_PRINTING = threading.Lock()


def query_of(compiler: SQLGlotCompiler, table: ir.Table, sifts: bool = False) -> sge.Query:
    """A table of a plan as one query of a database.

    Args:
        compiler: Ibis' compiler of that database.
        table: over tables that are known by their names alone.
        sifts: whether it leaves few of the rows that it reads: what it names twice is then read twice, which costs
            less than to keep it in between.
    """
    with _as_they_stand():
        query = compiler.to_sqlglot(table)
    assert isinstance(query, sge.Query), "a table is one query"
    for each in query.ctes if sifts else ():
        each.set("materialized", False)
    return query


@contextmanager
def _as_they_stand() -> Iterator[None]:
    """Within this block Ibis leaves one select around another, which any optimizer melts together.

    Ibis takes longer to do that than for all the rest. It knows the choice as a setting of the whole
    process, which is as it was afterwards.
    """
    with _PRINTING:
        melted = ibis.options.sql.fuse_selects
        ibis.options.sql.fuse_selects = False
        try:
            yield
        finally:
            ibis.options.sql.fuse_selects = melted
