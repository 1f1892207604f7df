"""The net of an option: values, points and score in the order in which they name each other.

It is worked out as of one month or as of several, then each row is one of a scored one in a month.
What a dimension tells apart stands in a table of its own, a row a scored one (and month) and part
of the dimension. Everything that is ready is worked out together, a step of the plan for each such
layer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir

from tierwise.measures.base import Measure
from tierwise.plan.columns import here_column, part_column
from tierwise.plan.folds import (
    fold_parts,
    folded_over_dimension,
    folded_over_months,
    ordered,
    percentile,
)
from tierwise.plan.points import (
    extreme,
    group_points,
    metric_points,
    reason_columns,
    total,
    two_left,
)  # fmt: skip
from tierwise.plan.scope import AddStep, Read, Scope, exact
from tierwise.program.option import (
    LOWEST_POINTS,
    SCORE,
    Calculated,
    Folded,
    Months,
    Option,
    Ranked,
    Value,
    points_of,
)  # fmt: skip
from tierwise.rational import Rational

PLAIN = ""
"""The dimension of what there is one of for each scored one."""


def reason_of(metric: str) -> str:
    """How the net calls the reason for which a metric earns nothing."""
    return f"reason:{metric}"


@dataclass
class Net:
    """The net as of the as-of month, or as of so many.

    ``wanted``: by name, as of how many months it is wanted in all, as ``Option.wanted`` of the
    last one. ``base``: a row a scored one (and month, ``as_of``), with what expressions ask of them;
    ``readers``: how that is read; ``folded``: by measured value, its step with a row a scored one
    (and month, and part of the dimension); ``more``: gives the net of at least so many months.
    """

    option: Option
    wanted: Mapping[str, int]
    as_of: int
    months: int
    base: ir.Table
    readers: dict[str, Read]
    folded: Mapping[str, ir.Table]
    more: Callable[[int], Net]
    add_step: AddStep
    tables: dict[str, ir.Table] = field(default_factory=dict)
    kept: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By name, the columns that keep it."""
    orders: dict[str, list[str]] = field(default_factory=dict)
    """By rank, the columns in whose order its numbers stand."""
    among: dict[str, list[str]] = field(default_factory=dict)
    """By rank, the columns of a number within which it is."""
    left: dict[str, list[Read]] = field(default_factory=dict)
    """By points that are the best or lowest of several, those of them that are left to compare."""
    layers: int = 0

    @property
    def keys(self) -> tuple[str, ...]:
        """What tells the rows of the plain table apart."""
        return ("scored",) if self.months == 1 else ("scored", "as_of")

    def scope(self, dimension: str = PLAIN) -> Scope:
        """What expressions see in a table."""
        return Scope(self.tables[dimension], self.readers)

    def worked_out(self) -> Net:
        """The net with every value, points and score in its tables."""
        needs = self._needs()
        self._begin()
        known: set[str] = set()
        waiting = list(needs)
        while waiting:
            ready = [name for name in waiting if needs[name] & needs.keys() <= known]
            assert ready, "binding refuses circles"
            self._layer(ready)
            known |= {*ready}
            waiting = [name for name in waiting if name not in known]
        return self

    def _needs(self) -> dict[str, frozenset[str]]:
        """What this net has to work out, and what each of it is made of."""
        option = self.option
        needs = {
            name: each for name, each in option.needs.items() if self.wanted[name] >= self.months
        }
        of_levels = option.named(level.when for level in option.levels)
        if not any(LOWEST_POINTS in each for each in (*needs.values(), of_levels)):
            needs.pop(LOWEST_POINTS, None)
        for metric in option.metrics:
            if points_of(metric.id) in needs:
                own = option.named((*(each.that for each in metric.requires),
                                    *(each.when for each in metric.thresholds if each.when)))  # fmt: skip
                needs[reason_of(metric.id)] = own | {metric.id}
                needs[points_of(metric.id)] |= {reason_of(metric.id)}
        return needs

    # What is there before anything is worked out: folded parts.

    def _begin(self) -> None:
        """The tables with the parts of what is measured."""
        measured: dict[str, list[tuple[Value, Measure]]] = {PLAIN: []}
        for value, measure in self.option.measured:
            if self.wanted[value.id] >= self.months and value.id in self.folded:
                measured.setdefault(value.dimension, []).append((value, measure))
        for dimension, values in measured.items():
            keys = self.keys if dimension == PLAIN else (*self.keys, "by")
            parts = {value.id: self._of_these_months(self.folded[value.id]) for value, _ in values}
            table = self.base if dimension == PLAIN else _all_keys(parts.values(), keys)
            table = _with_parts(table, parts, values, keys, marked=dimension != PLAIN)
            self.tables[dimension] = self._step(dimension, "parts", table)
            if dimension != PLAIN:
                self.readers[dimension] = _part_reader(measure for _, measure in values)
                self.kept[dimension] = ("by",)
            for value, measure in values:
                for part in value.parts:
                    self._keep(f"{value.id}.{part}", part_column(value.id, part))
                self.kept[value.id] = tuple(part_column(value.id, each) for each in measure.parts)

    def _keep(self, name: str, column: str) -> None:
        self.readers[name] = lambda table: Rational.of_column(table[column])
        self.kept[name] = (column,)

    def _of_these_months(self, folded: ir.Table) -> ir.Table:
        """The rows of a folded table that are of this net's months."""
        if "as_of" not in folded.columns:
            return folded
        if self.months == 1:
            return folded.filter(folded.as_of == self.as_of).drop("as_of")
        return folded.filter(folded.as_of > self.as_of - self.months)

    def _step(self, dimension: str, name: str, table: ir.Table) -> ir.Table:
        place = f" by {dimension}" if dimension else ""
        when = f" of {self.months} months" if self.months > 1 else ""
        full = ":".join((name, *([dimension] if dimension else []),
                         *([f"{self.months}m"] if self.months > 1 else [])))  # fmt: skip
        return self.add_step(full, f"{name}{place}{when}", table, False)

    # A layer: what only names what is known.

    def _layer(self, names: list[str]) -> None:
        self.layers += 1
        label = "values" if self.layers == 1 else f"values:{self.layers}"
        by_id = {value.id: value for value in self.option.values}
        dimensions: dict[str, list[str]] = {}
        for name in names:
            value = by_id.get(name)
            dimensions.setdefault(value.dimension if value else PLAIN, []).append(name)
        for dimension, own in dimensions.items():
            for name in own:
                value = by_id.get(name)
                if value is not None and isinstance(value.source, Folded):
                    self._join_fold(value, value.source)
                elif value is not None and isinstance(value.source, Ranked):
                    self._order(value, value.source)
                elif dimension != PLAIN and value is not None:
                    self._bring(value, dimension)
                elif value is None:
                    self._compare(name)
            columns: dict[str, ir.Value] = {}
            for name in own:
                made, read = self._columns(name, by_id.get(name), self.scope(dimension))
                columns |= made
                self.readers[name] = read
                self.kept[name] = (*self.kept.get(name, ()), *made)
            table = self.tables[dimension].mutate(**columns)
            self.tables[dimension] = self._step(dimension, label, table)

    def _columns(
        self, name: str, value: Value | None, scope: Scope
    ) -> tuple[dict[str, ir.Value], Read]:
        """The columns that keep something of the net, and how it is read from them."""
        if value is None:
            return self._of_points(name, scope)
        if isinstance(value.source, Calculated) and not value.kind.is_number:
            is_condition = value.kind == "boolean"
            expression = value.source.expression
            column = scope.holds(expression) if is_condition else scope.column(expression)
            return {value.id: column}, lambda table: table[value.id]
        return self._number(value, scope).kept(f"{value.id}:value")

    def _number(self, value: Value, scope: Scope) -> Rational:
        match value.source:
            case Calculated(expression):
                return scope.number(expression)
            case Folded():
                return fold_parts(value, scope.table, self._fold_number(value, value.source))
            case Ranked():
                return percentile(value.source, scope, self.orders[value.id], self.among[value.id],
                                  self.keys)  # fmt: skip
            case measure:
                parts = {part: Rational.of_column(scope.table[part_column(value.id, part)])
                         for part in measure.parts}  # fmt: skip
                return measure.value(parts)

    def _of_points(self, name: str, scope: Scope) -> tuple[dict[str, ir.Value], Read]:
        option = self.option
        if name == SCORE:
            return total([scope.read(each) for each in option.members(None)]).kept(name)
        if name == LOWEST_POINTS:
            return extreme(self._left(name, scope), best=False).kept(name)
        for metric in option.metrics:
            if name == points_of(metric.id):
                return metric_points(metric, scope).kept(name)
            if name == reason_of(metric.id):
                return reason_columns(metric, scope), lambda table: table
        group = next(each for each in option.groups if name == points_of(each.id))
        members = option.members(group.id)
        points = self._left(name, scope) if group.best else [scope.read(each) for each in members]
        return group_points(group, points).kept(name)

    # Several things that become one.

    def _compare(self, name: str) -> None:
        """Compare points of which the best or lowest is wanted, until two are left."""
        option = self.option
        best = {points_of(each.id): each.id for each in option.groups if each.best}
        if name == LOWEST_POINTS:
            members = tuple(points_of(each.id) for each in option.metrics if each.earns)
        elif name in best:
            members = option.members(best[name])
        else:
            return
        reads = [self.readers[each] for each in members]
        label = f"{name}:{self.months}:of"
        table = self.tables[PLAIN]
        table, self.left[name] = two_left(table, reads, name in best, label, self.add_step)
        self.tables[PLAIN] = table

    def _left(self, name: str, scope: Scope) -> list[Rational]:
        return [exact(read(scope.table)) for read in self.left[name]]

    def _fold_number(self, value: Value, source: Folded) -> Rational | None:
        """What the expression of a fold gives, where it is folded; None for a condition."""
        if source.expression.kind == "boolean":
            return None
        return self._folded_in(value, source).number(source.expression)

    def _folded_in(self, value: Value, source: Folded) -> Scope:
        """Where the expression of a fold is worked out."""
        if isinstance(source.over, Months):
            return self.more(self.months - source.over.window.first).scope(value.dimension)
        return self.scope(source.over)

    def _join_fold(self, value: Value, source: Folded) -> None:
        """Join what a fold gives to the table that it is wanted in."""
        if isinstance(source.over, Months):
            folded = folded_over_months(self, value, source, source.over)
        else:
            self._bring(value, source.over)
            folded = folded_over_dimension(self, value, source, source.over)
        keys = self.keys if value.dimension == PLAIN else (*self.keys, "by")
        table = self.tables[value.dimension]
        self.tables[value.dimension] = _joined(table, folded, keys)

    def _order(self, value: Value, source: Ranked) -> None:
        """Put columns beside a number that is ranked, in whose order it stands."""
        number = self.scope().number(source.expression)
        label = f"{value.id}:{self.months}"
        table, self.orders[value.id] = ordered(self.tables[PLAIN], number, label, self.add_step)
        self.among[value.id] = []
        if source.within is not None and source.within.kind.is_number:
            within = Scope(table, self.readers).number(source.within)
            label = f"{label}:within"
            table, self.among[value.id] = ordered(table, within, label, self.add_step)
        self.tables[PLAIN] = table

    def _bring(self, value: Value, dimension: str) -> None:
        """Bring what a value names and there is one of into the table of a dimension."""
        names = {name for each in value.expressions for name in each.names}
        table = self.tables[dimension]
        wanted = {column for name in names | {name.partition(".")[0] for name in names}
                  for column in self._kept_columns(name)}  # fmt: skip
        missing = sorted(wanted - {*table.columns})
        if missing:
            plain = self.tables[PLAIN].select(*self.keys, *missing)
            self.tables[dimension] = _joined(table, plain, self.keys)

    def _kept_columns(self, name: str) -> tuple[str, ...]:
        own = self.kept.get(name, ())
        return own or ((name,) if name in self.tables[PLAIN].columns else ())


