"""How values of demo data arise, as SQL over a row's draws and the expressions it needs.

Decimals are whole numbers of their last digit until they are finished, months are their numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.program.demo_data.demo import (
    After,
    Between,
    Cases,
    Chance,
    Inherit,
    Is,
    Literal,
    Numbered,
    OfRow,
    OneOf,
    Own,
    Pick,
    Ramp,
    SimpleWay,
    Value,
    Words,
)  # fmt: skip
from tierwise.run.demo_data.draws import BITS, below, happens, nearby, skewed
from tierwise.run.embedded.database import literal, quoted

_DIGITS = 7
_LONG = 4


def draw_of(value: str, what: str = "") -> str:
    """The column with a value's draw; ``what``: the one for its share, or for being missing."""
    return f":draw:{value}:{what}" if what else f":draw:{value}"


def raw_of(value: str) -> str:
    """The column with a value before it is finished."""
    return f":raw:{value}"


def ancestor(table: str) -> str:
    """The column with the key of the row of a table that a row descends from."""
    return f":of:{table}"


def needed_draws(value: Value) -> tuple[str, ...]:
    """The columns of draws that a value is made from."""
    still = Is | OfRow | Inherit | Numbered | Own | Ramp
    draws = [] if all(isinstance(way, still) for way in value.ways) else [draw_of(value.name)]
    draws += [draw_of(value.name, "within")] if value.within else []
    draws += [draw_of(value.name, "missing")] if value.missing else []
    return tuple(draws)


