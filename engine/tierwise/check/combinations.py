"""No alternative of a certification is dead: each can be what makes somebody a holder.

An alternative is dead where whoever has it also has another one, as in ``any: [A, {all: [A, B]}]``.
Holding more never loses a combination, so it is enough to look at the smallest sets of items that
make one up.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator

from tierwise.diagnostics import Diagnostic
from tierwise.measures.certification import Requirement
from tierwise.measures.holders_of import HoldersOf
from tierwise.program.program import Program

CODE = "dead-combination"
MOST_SETS = 100
MOST_PARTS = 40
"""Beyond these nothing is claimed, so that a strange file costs no more than a moment."""

Sets = frozenset[frozenset[str]]


def check(program: Program) -> Iterable[Diagnostic]:
    """A finding for each dead alternative."""
    seen: set[str] = set()
    for option in program.options:
        for _, measure in option.measured:
            if not isinstance(measure, HoldersOf):
                continue
            for certification in measure.certifications:
                if certification.id not in seen:
                    seen.add(certification.id)
                    yield from _dead(certification.requires)


def _dead(requirement: Requirement) -> Iterator[Diagnostic]:
    for part in requirement.parts:
        yield from _dead(part)
    if requirement.count != 1 or not 2 <= len(requirement.parts) <= MOST_PARTS:
        return
    sets = [_smallest(part) for part in requirement.parts]
    for index, (part, own) in enumerate(zip(requirement.parts, sets, strict=True)):
        if own is None:
            continue
        for other_index, other in enumerate(sets):
            if index == other_index or other is None or not _implies(own, other):
                continue
            if other_index < index or not _implies(other, own):
                yield Diagnostic(CODE, "this alternative is dead: whoever has it has another one "
                                 "of them already", part.span, "remove it, or correct it")  # fmt: skip
                break


def _implies(own: Sets, other: Sets) -> bool:
    """Whether every set of items that makes up the one makes up the other too."""
    return all(any(fewer <= items for fewer in other) for items in own)


def _smallest(requirement: Requirement) -> Sets | None:
    """The smallest sets of items that make it up; None where there are too many to compare."""
    if requirement.item is not None:
        return frozenset({frozenset({requirement.item})})
    below = [_smallest(part) for part in requirement.parts]
    sets: set[frozenset[str]] = set()
    for tried, chosen in enumerate(itertools.combinations(below, requirement.count)):
        together: set[frozenset[str]] = {frozenset()}
        for each in chosen:
            if each is None or len(together) * len(each) > MOST_SETS:
                return None
            together = {one | two for one in together for two in each}
        sets |= together
        if len(sets) > MOST_SETS or tried > MOST_SETS:
            return None
    return frozenset(each for each in sets if not any(other < each for other in sets))
