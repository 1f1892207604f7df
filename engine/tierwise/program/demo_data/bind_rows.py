"""How many rows a table of demo data has, as a rule file says it, with its names resolved."""

from __future__ import annotations

from tierwise.diagnostics import nearest, shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, conjuncts
from tierwise.model.demo import RowsRule, SeriesRule, ValueRule
from tierwise.program.demo_data.bind_values import ValuesBinding
from tierwise.program.demo_data.bind_ways import WayBinding
from tierwise.program.demo_data.demo import Literal, Pick, Rows, Series, Value
from tierwise.program.demo_data.names import literal_of, why_not
from tierwise.program.demo_data.scope import Scope
from tierwise.program.name_findings import unknown
from tierwise.source.document import Written


class RowsBinding:
    """Binds the rows of one table, over the values that its binding gives."""

    def __init__(self, scope: Scope, values: ValuesBinding) -> None:
        self.scope, self.values = scope, values

    def rows(self, rule: RowsRule) -> Rows:
        """The rows; what cannot be resolved is reported and left out."""
        name = self.scope.declared.name if self.scope.declared is not None else ""
        if name == self.scope.contract.scored:
            self.scope.report("wrong-value", f"there are as many {name} as are asked for", rule.span,
                              "remove 'rows'")  # fmt: skip
            return Rows()
        per = self.scope.above[0] if self.scope.above else None
        if rule.per is not None and rule.total is not None:
            self.scope.report("wrong-value", "there cannot be a total, and so many for each row of "
                              "another table", rule.span, "write 'per' or 'total'")  # fmt: skip
        each = tuple(self._each(column, values) for column, values in rule.each)
        series = self._series(rule.series) if rule.series is not None else None
        made_for = Rows(per, rule.total, 1, series, tuple(each))
        number = self._number(rule.number, rule) if isinstance(rule.number, ValueRule) else None
        self.values.bind(made_for)
        only_if: tuple[Expression, ...] = ()
        if rule.only_if is not None:
            condition = self.values.expression(rule.only_if, Kind.BOOLEAN)
            only_if = conjuncts(condition) if condition is not None else ()
        fixed = rule.number if isinstance(rule.number, int) else 1
        return Rows(per, rule.total, number or fixed, series, tuple(each), only_if)

    def _number(self, rule: ValueRule, rows: RowsRule) -> Value | None:
        """A number of rows that is not the same for each row of the parent."""
        if rows.per is None:
            self.scope.report("wrong-value", "without 'per' the number of rows is a plain number",
                              rule.span, "say for which rows these are made: 'per'")  # fmt: skip
            return None
        binding = WayBinding(self.scope, self.values, ":number", Kind.WHOLE, own=False)
        bound = binding.way(rule)
        only_if = None
        if rule.only_if is not None:
            only_if = self.values.expression(rule.only_if, Kind.BOOLEAN, own=False)
        if bound is None:
            return None
        value = Value(":number", Kind.WHOLE, bound[0], rule.within, rule.missing, only_if)
        if any(isinstance(way, Pick) for way in value.ways):
            self.scope.report("wrong-value", "a key is not a number of rows", rule.span,
                              "write a number, or how one arises")  # fmt: skip
            return None
        return value

    def _series(self, rule: SeriesRule) -> Series | None:
        declared = self.scope.declared
        columns = declared.columns.values() if declared is not None else ()
        months = [each.name for each in columns if each.kind is Kind.MONTH]
        in_key = [name for name in months if declared is not None and name in declared.key]
        if not months:
            self.scope.report("no-month", "this table has no column for a month", rule.span,
                              "remove 'each_month'")  # fmt: skip
            return None
        bounds = []
        for text in (rule.first, rule.last):
            bound = None
            if text is not None:
                bound = self.values.expression(text, None, own=False)
            if bound is not None and not bound.kind.is_time:
                self.scope.report("wrong-type", f"{shown(bound.text)} is not a month or a date",
                                  bound.span, "name one, such as parent.start")  # fmt: skip
                bound = None
            bounds.append(bound)
        return Series((in_key or months)[0], bounds[0], bounds[1], rule.gaps)

    def _each(
        self, column: Written, values: tuple[Written, ...]
    ) -> tuple[str, tuple[Literal, ...]]:
        """The values of a column for each of which there is a row."""
        declared = self.scope.declared
        known = declared.columns if declared is not None else {}
        own = known.get(column.text)
        if declared is not None and own is None:
            unknown(self.scope.found, "unknown-column", "column", column, known)
        kind = own.kind if own is not None else Kind.TEXT
        if own is not None and own.references in self.scope.contract.tables:
            self.scope.report("wrong-reference", f"{shown(own.name)} holds a key of "
                              f"{shown(own.references)}", column.span,
                              f"write 'per: {own.references}'")  # fmt: skip
        allowed = own.values if own is not None else None
        catalogue = self.scope.contract.catalogues.get(own.references) if own is not None else None
        allowed = tuple(catalogue.entries) if catalogue is not None else allowed
        literals: list[Literal] = []
        for text in values:
            literal = literal_of(text.text, kind)
            if literal is None:
                self.scope.report("wrong-type", why_not(text.text, kind), text.span,
                                  "write a value of that type")  # fmt: skip
            elif allowed is not None and text.text not in allowed:
                self.scope.report("unknown-value", f"{shown(text.text)} is none of the values of "
                                  f"{shown(column.text)}", text.span, nearest(text.text, allowed))  # fmt: skip
            else:
                literals.append(literal)
        return column.text, tuple(literals)