def _part_reader(measures: Iterable[Measure]) -> Read:
    """How the part of a dimension is read: exact where it is a number."""
    kinds = [each.rows.by.expression.kind for each in measures if each.rows.by]
    if all(kind.is_number for kind in kinds):
        return lambda table: Rational.of_column(table["by"])
    return lambda table: table["by"]


def _all_keys(tables: Iterable[ir.Table], keys: tuple[str, ...]) -> ir.Table:
    """Every combination of keys that some of the tables have."""
    several = [table.select(*keys) for table in tables]
    return ibis.union(*several, distinct=True) if len(several) > 1 else several[0].distinct()


def _joined(table: ir.Table, other: ir.Table, keys: tuple[str, ...]) -> ir.Table:
    """A table with the columns of another one, by keys; nothing where that has no such row."""
    marked = other.rename(**{f"other:{key}": key for key in keys})
    match = [table[key] == marked[f"other:{key}"] for key in keys]
    return table.left_join(marked, match).drop(*(f"other:{key}" for key in keys))


def _with_parts(
    table: ir.Table,
    folded: Mapping[str, ir.Table],
    values: list[tuple[Value, Measure]],
    keys: tuple[str, ...],
    marked: bool,
) -> ir.Table:
    """A table joined to folded parts by value; who has none has parts of 0.

    ``marked``: with a column for each that says whether there were any.
    """
    filled: list[str] = []
    here: list[str] = []
    for value, measure in values:
        parts = folded[value.id]
        own = {part_column(value.id, name): parts[name] for name in measure.parts}
        flag = {here_column(value.id): ibis.literal(True)} if marked else {}
        table = _joined(table, parts.select(*keys, **own, **flag), keys)
        filled += own
        here += flag
    known = {name: table[name].fill_null(0) for name in filled}
    known |= {name: table[name].fill_null(False) for name in here}
    return table.mutate(**known) if known else table
