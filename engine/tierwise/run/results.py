"""What a run gives: a table a option, exact, with the stamp of what it was made from."""

from __future__ import annotations

import array
import datetime
import functools
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa

from tierwise.diagnostics import Diagnostic, nearest, shown
from tierwise.months import format_month
from tierwise.plan.columns import (
    NO_VALUE,
    group_columns,
    metric_columns,
    part_column,
    value_columns,
)
from tierwise.plan.wide_table import level_ranks
from tierwise.program.cases.case import ValueResult
from tierwise.program.option import Metric, Option, Value
from tierwise.program.program import Program
from tierwise.quantity import Quantity
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

    def columns(self) -> dict[str, str]:
        """What of it stands in every row of the wide table."""
        return {
            "engine_version": self.engine_version,
            "rules_digest": self.rules_digest,
            "data_digest": self.data_digest,
        }

    def metadata(self) -> dict[str, str]:
        """The stamp as flat texts, for a file's own metadata."""
        return {
            "tierwise.engine_version": self.engine_version,
            "tierwise.backend": self.backend,
            "tierwise.as_of": self.as_of,
            "tierwise.rules_digest": self.rules_digest,
            "tierwise.data_digest": self.data_digest,
        }


@dataclass(frozen=True)
class MetricResult:
    """One metric of one scored one.

    ``parts``: those of its measure; ``reason``: why it earned nothing, where a rule says so;
    ``threshold``: the one that applies, where the points rule looks at one.
    """

    metric: Metric
    value: Fraction | None
    points: Fraction
    parts: Mapping[str, Fraction]
    reason: str
    threshold: Quantity | None


@dataclass(frozen=True)
class ScoreResult:
    """One scored one in one option; ``level`` is "" below the lowest.

    ``values``: all that are no metrics, by their names; a day as a date. ``groups``: the points of
    each group. ``told_apart``: by the name of a value of which there is one for each part of a
    dimension, that dimension.
    """

    scored: str
    score: Fraction
    level: str
    metrics: tuple[MetricResult, ...]
    values: Mapping[str, ValueResult]
    groups: Mapping[str, Fraction]
    told_apart: Mapping[str, str] = field(default_factory=dict)

    def value(self, name: str) -> ValueResult:
        """A value, or that of a metric, by its name.

        Raises:
            NoSuchValue: there is none of that name, or one for each part of a dimension.
        """
        known = {**{each.metric.id: each.value for each in self.metrics}, **self.values}
        if name in known:
            return known[name]
        if name in self.told_apart:
            raise NoSuchValue(
                f"{shown(name)} is told apart by {shown(self.told_apart[name])}, so it "
                "has a value for each part: name a fold of it; explain lists the parts"
            )
        raise NoSuchValue(f"the option has no value {shown(name)}: {nearest(name, known)}")


class NoSuchValue(KeyError):
    """A value that is asked for by a name that no single value has."""

    def __str__(self) -> str:
        return str(self.args[0])


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
        metrics = tuple(self._metric(row, metric) for metric in self.option.metrics)
        score = _fraction(row["score_n"], row["score_d"])
        assert score is not None
        level = row["level"]
        named = {metric.id for metric in self.option.metrics}
        values = {each.id: value_of(row, each) for each in self.option.values
                  if each.id not in named and not each.dimension}  # fmt: skip
        groups = {each.id: _points(row, each.id) for each in self.option.groups}
        apart = {each.id: each.dimension for each in self.option.values if each.dimension}
        return ScoreResult(str(row["scored"]), score, "" if level is None else str(level), metrics,
                           values, groups, apart)  # fmt: skip

    def _metric(self, row: Mapping[str, object], metric: Metric) -> MetricResult:
        names = metric_columns(metric.id)
        value = number_of(row, metric.id)
        points = _fraction(row[names["points_n"]], row[names["points_d"]])
        assert points is not None
        parts = {}
        measure = metric.value.measure
        for part in measure.parts if measure is not None else ():
            number = row[part_column(metric.id, part)]
            parts[part] = _fraction(number, 1) or Fraction(0)
        reason = reason_text(metric, row[names["reason"]])
        choice = row.get(names["choice"], 0)
        assert isinstance(choice, int), "the plan numbers thresholds"
        threshold = metric.thresholds[choice].quantity if metric.thresholds else None
        return MetricResult(metric, value, points, parts, reason, threshold)


