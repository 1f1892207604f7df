"""Steps of one metric are said in one unit."""

from __future__ import annotations

from collections.abc import Iterable

from tierwise.diagnostics import Diagnostic, shown
from tierwise.points.steps import Steps
from tierwise.program.program import Program

CODE = "different-units"


def check(program: Program) -> Iterable[Diagnostic]:
    """A finding for the first step of a metric whose unit is not that of the steps before it.

    0 is 0 in every unit.
    """
    for option in program.options:
        for metric in option.metrics:
            if not isinstance(metric.points, Steps):
                continue
            steps = [least for least, _ in metric.points.steps if least.number]
            other = next((each for each in steps if each.unit != steps[0].unit), None)
            if other is not None:
                yield Diagnostic(CODE, f"the units of {shown(steps[0].text)} and {shown(other.text)} "
                                 "differ", other.span or metric.value.span,
                                 f"write it as {steps[0].text} is written")  # fmt: skip
