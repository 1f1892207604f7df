"""A percentage is not asked of a whole number of things: 10 % of a count would be a tenth of one."""

from __future__ import annotations

from collections.abc import Iterable

from tierwise.diagnostics import Diagnostic
from tierwise.program.compared import compared_with
from tierwise.program.program import Program
from tierwise.program.value_ranges import is_whole_count, option_ranges
from tierwise.quantity import plain_decimal

CODE = "percent-of-count"


def check(program: Program) -> Iterable[Diagnostic]:
    """A finding for each percentage that a whole number is compared with or shown as."""
    for option in program.options:
        known = option_ranges(option, program.contract).values
        for metric in option.metrics:
            if not is_whole_count(metric.value, known[metric.id]):
                continue
            asked = [each for each in compared_with(metric) if each.unit == "%"]
            for each in asked:
                yield Diagnostic(CODE, f"the metric '{metric.id}' is a whole number of things, and "
                                 f"{each.text} is a share: it would be {plain_decimal(each.number)} of "
                                 "one", each.span or metric.value.span,
                                 "leave out the %, or calculate a share below 'is'")  # fmt: skip
            if metric.unit == "%" and not asked:
                yield Diagnostic(CODE, f"the metric '{metric.id}' is a whole number of things, so "
                                 "1 would be shown as 100 %", metric.value.span,
                                 "remove the unit, or calculate a share below 'is'")  # fmt: skip
