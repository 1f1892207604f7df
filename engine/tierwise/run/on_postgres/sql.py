"""A plan's tables as PostgreSQL's SQL: as Ibis prints them, and what it does not know of it yet."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping, Sequence

import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.postgres import PostgresCompiler, ops
from ibis.backends.sql.datatypes import PostgresType

from tierwise.run.query import query_of

LONGEST = 63
"""How many bytes of a name PostgreSQL keeps; it cuts off what is longer, and says nothing."""
_WHOLE = 10**18
"""More than any whole number that data may hold."""
_WHOLE_FORM = r"^[-+]?0*[0-9]{1,18}$"
_DECIMAL_FORM = r"^[-+]?[0-9]{1,20}(\.[0-9]{1,12})?$"
_DATE_FORM = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_C = sge.Identifier(this="C", quoted=True)
"""The order of texts byte by byte, as everywhere else, whatever the database's language."""


class _Printer(PostgresCompiler):  # type: ignore[misc]  # Ibis has no types
    """Prints for PostgreSQL."""

    def visit_Cast(self, op: ops.Cast, *, arg: sge.Expression, to: dt.DataType) -> sge.Expression:
        """Truth becomes a number of 32 bits first; PostgreSQL knows no other way."""
        if op.arg.dtype.is_boolean() and (to.is_integer() or to.is_decimal()):
            arg = self.cast(arg, dt.int32)
        return _sql(super().visit_Cast(op, arg=arg, to=to))

    def visit_TryCast(
        self, op: ops.TryCast, *, arg: sge.Expression, to: dt.DataType
    ) -> sge.Expression:
        """A cast that gives null where there is no such value: PostgreSQL has none, and stops."""
        given, cast = op.arg.dtype, self.cast(arg, to)
        if given.is_string():
            return _sql(self._parsed(arg, to, cast))
        if to.is_integer() and (given.is_decimal() or given.is_integer()):
            return _sql(self.if_(self._within(arg, _WHOLE), cast, sge.null()))
        if to.is_decimal() and given.is_decimal():
            whole = 10 ** ((to.precision or 38) - (to.scale or 0))
            return _sql(self.if_(self._within(arg, whole), cast, sge.null()))
        return _sql(cast)

    def _within(self, arg: sge.Expression, most: int) -> sge.Expression:
        limit = self.cast(sge.convert(str(most - 1)), dt.Decimal(len(str(most)), 0))
        return _sql(sge.Between(this=arg, low=sge.Neg(this=limit), high=limit.copy()))

    def _parsed(self, arg: sge.Expression, to: dt.DataType, cast: sge.Expression) -> sge.Expression:
        """A text that is parsed, where its form says that it can be."""
        if to.is_date():
            return _sql(self.if_(_matches(arg, _DATE_FORM), self._day(arg), sge.null()))
        form = _WHOLE_FORM if to.is_integer() else _DECIMAL_FORM
        return _sql(self.if_(_matches(arg, form), cast, sge.null()))

    def _day(self, arg: sge.Expression) -> sge.Expression:
        """A text of the form of a day as a day; null where the month has no such day, or in year 0."""
        first = self.f.concat(self.f.left(arg, 7), sge.convert("-01"))
        last = sge.Cast(this=first, to=sge.DataType.build("date", dialect="postgres"))
        length = sge.Cast(this=sge.convert("1 month"), to=sge.DataType.build("interval"))
        before = sge.Sub(this=sge.Add(this=last, expression=length),
                         expression=sge.Cast(this=sge.convert("1 day"), to=sge.DataType.build("interval")))  # fmt: skip
        day = self.cast(self.f.right(arg, 2), dt.int32)
        is_there = day <= self.f.extract(self.v.day, sge.Paren(this=before))
        known = self.if_(is_there, self.cast(arg, dt.date), sge.null())
        return _sql(self.if_(self.f.left(arg, 4).eq(sge.convert("0000")), sge.null(), known))

    def visit_ExtractYear(self, op: ops.ExtractYear, *, arg: sge.Expression) -> sge.Expression:
        """The year of a day; null where it lies in no year, but at the end of all time."""
        return self._part(self.v.year, arg)

    def visit_ExtractMonth(self, op: ops.ExtractMonth, *, arg: sge.Expression) -> sge.Expression:
        """The month of a day, as its year."""
        return self._part(self.v.month, arg)

    def _part(self, part: sge.Expression, arg: sge.Expression) -> sge.Expression:
        """A part of a day, which PostgreSQL gives as a decimal, and calculates slowly with."""
        number = self.cast(self.f.extract(part, arg), dt.int32)
        return _sql(self.if_(self.f.isfinite(arg), number, sge.null()))

    def visit_BitwiseLeftShift(
        self, op: ops.BitwiseLeftShift, *, left: sge.Expression, right: sge.Expression
    ) -> sge.Expression:  # fmt: skip
        """PostgreSQL shifts by a number of 32 bits only."""
        return _sql(sge.BitwiseLeftShift(this=left, expression=self.cast(right, dt.int32)))

    def visit_StructColumn(
        self, op: ops.StructColumn, *, names: object, values: Sequence[sge.Expression]
    ) -> sge.Expression:  # fmt: skip
        """Several columns together: a table keeps no row as a cell, but what is written as JSON."""
        return _sql(self.f.jsonb_build_array(*values))

    def visit_StructField(
        self, op: ops.StructField, *, arg: sge.Expression, field: str
    ) -> sge.Expression:
        """One of several columns that were put together."""
        place = op.arg.dtype.names.index(field)
        text = self.f.jsonb_extract_path_text(arg, sge.convert(str(place)))
        return _sql(_in_bytes(text) if op.dtype.is_string() else self.cast(text, op.dtype))

    def visit_SortKey(
        self, op: ops.SortKey, *, arg: sge.Expression, ascending: bool, nulls_first: bool
    ) -> sge.Expression:
        """What is sorted by; texts byte by byte."""
        by = _in_bytes(arg) if op.dtype.is_string() else arg
        return _sql(super().visit_SortKey(op, arg=by, ascending=ascending, nulls_first=nulls_first))


