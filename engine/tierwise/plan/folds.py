"""Several things that become one: over months, over the parts of a dimension, and ranks.

What is folded stands in a step of its own, so that it can be explained: a row for each month or
part that counted, with what the expression gave there.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Protocol

import ibis
import ibis.expr.types as ir

from tierwise.months import month_number
from tierwise.plan.columns import here_column, value_columns
from tierwise.plan.moments import months_back
from tierwise.plan.scope import AddStep, Read, Scope, exact
from tierwise.program.option import Fold, Folded, Months, Option, Ranked, Value
from tierwise.rational import WHOLE, Rational, whole_quotient

DIGITS = 4
MORE = ibis.literal(Decimal(10**12), WHOLE)


class Foldable(Protocol):
    """What a fold needs to know of the net in which it stands; see ``Net``."""

    @property
    def option(self) -> Option: ...
    @property
    def as_of(self) -> int: ...
    @property
    def months(self) -> int: ...
    @property
    def keys(self) -> tuple[str, ...]: ...
    @property
    def base(self) -> ir.Table: ...
    @property
    def readers(self) -> Mapping[str, Read]: ...
    @property
    def add_step(self) -> AddStep: ...
    @property
    def more(self) -> Callable[[int], Foldable]: ...
    def scope(self, dimension: str = "") -> Scope: ...


def seen_step(value: str) -> str:
    """The name, within an option, of the step with what a fold saw as of the as-of month.

    Its columns: ``scored``, ``at`` (a month) or ``by`` (a part) or both, and ``value_columns`` of
    "each", where it is a number.
    """
    return f"{value}:seen"


def _seen(scope: Scope, source: Folded) -> tuple[ir.Table, tuple[str, ...], Read]:
    """The rows that a fold sees, the columns that keep what each of them gives, and how to read it."""
    if source.fold is Fold.NUMBER_WITH:
        return scope.table.filter(scope.holds(source.expression)), (), lambda table: 0
    number = scope.number(source.expression)
    columns, read = number.kept("each")
    table = scope.table.mutate(**columns)
    return table.filter(~read(table).isnull()), tuple(columns), read


def _add_step(net: Foldable, value: Value, seen: ir.Table, read: Read) -> ir.Table:
    """The step with what a fold saw; as of the as-of month it can be explained."""
    if net.months > 1:
        return net.add_step(f"{value.id}:each:{net.months}", value.id, seen, True)
    seen = net.add_step(f"{value.id}:each", f"{value.id}: what is folded", seen, True)
    names, each = value_columns("each"), exact(read(seen))
    above, below = each.columns()
    keys = [name for name in ("scored", "at", "by") if name in seen.columns]
    whole = seen.select(*keys, **{names["value_n"]: above, names["value_d"]: below})
    net.add_step(seen_step(value.id), value.id, whole, False)
    return seen


def folded_over_dimension(net: Foldable, value: Value, source: Folded, dimension: str) -> ir.Table:
    """What a fold makes of the parts of a dimension: a row a scored one (and month)."""
    scope = net.scope(dimension)
    option = net.option
    behind = {each.id for each in option.named_by(source.expression)}
    here = [scope.table[here_column(each.id)] for each, _ in option.measured
            if each.id in behind and each.dimension == dimension]  # fmt: skip
    if here:
        scope = Scope(scope.table.filter(functools.reduce(operator.or_, here)), scope.readers)
    rows, each, read = _seen(scope, source)
    seen = _add_step(net, value, rows.select(*net.keys, "by", *each), read)
    return _folded(net, seen, value, net.keys, read)


def folded_over_months(net: Foldable, value: Value, source: Folded, over: Months) -> ir.Table:
    """What a fold makes of months: a row a scored one (and month, and part of a dimension)."""
    earlier = net.more(net.months - over.window.first)
    rows, each, read = _seen(earlier.scope(value.dimension), source)
    by = ("by",) if value.dimension else ()
    first, last = over.window.first, over.window.last
    if net.months == 1:
        wanted = rows.filter(rows.as_of >= net.as_of + first, rows.as_of <= net.as_of + last)
        seen = wanted.select("scored", *by, *each, at="as_of")
    else:
        named = rows.select("scored", *by, *each, at="as_of")
        months = months_back(net.as_of, net.months)
        match = [named["at"] >= months.as_of + first, named["at"] <= months.as_of + last]
        seen = named.join(months, match)
    if over.since is not None:
        seen = _since(net, over, seen)
    seen = _add_step(net, value, seen, read)
    return _folded(net, seen, value, (*net.keys, *by), read)


def _since(net: Foldable, over: Months, seen: ir.Table) -> ir.Table:
    """The rows of months that do not end before a day of the scored one's own."""
    assert over.since is not None, "the caller looked"
    day = Scope(net.base, net.readers).column(over.since)
    month = month_number(day.year(), day.month()).cast("int32")
    since = net.base.select(**{f"since:{key}": net.base[key] for key in net.keys}, since=month)
    match = [seen[key] == since[f"since:{key}"] for key in net.keys]
    joined = seen.join(since, [*match, seen["at"] >= since.since])
    return joined.select(*seen.columns)