class ValueSql:
    """Writes one value as SQL.

    Args:
        value: the value.
        cells: the column that holds what an expression gives.
        picked: the SQL for the key of any row of a table, from a draw.
    """

    def __init__(
        self, value: Value, cells: Mapping[Expression, str], picked: Callable[[Pick, str], str]
    ) -> None:
        self.value, self.picked = value, picked
        self.cells = {each: quoted(column) for each, column in cells.items()}
        self.draw = quoted(draw_of(value.name))
        self.unit = 10**value.places if value.kind is Kind.DECIMAL else 1

    def raw(self) -> str:
        """What its way gives."""
        way = self.value.way
        if not isinstance(way, Cases):
            return self._way(way)
        parts, otherwise = [], "NULL"
        for condition, each in way.cases:
            if condition is None:
                otherwise = self._way(each)
            else:
                parts.append(f"WHEN {self.cells[condition]} THEN {self._way(each)}")
        return f"CASE {' '.join(parts)} ELSE {otherwise} END" if parts else otherwise

    def finished(self) -> str:
        """The value itself, from the column ``raw_of`` it."""
        value, cell = self.value, quoted(raw_of(self.value.name))
        if value.within:
            cell = nearby(cell, quoted(draw_of(value.name, "within")), value.within)
        if value.minimum is not None and value.kind.is_number:
            cell = f"greatest({cell}, {-(-value.minimum * self.unit // 1)})"
        if value.kind is Kind.DECIMAL:
            unit = f"CAST({literal(str(Decimal(1).scaleb(-value.places)))} AS DECIMAL(18,{value.places}))"
            cell = f"CAST(CAST({cell} AS DECIMAL(18,0)) * {unit} AS DECIMAL(18,{value.places}))"
        conditions = []
        if value.missing:
            draw = quoted(draw_of(value.name, "missing"))
            conditions.append(f"NOT {happens(draw, value.missing)}")
        if value.only_if is not None:
            conditions.append(self.cells[value.only_if])
        return f"CASE WHEN {' AND '.join(conditions)} THEN {cell} END" if conditions else cell

    def _way(self, way: SimpleWay) -> str:
        return _WAYS[type(way)](self, way)

    def is_(self, way: Is) -> str:
        """What an expression gives."""
        return self._number(way.expression)

    def _number(self, expression: Expression) -> str:
        """What an expression gives: a number as a whole one of the value's last digit."""
        cell = self.cells[expression]
        if not self.value.kind.is_number:
            return cell
        if self.unit == 1 and expression.kind is Kind.WHOLE:
            return f"CAST({cell} AS BIGINT)"
        return f"CAST(round({cell} * {self.unit}) AS BIGINT)"

    def one_of(self, way: OneOf) -> str:
        """One of some values."""
        cells = [self.constant(each) for each in way.values]
        weights = way.weights
        if len(cells) > _LONG and len(set(weights)) == 1:
            return f"[{', '.join(cells)}][{below(self.draw, len(cells))} + 1]"
        total, reached, parts = sum(weights), 0, []
        some = [(cell, weight) for cell, weight in zip(cells, weights, strict=True) if weight]
        for cell, weight in some[:-1]:
            reached += weight
            bound = reached * 2**BITS // total
            parts.append(f"WHEN {self.draw} < {bound} THEN {cell}")
        return f"CASE {' '.join(parts)} ELSE {some[-1][0]} END" if parts else some[-1][0]

    def constant(self, each: Literal) -> str:
        """A value that is written as it is."""
        if isinstance(each, bool):
            return str(each).lower()
        if isinstance(each, date):
            return f"DATE '{each.isoformat()}'"
        return literal(each) if isinstance(each, str) else str(int(each * self.unit))

    def between(self, way: Between) -> str:
        """From one bound to another."""
        low, high = way.low, way.high
        draw = skewed(self.draw, way.skew)
        if isinstance(low, date) and isinstance(high, date):
            days = below(draw, (high - low).days + 1)
            return f"(DATE '{low.isoformat()}' + CAST({days} AS INTEGER))"
        assert isinstance(low, int | Decimal) and isinstance(high, int | Decimal), (
            "binding sees to it"
        )
        least, most = int(low * self.unit), int(high * self.unit)
        return f"({least} + {below(draw, most - least + 1)})"

    def after(self, way: After) -> str:
        """A date or month after another."""
        cell, is_date = self.cells[way.path], way.path.kind is Kind.DATE
        off = f"CAST({way.least} + {below(skewed(self.draw, way.skew), way.most - way.least + 1)} AS INTEGER)"
        as_date = cell if is_date else f"make_date({cell} // 12, {cell} % 12 + 1, 1)"
        if self.value.kind is Kind.DATE:
            if way.in_days:
                return f"({as_date} + {off})"
            return f"CAST({as_date} + to_months({off}) AS DATE)"
        if way.in_days:
            return month_of(f"({as_date} + {off})")
        return f"({month_of(cell) if is_date else cell} + {off})"

    def chance(self, way: Chance) -> str:
        """True for a share."""
        return happens(self.draw, way.share)

    def words(self, way: Words) -> str:
        """Words side by side."""
        parts, rest = [], self.draw
        for words in way.lists:
            listed = ", ".join(map(literal, words))
            parts.append(f"[{listed}][{below(rest, len(words))} + 1]")
            rest = f"(({rest} * {len(words)}) & {2**BITS - 1})"
        return " || ' ' || ".join(parts)

    def numbered(self, way: Numbered) -> str:
        """The row's own number."""
        return numbered(way, self.value.kind, '":n"', self.unit)

    def pick(self, way: Pick) -> str:
        """Any row's key."""
        return self.picked(way, skewed(self.draw, way.skew))

    def inherit(self, way: Inherit) -> str:
        """The key of a row that it descends from."""
        return quoted(ancestor(way.table))

    def own(self, way: Own) -> str:
        """Its own key."""
        return quoted(way.key)

    def of_row(self, way: OfRow) -> str:
        """What it was made for."""
        return quoted(f":row:{way.column}")

    def ramp(self, way: Ramp) -> str:
        """By month, from one number to another."""
        first, last = self._number(way.first), self._number(way.last)
        start = self.cells[way.start]
        start = month_of(start) if way.start.kind is Kind.DATE else start
        months = f"greatest(1, CAST(round({self.cells[way.months]}) AS BIGINT))"
        gone = f"({quoted(way.month)} - {start})"
        return (f"CASE WHEN {gone} < 0 THEN 0 WHEN {gone} >= {months} THEN {last} "
                f"ELSE {first} + ({last} - {first}) * {gone} // {months} END")  # fmt: skip


_WAYS: dict[type[object], Callable[[ValueSql, Any], str]] = {
    Is: ValueSql.is_,
    OneOf: ValueSql.one_of,
    Between: ValueSql.between,
    After: ValueSql.after,
    Chance: ValueSql.chance,
    Words: ValueSql.words,
    Numbered: ValueSql.numbered,
    Pick: ValueSql.pick,
    Inherit: ValueSql.inherit,
    Own: ValueSql.own,
    OfRow: ValueSql.of_row,
    Ramp: ValueSql.ramp,
}


def numbered(way: Numbered, kind: Kind, number: str, unit: int = 1) -> str:
    """What a row's number, from 0, is written as: different for each."""
    match kind:
        case Kind.TEXT:
            padded = f"printf('%0{_DIGITS}d', CAST({number} + {way.least} AS BIGINT))"
            return f"{literal(way.prefix)} || {padded}"
        case Kind.DATE:
            first = date(way.least // 12, way.least % 12 + 1, 1)
            return f"(DATE '{first.isoformat()}' + CAST({number} AS INTEGER))"
        case Kind.MONTH:
            return f"({way.least} + {number})"
        case _:
            return f"(({number} + {way.least}) * {unit})"


def month_of(cell: str) -> str:
    """The number of the month that a date lies in."""
    return f"(year({cell}) * 12 + month({cell}) - 1)"