_PRINTER = _Printer()


def _sql(printed: object) -> sge.Expression:
    """What Ibis prints, which has no types."""
    assert isinstance(printed, sge.Expression), "Ibis prints expressions"
    return printed


def _in_bytes(arg: sge.Expression) -> sge.Expression:
    return sge.Collate(this=sge.Paren(this=arg), expression=_C.copy())


def _matches(arg: sge.Expression, form: str) -> sge.Expression:
    return sge.RegexpLike(this=arg, expression=sge.convert(form))


def sql_of(table: ir.Table, places: Mapping[str, str] | None = None, sifts: bool = False) -> str:
    """A table of a plan as PostgreSQL's SQL.

    ``places``: by the name of a table that is read, the one under which it lies; ``sifts``: see ``query_of``.
    """
    tree = query_of(_PRINTER, table, sifts)
    for read in tree.find_all(sge.Table) if places else ():
        name = read.this.this
        read.this.set("this", (places or {}).get(name, name))
    for identifier in tree.find_all(sge.Identifier):
        identifier.set("this", name_of(identifier.this))
    return tree.sql(dialect=_PRINTER.dialect, copy=False)


def is_only_columns(table: ir.Table) -> bool:
    """Whether a table calculates columns of one other, and nothing else."""
    made = table.op()
    return isinstance(made, ops.Project) and isinstance(made.parent, ops.UnboundTable)


def type_of(kind: dt.DataType) -> str:
    """A type as PostgreSQL writes it."""
    return str(PostgresType.to_string(kind))


@functools.cache
def name_of(name: str) -> str:
    """A name that PostgreSQL keeps whole: itself, or its beginning and a digest of the whole."""
    if len(name.encode()) <= LONGEST:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:16]
    start = name.encode()[: LONGEST - 17].decode(errors="ignore")
    return f"{start}~{digest}"


def quoted(name: str) -> str:
    """A name as SQL writes it."""
    return '"' + name_of(name).replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL writes it, whatever it holds."""
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
