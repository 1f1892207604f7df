"""The kinds of points rules, one file each. A new kind is a file and its line in ``POINTS``."""

from __future__ import annotations

from tierwise.points import all_or_nothing, all_when, every, formula, none, proportional, steps
from tierwise.points.base import PointsKind

POINTS: dict[str, PointsKind] = {
    module.KIND.key: module.KIND
    for module in (proportional, all_or_nothing, all_when, steps, every, formula, none)
}
