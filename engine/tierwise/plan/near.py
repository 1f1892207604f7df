"""The rows that matter to some scored ones: what is left of raw tables where only those are asked for.

Whoever is associated with a thing is near to all that shares an entity with it: what else a buyer
holds, whoever is credited with it, decides whether the buyer is new. So first the near
things of each policy are found, by the entities that measures are about. Then every table is narrowed, those
that refer to others before these: to the rows that lead to a near thing or to the scored ones along any
reference, and to those that a row which is left refers to. Where something that is not narrowed refers to a
table, all of it is left. The plan that runs over these rows is the same as over all rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from tierwise.plan.plan import Step
from tierwise.plan.rows import meets, reach, standing_for
from tierwise.plan.typed import typed_cell
from tierwise.program.eligibility import entity_seen_from_target
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
    narrowing = _Narrowing(contract, options, policies, raw, chosen)
    targets = narrowing.in_order()
    return narrowing.narrowed(targets) if targets is not None else None


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
        self.narrow: dict[str, ir.Table] = {}
        """By table that is narrowed, what is left of it."""
        self._named = {name for each in policies.values() for name in (each.of, each.to)}
        self._named |= {
            name for each in policies.values() for path in self._entity_paths(each.target)
            for name in path.split(".")
        }  # fmt: skip
        self._cells: dict[tuple[str, bool], ir.Table] = {}
        """By table, and whether it is narrowed, its rows with their cells."""

    def in_order(self) -> list[str] | None:
        """What policies credit, each behind what it refers to.

        None where references lead in a circle from which one gets to the scored table or to what is
        credited: a row may matter by a path that goes round. Beyond the scored one nothing leads on.
        """
        left = sorted({policy.target for policy in self.policies.values()})
        judged = {*left, self.contract.scored}
        led_to = {table: self._led_to(table) for table in self.contract.tables}
        if any(table in led and judged & led and table != self.contract.scored
               for table, led in led_to.items()):  # fmt: skip
            return None
        ordered: list[str] = []
        while left:
            ordered += (ready := [each for each in left if not led_to[each] & {*left}])
            left = [each for each in left if each not in ready]
        return ordered

    def _led_to(self, table: str) -> set[str]:
        """The tables that the references of a table lead to."""
        seen: set[str] = set()
        ahead = [table]
        while ahead:
            columns = self.contract.tables[ahead.pop()].columns.values()
            new = {each.references for each in columns} & self.contract.tables.keys() - seen
            seen |= new
            ahead += new - {self.contract.scored}
        return seen

    def narrowed(self, targets: Sequence[str]) -> Near:
        """The steps, in order."""
        for target in targets:
            self.targets[target] = self._found(f"{target}:keys", target, self._near_things(target))
        left, settled = [*self.contract.tables], set[str]()
        while ready := [each for each in left if {*self._referring_to(each)} <= settled]:
            for table in ready:
                if self._may_be_narrowed(table):
                    self.narrow[table] = self._found(table, table, self._rows_that_matter(table))
                settled.add(table)
                left.remove(table)
        return Near(
            tuple(self.steps), {name: str(each.get_name()) for name, each in self.narrow.items()}
        )

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
        """A table's cells that its rows are found by, typed."""
        return self._only_cells(table, self._with_cells(table))

    def _only_cells(self, table: str, rows: ir.Table) -> ir.Table:
        """Of rows with their cells these alone, without the colon."""
        return rows.select(**{each.name: f":{each.name}" for each in self._found_by(table)})

    def _with_cells(self, table: str) -> ir.Table:
        """A raw table with the typed cells that its rows are found by behind a colon."""
        raw = self.narrow.get(table, self.raw[table])
        place = (table, table in self.narrow)
        if place not in self._cells:
            self._cells[place] = raw.mutate(
                **{
                    f":{each.name}": typed_cell(raw[each.name], each)
                    for each in self._found_by(table)
                }
            )
        return self._cells[place]

    def _found_by(self, table: str) -> list[Column]:
        """The columns that rows are found by: of keys, of references, and what policies and entities name."""
        own = self.contract.tables[table]
        names = {*own.key, *self._named}
        for each in own.columns.values():
            names |= {each.name, *dict(each.beside).values()} if each.references else set()
        return [each for each in own.columns.values() if each.name in names]

    # The things that policies credit.

    def _near_things(self, target: str) -> ir.Table:
        """(key): what the chosen ones are associated with, and what shares an entity with it."""
        key = self.contract.tables[target].key[0]
        paths = self._entity_paths(target) - {key}
        along = self.contract.tables_along(target, paths) or self.contract.tables
        tables = {name: self._typed(name) for name in along}
        held = []
        for name, to, of in dict.fromkeys((each.through, each.to, each.of)
                                          for each in self.policies.values() if each.target == target):  # fmt: skip
            through = self._typed(name)
            held.append(through.filter(through[to].cast("string").isin(self.chosen)).select(key=of))
        rows = self._with_cells(target)
        held += [self._led(rows, column).select(key=f":{key}") for column in self._leading(target)]
        own = self._found(f"{target}:own", target, _union(held).distinct())
        near_ones = [own]
        for index, path in enumerate(sorted(paths)):
            # Each by itself: where another path leads nowhere, this one may lead somewhere.
            reached = reach(self.contract, tables, target, {path, key})
            known = reached.table.select(key=reached.paths[key], entity=reached.cell(path))
            entities = known.semi_join(own, "key").select("entity").distinct()
            of_own = self._found(f"{target}:entities:{index}", target, entities)
            near_ones.append(known.semi_join(of_own, "entity").select("key"))
        return _union(near_ones).distinct()

    def _entity_paths(self, target: str) -> set[str]:
        """What the facts of measures are about, seen from what is credited."""
        return {
            path
            for option in self.options
            for _, measure in option.measured
            if measure.rows.credit
            for policy in [option.policies[measure.rows.credit]]
            if policy.target == target
            for path in entity_seen_from_target(self.contract, policy, measure)
        }

    # The rows of each table.

    def _leading(self, table: str, seen: frozenset[str] = frozenset()) -> tuple[Column, ...]:
        """The references of a table that lead to the scored one, or to one that is judged."""
        seen |= {table}
        return tuple(
            each
            for each in self.contract.tables[table].columns.values()
            if each.references in self.contract.tables.keys() - seen
            and (each.references == self.contract.scored or self._is_judged(each.references, seen))
        )

    def _is_judged(self, table: str, seen: frozenset[str] = frozenset()) -> bool:
        """Whether it can be said of a table's rows that they matter or not."""
        return table in self.targets or bool(self._leading(table, seen))

    def _referring_to(self, table: str) -> dict[str, list[Column]]:
        """By each table that refers to a table, the columns that do."""
        referring = {name: [each for each in other.columns.values() if each.references == table]
                     for name, other in self.contract.tables.items()}  # fmt: skip
        return {name: columns for name, columns in referring.items() if columns}

    def _may_be_narrowed(self, table: str) -> bool:
        """Whether somebody says which rows matter, and all that refers to the table is narrowed."""
        referring = self._referring_to(table)
        is_asked = bool(referring) or table == self.contract.scored or self._is_judged(table)
        return is_asked and referring.keys() <= self.narrow.keys()

    def _rows_that_matter(self, table: str) -> ir.Table:
        """The raw rows of a table that lead to what matters, and those that others refer to."""
        rows, parts = self._with_cells(table), []
        keys = self._keys_that_matter(table, rows)
        if keys is not None:
            met = [rows[f":{key}"] == keys[key] for key in self.contract.tables[table].key]
            parts = [rows.semi_join(keys, met)]
        if table not in self.targets:  # whose near things have been found with all that leads there
            rows = rows if keys is None else rows.anti_join(keys, met)
            parts += self._parts_leading(table, rows)
        return _union(each.select(*self.raw[table].columns) for each in parts)

    def _keys_that_matter(self, table: str, rows: ir.Table) -> ir.Table | None:
        """The keys of a table that are asked for, near, or referred to; None where there are none."""
        named = self.contract.tables[table].key
        keys = [self.targets[table].select(**{named[0]: "key"})] if table in self.targets else []
        if table == self.contract.scored:
            (key,) = named
            asked = rows.filter(rows[f":{key}"].cast("string").isin(self.chosen))
            keys.append(asked.select(**{key: f":{key}"}))
        for name, columns in self._referring_to(table).items():
            cells = self._typed(name)
            keys += [
                cells.select(**{key: standing_for(cells[own], rows[f":{key}"])
                                for own, key in self.contract.meeting(column)})
                for column in columns if not self._surely_leads(name, column)
            ]  # fmt: skip
        return _union(keys).distinct() if keys else None

    def _surely_leads(self, table: str, column: Column) -> bool:
        """Whether the rows of a table that are left are all there because of where a column leads."""
        is_left_for_more = (
            table == self.contract.scored or table in self.targets or self._referring_to(table)
        )
        return not is_left_for_more and self._leading(table) == (column,)

    def _parts_leading(self, table: str, rows: ir.Table) -> list[ir.Table]:
        """The rows that lead to something that matters, each once: equal ones need not be the same."""
        leading, parts = self._leading(table), list[ir.Table]()
        for column in leading:
            parts.append(self._led(rows, column))
            if column is not leading[-1]:
                rows = self._led(rows, column, they_are=False)
        return parts

    def _led(self, rows: ir.Table, column: Column, they_are: bool = True) -> ir.Table:
        """The rows whose reference leads to something that matters, or the others."""
        other = column.references
        if other == self.contract.scored:
            named = rows[f":{column.name}"].cast("string").isin(self.chosen).fill_null(False)
            return rows.filter(named if they_are else ~named)
        if other in self.targets:
            near_ones = self.targets[other]
            met = [rows[f":{column.name}"] == near_ones.key]
        else:
            near_ones = self._rows_leading(other)
            met = [meets(rows[f":{own}"], near_ones[key])
                   for own, key in self.contract.meeting(column)]  # fmt: skip
        return rows.semi_join(near_ones, met) if they_are else rows.anti_join(near_ones, met)

    def _rows_leading(self, table: str) -> ir.Table:
        """The rows of a table that lead to something that matters, typed."""
        return self._only_cells(table, _union(self._parts_leading(table, self._with_cells(table))))


def _union(tables: Iterable[ir.Table]) -> ir.Table:
    several = list(tables)
    return ibis.union(*several) if len(several) > 1 else several[0]