def _folded(
    net: Foldable, seen: ir.Table, value: Value, keys: tuple[str, ...], read: Read
) -> ir.Table:
    """One row a scored one (and month, and part): how many there were, and what they make."""
    assert isinstance(value.source, Folded), "only these are folded"
    fold = value.source.fold
    many, above, below = (f"{value.id}:{name}" for name in ("many", "each_n", "each_d"))
    numbers = {above: "each_n", below: "each_d"}
    known = {name: column for name, column in numbers.items() if column in seen.columns}
    if fold in (Fold.HIGHEST, Fold.LOWEST):
        seen, names = ordered(seen, read(seen), f"{value.id}:{net.months}", net.add_step)
        order = [seen[name].desc() if fold is Fold.HIGHEST else seen[name] for name in names]
        place = ibis.row_number().over(group_by=[seen[key] for key in keys], order_by=order)
        ranked = seen.mutate(place=place)
        first = ranked.filter(ranked.place == 0)
        return first.select(*keys, **{many: ibis.literal(1, "int64")},
                            **{name: first[column] for name, column in known.items()})  # fmt: skip
    sums = {name: seen[column].sum() for name, column in known.items()}
    return seen.group_by(list(keys)).aggregate(**{many: seen.count()}, **sums)


def fold_parts(value: Value, table: ir.Table, each: Rational | None) -> Rational:
    """A folded value from the columns that ``_folded`` makes; ``each`` as it was before."""
    source = value.source
    assert isinstance(source, Folded), "only these are folded"
    many = Rational.of_column(table[f"{value.id}:many"].fill_null(0))
    if each is None:
        return many
    above, below = (f"{value.id}:{name}" for name in ("each_n", "each_d"))
    numerator = table[above] if above in table.columns else None
    denominator = table[below] if below in table.columns else None
    number = Rational(numerator, denominator, each.scale)
    match source.fold:
        case Fold.TOTAL:
            return number.or_zero() if numerator is not None else many * each.scale
        case Fold.AVERAGE:
            return (number if numerator is not None else many * each.scale) / many
    return number.present_if(many > 0)


def ordered(
    table: ir.Table, value: object, label: str, add_step: AddStep
) -> tuple[ir.Table, list[str]]:
    """A table with columns in whose order, the first one first, a number of it stands.

    Of quotients these are the whole part and three times twelve digits behind the point, which
    tells apart all whose divisors have no more than eighteen digits; each is a step, since
    written into one another they would grow beyond measure.
    """
    number = exact(value)
    names = [f"{label}:order:{digit}" for digit in range(DIGITS)]
    if not number.is_quotient:
        return table.mutate(**{names[0]: number.in_order()}), names[:1]
    columns = table.columns
    above, below = number.columns()
    table = add_step(f"{label}:rest", label, table.mutate(above=above, below=below), False)
    for name in names:
        whole = table.mutate(**{name: whole_quotient(table.above, table.below)})
        table = add_step(name, label, whole, False)
        rest = (table.above - table[name] * table.below).cast(WHOLE)
        table = table.mutate(above=(rest * MORE).cast(WHOLE))
        table = add_step(f"{name}:rest", label, table, False)
    return table.select(*columns, *names), names


def percentile(
    source: Ranked, scope: Scope, order: list[str], among: list[str], keys: tuple[str, ...]
) -> Rational:
    """The share of the others that have less, among those with a number.

    Whoever has nothing to be ranked ``within`` is among nobody. ``order``: the columns in whose
    order the numbers stand; ``among``: those in whose order ``within`` stands, where it is a number.
    What is above the line is how many have less, below it how many others there are: explanations say so.
    """
    present = ~scope.number(source.expression).isnull()
    within: list[ir.Value] = [scope.table[name] for name in among]
    if source.within is not None and not among:
        is_condition = source.within.kind == "boolean"
        own = scope.holds(source.within) if is_condition else scope.column(source.within)
        within = [own.name("within")]
    for each in within:
        present = present & each.notnull()
    group: list[ir.Value] = [present.name("present"), *within]
    if "as_of" in keys:
        group.append(scope.table["as_of"])
    less = ibis.rank().over(group_by=group, order_by=[scope.table[name] for name in order])
    others = scope.table.count().over(ibis.window(group_by=group)) - 1
    below = Rational.of_column(less.cast("int64")) / Rational.of_column(others.cast("int64"))
    return below.present_if(present)
