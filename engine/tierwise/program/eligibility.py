"""Whose conditions a row has to meet, and how what a policy credits is seen from it."""

from __future__ import annotations

from collections.abc import Mapping

from tierwise.expression.parse import Expression
from tierwise.measures.base import Measure
from tierwise.measures.rows import Condition
from tierwise.program.policy import Policy
from tierwise.program.program import Contract


def eligibility(
    contract: Contract, eligible: Mapping[str, tuple[Expression, ...]], table: str
) -> tuple[Condition, ...]:
    """The conditions that an option's eligibility puts on the rows of a table.

    A row is judged by the conditions of its own table and of every table that its references
    lead to, in the order in which the option states them.
    """
    prefixes: dict[str, list[str]] = {table: [""]}
    waiting, seen = [(table, "")], {table}
    while waiting:
        name, prefix = waiting.pop(0)
        for column in contract.tables[name].columns.values():
            target = column.references
            if target in contract.tables and target not in seen:
                path = f"{prefix}{column.alias}."
                prefixes.setdefault(target, []).append(path)
                waiting.append((target, path))
        seen.update(target for target, _ in waiting)
    return tuple(
        Condition(expression, prefix)
        for name, expressions in eligible.items()
        for prefix in prefixes.get(name, ())
        for expression in expressions
    )


def entity_seen_from_target(
    contract: Contract, policy: Policy, measure: Measure
) -> tuple[str, ...]:
    """What the facts of a measure are about, as it is seen from what a policy credits.

    Returns:
        A path for each part of the entity; what lies elsewhere is seen as the thing itself, by its key.
    """
    prefix = f"{policy.reference}."
    key = contract.tables[policy.target].key[0]
    paths = [part.text for part in measure.entity.parts]
    if measure.rows.table == policy.target:
        return tuple(paths)
    return tuple(path.removeprefix(prefix) if path.startswith(prefix) else key for path in paths)
