"""No alternative of a certification is dead: each can be what makes somebody a holder.

An alternative is dead where whoever has it also has another one, as in ``any: [A, {all: [A, B]}]``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from tierwise.diagnostics import Diagnostic
from tierwise.measures.base import Requirement
from tierwise.measures.holders_of import HoldersOf
from tierwise.program.program import Program

CODE = "dead-combination"
_MOST_ITEMS = 12


def check(program: Program) -> Iterable[Diagnostic]:
    """A finding for each dead alternative."""
    seen: set[str] = set()
    for option in program.options:
        for metric in option.metrics:
            if not isinstance(metric.measure, HoldersOf):
                continue
            for certification in metric.measure.certifications:
                if certification.id not in seen:
                    seen.add(certification.id)
                    yield from _dead(certification.requires)


def _dead(requirement: Requirement) -> Iterable[Diagnostic]:
    for part in requirement.parts:
        yield from _dead(part)
    if requirement.count != 1 or len(requirement.parts) < 2:
        return
    for index, part in enumerate(requirement.parts):
        for other_index, other in enumerate(requirement.parts):
            same = _implies(part, other) and (other_index < index or not _implies(other, part))
            if index != other_index and same:
                yield Diagnostic(CODE, "this alternative is dead: whoever has it has another one "
                                 "of them already", part.span, "remove it, or correct it")  # fmt: skip
                break


def _implies(part: Requirement, other: Requirement) -> bool:
    """Whether every set of items that makes up ``part`` makes up ``other`` too."""
    items = sorted(part.items() | other.items())
    if len(items) > _MOST_ITEMS or not other.items() <= part.items():
        return False
    sets = (
        frozenset(chosen)
        for size in range(len(items) + 1)
        for chosen in itertools.combinations(items, size)
    )
    return all(_met(other, held) for held in sets if _met(part, held))


def _met(requirement: Requirement, held: frozenset[str]) -> bool:
    if requirement.item is not None:
        return requirement.item in held
    return sum(_met(part, held) for part in requirement.parts) >= requirement.count
