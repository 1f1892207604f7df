"""Binding as of a month: by the catalogues in force in it, and what is said where one is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from tierwise.diagnostics import Diagnostic, Outcome, Place, Related, shown
from tierwise.model.ruleset import RuleSet
from tierwise.months import format_month
from tierwise.program.versions import in_month, without

Bound = TypeVar("Bound")
NOT_IN_FORCE = "not-in-force"


def bind_in_month(
    rules: RuleSet, as_of: int, bind: Callable[[RuleSet], Outcome[Bound]]
) -> Outcome[Bound]:
    """What binding gives by the catalogues in force in a month.

    Args:
        rules: the rule set.
        as_of: the month.
        bind: binds something of a rule set with one file of each catalogue.

    Returns:
        What it gives; or nothing, with a finding ``not-in-force`` for each catalogue that it
        refers to and that has no file in force in the month.
    """
    whole = in_month(rules, as_of)
    bound = bind(whole.rules)
    found = []
    for path, id_ in whole.absent.items():
        missed = _missed(bound, bind(without(whole.rules, [path])))
        if missed:
            related = tuple(Related(each, "and here") for each in missed[1:])
            found.append(Diagnostic(
                NOT_IN_FORCE, f"in {format_month(as_of)} no file of the catalogue {shown(id_)} is "
                "in force", missed[0], "add one that is in force in that month, or take another "
                "month", related=related))  # fmt: skip
    if found:
        return Outcome(None, (*bound.diagnostics, *found))
    return bind(without(whole.rules, whole.absent)) if whole.absent else bound


def bind_near(
    rules: RuleSet, as_of: int, bind: Callable[[RuleSet], Outcome[Bound]]
) -> Outcome[Bound]:
    """As ``bind_in_month``; of a catalogue with no file in force the nearest stands in."""
    return bind(in_month(rules, as_of).rules)


def _missed(bound: Outcome[Bound], other: Outcome[Bound]) -> list[Place]:
    """Where something is wrong without a catalogue that is not with it: where it is referred to."""
    known = {(each.code, each.place) for each in bound.diagnostics}
    places = {each.place for each in other.diagnostics
              if each.is_error and (each.code, each.place) not in known}  # fmt: skip
    return sorted(places, key=str)


def of_months(by_month: Mapping[int, Iterable[Diagnostic]], rules: RuleSet) -> list[Diagnostic]:
    """What is wrong in some months, each once; where not in all of them, since when.

    What is wrong in a catalogue's own file is so whenever it is in force.
    """
    since: dict[Diagnostic, int] = {}
    count: Counter[Diagnostic] = Counter()
    for month, found in sorted(by_month.items()):
        for each in dict.fromkeys(found):
            since.setdefault(each, month)
            count[each] += 1
    own = {each.id.span.path for each in rules.every_catalogue}
    always = {each for each in since if count[each] == len(by_month) or each.place.path in own
              or each.code == NOT_IN_FORCE}  # fmt: skip
    return [each if each in always
            else replace(each, message=f"{each.message} (as of {format_month(month)})")
            for each, month in since.items()]  # fmt: skip
