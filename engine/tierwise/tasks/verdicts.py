"""A verdict on every row that touches one scored one: it counted, or the first condition that dropped it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tierwise.measures.base import EMPTY
from tierwise.months import format_month
from tierwise.plan.plan import MeasuredPlan, OptionPlan, Plan
from tierwise.plan.rows import dating

COUNTED = "counted"
"""The verdict on a row that lies behind a credited fact."""

Row = Mapping[str, object]
Holds = Callable[[Row], bool]


@dataclass(frozen=True)
class RowsNear:
    """What has been read of ``plan.evidence.Near`` for one metric; ``associations``: none without credit."""

    rows: Sequence[Row]
    facts: Sequence[Row]
    credited: Sequence[Row]
    counted: Sequence[Row]
    associations: Sequence[Row] = ()


def verdicts(
    plan: Plan, option: OptionPlan, metric: MeasuredPlan, near: RowsNear
) -> Iterator[tuple[Row, str]]:
    """Every row with its verdict."""
    judged = _Judged(plan, option, metric, near)
    branches = [*judged.of_rows(), *judged.of_credit(), *judged.of_choice()]
    for row in near.rows:
        yield row, next((text for holds, text in branches if holds(row)), COUNTED)


def cell(value: object) -> Hashable:
    """A cell by which rows are found: an entity of several columns is a tuple of them."""
    return tuple(value.values()) if isinstance(value, dict) else value


def in_order(rows: Iterable[Row], names: Iterable[str]) -> list[Row]:
    """Rows by some of their cells, missing ones last."""
    by = list(names)
    return sorted(rows, key=lambda row: [_place(row[name]) for name in by])


def within(month: object, first: object, last: object) -> bool:
    """Whether a month lies between two others; it does not where one is not known."""
    return _is_by(first, month) and _is_by(month, last)


def _place(value: object) -> tuple[bool, object]:
    parts = [_place(part) for part in value.values()] if isinstance(value, dict) else value
    return value is None, parts


def _is_by(month: object, last: object) -> bool:
    """Whether a month is not later than another; it is not where one is not known."""
    return isinstance(month, int) and isinstance(last, int) and month <= last


@dataclass(frozen=True)
class _Judged:
    """The conditions of one metric in the order in which they are judged, each with what to say."""

    plan: Plan
    option: OptionPlan
    metric: MeasuredPlan
    near: RowsNear

    def of_rows(self) -> Iterator[tuple[Holds, str]]:
        """What a row itself says, and what the measure makes of it."""
        measure, measured = self.metric.measure, self.metric.measured
        for index, condition in enumerate(measure.rows.conditions):
            yield _is_not(f":holds{index}"), f"not: {condition.expression.text}"
        if measure.rows.by is not None:
            yield _is_missing(":by"), f"nothing in {measure.rows.by.expression.text}"
        if measure.window is not None:
            first, last = (self.plan.program.as_of + end
                           for end in (measure.window.first, measure.window.last))  # fmt: skip
            path = dating(self.plan.program.contract, measure.rows.table).path
            whose = f"{path} is " if "." in path else ""
            yield (lambda row: row[":month"] is not None and not within(row[":month"], first, last),
                   f"{whose}not in {format_month(first)} to {format_month(last)}")  # fmt: skip
        for index, reason in enumerate(measured.reasons):
            yield _is(f":reason{index}"), reason.text
        yield self._is_not_among(self.near.facts), measured.no_fact

    def of_credit(self) -> Iterator[tuple[Holds, str]]:
        """What associations say of the months in some of which a row must be credited."""
        credit = self.metric.measure.rows.credit
        if not credit:
            return
        ways = self.option.option.policies[credit].ways
        displacing = sorted({other for way in ways for other in way.unless})
        by_entity: dict[Hashable, list[Row]] = {}
        for each in self.near.associations:
            by_entity.setdefault(cell(each["entity"]), []).append(each)

        def without(*names: str) -> Holds:
            return lambda row: (
                not any(
                    all(each[name] for name in names)
                    for each in self._in_effect(row, by_entity.get(cell(row[":entity"]), ()))
                )
            )

        yield without(), "no association in effect at the end of the month"
        yield without("has_way"), f"no association of the kind that {credit} credits"
        yield (without("has_way", "eligible"),
               "the association is with something that is not eligible")  # fmt: skip
        yield (self._is_not_among(self.near.credited),
               f"displaced by {' or '.join(displacing)}")  # fmt: skip

    def of_choice(self) -> Iterator[tuple[Holds, str]]:
        """Why a credited fact does not count."""
        measure, measured = self.metric.measure, self.metric.measured
        amount = {"amount": ":amount"} if measured.choice is not None else {}
        left_out = self._is_not_among(self.near.counted, amount)
        if measured.once:
            known = {cell(each["entity"]) for each in self.near.counted}
            yield (lambda row: left_out(row) and cell(row[":entity"]) in known,
                   "counted in another month already")  # fmt: skip
        whys = [f"not: {' and '.join(each.text for each in measure.rows.during)}"] if (
            measure.rows.during) else []  # fmt: skip
        whys += [measured.choice.otherwise] if measured.choice is not None else []
        if whys:
            yield left_out, ", or ".join(whys)
        if measured.adds:
            yield _is_missing(":amount"), EMPTY

    def _in_effect(self, row: Row, own: Iterable[Row]) -> Iterator[Row]:
        """The associations in effect in the row's month, or in one of all that count."""
        measure = self.metric.measure
        if measure.window is not None or measure.counted is None:
            begins = ends = row[":month"]
        else:
            begins, ends = (self.plan.program.as_of + end
                            for end in (measure.counted.first, measure.counted.last))  # fmt: skip
        for each in own:
            if _is_by(each["first"], ends) and _is_by(begins, each["last"]):
                yield each

    def _is_not_among(self, facts: Iterable[Row], more: Mapping[str, str] | None = None) -> Holds:
        """Whether no fact is about what a row is about, in its month, and of its part; nothing is about what is missing."""
        measure = self.metric.measure
        names = {"entity": ":entity", **(more or {})}
        names |= {"credited_in": ":month"} if measure.window is not None else {}
        names |= {"by": ":by"} if measure.rows.by is not None else {}
        there = {tuple(cell(each[name]) for name in names) for each in facts}

        def holds(row: Row) -> bool:
            own = tuple(cell(row[name]) for name in names.values())
            return None in own or own not in there

        return holds


def _is(name: str) -> Holds:
    return lambda row: row[name] is True


def _is_not(name: str) -> Holds:
    return lambda row: row[name] is not True


def _is_missing(name: str) -> Holds:
    return lambda row: row[name] is None