def number_of(row: Mapping[str, object], name: str) -> Fraction | None:
    """The number that a row has under a name."""
    names = value_columns(name)
    return _fraction(row[names["value_n"]], row[names["value_d"]])


def _points(row: Mapping[str, object], group: str) -> Fraction:
    names = group_columns(group)
    return _fraction(row[names["group_n"]], row[names["group_d"]]) or Fraction(0)


def value_of(row: Mapping[str, object], value: Value) -> ValueResult:
    """What a value is in a row."""
    if value.kind.is_number:
        return number_of(row, value.id)
    known = row[value.id]
    assert known is None or isinstance(known, bool | str | datetime.date), "values are typed"
    return known


def reason_text(metric: Metric, reason: object, language: str = "en") -> str:
    """Why a metric earned nothing, in words; "" where it is only that its value is low."""
    if not isinstance(reason, int):
        return ""
    if reason == NO_VALUE:
        return "there is nothing to compare with"
    return in_language(
        metric.requires[reason].otherwise, language, metric.requires[reason].that.text
    )


@functools.lru_cache(maxsize=100_000)
def _fraction(numerator: object, denominator: object) -> Fraction | None:
    if numerator is None or denominator is None:
        return None
    assert isinstance(numerator, int | Decimal), "the plan gives whole numbers and decimals"
    assert isinstance(denominator, int | Decimal), "the plan gives whole numbers and decimals"
    return Fraction(numerator) / Fraction(denominator)


@dataclass(frozen=True)
class Results:
    """Everything that one evaluation gives."""

    options: tuple[OptionResults, ...]
    stamp: Stamp
    warnings: tuple[Diagnostic, ...]
    notes: tuple[Diagnostic, ...] = ()

    @functools.cached_property
    def competency_levels(self) -> Mapping[str, Mapping[str, str]]:
        """By competency with several options and scored one, the level of its best option.

        The level is "" where no option has one. Levels rank as the options state them, best first.
        """
        several = [each.program for each in self.options if len(each.program.options) > 1]
        return {program.competency: self._best(program) for program in several}

    def _best(self, program: Program) -> dict[str, str]:
        ranks = level_ranks(program.options)
        best: dict[str, str] = {}
        for each in self.options:
            if each.program.competency != program.competency:
                continue
            for scored, level in zip(each.table["scored"].to_pylist(),
                                     each.table["level"].to_pylist(), strict=True):  # fmt: skip
                known = best.setdefault(str(scored), "")
                if level is not None and (not known or ranks[level] < ranks[known]):
                    best[str(scored)] = level
        return best

    def to_arrow(self) -> pa.Table:
        """One wide table: a row a scored one and option, as the data contract describes it.

        Columns: ``partner_id`` (or whatever the scored key is called), ``competency``,
        ``option``, ``version``, ``as_of``, ``score``, ``level``, by metric ``ID.value`` and
        ``ID.points``; where a competency has several options, ``competency_level``, that of the
        better one; at last the stamp: ``engine_version``, ``rules_digest``, ``data_digest``.
        Numbers are decimals of 18 digits behind the point, cut and never rounded up. Where there
        are warnings, a column ``warnings`` repeats them in every row.
        """
        tables = [_wide(option, self.stamp) for option in self.options]
        if self.competency_levels:
            tables = [self._with_level(*pair) for pair in zip(self.options, tables, strict=True)]
        names = dict.fromkeys(name for table in tables for name in table.column_names)
        order = [*(name for name in names if name not in STAMP), *STAMP]
        whole = pa.concat_tables(tables, promote_options="default").select(order)
        metadata = self.stamp.metadata()
        if self.warnings:
            text = "; ".join(f"{each.place}: {each.message}" for each in self.warnings)
            whole = whole.append_column("warnings", _same(text, whole.num_rows))
            metadata["tierwise.warnings"] = text
        return whole.replace_schema_metadata(metadata)

    def _with_level(self, option: OptionResults, table: pa.Table) -> pa.Table:
        """A wide table with the level of the competency: of its better option, or its only one."""
        levels = self.competency_levels.get(option.program.competency)
        if levels is None:
            return table.append_column("competency_level", table["level"])
        known = [levels[str(scored)] or None for scored in option.table["scored"].to_pylist()]
        return table.append_column("competency_level", pa.array(known, pa.string()))


