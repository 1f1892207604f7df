"""Program → ``Plan``: every metric in the same steps, whatever it measures.

rows → eligible rows → facts → credited facts → folded parts → value → points → score → level.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import ibis
import ibis.expr.types as ir

from tierwise.expression.parse import Expression
from tierwise.measures.base import Rows, Window
from tierwise.months import last_day
from tierwise.plan.credit import associated, credit, credited
from tierwise.plan.plan import CreditPlan, MetricPlan, OptionPlan, Plan, Step, data_name
from tierwise.plan.rows import dating, month_of, reach
from tierwise.plan.scores import scores
from tierwise.program.program import Metric, Option, Policy, Program, eligibility


def lower(program: Program, schemas: Mapping[str, ibis.Schema]) -> Plan:
    """Make the plan of a program.

    Args:
        program: the program.
        schemas: of each of the contract's tables that it reads, the columns as they are typed;
            the plan finds such a table under ``data_name``.

    Returns:
        The plan. Its score tables have a row a scored one: ``scored``, and by metric the columns
        that ``scores`` names, ``score_n``, ``score_d``, ``level``.
    """
    steps: list[Step] = []
    contract = program.contract.id
    tables = {
        name: ibis.table(schema, name=data_name(contract, name)) for name, schema in schemas.items()
    }
    options = tuple(
        _OptionLowering(program, option, tables, steps).option_plan() for option in program.options
    )
    return Plan(program, tables, tuple(steps), options)


class _OptionLowering:
    """Lowers one option; it is the ``Steps`` that its measures see."""

    def __init__(
        self, program: Program, option: Option, tables: Mapping[str, ir.Table], steps: list[Step]
    ) -> None:
        self.program = program
        self.contract = program.contract
        self.option = option
        self.tables = tables
        self.steps = steps
        self.as_of = program.as_of
        self.kept: dict[tuple[object, ...], ir.Table] = {}
        self.credits: dict[str, CreditPlan] = {}

    def full(self, name: str) -> str:
        """A step's name, which no other option has, also not of another competency."""
        return f"{self.program.competency}:{self.option.id}:{name}"

    def step(self, name: str, title: str, table: ir.Table, stored: bool) -> ir.Table:
        """Add a step; what comes later reads it by its name."""
        full = self.full(name)
        self.steps.append(Step(full, title, table, stored))
        return ibis.table(table.schema(), name=full)

    def option_plan(self) -> OptionPlan:
        """The plan of the option."""
        metrics = tuple(self._metric(metric) for metric in self.option.metrics)
        everybody = self.tables[self.contract.scored]
        everybody = everybody.select(scored=everybody[self.contract.scored_key])
        folded = [self.kept["folded", plan.metric.id] for plan in metrics]
        table = scores(self.option, everybody, folded, self.step)
        return OptionPlan(self.option, metrics, self.credits, str(table.get_name()))

    # What measures see.

    def select(
        self,
        rows: Rows,
        columns: Mapping[str, Expression],
        window: Window | None,
        own: tuple[str, ...] = (),
    ) -> ir.Table:
        """The eligible rows of the window's months."""
        paths = {path for condition in rows.conditions for path in condition.paths}
        paths.update(*(each.names for each in columns.values()), own)
        extra = {rows.scored} if rows.scored else set()
        dated_by = dating(self.contract, rows.table) if window is not None else None
        extra |= {dated_by.path} if dated_by is not None else set()
        reached = reach(self.contract, self.tables, rows.table, paths | extra)
        keep = [reached.holds(condition) for condition in rows.conditions]
        chosen = {name: reached.exact(each) for name, each in columns.items()}
        chosen.update({name: reached.table[name] for name in own})
        if rows.scored:
            chosen["scored"] = reached.table[reached.paths[rows.scored]]
        if window is not None and dated_by is not None:
            month = chosen["month"] = month_of(reached, dated_by)
            keep = [month >= self.as_of + window.first, month <= self.as_of + window.last, *keep]
        table = reached.table.filter(*keep) if keep else reached.table
        return table.select(**chosen)

    def totals(
        self, rows: Rows, entity: Expression, amount: Expression, window: Window
    ) -> ir.Table:
        """Totals of eligible rows, shared by the metrics that ask for the same."""
        key = ("totals", rows.table, tuple((each.expression.text, each.prefix)
               for each in rows.conditions), rows.scored, entity.text, amount.text)  # fmt: skip
        if key not in self.kept:
            widest = self._widest(rows.table)
            chosen = self.select(rows, {"entity": entity, "amount": amount}, widest)
            totals = chosen.group_by([*rows.owner, "entity", "month"]).aggregate(
                total=chosen.amount.sum()
            )
            name = f"totals:{len(self.kept)}"
            title = f"{rows.table} by {entity.text} and month"
            self.kept[key] = self.step(name, title, totals, stored=True)
        totals = self.kept[key]
        first, last = self.as_of + window.first, self.as_of + window.last
        return totals.filter(totals.month >= first, totals.month <= last)

    def _widest(self, table: str) -> Window:
        """The months that any metric of the option reads of a table."""
        windows = [
            each.measure.window
            for each in self.option.metrics
            if each.measure.rows.table == table and each.measure.window is not None
        ]
        return Window(min(each.first for each in windows), max(each.last for each in windows))

    def end_of_month(self) -> ir.DateScalar:
        """The last day of the as-of month."""
        day: datetime.date = last_day(self.as_of)
        return ibis.literal(day)

    def number(self, number: Fraction) -> ir.NumericScalar:
        """An exact number as a constant of the plan."""
        if number.denominator == 1:
            return ibis.literal(int(number))
        return ibis.literal(Decimal(number.numerator) / Decimal(number.denominator))

    def text(self, text: str) -> ir.StringScalar:
        """A text as a constant of the plan."""
        return ibis.literal(text)

    # From facts to the score.

    def _metric(self, metric: Metric) -> MetricPlan:
        measure = metric.measure
        measured = measure.lower(self)
        facts = self.step(f"{metric.id}:facts", f"{metric.id}: facts", measured.table, stored=False)
        if measure.rows.credit:
            policy = self.option.policies[measure.rows.credit]
            by, is_target = self._credit(policy, measure.entity)
            table = credited(facts, by, is_target)
        else:
            table = facts
        credited_facts = self.step(
            f"{metric.id}:credited", f"{metric.id}: credited facts", table, stored=False
        )
        part = credited_facts.part
        sums = {
            name: credited_facts.amount.sum()
            if measure.parts == (name,)
            else credited_facts.amount.sum(where=part == name)
            for name in measure.parts
        }
        folded = credited_facts.group_by("scored").aggregate(**sums)
        self.kept["folded", metric.id] = self.step(
            f"{metric.id}:folded", f"{metric.id}: folded", folded, stored=True
        )
        names = (self.full(f"{metric.id}:{name}") for name in ("facts", "credited", "folded"))
        return MetricPlan(metric, measured, *names)

    def _credit(self, policy: Policy, entity: Expression) -> tuple[ir.Table, bool]:
        """(scored, entity, first, last) of a policy, by what facts are about."""
        by_target = self._intervals(policy)
        prefix = f"{policy.reference}."
        target = self.contract.tables[policy.target]
        path = entity.text.strip()
        rest = path.removeprefix(prefix) if path.startswith(prefix) else target.key[0]
        if rest == target.key[0]:
            return by_target.rename(entity="target"), True
        key = ("credit", policy.name, rest)
        if key not in self.kept:
            reached = reach(self.contract, self.tables, policy.target, {rest, target.key[0]})
            entities = reached.table.select(
                target=reached.table[target.key[0]], entity=reached.table[reached.paths[rest]]
            )
            joined = by_target.join(entities, "target")
            table = joined.select("scored", "entity", "first", "last")
            name = f"credit:{policy.name}:{rest}"
            self.kept[key] = self.step(name, f"credit by {path}", table, stored=True)
        return self.kept[key], False

    def _intervals(self, policy: Policy) -> ir.Table:
        key = ("intervals", policy.name)
        if key not in self.kept:
            conditions = eligibility(self.contract, self.option.eligible, policy.through)
            paths = {path for condition in conditions for path in condition.paths}
            paths.update(*(way.when.names for way in policy.ways), policy.period)
            paths |= {policy.to, policy.of}
            through = reach(self.contract, self.tables, policy.through, paths)
            windows = [
                each.measure.window
                for each in self.option.metrics
                if each.measure.rows.credit == policy.name and each.measure.window is not None
            ]
            first = self.as_of + min(window.first for window in windows)
            rows = associated(policy, through, conditions, first, self.as_of)
            name = f"associated:{policy.name}"
            kept = self.step(name, f"associations of {policy.name}", rows, stored=True)
            decided = credit(policy, kept)
            ways = self.step(f"ways:{policy.name}", "ways", decided.ways, stored=False)
            self.credits[policy.name] = CreditPlan(str(kept.get_name()), str(ways.get_name()))
            title = f"credit of {policy.name}"
            self.kept[key] = self.step(
                f"credit:{policy.name}", title, decided.intervals, stored=True
            )
        return self.kept[key]
