"""What expressions about demo data may name, and values as rule files write them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from tierwise.diagnostics import shown
from tierwise.expression.kinds import Kind
from tierwise.months import parse_date, parse_month
from tierwise.program.demo_data.demo import NTH, PARENT, DemoTable, Literal, OneOf, Value
from tierwise.program.program import Catalogue, Table
from tierwise.quantity import parse_quantity

MOST = 10**11
"""The greatest number that a value may be made from."""


@dataclass(frozen=True)
class DemoNames:
    """The names of a row: its own values, those of its parent, ``nth``, and lists.

    ``own``: the kind of a value of its own by name, None where there is none; ``names``: all of
    them, and ``values`` those that are bound. ``declared``: the contract's table, None for a hidden
    one. ``is_made``: whether there is a row yet, else only its parent has names.
    """

    own: Callable[[str], Kind | None]
    names: tuple[str, ...]
    values: Mapping[str, Value]
    is_made: bool
    declared: Table | None
    parent: DemoTable | None
    parent_declared: Table | None
    catalogues: Mapping[str, Catalogue]

    def kind_of(self, path: str) -> Kind | None:
        """The kind of a value, of one of the parent's, or of a catalogue's list."""
        if path.startswith(PARENT):
            value = self.parent.values.get(path.removeprefix(PARENT)) if self.parent else None
            return value.kind if value is not None else None
        kind = self.own(path) if self.is_made else None
        if kind is not None:
            return kind
        if path == NTH and self.is_made:
            return Kind.WHOLE
        catalogue, _, rest = path.partition(".")
        is_list = catalogue in self.catalogues and rest in self.catalogues[catalogue].lists
        return Kind.TEXTS if is_list else None

    def unknown(self, path: str) -> tuple[str, Iterable[str]]:
        """The whole path, or its first step where nothing begins so; and what there is."""
        first, _, rest = path.partition(".")
        above = [f"{PARENT}{name}" for name in (self.parent.values if self.parent else ())]
        if first in self.catalogues and rest:
            return path, [f"{first}.{name}" for name in self.catalogues[first].lists]
        if path.startswith(PARENT):
            return path, above
        own = [*self.names, NTH] if self.is_made else []
        return (first if rest else path), [*own, *above]

    def values_of(self, path: str) -> Iterable[str] | None:
        """The texts that a value is one of, where that is known."""
        name = path.removeprefix(PARENT)
        if path == name:
            value = self.values.get(name)
            declared = _declared_values(self.declared, name, self.catalogues)
        else:
            value = self.parent.values.get(name) if self.parent else None
            declared = _declared_values(self.parent_declared, name, self.catalogues)
        if value is None or declared is not None or value.kind is not Kind.TEXT:
            return declared
        if not all(isinstance(way, OneOf) for way in value.ways):
            return None
        return [str(each) for way in value.ways if isinstance(way, OneOf) for each in way.values]

    def definition_of(self, path: str) -> None:
        """None of them stands for an expression."""


def _declared_values(
    table: Table | None, name: str, catalogues: Mapping[str, Catalogue]
) -> Iterable[str] | None:
    column = table.columns.get(name) if table is not None else None
    if column is None or column.values is not None:
        return column.values if column is not None else None
    catalogue = catalogues.get(column.references)
    return catalogue.entries if catalogue is not None else None


def literal_of(text: str, kind: Kind) -> Literal | None:
    """The value that a text writes, or None where it is none of that kind."""
    match kind:
        case Kind.TEXT:
            return text
        case Kind.BOOLEAN:
            return {"true": True, "false": False}.get(text.lower())
        case Kind.DATE:
            return parse_date(text)
        case Kind.MONTH:
            return parse_month(text)
    quantity = parse_quantity(text)
    if quantity is None or quantity.unit or abs(quantity.number) > MOST:
        return None
    if kind is Kind.WHOLE:
        return int(quantity.number) if quantity.number.denominator == 1 else None
    return Decimal(quantity.text)


def why_not(text: str, kind: Kind) -> str:
    """What to say of a text that is no value of a kind, or a number too large to be one."""
    quantity = parse_quantity(text) if kind.is_number else None
    if quantity is not None and abs(quantity.number) > MOST:
        return f"{shown(text)} is above {MOST:,}, the most that values are made from"
    return f"{shown(text)} is not {kind.phrase}"


def kind_of_texts(texts: Iterable[str]) -> Kind:
    """The narrowest kind that all of some texts are of: whole before decimal, any before text."""
    kinds = (Kind.WHOLE, Kind.DECIMAL, Kind.BOOLEAN, Kind.MONTH, Kind.DATE)
    every = list(texts)
    fits = (kind for kind in kinds if all(literal_of(text, kind) is not None for text in every))
    return next(fits, Kind.TEXT)


def lies_below(low: Literal, high: Literal) -> bool:
    """Whether one bound lies below another, or is the same."""
    if isinstance(low, date) and isinstance(high, date):
        return low <= high
    both_numbers = isinstance(low, int | Decimal) and isinstance(high, int | Decimal)
    return both_numbers and low <= high  # type: ignore[operator]
