"""Derived columns: names for expressions over a row, each bound after those that it names."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from tierwise.diagnostics import Diagnostic, shown
from tierwise.expression.parse import parse, paths_in
from tierwise.model.ruleset import TableRule
from tierwise.program.names import TableNames
from tierwise.program.program import Catalogue, Table, walk
from tierwise.source.document import Written

Place = tuple[str, str]
"""A table, and the name of one of its columns."""


def bind_derived(
    rules: tuple[TableRule, ...],
    tables: dict[str, Table],
    catalogues: Mapping[str, Catalogue],
    found: list[Diagnostic],
) -> frozenset[Place]:
    """Put every derived column in its table.

    Args:
        rules: the tables as written.
        tables: the same, bound but for what is derived; they are replaced.

    Returns:
        Those that could not be bound; each has been reported once, or one that it names has.
    """
    waiting = {(rule.name.text, name.text): text for rule in rules for name, text in rule.derived}
    broken: set[Place] = set()
    while waiting:
        ready = [at for at, text in waiting.items()
                 if not waiting.keys() & named(tables, at[0], text.text)]  # fmt: skip
        if not ready:
            found.extend(_cycle(at, text) for at, text in waiting.items()
                         if _goes_round(tables, waiting, at))  # fmt: skip
            return frozenset(broken | waiting.keys())
        for at in ready:
            table, text = tables[at[0]], waiting.pop(at)
            if broken & named(tables, at[0], text.text):
                broken.add(at)
                continue
            expression = parse(text, TableNames(table, tables, catalogues), None, found)
            if expression is None:
                broken.add(at)
            elif expression.kind.is_list:
                broken.add(at)
                found.append(Diagnostic("expression-type", f"{shown(at[1])} is a list; a column "
                                        "has one value in a row", text.span,
                                        "ask whether the list holds something"))  # fmt: skip
            else:
                derived = {**table.derived, at[1]: expression}
                tables[at[0]] = replace(table, derived=derived)
    return frozenset(broken)


def named(tables: Mapping[str, Table], table: str, text: str) -> frozenset[Place]:
    """The columns that an expression over rows of a table names, whether they are there or not."""
    walks = (walk(tables, table, path) for path in paths_in(text))
    return frozenset((through[-1], name) for through, name in walks if "." not in name)


def _goes_round(tables: Mapping[str, Table], waiting: Mapping[Place, Written], at: Place) -> bool:
    """Whether a derived column needs itself, and not only another that does."""
    seen: set[Place] = set()
    level: Collection[Place] = [at]
    while level:
        level = {below for each in level for below in named(tables, each[0], waiting[each].text)
                 if below in waiting and below not in seen}  # fmt: skip
        seen |= level
    return at in seen


def _cycle(at: Place, text: Written) -> Diagnostic:
    return Diagnostic("derived-cycle", f"{shown(at[1])} stands for something that names itself",
                      text.span, "name columns of the data somewhere in the circle")  # fmt: skip