@dataclass(frozen=True)
class MonthlyResults:
    """What several months give, one after the other: of each what an evaluation of it gives.

    ``warnings`` and ``notes``: of all months; what is found of several only once, where it is worst.
    """

    months: tuple[Results, ...]
    warnings: tuple[Diagnostic, ...]
    notes: tuple[Diagnostic, ...] = ()

    def to_arrow(self) -> pa.Table:
        """The wide tables of the months, the earliest first, as ``Results.to_arrow`` gives them.

        A column that some months do not have is empty there.
        """
        tables = [each.to_arrow() for each in self.months]
        names = dict.fromkeys(name for table in tables for name in table.column_names)
        last = [name for name in (*STAMP, "warnings") if name in names]
        whole = pa.concat_tables(tables, promote_options="default")
        whole = whole.select([*(name for name in names if name not in last), *last])
        stamp = self.months[-1].stamp.metadata()
        stamp["tierwise.as_of"] = " ".join(each.stamp.as_of for each in self.months)
        return whole.replace_schema_metadata(stamp)


STAMP = ("engine_version", "rules_digest", "data_digest")
"""The columns of the wide table that say what it was made from."""
_PIECE = 2_000
"""How many rows of a column that has the same text in all of them lie in one piece."""


def _wide(results: OptionResults, stamp: Stamp) -> pa.Table:
    from tierwise.run.cut import decimals  # loads what Arrow calculates with

    program, table = results.program, results.table
    rows = table.num_rows
    texts = {
        "competency": program.competency,
        "option": results.option.id,
        "version": program.version,
        "as_of": format_month(program.as_of),
    }
    columns: dict[str, pa.ChunkedArray] = {program.contract.scored_key: table["scored"]}
    columns |= {name: _same(text, rows) for name, text in texts.items()}
    fractions = {"score": ("score_n", "score_d")}
    for metric in results.option.metrics:
        names = {**metric_columns(metric.id), **value_columns(metric.id)}
        fractions |= {f"{metric.id}.{what}": (names[f"{what}_n"], names[f"{what}_d"])
                      for what in ("value", "points")}  # fmt: skip
    with ThreadPoolExecutor(pa.cpu_count()) as pool:  # Arrow calculates outside of Python's lock
        pairs = ((table[above], table[below]) for above, below in fractions.values())
        numbers = dict(zip(fractions, pool.map(decimals, *zip(*pairs, strict=True)), strict=True))
    columns |= {"score": numbers.pop("score"), "level": table["level"], **numbers}
    columns |= {name: _same(text, rows) for name, text in stamp.columns().items()}
    return pa.table(columns)


def _same(text: str, rows: int) -> pa.ChunkedArray:
    """A column of one text, in pieces that share their bytes.

    Made of bytes, since to take a text from Python Arrow loads pandas, to see whether it is one of
    its own; that takes longer than to score a few partners.
    """
    letters = text.encode()
    ends = array.array("i", (len(letters) * place for place in range(_PIECE + 1)))
    piece = pa.StringArray.from_buffers(_PIECE, pa.py_buffer(ends), pa.py_buffer(letters * _PIECE))
    whole, rest = divmod(rows, _PIECE)
    return pa.chunked_array([*[piece] * whole, piece.slice(0, rest)], pa.string())
