"""What a run gives: a table a option, exact, with the stamp of what it was made from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa

from tierwise.diagnostics import Diagnostic
from tierwise.plan.lower import NO_VALUE, metric_columns, part_column
from tierwise.program.program import Metric, Option, Program
from tierwise.source.fields import in_language


@dataclass(frozen=True)
class Stamp:
    """What results were made from; the same input gives the same stamp on every machine.

    ``rules`` and ``data`` are (name, sha256) of every file; ``rules_digest`` and ``data_digest``
    are the digests of those lists.
    """

    engine_version: str
    backend: str
    as_of: str
    rules: tuple[tuple[str, str], ...]
    rules_digest: str
    data: tuple[tuple[str, str], ...]
    data_digest: str


@dataclass(frozen=True)
class MetricResult:
    """One metric of one scored one. ``reason``: why it earned nothing, where a rule says so."""

    metric: Metric
    value: Fraction | None
    points: Fraction
    parts: Mapping[str, Fraction]
    reason: str


@dataclass(frozen=True)
class ScoreResult:
    """One scored one in one option; ``level`` is "" below the lowest."""

    scored: str
    score: Fraction
    level: str
    metrics: tuple[MetricResult, ...]


@dataclass(frozen=True)
class OptionResults:
    """The scores of one option, a row a scored one in the order of their keys.

    ``table`` has the columns of the plan's score table: exact numerators and denominators.
    """

    program: Program
    option: Option
    table: pa.Table

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def scores(self) -> Iterator[ScoreResult]:
        """Each row as exact Python values."""
        for row in self.table.to_pylist():
            yield self._score(row)

    def _score(self, row: Mapping[str, object]) -> ScoreResult:
        metrics = tuple(
            self._metric(row, index, metric) for index, metric in enumerate(self.option.metrics)
        )
        score = _fraction(row["score_n"], row["score_d"])
        assert score is not None
        level = row["level"]
        return ScoreResult(str(row["scored"]), score, "" if level is None else str(level), metrics)

    def _metric(self, row: Mapping[str, object], index: int, metric: Metric) -> MetricResult:
        names = metric_columns(index)
        value = _fraction(row[names["value_n"]], row[names["value_d"]])
        points = _fraction(row[names["points_n"]], row[names["points_d"]])
        assert points is not None
        parts = {}
        for part in metric.measure.parts:
            number = row[part_column(index, part)]
            parts[part] = Fraction(str(number))
        return MetricResult(metric, value, points, parts, reason_text(metric, row[names["reason"]]))


def reason_text(metric: Metric, reason: object, language: str = "en") -> str:
    """Why a metric earned nothing, in words; "" where it is only that its value is low."""
    if not isinstance(reason, int):
        return ""
    if reason == NO_VALUE:
        return "there is nothing to compare with"
    return in_language(
        metric.requires[reason].otherwise, language, metric.requires[reason].that.text
    )


def _fraction(numerator: object, denominator: object) -> Fraction | None:
    if numerator is None or denominator is None:
        return None
    return Fraction(int(str(numerator)), int(str(denominator)))


@dataclass(frozen=True)
class Results:
    """Everything that one evaluation gives."""

    options: tuple[OptionResults, ...]
    stamp: Stamp
    warnings: tuple[Diagnostic, ...]
