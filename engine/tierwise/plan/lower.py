"""Program → ``Plan``: every measured value in the same steps, whatever it measures.

rows → eligible rows → facts → credited facts → folded parts → values → points → score → level.
What a look-back names goes the same way with one more column, the month it is wanted for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import ibis
import ibis.expr.types as ir

from tierwise.expression.parse import Expression
from tierwise.measures.base import AS_OF_MONTHS, CHOSEN_FROM, ROWS, Facts, Measure
from tierwise.measures.rows import Rows, Window
from tierwise.measures.totalled import OfTotals, Totalled
from tierwise.plan.columns import value_columns
from tierwise.plan.credit import credited, once
from tierwise.plan.everybody import everybody
from tierwise.plan.folds import seen_step
from tierwise.plan.made import StepsMade
from tierwise.plan.moments import AllMonths, AsOf, EachMonth, last_day_of, months_back
from tierwise.plan.net import Net
from tierwise.plan.plan import (
    Gathered,
    MeasuredPlan,
    OptionPlan,
    Plan,
    Step,
    data_name,
)
from tierwise.plan.rows import Reached, dating, names_as_of, reach
from tierwise.plan.scope import Scope
from tierwise.plan.score_table import score_table
from tierwise.plan.spread import folded_by_month, folded_wide
from tierwise.plan.totals import Totals
from tierwise.plan.who_is_credited import WhoIsCredited, asks_since
from tierwise.program.option import Folded, Option, Value
from tierwise.program.program import Dating, Program
from tierwise.program.value_names import CREDITED_SINCE, MONTH


def lower(
    program: Program, schemas: Mapping[str, ibis.Schema], made: StepsMade | None = None
) -> Plan:
    """Make the plan of a program.

    Args:
        program: the program.
        schemas: of each of the contract's tables that it reads, the columns as they are typed;
            the plan finds such a table under ``data_name``.
        made: the steps of other plans over the same data, which this one need not make again.

    Returns:
        The plan. Its score tables have a row a scored one: ``scored``, and the columns that
        ``scores`` names; of several months a row a scored one and month, ``as_of``.
    """
    steps: list[Step] = []
    made = StepsMade() if made is None else made
    contract = program.contract
    tables = {
        name: ibis.table(schema, name=data_name(contract, name)) for name, schema in schemas.items()
    }
    options = tuple(
        _OptionLowering(program, option, tables, steps, made).option_plan()
        for option in program.options
    )
    return Plan(program, tables, tuple(steps), options)


class _OptionLowering:
    """Lowers one option; it is the ``Sources`` of its measures."""

    def __init__(
        self, program: Program, option: Option, tables: Mapping[str, ir.Table],
        steps: list[Step], made: StepsMade,
    ) -> None:  # fmt: skip
        self.program = program
        self.contract = program.contract
        self.option = option
        self.tables = tables
        self.steps = steps
        self.made = made
        self.names: dict[str, str] = {}
        self.as_of = program.as_of
        self.months = months = program.months
        self.wanted = {name: each + months - 1 for name, each in option.wanted.items()}
        self.totals = Totals(self.contract, option, tables, self.as_of, self.wanted, self.step)
        self.nets: dict[int, Net] = {}
        self.credit = WhoIsCredited(
            self.contract, option, tables, self.as_of, self.wanted, self.step
        )

    def step(
        self, name: str, title: str, table: ir.Table, stored: bool, gathered: Gathered | None = None
    ) -> ir.Table:
        """Add a step; what comes later reads it by its name, which may be that of an equal one."""
        full = f"{self.program.competency}:{self.option.id}:{name}"
        step = self.made.step(full, title, table, stored, gathered)
        self.names[name] = step.name
        if step not in self.steps:
            self.steps.append(step)
        return step.read()

    def option_plan(self) -> OptionPlan:
        """The plan of the option."""
        self.everybody, self.readers = everybody(self.contract, self.tables, self.option)
        measured = {value.id: self._measured(value, measure)
                    for value, measure in self.option.measured}  # fmt: skip
        self.folded = {name: self._read(plan.folded) for name, plan in measured.items()}
        net = self._net(self.months)
        scores = score_table(self.option, net)
        table = self.step("scores", "scores and levels", scores, stored=True)
        folds = {value.id: self.names[seen_step(value.id)] for value in self.option.values
                 if isinstance(value.source, Folded) and self.months == 1}  # fmt: skip
        dimensions = {name: self._apart(net, name) for name in net.tables if name}
        return OptionPlan(
            self.option, measured, folds, dimensions, self.credit.plans, str(table.get_name())
        )

    def _apart(self, net: Net, dimension: str) -> str:
        """The step with the values that a dimension tells apart."""
        scope = net.scope(dimension)
        columns: dict[str, ir.Value] = {}
        for value in self.option.values:
            if value.dimension != dimension:
                continue
            if value.kind.is_number:
                names = value_columns(value.id)
                number = scope.read(value.id).columns()
                columns[names["value_n"]], columns[names["value_d"]] = number
            else:
                columns[value.id] = scope.table[value.id]
        table = scope.table.select(*net.keys, "by", **columns)
        step = self.step(f"apart:{dimension}", f"by {dimension}", table, stored=False)
        return str(step.get_name())

    def _net(self, months: int) -> Net:
        """The net of the option as of at least so many months."""
        sizes = {*self.wanted.values()}
        months = min((size for size in sizes if size >= months), default=months)
        if months not in self.nets:
            readers = dict(self.readers)
            base = self.everybody
            if months > 1:
                base = base.cross_join(months_back(self.as_of, months))
                readers["as_of"] = lambda table: last_day_of(table["as_of"])
            else:
                readers["as_of"] = AsOf(self, self.as_of).day
            net = Net(
                self.option, self.wanted, self.as_of, months, base, readers, self.folded,
                self._net, self.step,
            )  # fmt: skip
            self.nets[months] = net.worked_out()
        return self.nets[months]

    def _read(self, name: str) -> ir.Table:
        """A step by its whole name."""
        return next(step for step in self.steps if step.name == name).read()

    # What measures see.

    def reached(self, rows: Rows, paths: frozenset[str]) -> Reached:
        """The rows of a table, with what paths reach."""
        return reach(self.contract, self.tables, rows.table, paths)

    def dating(self, rows: Rows) -> Dating:
        """What dates the rows of a table."""
        return dating(self.contract, rows.table)

    def depends(self, rows: Rows, expressions: Iterable[Expression]) -> bool:
        """Whether which rows are eligible, or an expression over them, names the as-of month."""
        return names_as_of(self.contract, rows, expressions)

    def all_totals(self, moment: AsOf, of: Totalled) -> ir.Table:
        """(entity, month, total, before, after) of eligible rows, of all months that any value looks at."""
        return self.totals.of(moment, of)

    # From facts to folded parts.

    def _measured(self, value: Value, measure: Measure) -> MeasuredPlan:
        moment, measured = self._lowered(measure, self.wanted[value.id])
        name, rows = value.id, measure.rows
        facts = moment.counting(measured.table, measure)
        table = facts = self.step(f"{name}:facts", f"{name}: facts", facts, stored=False)
        if rows.credit:
            by, is_target = self.credit.by_entity(self.option.policies[rows.credit], measure)
            is_open = isinstance(moment, AllMonths) and AS_OF_MONTHS[0] not in facts.columns
            window = (measure.counted or Window(0)) if is_open else None
            table = moment.within(credited(facts, by, is_target, asks_since(measure), window))
        table = self.step(f"{name}:credited", f"{name}: credited facts", table, stored=False)
        counted = self._counted(table, measure, measured, moment)
        if counted is not table:
            table = self.step(f"{name}:counted", f"{name}: facts that count", counted, stored=False)
        folded = self._folded(name, table, measure, measured, moment)
        explained = measured if type(moment) is AsOf else measure.lower(AsOf(self, self.as_of))
        return MeasuredPlan(value, measure, explained, str(facts.get_name()),
                            self.names[f"{name}:credited"], str(table.get_name()),
                            str(folded.get_name()))  # fmt: skip

    def _lowered(self, measure: Measure, months: int) -> tuple[AsOf, Facts]:
        """The facts of a measure as of so many months: where that can be, each of them once."""
        if months == 1:
            whole = AsOf(self, self.as_of)
            return whole, measure.lower(whole)
        during = {name for each in measure.rows.during for name in each.names}
        own = {"as_of", MONTH} if measure.window is None else {"as_of"}
        expressions = (*measure.entity.parts, *measure.expressions)
        if not self.depends(measure.rows, expressions) and not during & own:
            once = AllMonths(self, self.as_of, months)
            facts = measure.lower(once)
            if facts.choice is None:
                return once, facts
        each = EachMonth(self, self.as_of, months)
        return each, measure.lower(each)

    def _counted(
        self, table: ir.Table, measure: Measure, measured: Facts, moment: AsOf
    ) -> ir.Table:
        """Those of the credited facts that count."""
        if measure.rows.during:
            names = {name for each in measure.rows.during for name in each.names}
            paths = [name for name in names if name in self.everybody.columns]
            if paths:
                known = self.everybody.select(
                    **{":scored": "scored"}, **{name: name for name in paths}
                )
                table = table.join(known, table.scored == known[":scored"]).drop(":scored")
            readers = {**self.readers, MONTH: lambda each: each["month"], "as_of": moment.day,
                       CREDITED_SINCE: lambda each: each["credited_since"]}  # fmt: skip
            scope = Scope(table, readers)
            table = table.filter(*map(scope.holds, measure.rows.during)).drop(*paths)
        keys = tuple(key for key in ("scored", "as_of", "by") if key in table.columns)
        if measured.once and AS_OF_MONTHS[0] not in table.columns:
            table = once(table, (*keys, "entity", "part"))
        if measured.choice is not None:
            table = measured.choice.chosen(table, keys)
        return table

    def _folded(
        self, name: str, facts: ir.Table, measure: Measure, measured: Facts, moment: AsOf
    ) -> ir.Table:
        """A row a scored one (and month, and part of a dimension) with what its facts make."""
        title = f"{name}: folded"
        if not isinstance(moment, AllMonths):
            keys = [key for key in ("scored", "as_of", "by") if key in facts.columns]
            if isinstance(measure, OfTotals) and measured.adds and "by" not in keys:
                # Many totals are 0, and a scored one without any has the sum 0 as well.
                facts = facts.filter(facts.amount != 0)
            folded = facts.group_by(keys).aggregate(**_sums(facts, measure))
            return self.step(f"{name}:folded", title, folded, stored=True)
        months = range(moment.first, moment.as_of + 1)
        wide = folded_wide(facts, measure.parts, months, _meet_again(measure, measured))
        wide = self.step(f"{name}:folded:wide", title, wide, stored=True)
        by_month = folded_by_month(wide, measure.parts, months)
        return self.step(f"{name}:folded", title, by_month, stored=False)


def _meet_again(measure: Measure, measured: Facts) -> bool:
    """Whether several facts about an entity may count as of a month, of which one does."""
    window = measure.window
    return measured.once and (window is None or window.first < window.last)


def _sums(table: ir.Table, measure: Measure) -> dict[str, ir.Value]:
    """What the facts of a scored one are folded into, by part."""
    summed = [part for part in measure.parts if part != ROWS]
    sums: dict[str, ir.Value] = {
        part: table.amount.sum() if len(summed) == 1 else table.amount.sum(where=table.part == part)
        for part in summed
    }
    rows = table[CHOSEN_FROM].max() if CHOSEN_FROM in table.columns else table.count()
    return sums | ({ROWS: rows} if ROWS in measure.parts else {})
