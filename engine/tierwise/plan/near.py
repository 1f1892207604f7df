"""The rows that matter to some scored ones: what is left of raw tables where only those are asked for.

Whoever is associated with a thing is near to all that shares an entity with it: what else a buyer
holds, whoever is credited with it, decides whether the buyer is new. So first the near
things of each policy are found, by the entities that measures are about; then every table is narrowed
to the rows that refer to them or to the scored ones, along as many references as that takes; at last
the tables that these refer to, the scored one's too, to what they refer to. The plan that runs over
these rows is the same as over all rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tierwise.plan.plan import Step
from tierwise.plan.rows import meets, reach, standing_for
from tierwise.plan.typed import typed_cell
from tierwise.program.eligibility import seen_from_target
from tierwise.program.option import Option, Ranked
from tierwise.program.policy import Policy
from tierwise.program.program import Column, Contract


@dataclass(frozen=True)
class Near:
    """Steps that leave of raw tables what matters, and by table the name of the one that does."""

    steps: tuple[Step, ...]
    sources: Mapping[str, str]


def near(
    contract: Contract,
    options: Sequence[Option],
    raw: Mapping[str, ir.Table],
    chosen: Sequence[str],
) -> Near | None:
    """The rows that matter to the chosen scored ones; None where all rows do.

    Args:
        contract: the contract, of whose tables all are there.
        options: all that is asked of the data.
        raw: its tables as they lie in the data, with the numbers of rows that have any.
        chosen: keys of the scored table.
    """
    ranked = any(isinstance(value.source, Ranked) for each in options for value in each.values)
    policies = {each.name: each for option in options for each in option.policies.values()}
    of_scored = any(each.target == contract.scored for each in policies.values())
    if ranked or of_scored or not contract.tables.keys() <= raw.keys():
        return None
    return _Narrowing(contract, options, policies, raw, chosen).narrowed()


class _Narrowing:
    """What is known while tables are narrowed, one after the other."""

    def __init__(
        self,
        contract: Contract,
        options: Sequence[Option],
        policies: Mapping[str, Policy],
        raw: Mapping[str, ir.Table],
        chosen: Sequence[str],
    ) -> None:
        self.contract = contract
        self.options = options
        self.raw = raw
        self.chosen = list(chosen)
        self.steps: list[Step] = []
        self.policies = policies
        self.targets: dict[str, ir.Table] = {}
        """By table that policies credit: (its key), the near ones."""
        self.sources: dict[str, str] = {}
        """By table that is narrowed, the name of the step that leaves what matters of it."""

    def narrowed(self) -> Near:
        """The steps, in order."""
        for target in sorted({policy.target for policy in self.policies.values()}):
            self.targets[target] = self._found(f"{target}:keys", target, self._near_things(target))
        for table in self.contract.tables:
            if self._may_be_narrowed(table):
                self._narrow(table, self._rows(table))
        left = [table for table in self.contract.tables if table not in self.sources]
        while ready := [table for table in left if self._is_only_referred_to(table)]:
            for table in ready:
                self._narrow(table, self._rows_referred_to(table))
                left.remove(table)
        return Near(tuple(self.steps), self.sources)

    def _narrow(self, table: str, rows: ir.Table) -> None:
        self.sources[table] = self._found(table, table, rows).get_name()

    def _found(self, name: str, table: str, rows: ir.Table) -> ir.Table:
        """What is read of a table, as a step: few rows, by which the next scans pass over most of theirs."""
        step = Step(
            f"near:{self.contract.id}:{name}", f"{table} near {self._whom}", rows, stored=True
        )
        self.steps.append(step)
        return step.read()

    @property
    def _whom(self) -> str:
        return ", ".join(self.chosen[:3]) + ("" if len(self.chosen) < 4 else " ...")

    def _typed(self, table: str) -> ir.Table:
        """A table's cells, typed."""
        return self._with_cells(table).select(
            **{name: f":{name}" for name in self.contract.tables[table].columns}
        )

    def _with_cells(self, table: str) -> ir.Table:
        """A raw table with its typed cells behind a colon."""
        raw = self.raw[table]
        if table in self.sources:
            raw = ibis.table(raw.schema(), name=self.sources[table])
        columns = self.contract.tables[table].columns
        return raw.mutate(**{f":{name}": typed_cell(raw[name], each)
                             for name, each in columns.items()})  # fmt: skip

    # The things that policies credit.

    def _near_things(self, target: str) -> ir.Table:
        """(key): what the chosen ones are associated with, and what shares an entity with it."""
        key = self.contract.tables[target].key[0]
        tables = {name: self._typed(name) for name in self.contract.tables}
        held = [
            tables[policy.through].filter(tables[policy.through][policy.to].cast("string").isin(self.chosen))
            .select(key=policy.of)
            for policy in self.policies.values() if policy.target == target
        ]  # fmt: skip
        rows = self._with_cells(target)
        held += [self._referring(rows, column).select(key=f":{key}")
                 for column in self._leading(target, frozenset({target}))]  # fmt: skip
        own = self._found(f"{target}:own", target, _union(held).distinct())
        paths = {f"entity{index}": path
                 for index, path in enumerate(sorted(self._entity_paths(target) - {key}))}  # fmt: skip
        if not paths:
            return own
        reached = reach(self.contract, tables, target, {*paths.values(), key})
        known = reached.table.select(
            key=reached.paths[key], **{name: reached.paths[path] for name, path in paths.items()}
        )
        of_own = self._found(f"{target}:entities", target, known.semi_join(own, "key"))
        shared = [
            known.semi_join(of_own.select(name).distinct(), name).select("key") for name in paths
        ]
        return _union([own, *shared]).distinct()

    def _entity_paths(self, target: str) -> set[str]:
        """What the facts of measures are about, seen from what is credited."""
        key = self.contract.tables[target].key[0]
        return {
            seen_from_target(policy, measure.rows.table, part.text, key)
            for option in self.options
            for _, measure in option.measured
            if measure.rows.credit
            for policy in [option.policies[measure.rows.credit]]
            if policy.target == target
            for part in measure.entity.parts
        }

    # The rows of each table.

    def _branches(self, table: str, seen: frozenset[str] = frozenset()) -> tuple[Column, ...]:
        """The references of a table that lead to what decides whether a row matters."""
        columns = self.contract.tables[table].columns
        through = [policy.of for policy in self.policies.values() if policy.through == table]
        if through:
            return tuple(columns[name] for name in dict.fromkeys(through))
        return self._leading(table, seen | {table})

    def _leading(self, table: str, seen: frozenset[str]) -> tuple[Column, ...]:
        """Those of its references that lead to the scored table, or to one that is judged."""
        return tuple(
            each
            for each in self.contract.tables[table].columns.values()
            if each.references in self.contract.tables.keys() - seen
            and (each.references == self.contract.scored or self._is_judged(each.references, seen))
        )

    def _is_judged(self, table: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether it can be said of a table's rows that they matter or not."""
        return table in self.targets or bool(self._branches(table, seen))

    def _may_be_narrowed(self, table: str) -> bool:
        """Whether every row that a row which matters refers to is left where a table is narrowed."""
        if table == self.contract.scored or not self._is_judged(table):
            return False
        return all([each.references for each in self._branches(name)] == [table]
                   for name, _ in self._referring_to(table))  # fmt: skip

    def _is_only_referred_to(self, table: str) -> bool:
        """Whether nothing but what narrowed tables refer to, and the chosen ones, matters of a table."""
        referring = self._referring_to(table)
        return (
            bool(referring)
            and not self._is_judged(table)
            and all(name in self.sources for name, _ in referring)
        )

    def _referring_to(self, table: str) -> list[tuple[str, Column]]:
        """Each column that refers to a table, with the name of its own."""
        return [
            (name, column)
            for name, each in self.contract.tables.items()
            for column in each.columns.values()
            if column.references == table
        ]

    def _rows_referred_to(self, table: str) -> ir.Table:
        """The raw rows of a table that narrowed ones refer to; of the scored one also the chosen."""
        rows = self._with_cells(table)
        named = self.contract.tables[table].key
        keys = []
        if table == self.contract.scored:
            (key,) = named
            keys.append(rows.filter(rows[f":{key}"].cast("string").isin(self.chosen))
                        .select(**{key: f":{key}"}))  # fmt: skip
        for name, column in self._referring_to(table):
            cells = self._typed(name)
            keys.append(cells.select(**{key: standing_for(cells[own], rows[f":{key}"])
                                        for own, key in self.contract.meeting(column)}))  # fmt: skip
        matter = _union(keys).distinct()
        met = [rows[f":{key}"] == matter[key] for key in named]
        return rows.semi_join(matter, met).select(*self.raw[table].columns)

    def _rows(self, table: str) -> ir.Table:
        """The raw rows of a table that matter."""
        rows = self._with_cells(table)
        raw = self.raw[table].columns
        if table in self.targets:
            key = self.contract.tables[table].key[0]
            return rows.semi_join(self.targets[table], rows[f":{key}"] == self.targets[table].key
                                  ).select(*raw)  # fmt: skip
        parts = [self._referring(rows, column).select(*raw) for column in self._branches(table)]
        # A row may refer to several things that matter; it is one row all the same.
        return parts[0] if len(parts) == 1 else ibis.union(*parts, distinct=True)

    def _referring(self, rows: ir.Table, column: Column) -> ir.Table:
        """The rows whose reference leads to something that matters."""
        other = column.references
        if other == self.contract.scored:
            return rows.filter(rows[f":{column.name}"].cast("string").isin(self.chosen))
        if other in self.targets:
            return rows.semi_join(
                self.targets[other], rows[f":{column.name}"] == self.targets[other].key
            )
        near_ones = self._rows_typed(other)
        met = [meets(rows[f":{own}"], near_ones[key])
               for own, key in self.contract.meeting(column)]  # fmt: skip
        return rows.semi_join(near_ones, met)

    def _rows_typed(self, table: str) -> ir.Table:
        """The rows of a table that matter, typed."""
        rows = self._rows(table)
        columns = self.contract.tables[table].columns
        return rows.select(**{name: typed_cell(rows[name], each) for name, each in columns.items()})


def _union(tables: Iterable[ir.Table]) -> ir.Table:
    several = list(tables)
    return ibis.union(*several) if len(several) > 1 else several[0]
