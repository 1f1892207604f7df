"""The values of one table of demo data: each typed, its names resolved, its way fit for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from tierwise.diagnostics import Span, nearest, shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, parse
from tierwise.model.demo import ValueRule
from tierwise.program.demo_data.bind_ways import WayBinding
from tierwise.program.demo_data.defaults import default_value
from tierwise.program.demo_data.demo import (
    PLACES,
    After,
    Cases,
    Chance,
    Is,
    OfRow,
    OneOf,
    Ramp,
    Rows,
    Value,
)  # fmt: skip
from tierwise.program.demo_data.names import DemoNames
from tierwise.program.demo_data.scope import Scope
from tierwise.program.name_findings import unknown
from tierwise.program.program import Column
from tierwise.source.document import Written


class ValuesBinding:
    """Binds the values of one table, each when it is first asked for."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.values: dict[str, Value] = {}
        self.rows = Rows()
        self.rules: dict[str, ValueRule] = {}
        self.places: dict[str, Span] = {}
        self.begun: set[str] = set()
        self.is_done = False
        hint = scope.hint
        for name, rule in (*hint.traits, *hint.columns) if hint is not None else ():
            if name.text not in self.rules:
                self.rules[name.text] = rule
                self.places[name.text] = name.span

    def bind(self, rows: Rows) -> None:
        """Bind every value: those of rule files, and the columns that none speaks of."""
        if self.is_done:
            return
        self.is_done = True
        self.rows = rows
        scope = self.scope
        columns = scope.declared.columns if scope.declared is not None else {}
        for written, _ in scope.hint.columns if scope.hint is not None else ():
            if written.text not in columns:
                unknown(scope.found, "unknown-column", "column", written, columns)
                self.rules.pop(written.text, None)
        made_for = {each for each, _ in rows.each}
        if rows.series is not None:
            made_for.add(rows.series.column)
        for name in (*columns, *self.rules, *made_for):
            if name in made_for and name in self.rules:
                scope.report("wrong-value", f"{shown(name)} is what the rows are made for",
                             self.places[name], "say how it arises in one place")  # fmt: skip
                made_for.discard(name)
            if name not in self.values and name in made_for:
                kind = columns[name].kind if name in columns else Kind.TEXT
                self.values[name] = Value(name, kind, OfRow(name), places=PLACES)
        for name in (*columns, *self.rules):
            self.kind(name)
        self.values = {name: self.values[name] for name in sorted(self.values, key=self._position)}

    def _position(self, name: str) -> tuple[int, int]:
        columns = tuple(self.scope.declared.columns) if self.scope.declared is not None else ()
        if name in columns:
            return 1, columns.index(name)
        return 0, list(self.rules).index(name) if name in self.rules else -1

    def kind(self, name: str) -> Kind | None:
        """The kind of a value of the row, which is bound for it where that is needed."""
        column = self.scope.column(name)
        if name in self.values:
            return self.values[name].kind
        if name not in self.rules:
            if column is not None and name not in self.begun:
                self.begun.add(name)
                self._default(column)
            return column.kind if column is not None else None
        if name not in self.begun:
            self.begun.add(name)
            self.values[name] = self._value(name, self.rules[name], column) or _nothing(
                name, column)  # fmt: skip
            return self.values[name].kind
        return column.kind if column is not None else Kind.UNKNOWN

    def names(self, own: bool = True) -> DemoNames:
        """What an expression may name; without ``own`` only the parent's values."""
        scope = self.scope
        parent = scope.parent
        columns = tuple(scope.declared.columns) if scope.declared is not None else ()
        return DemoNames(
            self.kind, (*self.rules, *(each for each in columns if each not in self.rules)),
            self.values, own, scope.declared, parent,
            scope.contract.tables.get(parent.name) if parent is not None else None,
            scope.contract.catalogues,
        )  # fmt: skip

    def expression(self, text: Written, wanted: Kind | None, own: bool = True) -> Expression | None:
        """An expression over the row, of a kind; None where it has been reported."""
        return parse(text, self.names(own), wanted, self.scope.found)

    def _default(self, column: Column) -> None:
        scope, table = self.scope, self.scope.declared
        assert table is not None, "a column is one of the contract's"
        whole_key = table.key == (column.name,)
        value = default_value(scope.contract, table, column, scope.above, scope.months, whole_key)
        place = scope.hint.name.span if scope.hint is not None else Span(table.name)
        if value is None:
            scope.report("wrong-reference", f"the catalogue {shown(column.references)} has no "
                         f"entries, so nothing can stand in {shown(column.name)}", place,
                         "add its entries")  # fmt: skip
            value = _nothing(column.name, column)
        if table.period is not None and column.name == table.period[1]:
            begins = self.expression(Written(table.period[0], place), None)
            if begins is not None:
                value = replace(value, way=After(begins, True, 0, 720))
        self.values[column.name] = value

    def _value(self, name: str, rule: ValueRule, column: Column | None) -> Value | None:
        scope, place = self.scope, self.places[name]
        wanted = column.kind if column is not None else None
        bound = WayBinding(scope, self, name, wanted).way(rule)
        if bound is None:
            return None
        way, kind = bound
        only_if = None
        if rule.only_if is not None:
            only_if = self.expression(rule.only_if, Kind.BOOLEAN)
        if rule.within and not kind.is_number:
            scope.report("wrong-type", f"{shown(name)} is {kind.phrase}, and only a number can be "
                         "off by a share", rule.span, "remove 'within'")  # fmt: skip
        can_be_empty = column is None or column.optional
        if not can_be_empty and (rule.missing or rule.only_if is not None):
            scope.report("wrong-value", f"{shown(name)} is never empty, the contract says", rule.span,
                         "remove 'missing' and 'only_if', or make the column optional")  # fmt: skip
        value = Value(name, kind, way, rule.within, rule.missing, only_if)
        if isinstance(way, Cases):
            self._check_cases(name, rule, way, can_be_empty)
        if column is None:
            return value
        self._check_column(column, value, rule, place)
        risky = any(isinstance(each, Is | After | Ramp) for each in value.ways)
        return replace(value, places=PLACES, minimum=column.minimum,
                       checked=risky and (not column.optional or self._is_bounded(column)))  # fmt: skip

    def _is_bounded(self, column: Column) -> bool:
        return column.values is not None or column.references in self.scope.contract.catalogues

    def _check_cases(self, name: str, rule: ValueRule, way: Cases, can_be_empty: bool) -> None:
        conditions = [condition for condition, _ in way.cases]
        if None in conditions[:-1]:
            self.scope.report("wrong-value", "a case follows one that always holds", rule.span,
                              "give every case but the last a condition: 'when'")  # fmt: skip
        elif conditions[-1] is not None and not can_be_empty:
            self.scope.report("wrong-value", f"{shown(name)} is never empty, and no case may hold",
                              rule.span, "add a last case without 'when'")  # fmt: skip

    def _check_column(self, column: Column, value: Value, rule: ValueRule, place: Span) -> None:
        """What rule files say fits what the contract says of the column."""
        contract = self.scope.contract
        known: Iterable[str] | None = column.values
        if column.references in contract.catalogues:
            known = contract.catalogues[column.references].entries
        for way in value.ways:
            if known is not None and not isinstance(way, OneOf | Is):
                self.scope.report("wrong-value", f"{shown(column.name)} holds one of "
                                  f"{', '.join(list(known)[:8])}", rule.span,
                                  "write 'one_of', or 'is' with one of them")  # fmt: skip
            if isinstance(way, OneOf):
                self._check_literals(column, way, set(known) if known is not None else None, place)

    def _check_literals(
        self, column: Column, way: OneOf, known: set[str] | None, place: Span
    ) -> None:
        for each in way.values:
            if known is not None and str(each) not in known:
                self.scope.report("unknown-value", f"{shown(str(each))} is none of the values of "
                                  f"{shown(column.name)}", place, nearest(str(each), known))  # fmt: skip
            elif column.minimum is not None and (
                isinstance(each, int | Decimal) and Fraction(each) < column.minimum
            ):
                self.scope.report("wrong-value", f"{each} lies below the minimum of "
                                  f"{shown(column.name)}", place,
                                  f"the least is {column.minimum}")  # fmt: skip

    def check_order(self, place: Span) -> None:
        """Report values that need each other, so that none can be made first."""
        needs = {name: {each for each in value.needs() if each in self.values}
                 for name, value in self.values.items()}  # fmt: skip
        while ready := [name for name, others in needs.items() if not others & needs.keys()]:
            for name in ready:
                del needs[name]
        if needs:
            trail = [next(iter(needs))]
            while trail[-1] not in trail[:-1]:
                trail.append(next(each for each in needs[trail[-1]] if each in needs))
            circle = trail[trail.index(trail[-1]) :]
            told = f"{shown(circle[0])} needs {shown(circle[1])}"
            told += "".join(f", which needs {shown(name)}" for name in circle[2:])
            self.scope.report("wrong-reference", f"no value can be made first: {told}",
                              self.places.get(circle[0], place),
                              "name a value of the parent, or a trait that needs neither")  # fmt: skip


def _nothing(name: str, column: Column | None) -> Value:
    """What stands for a value that has been reported."""
    kind = column.kind if column is not None else Kind.UNKNOWN
    return Value(name, kind, Chance(Fraction(1)))
