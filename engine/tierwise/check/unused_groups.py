"""Every group of an option has a metric."""

from __future__ import annotations

from collections.abc import Iterable

from tierwise.diagnostics import Diagnostic, Severity, shown
from tierwise.program.program import Program

CODE = "unused-group"


def check(program: Program) -> Iterable[Diagnostic]:
    """A warning for each group that no metric is shown in."""
    for option in program.options:
        for group in option.groups:
            if not option.members(group.id):
                yield Diagnostic(CODE, f"no metric is in the group {shown(group.id)}", group.span,
                                 "put a metric into it, or remove it", Severity.WARNING)  # fmt: skip
