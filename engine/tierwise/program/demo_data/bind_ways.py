"""The ways in which values of demo data arise: each fits the kind of its value."""

from __future__ import annotations

from collections.abc import Callable

from tierwise.diagnostics import shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.model import demo as rule
from tierwise.model.demo import ValueRule
from tierwise.program.demo_data import demo
from tierwise.program.demo_data.demo import Cases, Literal, SimpleWay, Value
from tierwise.program.demo_data.names import kind_of_texts, lies_below, literal_of, why_not
from tierwise.program.demo_data.scope import RowValues, Scope
from tierwise.program.name_findings import unknown
from tierwise.source.document import Written

Bound = tuple[demo.Way, Kind]
Simple = tuple[SimpleWay, Kind]


class WayBinding:
    """Binds the way of one value. ``wanted``: the kind of its column, None for a trait."""

    def __init__(
        self, scope: Scope, values: RowValues, name: str, wanted: Kind | None, own: bool = True
    ) -> None:
        self.scope, self.values = scope, values
        self.name, self.wanted, self.own = name, wanted, own
        self.column = scope.column(name)
        self.target = self.column.references if self.column is not None else ""

    def way(self, value: ValueRule) -> Bound | None:
        """The way and the kind of what it gives; None where it has been reported."""
        if not isinstance(value.way, rule.CasesRule):
            return self._simple(value)
        cases: list[tuple[Expression | None, SimpleWay]] = []
        kinds: list[Kind] = []
        for condition, each in value.way.cases:
            when = None
            if condition is not None:
                when = self.values.expression(condition, Kind.BOOLEAN, self.own)
            bound = self._simple(each)
            if bound is None or (condition is not None and when is None):
                return None
            cases.append((when, bound[0]))
            kinds.append(bound[1])
        kind = Kind.DECIMAL if Kind.DECIMAL in kinds else kinds[0]
        if any(each is not kind and not (each.is_number and kind.is_number) for each in kinds):
            other = next(each for each in kinds if each is not kind)
            self.scope.report("wrong-type", f"one case gives {kind.phrase}, another {other.phrase}",
                              value.span, "all cases give values of one type")  # fmt: skip
            return None
        return Cases(tuple(cases)), kind

    def _simple(self, value: ValueRule) -> Simple | None:
        """A way that is not made of cases, once it fits a column that refers to a table."""
        refers = self.target in self.scope.contract.tables
        fits = rule.IsRule | rule.PickRule | rule.InheritRule
        if refers and not isinstance(value.way, fits):
            self._report("wrong-reference", f"{shown(self.name)} holds a key of "
                         f"{shown(self.target)}", value,
                         f"write 'pick: {self.target}', or 'inherit: {self.target}'")  # fmt: skip
            return None
        bound = _BIND[type(value.way)](self, value)
        if bound is None:
            return None
        kind = bound[1]
        rounds = self.wanted is not None and self.wanted.is_number and kind.is_number
        if self.wanted is not None and kind is not self.wanted and not rounds:
            if kind is not Kind.UNKNOWN:
                self._report("wrong-type", f"{shown(self.name)} is {self.wanted.phrase}, this gives "
                             f"{kind.phrase}", value, "give the value another way")  # fmt: skip
            return None
        return bound[0], self.wanted or kind

    def _report(self, code: str, message: str, value: ValueRule, hint: str) -> None:
        self.scope.report(code, message, value.span, hint)

    def is_(self, value: ValueRule) -> Simple | None:
        """What an expression gives; a reference only from where the same keys stand."""
        assert isinstance(value.way, rule.IsRule)
        expression = self.values.expression(value.way.expression, None, self.own)
        if expression is None:
            return None
        if self.target in self.scope.contract.tables and self._keys_of(expression) != self.target:
            self._report("wrong-reference", f"{shown(expression.text)} need not be a key of "
                         f"{shown(self.target)}", value,
                         f"write 'pick: {self.target}', or 'inherit: {self.target}'")  # fmt: skip
            return None
        if expression.kind.is_list:
            self._report("wrong-type", f"{shown(expression.text)} is a list", value,
                         f"write 'one_of: {expression.text}'")  # fmt: skip
            return None
        return demo.Is(expression), expression.kind

    def _keys_of(self, expression: Expression) -> str:
        """The table of which a path names keys, or ""."""
        path = expression.text
        if expression.names != {path}:
            return ""
        parent = self.scope.parent
        if path.startswith(demo.PARENT) and parent is not None:
            name = path.removeprefix(demo.PARENT)
            declared = self.scope.contract.tables.get(parent.name)
            column = declared.columns.get(name) if declared is not None else None
            if parent.key == (name,):
                return parent.name
            return column.references if column and column.references else _origin(
                parent.values.get(name))  # fmt: skip
        column = self.scope.column(path)
        own = self.scope.declared
        if own is not None and own.key == (path,):
            return own.name
        return column.references if column and column.references else _origin(
            self.values.values.get(path))  # fmt: skip

    def one_of(self, value: ValueRule) -> Simple | None:
        """One of some values, all of a kind."""
        assert isinstance(value.way, rule.OneOfRule)
        if value.way.named is not None:
            named = self._named(value.way.named)
            return (demo.OneOf(named, (1,) * len(named)), Kind.TEXT) if named else None
        texts = [text.text for text, _ in value.way.values]
        kind = self.wanted or kind_of_texts(texts)
        values = [self._literal(text, kind) for text, _ in value.way.values]
        weights = tuple(weight for _, weight in value.way.values)
        if not any(weights):
            self._report("wrong-value", "every weight is 0", value, "give one of them more")
            return None
        if None in values:
            return None
        return demo.OneOf(tuple(each for each in values if each is not None), weights), kind

    def _named(self, name: Written) -> tuple[str, ...]:
        """The keys of a catalogue, or a catalogue's list."""
        first, _, rest = name.text.partition(".")
        catalogues = self.scope.contract.catalogues
        known = [f"{each}.{below}" for each, given in catalogues.items() for below in given.lists]
        known += [each for each, given in catalogues.items() if given.entries]
        if name.text not in known:
            unknown(self.scope.found, "unknown-reference", "catalogue or list", name, known)
            return ()
        return catalogues[first].lists[rest] if rest else tuple(catalogues[first].entries)

    def _literal(self, text: Written, kind: Kind) -> Literal | None:
        literal = literal_of(text.text, kind)
        if literal is None:
            self.scope.report("wrong-type", why_not(text.text, kind), text.span,
                              "write a value of that type")  # fmt: skip
        return literal

    def between(self, value: ValueRule) -> Simple | None:
        """From one bound to another."""
        assert isinstance(value.way, rule.BetweenRule)
        bounds = (value.way.low, value.way.high)
        kind = self.wanted or kind_of_texts(each.text for each in bounds)
        if kind in (Kind.TEXT, Kind.BOOLEAN):
            self._report("wrong-type", "nothing lies between these", value,
                         "write two numbers, dates or months")  # fmt: skip
            return None
        low, high = (self._literal(each, kind) for each in bounds)
        if low is None or high is None:
            return None
        if not lies_below(low, high):
            self._report("wrong-value", f"{bounds[0].text} lies above {bounds[1].text}", value,
                         "write the lower one first")  # fmt: skip
            return None
        return demo.Between(low, high, value.skew), kind

    def after(self, value: ValueRule) -> Simple | None:
        """So many days or months after a date or month that is named."""
        assert isinstance(value.way, rule.AfterRule)
        path = self.values.expression(value.way.after, None, self.own)
        if path is None:
            return None
        if not path.kind.is_time or path.names != {path.text}:
            self.scope.report("wrong-type", f"{shown(path.text)} is not the name of a date or a "
                              "month", path.span, "name one, such as parent.start")  # fmt: skip
            return None
        if value.way.least > value.way.most:
            self._report("wrong-value", f"{value.way.least} lies above {value.way.most}", value,
                         "write the lower one first")  # fmt: skip
            return None
        in_days = value.way.unit == "days"
        kind = Kind.DATE if in_days else path.kind
        if self.wanted is not None and self.wanted.is_time:
            kind = self.wanted
        return demo.After(path, in_days, value.way.least, value.way.most, value.skew), kind

    def chance(self, value: ValueRule) -> Simple | None:
        """True for a share."""
        assert isinstance(value.way, rule.ChanceRule)
        return demo.Chance(value.way.share), Kind.BOOLEAN

    def words(self, value: ValueRule) -> Simple | None:
        """Words side by side."""
        assert isinstance(value.way, rule.WordsRule)
        return demo.Words(value.way.lists), Kind.TEXT

    def id_(self, value: ValueRule) -> Simple | None:
        """A number of the row's own."""
        assert isinstance(value.way, rule.IdRule)
        least = self.column.minimum if self.column is not None else None
        kind = self.wanted if self.wanted is Kind.WHOLE else Kind.TEXT
        return demo.Numbered(value.way.prefix, max(1, -(-(least or 1) // 1))), kind

    def pick(self, value: ValueRule) -> Simple | None:
        """Any row's key."""
        assert isinstance(value.way, rule.PickRule)
        kind = self._key_kind(value.way.table)
        return (demo.Pick(value.way.table.text, value.skew), kind) if kind else None

    def inherit(self, value: ValueRule) -> Simple | None:
        """The key of a row that the row descends from."""
        assert isinstance(value.way, rule.InheritRule)
        kind = self._key_kind(value.way.table)
        table = value.way.table
        if kind is not None and table.text not in self.scope.above:
            above = [each for each in self.scope.above if each in self.scope.contract.tables]
            listed = ", ".join(above) or "none"
            self.scope.report("wrong-reference", f"these rows are not made for rows of "
                              f"{shown(table.text)}", table.span,
                              f"write 'pick: {table.text}'; they are made for: {listed}")  # fmt: skip
            return None
        return (demo.Inherit(table.text), kind) if kind else None

    def _key_kind(self, table: Written) -> Kind | None:
        declared = self.scope.contract.tables.get(table.text)
        if declared is None:
            tables = [
                each.name for each in self.scope.contract.tables.values() if len(each.key) == 1
            ]
            unknown(self.scope.found, "unknown-table", "table", table, tables)
            return None
        if len(declared.key) != 1:
            self.scope.report("reference-key", f"the table {shown(table.text)} has no key of one "
                              "column", table.span, "name a table with such a key")  # fmt: skip
            return None
        if self.target in self.scope.contract.tables and self.target != table.text:
            self.scope.report("wrong-reference", f"{shown(self.name)} holds a key of "
                              f"{shown(self.target)}", table.span,
                              f"name {self.target}")  # fmt: skip
            return None
        return declared.columns[declared.key[0]].kind

    def ramp(self, value: ValueRule) -> Simple | None:
        """Numbers by month."""
        assert isinstance(value.way, rule.RampRule)
        series = self.values.rows.series
        if series is None:
            self._report("no-month", "a ramp goes by the row's month, and these rows have none",
                         value, "write 'each_month' under 'rows'")  # fmt: skip
            return None
        way = value.way
        first, last, months = (self.values.expression(each, Kind.DECIMAL)
                               for each in (way.first, way.last, way.months))  # fmt: skip
        start = self.values.expression(way.start, None)
        if start is not None and not start.kind.is_time:
            self.scope.report("wrong-type", f"{shown(start.text)} is not a month or a date",
                              start.span, "name one, such as parent.start")  # fmt: skip
            return None
        if first is None or last is None or start is None or months is None:
            return None
        is_whole = first.kind is last.kind is Kind.WHOLE
        kind = Kind.WHOLE if is_whole else Kind.DECIMAL
        return demo.Ramp(series.column, first, last, start, months), kind


def _origin(value: Value | None) -> str:
    """The table whose keys a value holds, or ""."""
    tables = {way.table if isinstance(way, demo.Pick | demo.Inherit) else ""
              for way in (value.ways if value is not None else ())}  # fmt: skip
    return tables.pop() if len(tables) == 1 else ""


_BIND: dict[type[object], Callable[[WayBinding, ValueRule], Simple | None]] = {
    rule.IsRule: WayBinding.is_,
    rule.OneOfRule: WayBinding.one_of,
    rule.BetweenRule: WayBinding.between,
    rule.AfterRule: WayBinding.after,
    rule.ChanceRule: WayBinding.chance,
    rule.WordsRule: WayBinding.words,
    rule.IdRule: WayBinding.id_,
    rule.PickRule: WayBinding.pick,
    rule.InheritRule: WayBinding.inherit,
    rule.RampRule: WayBinding.ramp,
}
