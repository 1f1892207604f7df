"""The maxima of an option's metrics add up to its maximum score."""

from __future__ import annotations

from collections.abc import Iterable

from tierwise.diagnostics import Diagnostic, Related
from tierwise.program.program import Program
from tierwise.quantity import plain_decimal

CODE = "points-do-not-add-up"


def check(program: Program) -> Iterable[Diagnostic]:
    """A finding for each option whose maxima give another sum."""
    for option in program.options:
        if option.max_score is None or option.max_score_span is None:
            continue
        total = option.most_points()
        if total != option.max_score:
            related = tuple(
                Related(metric.max_points_span, f"{metric.id}: {plain_decimal(metric.max_points)}")
                for metric in option.metrics
                if metric.earns
            ) + tuple(
                Related(group.span, f"{group.id}: {plain_decimal(option.most_points(group.id))}")
                for group in option.groups
                if group.counts_together
            )
            yield Diagnostic(
                CODE, f"the metrics' max_points add up to {plain_decimal(total)}, not "
                f"{plain_decimal(option.max_score)}", option.max_score_span,
                "correct a max_points or the max_score", related=related)  # fmt: skip
