"""Stage 4, check: what is well formed and still cannot be meant. One check a file.

A check takes a ``Program``, or a competency as it is written, and yields findings; a new one is a
file and its line in ``CHECKS`` or ``WRITTEN_CHECKS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tierwise.check import (
    combinations,
    conditions,
    growths,
    inexact_sums,
    levels,
    max_points,
    months_asked,
    points,
    shares,
    step_units,
    units,
    unused_caps,
    unused_eligibility,
    unused_groups,
    unused_values,
)
from tierwise.diagnostics import Diagnostic
from tierwise.model.ruleset import CompetencyRule
from tierwise.program.program import Program

CHECKS: dict[str, Callable[[Program], Iterable[Diagnostic]]] = {
    max_points.CODE: max_points.check,
    points.CODE: points.check,
    levels.CODE: levels.check,
    conditions.CODE: conditions.check,
    inexact_sums.CODE: inexact_sums.check,
    shares.CODE: shares.check,
    growths.CODE: growths.check,
    step_units.CODE: step_units.check,
    months_asked.CODE: months_asked.check,
    combinations.CODE: combinations.check,
    unused_caps.CODE: unused_caps.check,
    unused_groups.CODE: unused_groups.check,
    unused_values.CODE: unused_values.check,
    unused_eligibility.CODE: unused_eligibility.check,
}

WRITTEN_CHECKS: dict[str, Callable[[CompetencyRule], Iterable[Diagnostic]]] = {
    units.CODE: units.check,
}


def check(program: Program, rule: CompetencyRule) -> tuple[Diagnostic, ...]:
    """Everything that the checks find in a version of a competency, bound and as it is written."""
    bound = (finding for each in CHECKS.values() for finding in each(program))
    written = (finding for each in WRITTEN_CHECKS.values() for finding in each(rule))
    return (*bound, *written)
