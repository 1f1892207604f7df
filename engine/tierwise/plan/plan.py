"""A plan: named tables, each an expression over those before it. Nothing in it has run."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field

import ibis
import ibis.expr.types as ir
from ibis.expr.types.relations import ops

from tierwise.measures.base import Facts, Measure
from tierwise.program.option import Option, Value
from tierwise.program.program import Contract, Program


@dataclass(frozen=True)
class Gathered:
    """All rows of a table of the data by the ``thing`` that they are about, a column that they refer by.

    ``data``: the table's name in the plan. ``cells``: what is made of a thing's rows, over that table.
    """

    data: str
    thing: str
    cells: Mapping[str, ir.Value]


@dataclass(frozen=True)
class Step:
    """A named table, which is another one of the same name. ``stored``: it is read more than once, so a backend keeps its rows.

    ``gathered``: what it is made of, so that whoever reads all those rows anyway can make it then.
    """

    name: str
    title: str = field(compare=False)
    table: ir.Table = field(compare=False)
    stored: bool = field(compare=False)
    gathered: Gathered | None = field(compare=False, default=None)

    def read(self) -> ir.Table:
        """Its table for a query to read by its name."""
        return ibis.table(self.table.schema(), name=self.name)

    @functools.cached_property
    def reads(self) -> frozenset[str]:
        """The names of the tables that it is made of."""
        return tables_read(self.table)


@dataclass(frozen=True)
class MeasuredPlan:
    """A measured value's tables by their steps' names.

    ``facts``: (entity, month, credited_in, part, amount); ``credited``: the same with ``scored``;
    ``counted``: those of them that count; ``folded``: a row a scored one with its parts.
    """

    value: Value
    measure: Measure
    measured: Facts
    facts: str
    credited: str
    counted: str
    folded: str


@dataclass(frozen=True)
class CreditPlan:
    """A credit policy's steps: eligible associations, and by which way each is credited."""

    associated: str
    ways: str


@dataclass(frozen=True)
class OptionPlan:
    """An option's values and credit by their names, and the step with its scores.

    ``folds``: by value, the step with what a fold saw; ``dimensions``: by name, the step with what
    it tells apart.
    """

    option: Option
    measured: Mapping[str, MeasuredPlan]
    folds: Mapping[str, str]
    dimensions: Mapping[str, str]
    credits: Mapping[str, CreditPlan]
    scores: str


@dataclass(frozen=True)
class Plan:
    """All steps in the order in which they can run, and what each option reads of them.

    ``data``: the contract's tables, typed, that the steps read. Of a program that is scored as of
    several months only scores can be read, with ``as_of`` beside ``scored``.
    """

    program: Program
    data: Mapping[str, ir.Table]
    steps: tuple[Step, ...]
    options: tuple[OptionPlan, ...]

    @functools.cached_property
    def scoring(self) -> tuple[Step, ...]:
        """The steps that some option's scores are made from, and those themselves.

        The others are read by explanations alone.
        """
        needed: set[str] = {option.scores for option in self.options}
        for step in reversed(self.steps):
            if step.name in needed:
                needed |= step.reads
        return tuple(step for step in self.steps if step.name in needed)

    def table(self, name: str) -> ir.Table:
        """A step's table for a query to read by its name."""
        return next(step for step in self.steps if step.name == name).read()


def tables_read(table: ir.Table) -> frozenset[str]:
    """The names of the tables that a query is made of."""
    return frozenset(str(each.name) for each in table.op().find(ops.UnboundTable))


def gathered_name(data: str) -> str:
    """The name of what is gathered of a table of the data, for all steps that read it together."""
    return f"{data}:gathered"


def data_name(contract: Contract, table: str) -> str:
    """The name under which a plan finds a table of a contract, typed as that says.

    Contracts that mean the same table find it under the same name.
    """
    return f"data:{contract.tables[table].declared_by}:{table}"
