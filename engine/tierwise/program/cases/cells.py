"""The cells of a case's rows: as text files write them, each of its column's type; and defaults."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from fractions import Fraction

from tierwise.diagnostics import Diagnostic, nearest, shown
from tierwise.expression.kinds import Kind
from tierwise.months import format_month, parse_date, parse_month
from tierwise.program.name_findings import MOST_HINTS
from tierwise.program.program import Column, Contract, Table
from tierwise.quantity import plain_decimal
from tierwise.source.document import Scalar

ALWAYS = datetime.date.min.isoformat()
"""The first day of what is in effect whenever a case looks."""
NEVER = datetime.date.max.isoformat()
"""The last day of it, where that may not be left open."""

_WRITE = {
    Kind.TEXT: "put a text that looks like something else in quotes",
    Kind.BOOLEAN: "write true or false",
    Kind.WHOLE: "write digits without quotes",
    Kind.DECIMAL: "write a number without quotes",
    Kind.DATE: "write it as YYYY-MM-DD, such as 2021-05-31",
    Kind.MONTH: "write it as YYYY-MM, such as 2021-05",
}


def cell(contract: Contract, column: Column, node: Scalar, found: list[Diagnostic]) -> str | None:
    """What stands in a cell, or None where it is empty or, after a finding, wrong.

    Findings: ``wrong-type``, ``unknown-value``, ``wrong-value``.
    """
    if node.value is None or node.value == "":
        if not column.optional:
            found.append(Diagnostic("wrong-value", f"{shown(column.name)} may not be empty",
                                    node.span, "write a value, or leave the column out"))  # fmt: skip
        return None
    text = _text(column.kind, node)
    if text is None:
        found.append(Diagnostic("wrong-type", f"{shown(node.text)} is not {_what(column.kind)}, as "
                                f"{shown(column.name)} is", node.span, _WRITE[column.kind]))  # fmt: skip
        return None
    if "\0" in text or (not text.isascii() and text.encode("utf-8", "replace").decode() != text):
        found.append(Diagnostic("wrong-value", f"{shown(text)} has a character that no data has",
                                node.span, "leave the character out"))  # fmt: skip
        return None
    known = allowed(contract, column)
    if known is not None and text not in known:
        hint = nearest(text, known) if len(found) < MOST_HINTS else "see the findings above"
        found.append(Diagnostic("unknown-value", f"{shown(text)} is no value of "
                                f"{shown(column.name)}", node.span, hint))  # fmt: skip
        return None
    if column.minimum is not None and Fraction(text) < column.minimum:
        found.append(Diagnostic("wrong-value", f"{text} is below {plain_decimal(column.minimum)}",
                                node.span, f"the contract gives {column.name} that minimum"))  # fmt: skip
        return None
    return text


def allowed(contract: Contract, column: Column) -> tuple[str, ...] | None:
    """The only values that a column may have, or None where any may stand there."""
    if column.values is not None:
        return column.values
    catalogue = contract.catalogues.get(column.references)
    return tuple(catalogue.entries) if catalogue is not None else None


def _what(kind: Kind) -> str:
    return "true or false" if kind is Kind.BOOLEAN else kind.phrase


def _text(kind: Kind, node: Scalar) -> str | None:
    """A cell as a text file would have it; None where it is not of the kind."""
    value = node.value
    if kind is Kind.BOOLEAN:
        return str(value).lower() if isinstance(value, bool) else None
    if kind in (Kind.WHOLE, Kind.DECIMAL):
        numbers = (int, Decimal) if kind is Kind.DECIMAL else (int,)
        is_number = isinstance(value, numbers) and not isinstance(value, bool)
        return plain_decimal(Fraction(node.text)) if is_number else None
    if not isinstance(value, str):
        return None
    if kind is Kind.DATE:
        return value if parse_date(value) is not None else None
    if kind is Kind.MONTH:
        return value if parse_month(value) is not None else None
    return value


def default(contract: Contract, table: Table, column: Column, as_of: int) -> str | None:
    """What stands in a cell of which a case says nothing, and that is no reference to a table."""
    if table.period is not None and column.name == table.period[0]:
        return ALWAYS
    if column.optional:
        return None
    if table.period is not None and column.name == table.period[1]:
        return NEVER
    known = allowed(contract, column)
    if known:
        return known[0]
    return _plain_default(column, as_of)


def _plain_default(column: Column, as_of: int) -> str:
    match column.kind:
        case Kind.BOOLEAN:
            return "true"
        case Kind.WHOLE:
            return str(max(0, math.ceil(column.minimum or 0)))
        case Kind.DECIMAL:
            return plain_decimal(max(Fraction(0), column.minimum or Fraction(0)))
        case Kind.MONTH:
            return format_month(as_of)
        case Kind.DATE:
            return f"{format_month(as_of)}-01"
        case _:
            return column.name
