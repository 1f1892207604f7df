"""Which columns identify things, so that rows of several cases can lie in one data set.

Rows meet where a plan joins and groups them: along references, by the scored one, and by what a
measure follows from month to month. Where the values of all those columns differ from case to
case, no row of one case ever meets a row of another, and evaluating all of them together is
evaluating each of them. That is only so while nothing else looks at those values.

What several columns identify together is the same only where each of them is; so it is enough that
one of them differs from case to case. A row in which one of them is empty identifies nothing and is
left out of the measure, so the one that differs is never empty where rows meet. The same holds of a
table's key, except that there an empty cell is a value; it takes a column that cannot be empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from types import NoneType

from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.measures.base import Measure
from tierwise.measures.certification import Certification
from tierwise.measures.rows import Entity, Rows, Window
from tierwise.measures.shared_fields import Least
from tierwise.program.program import Contract, Program, Table

Place = tuple[str, str]
"""A table and one of its columns."""


def identities(program: Program) -> frozenset[Place] | None:
    """The columns to whose values something can be added without changing any result but them.

    None: there are no such columns, so each case needs a data set of its own. That is where a
    reference, the scored one's key, all columns of another key, or all that identify what a measure
    follows are no texts, allow only certain values, or are named by an expression.
    """
    contract = program.contract
    found = {(contract.scored, contract.scored_key)}
    measures = [measure for option in program.options for _, measure in option.measured]
    if not all(map(_is_seen_through, measures)):
        return None
    named = set(_named(program))
    meetings = list(_meetings(contract))
    for pairs in meetings:
        both = [pair for pair in pairs if all(_is_free(contract, each, named) for each in pair)]
        if not both:
            return None
        found |= {*both[0]}
    for measure in measures:
        ends = _ends(contract, contract.tables[measure.rows.table], measure.entity.names)
        free = [place for place in ends if _is_free(contract, place, named)]
        if not free:
            return None
        found |= {*free}
    for table in contract.tables.values():
        own = {(table.name, name) for name in table.key if not table.columns[name].optional}
        if table.key and not own & found:
            free = [place for place in sorted(own) if _is_free(contract, place, named)]
            if not free:
                return None
            found.add(free[0])
    apart = any((own in found) != (key in found) for pairs in meetings for own, key in pairs)
    is_free = not apart and all(_is_free(contract, each, named) for each in found)
    return frozenset(found) if is_free else None


def _is_free(contract: Contract, place: Place, named: set[Place]) -> bool:
    column = contract.tables[place[0]].columns[place[1]]
    any_text = column.kind is Kind.TEXT and column.values is None
    return any_text and column.references not in contract.catalogues and place not in named


def _meetings(contract: Contract) -> Iterator[list[tuple[Place, Place]]]:
    """Of every reference to a table, the columns that meet those of the key."""
    for table in contract.tables.values():
        for column in table.columns.values():
            if column.references in contract.tables:
                yield [((table.name, own), (column.references, key))
                       for own, key in contract.meeting(column)]  # fmt: skip


def _named(program: Program) -> Iterator[Place]:
    """Every column whose value an expression looks at, or a measure compares with others."""
    contract = program.contract
    for table in contract.tables.values():
        own = [*table.derived.values(), *(check.that for check in table.checks)]
        yield from _places(contract, table, own)
    for option in program.options:
        for name, conditions in option.eligible.items():
            yield from _places(contract, contract.tables[name], conditions)
        for policy in option.policies.values():
            whens = [way.when for way in policy.ways]
            yield from _places(contract, contract.tables[policy.through], whens)
        scored = contract.tables[contract.scored]
        for expression in option.expressions:
            own_paths = (name.removeprefix("scored.") for name in expression.names
                         if name.startswith("scored."))  # fmt: skip
            yield from _ends(contract, scored, own_paths)
        for _, measure in option.measured:
            table = contract.tables[measure.rows.table]
            parts = _looked_at(measure)
            yield from _places(contract, table, [x for x in parts if isinstance(x, Expression)])
            yield from ((table.name, x) for x in parts if isinstance(x, str) and x in table.columns)
            paths = (path for each in measure.rows.conditions for path in each.paths)
            yield from _ends(contract, table, paths)


_SEEN_THROUGH = (
    Expression, Entity, Rows, Window, Certification, Least, Fraction, str, int, NoneType,
)  # fmt: skip
"""What a measure may be made of if it is to be known which columns it looks at."""


def _is_seen_through(measure: Measure) -> bool:
    parts = (each for part in vars(measure).values()
             for each in (part if isinstance(part, tuple) else (part,)))  # fmt: skip
    return all(isinstance(each, _SEEN_THROUGH) for each in parts)


def _looked_at(measure: Measure) -> list[object]:
    """What a measure is made of, but for its entity, by which it only groups."""
    own = [part for name, part in vars(measure).items() if name != "entity"]
    return [each for part in own for each in (part if isinstance(part, tuple) else (part,))]


def _places(contract: Contract, table: Table, expressions: Iterable[Expression]) -> Iterator[Place]:
    for expression in expressions:
        yield from _ends(contract, table, expression.names)


def _ends(contract: Contract, table: Table, paths: Iterable[str]) -> Iterator[Place]:
    for path in paths:
        place = _leads_to(contract, table.name, path)
        if place is not None:
            yield place


def _leads_to(contract: Contract, table: str, path: str) -> Place | None:
    """The column that a path ends at; None: a derived column, or a catalogue's."""
    *steps, last = path.split(".")
    for step in steps:
        column = contract.tables[table].reference(step)
        if column is None or column.references not in contract.tables:
            return None
        table = column.references
    return (table, last) if last in contract.tables[table].columns else None
