"""A growth is a share: without % a threshold above 1 asks for more than its double."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tierwise.diagnostics import Diagnostic, Severity
from tierwise.measures.growth import Growth
from tierwise.points.steps import Steps
from tierwise.program.option import Metric
from tierwise.program.program import Program
from tierwise.quantity import Quantity, plain_decimal

CODE = "percent-missing"


def check(program: Program) -> Iterable[Diagnostic]:
    """A warning for each metric of a growth that asks for a number above 1 without %."""
    for option in program.options:
        for metric in option.metrics:
            if not isinstance(metric.value.measure, Growth):
                continue
            for asked in _asked(metric):
                if not asked.unit and asked.number > 1:
                    whole = plain_decimal(asked.number * 100)
                    yield Diagnostic(CODE, f"a growth of {asked.text} is one of {whole} %",
                                     asked.span or metric.value.span, f"write {asked.text} %; if it "
                                     f"is meant, {whole} %", Severity.WARNING)  # fmt: skip
                    break


def _asked(metric: Metric) -> Iterator[Quantity]:
    """What the growth is compared with."""
    yield from (each.quantity for each in metric.thresholds)
    if isinstance(metric.points, Steps):
        yield from (least for least, _ in metric.points.steps)
