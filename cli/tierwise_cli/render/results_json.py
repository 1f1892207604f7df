"""Results as JSON: nested, with thresholds, maxima and reasons."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from fractions import Fraction
from typing import BinaryIO

from tierwise.months import format_month
from tierwise.program.cases.case import ValueResult
from tierwise.run.results import (
    MetricResult,
    MonthlyResults,
    OptionResults,
    Results,
    ScoreResult,
    Stamp,
)
from tierwise_cli.render.findings import finding_dict
from tierwise_cli.render.json_numbers import dumps, exact, number


def writer(results: Results) -> Callable[[BinaryIO], None]:
    """A function that writes the results to a file, a partner a line."""
    return lambda out: _write(results, out)


def writer_of_months(results: MonthlyResults) -> Callable[[BinaryIO], None]:
    """A function that writes the results of several months, each as ``writer`` does."""

    def write(out: BinaryIO) -> None:
        out.write(b'{"months": [\n')
        for place, month in enumerate(results.months):
            out.write(b",\n" if place else b"")
            _write(month, out)
        out.write(b"]}\n")

    return write


def _write(results: Results, out: BinaryIO) -> None:
    out.write(b'{\n"stamp": ' + dumps(stamp_dict(results.stamp)).encode())
    warnings = [finding_dict(finding) for finding in results.warnings]
    out.write(b',\n"warnings": ' + dumps(warnings).encode() + b',\n"notes": ')
    notes = [finding_dict(finding) for finding in results.notes]
    out.write(dumps(notes).encode() + b',\n"results": [')
    separator = b"\n"
    for option in results.options:
        levels = results.competency_levels.get(option.program.competency)
        for score in option.scores():
            document = score_dict(option, score)
            if levels is not None:
                document["competency_level"] = levels[score.scored] or None
            out.write(separator + dumps(document, indent=None).encode())
            separator = b",\n"
    out.write(b"\n]\n}\n")


def stamp_dict(stamp: Stamp) -> dict[str, object]:
    """What the results were made from."""
    return {
        "engine_version": stamp.engine_version,
        "backend": stamp.backend,
        "as_of": stamp.as_of,
        "rules_digest": stamp.rules_digest,
        "rules": dict(stamp.rules),
        "data_digest": stamp.data_digest,
        "data": dict(stamp.data),
    }


def score_dict(option: OptionResults, score: ScoreResult) -> dict[str, object]:
    """One partner in one option."""
    program = option.program
    return {
        program.contract.scored_key: score.scored,
        "competency": program.competency,
        "option": option.option.id,
        "version": program.version,
        "as_of": format_month(program.as_of),
        "score": number(score.score),
        "score_exact": exact(score.score),
        "level": score.level or None,
        "metrics": {each.metric.id: metric_dict(each) for each in score.metrics},
        **({"groups": {name: number(each) for name, each in score.groups.items()}}
           if any(each.counts_together for each in option.option.groups) else {}),
        **({"values": {name: value_json(each) for name, each in score.values.items()}}
           if score.values else {}),
    }  # fmt: skip


def value_json(value: ValueResult) -> object:
    """A value that is no metric's."""
    if isinstance(value, Fraction):
        return number(value)
    return value.isoformat() if isinstance(value, datetime.date) else value


def metric_dict(result: MetricResult) -> dict[str, object]:
    """One metric; ``reason`` is null where the points follow from the value alone."""
    metric = result.metric
    return {
        "value": number(result.value),
        "value_exact": exact(result.value),
        "threshold": number(result.threshold.number) if result.threshold else None,
        "unit": metric.unit or None,
        "points": number(result.points),
        "points_exact": exact(result.points),
        "maximum": number(metric.max_points),
        "parts": {name: number(part) for name, part in result.parts.items()},
        "reason": result.reason or None,
    }
