"""Every named value is named by something: a metric, a level or another value."""

from __future__ import annotations

from collections.abc import Iterable

from tierwise.diagnostics import Diagnostic, Severity, shown
from tierwise.program.program import Program

CODE = "unused-value"


def check(program: Program) -> Iterable[Diagnostic]:
    """A warning for each value that no metric, level or other value names."""
    for option in program.options:
        used = {metric.id for metric in option.metrics}
        for expression in option.expressions:
            used |= {name.partition(".")[0] for name in expression.names}
        for value in option.values:
            if value.id not in used:
                yield Diagnostic(CODE, f"no metric, level or other value names {shown(value.id)}",
                                 value.span, "name it where it matters, or remove it",
                                 Severity.WARNING)  # fmt: skip
