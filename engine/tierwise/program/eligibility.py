"""Whose conditions a row has to meet, and how what a policy credits is seen from it."""

from __future__ import annotations

from collections.abc import Mapping

from tierwise.expression.parse import Expression
from tierwise.measures.base import Condition
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


def seen_from_target(policy: Policy, table: str, path: str, key: str) -> str:
    """A path from a measured row, as it is seen from what the policy credits.

    Args:
        policy: the policy.
        table: the table of the row.
        path: the path from there.
        key: the key of what is credited.
    """
    prefix = f"{policy.reference}."
    if table == policy.target:
        return path
    return path.removeprefix(prefix) if path.startswith(prefix) else key
