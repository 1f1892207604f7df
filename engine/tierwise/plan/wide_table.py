"""The result as one wide table, made where the scores are: what a file of results holds.

A number is cut behind 18 digits and never rounded: its whole part, and three times six digits behind
the point, each exact. Each is a step, since written into one another they would grow beyond measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import ibis
import ibis.expr.types as ir

from tierwise.months import format_month
from tierwise.plan.columns import metric_columns, value_columns
from tierwise.plan.plan import OptionPlan, Plan, Step
from tierwise.program.option import Option
from tierwise.rational import WHOLE, whole_quotient

NUMBER = "decimal(38, 18)"
"""The type of every number in the wide table."""
_TIMES = 3
_DIGITS = 6
_MORE = ibis.literal(Decimal(10**_DIGITS), WHOLE)


@dataclass(frozen=True)
class WideTable:
    """The steps on the way, and the wide table itself, over them."""

    steps: tuple[Step, ...]
    table: ir.Table


def wide_table(
    plans: Sequence[Plan], stamp: Mapping[str, str], warnings: str, scored: Sequence[str] | None
) -> WideTable:
    """A row a scored one and option, with the columns that ``Results.to_arrow`` describes.

    Args:
        plans: plans that have run.
        stamp: by the name of their column, texts that stand in every row at the end.
        warnings: a text for a column of that name; "" for no such column.
        scored: only these; None for all.
    """
    steps: list[Step] = []
    several = any(len(plan.options) > 1 for plan in plans)
    tables = [_of_option(plan, option, several, scored, steps)
              for plan in plans for option in plan.options]  # fmt: skip
    names = dict.fromkeys(name for table in tables for name in table.columns)
    types = {name: kind for table in tables for name, kind in table.schema().items()}
    same = {**stamp} | ({"warnings": warnings} if warnings else {})
    rows = [
        table.select(
            **{name: table[name] if name in table.columns else ibis.null(types[name])
               for name in names},
            **{name: ibis.literal(text) for name, text in same.items()},
        )
        for table in tables
    ]  # fmt: skip
    return WideTable(tuple(steps), rows[0] if len(rows) == 1 else ibis.union(*rows))


def best_levels(plan: Plan) -> ir.Table:
    """(scored, competency_level): the level of everybody's better option."""
    ranks = level_ranks([option.option for option in plan.options])
    ranked = []
    for option in plan.options:
        table = plan.table(option.scores)
        cases = [(table.level == level, rank) for level, rank in ranks.items()]
        rank = ibis.cases(*cases, else_=len(ranks)) if cases else ibis.literal(0)
        ranked.append(table.select("scored", rank=rank.cast("int32")))
    together = ranked[0] if len(ranked) == 1 else ibis.union(*ranked)
    best = together.group_by("scored").aggregate(rank=together["rank"].min())
    levels = [(best["rank"] == rank, level) for level, rank in ranks.items()]
    known = ibis.cases(*levels) if levels else ibis.null("string")
    return best.select("scored", competency_level=known)


def level_ranks(options: Sequence[Option]) -> dict[str, int]:
    """How the levels of a competency rank, the best first; each at its best place in an option."""
    places: dict[str, int] = {}
    for option in options:
        for place, level in enumerate(option.levels):
            places[level.id] = min(place, places.get(level.id, place))
    return places


def _of_option(
    plan: Plan, option: OptionPlan, several: bool, scored: Sequence[str] | None, steps: list[Step]
) -> ir.Table:
    program, scores = plan.program, plan.table(option.scores)
    if scored is not None:
        scores = scores.filter(scores.scored.isin(list(scored)))
    numbers = {"score": ("score_n", "score_d")}
    for metric in option.option.metrics:
        names = {**metric_columns(metric.id), **value_columns(metric.id)}
        for what in ("value", "points"):
            numbers[f"{metric.id}.{what}"] = (names[f"{what}_n"], names[f"{what}_d"])
    table = _Cutting(f"{option.scores}:wide", steps).cut(scores, ("scored", "level"), numbers)
    columns: dict[str, ir.Value] = {program.contract.scored_key: table["scored"]}
    texts = {"competency": program.competency, "option": option.option.id,
             "version": program.version, "as_of": format_month(program.as_of)}  # fmt: skip
    columns |= {name: ibis.literal(text) for name, text in texts.items()}
    columns |= {"score": table["score"], "level": table["level"]}
    columns |= {name: table[name] for name in numbers if name != "score"}
    if not several:
        return table.select(**columns)
    if len(plan.options) == 1:
        return table.select(**columns, competency_level=table["level"])
    best = best_levels(plan).rename({":of": "scored"})
    joined = table.join(best, table["scored"] == best[":of"])
    wide = {name: joined[each.get_name()] if each.get_name() in table.columns else each
            for name, each in columns.items()}  # fmt: skip
    return joined.select(**wide, competency_level=joined["competency_level"])


class _Cutting:
    """Cuts the numbers of a table, step by step."""

    def __init__(self, name: str, steps: list[Step]) -> None:
        self.name = name
        self.steps = steps

    def cut(
        self, table: ir.Table, others: Sequence[str], numbers: Mapping[str, tuple[str, str]]
    ) -> ir.Table:
        """The other columns, and every number, numerator by denominator, as a decimal."""
        sides: dict[str, ir.Value] = {}
        for name, (above, below) in numbers.items():
            sides |= {f"{name}:sign": (table[above] < 0).ifelse(-1, 1).cast(WHOLE),
                      f"{name}:rest": table[above].abs().cast(WHOLE),
                      f"{name}:below": table[below].cast(WHOLE)}  # fmt: skip
        table = self._step("sides", table.select(*others, **sides))
        for place in range(_TIMES + 1):
            parts = {f"{name}:{place}": whole_quotient(table[f"{name}:rest"], table[f"{name}:below"])
                     for name in numbers}  # fmt: skip
            table = self._step(f"{place}", table.mutate(**parts))
            rests = {f"{name}:rest": self._rest(table, name, place) for name in numbers}
            table = self._step(f"{place}:rest", table.mutate(**rests))
        return table.select(*others, **{name: self._together(table, name) for name in numbers})

    def _rest(self, table: ir.Table, name: str, place: int) -> ir.NumericValue:
        rest = table[f"{name}:rest"] - table[f"{name}:{place}"] * table[f"{name}:below"]
        return rest.cast(WHOLE) if place == _TIMES else (rest.cast(WHOLE) * _MORE).cast(WHOLE)

    def _together(self, table: ir.Table, name: str) -> ir.NumericValue:
        digits = [table[f"{name}:{place}"].cast(WHOLE) for place in range(_TIMES + 1)]
        behind = digits[1]
        for more in digits[2:]:
            behind = (behind * _MORE + more).cast(WHOLE)
        smallest = ibis.literal(Decimal(1).scaleb(-_TIMES * _DIGITS), "decimal(38, 18)")
        sign = table[f"{name}:sign"]
        whole = (sign * digits[0]).cast(NUMBER)
        return (whole + (sign * behind * smallest).cast(NUMBER)).cast(NUMBER)

    def _step(self, name: str, table: ir.Table) -> ir.Table:
        full = f"{self.name}:{name}"
        self.steps.append(Step(full, "results", table, stored=False))
        return ibis.table(table.schema(), name=full)
