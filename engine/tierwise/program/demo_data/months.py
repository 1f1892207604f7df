"""The months of demo data: as a rule file says, or so that rules are in force in the last of them."""

from __future__ import annotations

from collections.abc import Sequence

from tierwise.model.demo import DemoRule
from tierwise.model.ruleset import RuleSet
from tierwise.months import month_number
from tierwise.program.versions import in_force

MONTHS = (month_number(2024, 1), month_number(2025, 12))
"""The months of data of a contract that no rule file speaks of, where its rules allow it."""


def months_of_demo(rules: RuleSet, contract: str, files: Sequence[DemoRule]) -> tuple[int, int]:
    """The first and the last month of the demo data of a contract.

    Args:
        rules: all files, with every version of a competency.
        contract: the contract's id.
        files: what says how its data is like.

    Returns:
        What a file says; else ``MONTHS``, moved so that in the last one as many of the contract's
        competencies are in force as can be; of a version that begins later the first 24 months.
    """
    said = next((each.months for each in files if each.months is not None), None)
    if said is not None:
        return said
    first, last = MONTHS
    versions = [each for each in rules.competencies if each.contract.text == contract]
    competencies = {each.id.text for each in versions}
    ends = {last}
    for each in versions:
        whole = each.first_month + last - first  # a version that begins later has all months
        ends |= {whole if each.last_month is None else min(whole, each.last_month)}
        ends |= {each.last_month} if each.last_month is not None else set()

    def judged(month: int) -> tuple[int, int]:
        here = sum(in_force(rules, each, month) is not None for each in competencies)
        return here, -abs(month - last)

    best = max(sorted(ends), key=judged)
    return first + best - last, best
