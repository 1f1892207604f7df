"""What a metric is compared with, for those who judge it."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.points.every import Every
from tierwise.points.steps import Steps
from tierwise.program.option import Metric
from tierwise.quantity import Quantity


def compared_with(metric: Metric) -> Iterator[Quantity]:
    """What a metric's value is compared with: its thresholds, its steps, or a unit of points."""
    yield from (each.quantity for each in metric.thresholds)
    if isinstance(metric.points, Steps):
        yield from (least for least, _ in metric.points.steps)
    if isinstance(metric.points, Every):
        yield metric.points.unit
