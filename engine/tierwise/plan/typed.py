"""Tables of raw data as the contract types them, and which cells cannot be typed.

Text is parsed as text files write it, wherever it comes from; other physical types are taken
where nothing is lost. A binary floating point number is not exact and is taken for none.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from tierwise.expression.kinds import Kind
from tierwise.months import month_number
from tierwise.program.program import Column, Table

DECIMALS = 12
"""Digits behind the point that a decimal in a text file may have."""

_YEAR = "([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
_DAY = "(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_MONTH_FORM = rf"^{_YEAR}-((0[1-9]|1[0-2])|{_DAY})$"
_DATE_FORM = rf"^{_YEAR}-{_DAY}$"
_WHOLE_FORM = r"^[-+]?[0-9]+$"
_LARGE_FORM = r"^[-+]?0*[1-9][0-9]{18,}$"
_DECIMAL_FORM = r"^[-+]?[0-9]{1,20}(\.[0-9]{1,12})?$"
_WHOLE = 10**18 - 1
"""The largest whole number that is taken."""
_LEADING = 10**20
"""More than the largest decimal that is taken."""
_FIRST_DAY, _LAST_DAY = datetime.date.min, datetime.date.max
"""What a calendar knows; a database knows earlier and later days, and infinity."""
_WIDEST = "decimal(38, 18)"
_WIDE = 6
"""Digits behind the point beyond which it is looked how many of them are used."""
_TRUE, _FALSE = "true", "false"
NUL = r"\x00"

TOO_LARGE = f"too large: whole numbers go from -{_WHOLE} to {_WHOLE}"
"""What is said of a whole number that is none of those that are taken."""

FORMS = {
    Kind.TEXT: "a text",
    Kind.BOOLEAN: "true or false",
    Kind.WHOLE: "a whole number",
    Kind.DECIMAL: f"a decimal number of at most 20 digits and {DECIMALS} behind the point",
    Kind.MONTH: "a month such as 2021-05",
    Kind.DATE: "a date such as 2021-05-31",
}


def accepts(kind: Kind, physical: dt.DataType) -> bool:
    """Whether cells of a physical type can be what the contract asks for."""
    if physical.is_null() or physical.is_string():
        return True
    match kind:
        case Kind.BOOLEAN:
            return bool(physical.is_boolean())
        case Kind.WHOLE:
            return bool(physical.is_integer() or (physical.is_decimal() and physical.scale == 0))
        case Kind.DECIMAL:
            return bool(physical.is_integer() or physical.is_decimal())
        case Kind.MONTH | Kind.DATE:
            zoned = physical.is_timestamp() and physical.timezone is not None
            return (physical.is_date() or physical.is_timestamp()) and not zoned
        case _:
            return False


def well_formed(cell: ir.Column, kind: Kind) -> ir.BooleanValue | None:
    """Whether a cell that is not empty can be typed; None where every cell can."""
    physical = cell.type()
    if kind is Kind.TEXT or physical.is_null():
        return None
    if not physical.is_string():
        return _in_range(cell, kind)
    match kind:
        case Kind.BOOLEAN:
            return cell.lower().isin((_TRUE, _FALSE))
        case Kind.WHOLE:
            return cell.re_search(_WHOLE_FORM)
        case Kind.DECIMAL:
            return cell.re_search(_DECIMAL_FORM)
        case Kind.MONTH:
            day = (cell.length() == 7).ifelse(cell.concat("-01"), cell)
            return cell.re_search(_MONTH_FORM) & day.try_cast("date").notnull()
        case _:
            return cell.re_search(_DATE_FORM) & cell.try_cast("date").notnull()


def _in_range(cell: ir.Column, kind: Kind) -> ir.BooleanValue | None:
    """Whether a cell that is no text keeps its value; None where its type makes sure of it."""
    physical = cell.type()
    if physical.is_date():
        return cell.between(_FIRST_DAY, _LAST_DAY)
    if physical.is_timestamp():
        day = cell.try_cast("date")
        known = day.between(_FIRST_DAY, _LAST_DAY).fill_null(False)
        return known & (cell == cell.truncate("D"))
    if kind is Kind.DECIMAL and physical.is_decimal():
        return _fits(cell)
    return None


def too_large(cell: ir.Column, kind: Kind) -> ir.BooleanValue | None:
    """Whether a cell is a whole number beyond those that are taken; None where none can be."""
    physical = cell.type()
    if kind is not Kind.WHOLE or physical.is_null():
        return None
    if physical.is_string():
        return cell.re_search(_LARGE_FORM)
    if physical.is_decimal() or physical.nbytes == 8:
        return ~cell.try_cast("int64").between(-_WHOLE, _WHOLE).fill_null(False)
    return None


def holds_nul(cell: ir.Column, column: Column) -> ir.BooleanValue | None:
    """Whether a text holds a NUL character, which no text file can; None where another finding says so.

    What has a set of values or refers to a table is not looked at: it is none of those that may
    stand there. A pattern, because SQL cannot write the character.
    """
    is_told = column.kind is not Kind.TEXT or column.values is not None or column.references
    return None if is_told or not cell.type().is_string() else cell.re_search(NUL)


def _fits(cell: ir.DecimalColumn) -> ir.BooleanValue | None:
    """Whether a decimal has no more digits than may be, before and behind the point."""
    precision, scale = cell.type().precision or 38, cell.type().scale or 0
    fits: ir.BooleanValue | None = None
    if precision - scale > len(str(_LEADING)) - 1:
        wide = cell.try_cast(_WIDEST)
        most = ibis.literal(Decimal(_LEADING - 1), _WIDEST)
        fits = ((wide <= most) & (wide >= -most)).fill_null(False)
    if scale > DECIMALS:
        short = (cell == cell.try_cast(f"decimal(38, {DECIMALS})")).fill_null(False)
        fits = short if fits is None else fits & short
    return fits


def typed_cell(cell: ir.Column, column: Column, places: int = DECIMALS) -> ir.Column:
    """A cell as the contract types it: months become month numbers; null where it cannot be.

    An empty text is an empty cell; where a cell may not be empty it is refused, and left here.
    """
    physical, kind = cell.type(), column.kind
    if physical.is_null():
        return cell.cast(physical(kind))
    if not physical.is_string():
        return _converted(cell, kind, places)
    match kind:
        case Kind.TEXT:
            return cell.nullif("") if column.optional else cell
        case Kind.BOOLEAN:
            lower = cell.lower()
            return ibis.cases((lower == _TRUE, True), (lower == _FALSE, False))
        case Kind.WHOLE:
            return cell.try_cast("int64")
        case Kind.DECIMAL:
            return cell.try_cast(f"decimal(38, {places})")
        case Kind.MONTH:
            year = cell.substr(0, 4).try_cast("int32")
            return month_number(year, cell.substr(5, 2).try_cast("int32")).cast("int32")
        case _:
            return cell.try_cast("date")


def month_text(month: ir.IntegerColumn) -> ir.StringValue:
    """A month number as text files write it, ``YYYY-MM``."""
    year, number = (month // 12).cast("string"), (month % 12 + 1).cast("string")
    return year.lpad(4, "0") + "-" + number.lpad(2, "0")


def _converted(cell: ir.Column, kind: Kind, places: int) -> ir.Column:
    physical = cell.type()
    match kind:
        case Kind.WHOLE if physical.is_decimal() or physical.nbytes == 8:
            return cell.try_cast("int64")
        case Kind.WHOLE:
            return cell.cast("int64")
        case Kind.DECIMAL if physical.is_integer():
            return cell.cast("decimal(38, 0)")
        case Kind.DECIMAL if (physical.scale or 0) > places:
            return cell.try_cast(f"decimal(38, {places})")
        case Kind.MONTH:
            # By way of a day: DuckDB leaves out rows by a wrong year of seconds, milli- and nanoseconds.
            day = cell.try_cast("date") if physical.is_timestamp() else cell
            return month_number(day.year(), day.month()).cast("int32")
        case Kind.DATE if physical.is_timestamp():
            return cell.try_cast("date")
        case _:
            return cell


def physical(kind: Kind) -> str:
    """The type of typed cells, of decimals without digits behind the point."""
    return {
        Kind.TEXT: "string", Kind.BOOLEAN: "boolean", Kind.WHOLE: "int64",
        Kind.DECIMAL: "decimal(38, 0)", Kind.MONTH: "int32", Kind.DATE: "date",
    }[kind]  # fmt: skip


def places_used(raw: ir.Table, table: Table) -> ir.Table | None:
    """One row: for each decimal column, how many digits behind the point it uses at most.

    Decimals are kept no wider than that, so that sums of them have room. Asked of columns that
    are text, or have a type with many digits behind the point. None: no such column.
    """
    decimals = [name for name, column in table.columns.items() if column.kind is Kind.DECIMAL]
    used = {}
    for name in decimals:
        physical = raw[name].type()
        if physical.is_string():
            used[name] = raw[name].re_extract(r"\.([0-9]*[1-9])", 1).length().max()
        elif physical.is_decimal() and (physical.scale or 0) > _WIDE:
            used[name] = _places_of(raw[name])
    return raw.aggregate(**used) if used else None


def _places_of(cell: ir.DecimalColumn) -> ir.IntegerScalar:
    """The least of some numbers of digits behind the point with which no cell changes."""
    fewer = range(0, DECIMALS, 2)
    branches = [
        ((cell == cell.try_cast(f"decimal(38, {places})")).all(), places) for places in fewer
    ]
    return ibis.cases(*branches, else_=DECIMALS)


def typed_table(raw: ir.Table, table: Table, places: Mapping[str, int]) -> ir.Table:
    """The contract's columns of a raw table, typed. Columns it does not name are left out.

    ``places``: of decimal columns, the digits behind the point; see ``places_used``.
    """
    return raw.select(
        **{
            name: typed_cell(raw[name], column, places.get(name, DECIMALS))
            for name, column in table.columns.items()
        }
    )
