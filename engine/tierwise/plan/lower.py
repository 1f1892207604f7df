"""Program → ``Plan``: every measured value in the same steps, whatever it measures.

rows → eligible rows → facts → credited facts → folded parts → values → points → score → level.
What a look-back names goes the same way with one more column, the month it is wanted for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import ibis
import ibis.expr.types as ir

from tierwise.expression.parse import Expression
from tierwise.measures.base import Entity, Measure, Rows, Window
from tierwise.plan.credit import associated, credit, credited, once
from tierwise.plan.moments import AsOf, EachMonth, last_day_of, months_back
from tierwise.plan.plan import (
    CreditPlan,
    LookBackPlan,
    MeasuredPlan,
    OptionPlan,
    Plan,
    Step,
    data_name,
)
from tierwise.plan.rows import Reached, dating, reach
from tierwise.plan.scope import Read, exact
from tierwise.plan.scores import scores
from tierwise.plan.values import valued, with_parts
from tierwise.program.eligibility import eligibility, seen_from_target
from tierwise.program.program import Dating, MonthsWith, Option, Policy, Program, Value


def lower(program: Program, schemas: Mapping[str, ibis.Schema]) -> Plan:
    """Make the plan of a program.

    Args:
        program: the program.
        schemas: of each of the contract's tables that it reads, the columns as they are typed;
            the plan finds such a table under ``data_name``.

    Returns:
        The plan. Its score tables have a row a scored one: ``scored``, and the columns that
        ``scores`` names.
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
    """Lowers one option; it is the ``Sources`` of its measures."""

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
        as_of = AsOf(self, self.as_of)
        measured = {
            value.id: self._measured(value, measure, value.id, as_of)
            for value, measure in self.option.measured
        }
        everybody, readers = self._everybody()
        looked = {
            value.id: self._look_back(value, value.source, everybody, readers)
            for value in self.option.values
            if isinstance(value.source, MonthsWith)
        }
        folded = {name: (self._read(plan.folded), plan.measure.parts)
                  for name, plan in measured.items()}  # fmt: skip
        folded |= {name: (self._read(plan.folded), ("value",)) for name, plan in looked.items()}
        parts = with_parts(everybody, folded, ("scored",))
        parts = self.step("parts", "parts of all values", parts, stored=True)
        readers["as_of"] = as_of.day
        table = scores(self.option, parts, readers, self.step)
        return OptionPlan(self.option, measured, looked, self.credits, str(table.get_name()))

    def _read(self, name: str) -> ir.Table:
        """A step by its whole name."""
        step = next(step for step in self.steps if step.name == name)
        return ibis.table(step.table.schema(), name=name)

    def _everybody(self) -> tuple[ir.Table, dict[str, Read]]:
        """(scored, and what expressions ask of them), and how each name is read from it."""
        names = {name for each in self.option.expressions for name in each.names}
        paths = {name.removeprefix("scored.") for name in names if name.startswith("scored.")}
        key = self.contract.scored_key
        reached = reach(self.contract, self.tables, self.contract.scored, paths | {key})
        columns = {"scored": reached.table[key]}
        readers: dict[str, Read] = {}
        for path in sorted(paths):
            name = f"scored.{path}"
            if path in reached.constants:
                readers[name] = _constant(reached.constants[path])
            else:
                columns[name] = reached.table[reached.paths[path]]
                readers[name] = _attribute(name)
        for name in names:
            catalogue, _, member = name.partition(".")
            known = self.contract.catalogues.get(catalogue)
            if known is not None and member in known.lists:
                readers[name] = _constant(known.lists[member])
        return reached.table.select(**columns), readers

    # What measures see.

    def reached(self, rows: Rows, paths: frozenset[str]) -> Reached:
        """The rows of a table, with what paths reach."""
        return reach(self.contract, self.tables, rows.table, paths)

    def dating(self, rows: Rows) -> Dating:
        """What dates the rows of a table."""
        return dating(self.contract, rows.table)

    def all_totals(self, rows: Rows, entity: Entity, amount: Expression) -> ir.Table:
        """(entity, month, total) of eligible rows, of all months that any value looks at."""
        key = ("totals", rows.table, tuple((each.expression.text, each.prefix)
               for each in rows.conditions), rows.scored, entity.text, amount.text)  # fmt: skip
        if key not in self.kept:
            whole = AsOf(self, self.as_of)
            columns: dict[str, Entity | Expression] = {"entity": entity, "amount": amount}
            chosen = whole.select(rows, columns, self._widest(rows.table))
            totals = chosen.group_by([*rows.owner, "entity", "month"]).aggregate(
                total=chosen.amount.sum()
            )
            name = f"totals:{len(self.kept)}"
            title = f"{rows.table} by {entity.text} and month"
            self.kept[key] = self.step(name, title, totals, stored=True)
        return self.kept[key]

    def _widest(self, table: str) -> Window:
        """The months that any value of the option reads of a table."""
        windows = [(value, each.window) for value, each in self.option.measured
                   if each.rows.table == table and each.window is not None]  # fmt: skip
        return Window(
            min(window.first + 1 - self.option.looks_back(value) for value, window in windows),
            max(window.last for _, window in windows),
        )

    # From facts to folded parts.

    def _measured(self, value: Value, measure: Measure, name: str, moment: AsOf) -> MeasuredPlan:
        measured = measure.lower(moment)
        facts = self.step(f"{name}:facts", f"{name}: facts", measured.table, stored=False)
        if measure.rows.credit:
            policy = self.option.policies[measure.rows.credit]
            by, is_target = self._credit(policy, measure)
            table = credited(facts, by, is_target)
        else:
            table = facts
        if measured.once:
            table = once(table)
        table = self.step(f"{name}:credited", f"{name}: credited facts", table, stored=False)
        part = table.part
        sums = {
            each: table.amount.sum()
            if measure.parts == (each,)
            else table.amount.sum(where=part == each)
            for each in measure.parts
        }
        keys = ["scored", *(key for key in ("as_of",) if key in table.columns)]
        folded = table.group_by(keys).aggregate(**sums)
        self.step(f"{name}:folded", f"{name}: folded", folded, stored=True)
        names = (self.full(f"{name}:{each}") for each in ("facts", "credited", "folded"))
        return MeasuredPlan(value, measure, measured, *names)

    def _look_back(
        self, value: Value, source: MonthsWith, everybody: ir.Table, readers: Mapping[str, Read]
    ) -> LookBackPlan:
        """In how many months a condition held: what it names, as of each of them."""
        moment = EachMonth(self, self.as_of, source.months)
        named = self.option.named_by(source.that)
        folded = {}
        for each in named:
            if each.measure is not None:
                plan = self._measured(each, each.measure, f"{value.id}:{each.id}", moment)
                folded[each.id] = (self._read(plan.folded), each.measure.parts)
        table = everybody.cross_join(months_back(self.as_of, source.months))
        table = with_parts(table, folded, ("scored", "as_of"))
        table = self.step(f"{value.id}:parts", f"{value.id}: parts by month", table, stored=True)
        known = {**readers, "as_of": lambda table: last_day_of(table["as_of"])}
        wide = valued(
            table, named, known,
            lambda name, title, each, stored: self.step(
                f"{value.id}:{name}", f"{value.id}: {title}", each, stored),
        )  # fmt: skip
        held = wide.table.filter(wide.scope().holds(source.that)).select("scored", "as_of")
        held = self.step(f"{value.id}:held", f"{value.id}: months", held, stored=True)
        counted = held.group_by("scored").aggregate(value=held.count())
        self.step(f"{value.id}:folded", f"{value.id}: folded", counted, stored=True)
        return LookBackPlan(value, self.full(f"{value.id}:held"), self.full(f"{value.id}:folded"))

    # Credit.

    def _credit(self, policy: Policy, measure: Measure) -> tuple[ir.Table, bool]:
        """(scored, entity, first, last) of a policy, by what facts are about."""
        by_target = self._intervals(policy)
        target = self.contract.tables[policy.target].key[0]
        rests = [seen_from_target(policy, measure.rows.table, part.text, target)
                 for part in measure.entity.parts]  # fmt: skip
        if rests == [target]:
            return by_target.rename(entity="target"), True
        key = ("credit", policy.name, *rests)
        if key not in self.kept:
            reached = reach(self.contract, self.tables, policy.target, {*rests, target})
            entities = reached.table.select(
                target=reached.table[target], entity=reached.together(rests)
            )
            joined = by_target.join(entities, "target")
            table = joined.select("scored", "entity", "first", "last")
            name = f"credit:{policy.name}:{':'.join(rests)}"
            title = f"credit by {measure.entity.text}"
            self.kept[key] = self.step(name, title, table, stored=True)
        return self.kept[key], False

    def _intervals(self, policy: Policy) -> ir.Table:
        key = ("intervals", policy.name)
        if key not in self.kept:
            conditions = eligibility(self.contract, self.option.eligible, policy.through)
            paths = {path for condition in conditions for path in condition.paths}
            paths.update(*(way.when.names for way in policy.ways), policy.period)
            paths |= {policy.to, policy.of}
            through = reach(self.contract, self.tables, policy.through, paths)
            first = self.as_of + min(self._credited_from(policy))
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

    def _credited_from(self, policy: Policy) -> Iterable[int]:
        """The first months, seen from the as-of month, in which values ask who is credited."""
        for value, measure in self.option.measured:
            window = measure.window or measure.counted
            if measure.rows.credit == policy.name and window is not None:
                yield window.first + 1 - self.option.looks_back(value)


def _constant(value: object) -> Read:
    return lambda table: value


def _attribute(name: str) -> Read:
    """How a column of the scored one is read: a number exact, anything else as it is."""

    def read(table: ir.Table) -> object:
        column = table[name]
        return exact(column) if column.type().is_numeric() else column

    return read
