"""Stage 4, check: what is well formed and still cannot be meant. One check a file.

A check takes a ``Program`` and yields findings; a new one is a file and its line in ``CHECKS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tierwise.check import (
    combinations,
    inexact_sums,
    levels,
    max_points,
    unused_eligibility,
    unused_groups,
)
from tierwise.diagnostics import Diagnostic
from tierwise.program.program import Program

CHECKS: dict[str, Callable[[Program], Iterable[Diagnostic]]] = {
    max_points.CODE: max_points.check,
    levels.CODE: levels.check,
    inexact_sums.CODE: inexact_sums.check,
    combinations.CODE: combinations.check,
    unused_groups.CODE: unused_groups.check,
    unused_eligibility.CODE: unused_eligibility.check,
}


def check(program: Program) -> tuple[Diagnostic, ...]:
    """Everything that the checks find."""
    return tuple(finding for each in CHECKS.values() for finding in each(program))
