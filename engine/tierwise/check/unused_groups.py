"""Every group of an option has a metric."""

from __future__ import annotations

from collections.abc import Iterable

from tierwise.diagnostics import Diagnostic, Severity, shown
from tierwise.program.program import Program

CODE = "unused-group"


def check(program: Program) -> Iterable[Diagnostic]:
    """A warning for each group that no metric is shown in."""
    for option in program.options:
        used = {metric.group for metric in option.metrics}
        for name, span in option.group_spans.items():
            if name not in used:
                yield Diagnostic(CODE, f"no metric is in the group {shown(name)}", span,
                                 "put a metric into it, or remove it", Severity.WARNING)  # fmt: skip
