"""Explanations: as text for people, and as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from tierwise.diagnostics import printable
from tierwise.measures.base import ROWS
from tierwise.program.cases.case import ValueResult
from tierwise.program.option import Calculated, Folded, Months, Ranked
from tierwise.quantity import plain_decimal
from tierwise.source.fields import Titles, in_language
from tierwise.tasks.explain import (
    CreditedFact,
    ExplainReport,
    MetricExplanation,
    OptionExplanation,
    Through,
    ValueExplanation,
)  # fmt: skip
from tierwise_cli.colour import coloured_output
from tierwise_cli.render.amounts import amount, threshold, value_text
from tierwise_cli.render.findings import finding_dict
from tierwise_cli.render.json_numbers import dumps, exact, number
from tierwise_cli.render.results_json import metric_dict, stamp_dict, value_json

SHOWN = 12
"""How many facts of a metric are shown, unless every row was asked for."""


def _text_writer(report: ExplainReport, every_row: bool) -> Callable[[BinaryIO], None]:
    lines: list[str] = []
    for option in report.options:
        lines.extend(_option(option, report.partner, every_row))
    lines.extend(f"warning: {each.place}: {each.message}" for each in report.warnings)
    text = "\n".join(map(_printable, lines)) + "\n"

    def write(out: BinaryIO) -> None:
        bold = coloured_output(out)
        shown = text.replace("\1", "\x1b[1m").replace("\2", "\x1b[0m") if bold else (
            text.replace("\1", "").replace("\2", ""))  # fmt: skip
        out.write(shown.encode())

    return write


def _printable(line: str) -> str:
    """A line whose data cannot tell the terminal anything; the marks around a heading stay."""
    if line[:1] == "\1" and line[-1:] == "\2":
        return f"\1{printable(line[1:-1])}\2"
    return printable(line)


def _option(option: OptionExplanation, partner: str, every_row: bool) -> list[str]:
    program, score = option.program, option.score
    title = in_language(program.title, "en", program.competency)
    name = in_language(option.option.title, "en", option.option.id)
    level = in_language(
        next((each.title for each in option.option.levels if each.id == score.level), ()), "en",
        score.level or "no level")  # fmt: skip
    lines = [f"\1{partner}: {amount(score.score)} points, {level}\2",
             f"{title}: {name}, version {program.version}", ""]  # fmt: skip
    whole = len(option.metrics) == len(option.option.metrics)
    if whole and any(each.when.names != {"score"} for each in option.option.levels):
        lines = [*lines[:-1], *_levels(option), ""]
    groups = _groups(option) if whole else []
    lines = [*lines[:-1], *groups, ""] if groups else lines
    for metric in option.metrics:
        lines.extend(_metric(metric, every_row))
    for value in option.values:
        lines.extend(_named_value(value, every_row))
    return lines


def _groups(option: OptionExplanation) -> list[str]:
    """What groups earn whose members are not only added up."""
    lines = []
    for group in option.option.groups:
        if group.counts_together:
            members = [name.removeprefix("points.") for name in option.option.members(group.id)]
            limit = "" if group.max_points is None else f", at most {amount(group.max_points)}"
            how = "the best of" if group.best else "together"
            lines.append(f"  {in_language(group.title, 'en', group.id)}: "
                         f"{amount(option.score.groups[group.id])} points, {how} "
                         f"{', '.join(members)}{limit}")  # fmt: skip
    return lines


def _levels(option: OptionExplanation) -> list[str]:
    """What each level asks for, where it is more than a score."""
    names = [in_language(each.title, "en", each.id) for each in option.option.levels]
    return [f"  {name}: {each.when.text}"
            for name, each in zip(names, option.option.levels, strict=True)]  # fmt: skip


def _metric(explained: MetricExplanation, every_row: bool) -> list[str]:
    result, metric = explained.result, explained.result.metric
    title = in_language(metric.title, "en", metric.id)
    value = amount(result.value, metric.unit)
    lines = [
        f"\1{title}: {value} → {amount(result.points)} of {amount(metric.max_points)} points\2"
    ]
    lines.extend(_help(metric.help))
    if result.reason:
        lines.append(f"  earns nothing: {result.reason}")
    elif result.value is not None or not metric.needs_value:
        formula = explained.formula.format(
            max_points=amount(metric.max_points), value=value,
            threshold=threshold(result.threshold) if result.threshold else "")  # fmt: skip
        lines.append(f"  points: {formula}")
    if len(result.parts) > 1:
        parts = ", ".join(f"{name} {amount(part)}" for name, part in result.parts.items())
        lines.append(f"  from: {parts}")
    return [*lines, *_value(explained.value, every_row), ""]


def _named_value(explained: ValueExplanation, every_row: bool) -> list[str]:
    value = explained.value
    title = in_language(value.title, "en", value.id)
    if value.dimension:
        lines = [f"\1{title}, by {value.dimension}\2", *_help(value.help)]
        return [*lines, *_value(explained, every_row), ""]
    head = f"\1{title}: {value_text(explained.result, explained.unit)}\2"
    return [head, *_help(value.help), *_value(explained, every_row), ""]


def _help(help_: Titles) -> list[str]:
    text = in_language(help_, "en")
    return [f"  {text}"] if text else []


def _value(explained: ValueExplanation, every_row: bool) -> list[str]:
    """How a value came about: what it is calculated from, or its facts and rows."""
    if explained.calculation:
        named = ", ".join(f"{name} {value_text(each, explained.units.get(name, ''))}"
                          for name, each in explained.named.items())  # fmt: skip
        lines = [f"  {line}" for line in _calculation(explained)]
        lines += [f"  from: {named}"] if named else []
        lines += [f"  {_rank(*explained.rank)}"] if explained.rank is not None else []
        lines += [f"  in: {', '.join(map(_place, explained.seen))}"] if explained.seen else []
        return lines + [f"    {_place(each)}" for each in explained.apart]
    lines = [f"    {_place(each)}" for each in explained.apart]
    lines += _facts(explained, every_row)
    counted = sum(row.counted for row in explained.rows)
    lines.append(f"  rows of {explained.table} near this partner: {len(explained.rows)}, "
                 f"of which {counted} counted")  # fmt: skip
    for verdict, count in explained.verdicts:
        if verdict != "counted":
            lines.append(f"    {count:>6}  {verdict}")
    if every_row:
        lines.extend(f"    {_row(row.cells)}: {row.verdict}" for row in explained.rows)
    return lines


def _calculation(explained: ValueExplanation) -> list[str]:
    """What a value is calculated from, as the rule file says it."""
    source = explained.value.source
    if isinstance(source, Folded):
        over = source.over
        if isinstance(over, Months):
            ago = f", ending {-over.window.last} months ago" if over.window.last else ""
            since = f", since {over.since.text}" if over.since is not None else ""
            where = f"{over.window.last - over.window.first + 1} months{ago}{since}"
        else:
            where = over
        return [f"{source.fold.value.replace('_', ' ')}: {explained.calculation}, over {where}"]
    if isinstance(source, Ranked):
        within = f", within {source.within.text}" if source.within is not None else ""
        return [f"percentile: {explained.calculation}{within}"]
    if isinstance(source, Calculated) and source.cases:
        whens = ("" if each.when is None else f"when: {each.when.text}, " for each in source.cases)
        cases = zip(whens, source.cases, strict=True)
        return ["is, of these the first that holds:",
                *(f"  {when}is: {each.expression.text}" for when, each in cases)]  # fmt: skip
    return [f"is: {explained.calculation}"]


def _rank(less: int, others: int) -> str:
    have = "has" if less == 1 else "have"
    return f"{less:,} of {others:,} {'other' if others == 1 else 'others'} {have} less"


def _place(seen: tuple[str, ValueResult]) -> str:
    """A month or part, and what was found there."""
    where, what = seen
    return where if what is None else f"{where} {value_text(what)}"


def _facts(explained: ValueExplanation, every_row: bool) -> list[str]:
    shown = explained.facts if every_row else explained.facts[:SHOWN]
    measure = explained.value.measure
    several = measure is not None and len({*measure.parts} - {ROWS}) > 1
    lines = [f"    {_fact(fact, several)}" for fact in shown]
    if len(explained.facts) > len(shown):
        more = len(explained.facts) - len(shown)
        lines.append(f"    ... and {more:,} more facts; --metric {explained.value.id} shows all")
    return lines


def _fact(fact: CreditedFact, several: bool) -> str:
    part = f" ({fact.part})" if several else ""
    through = "; ".join(_through(each) for each in fact.through)
    return f"{fact.month}  {amount(fact.amount, places=12):>12}{part}  {fact.entity}" + (
        f"  through {through}" if through else "")  # fmt: skip


def _through(through: Through) -> str:
    about = ", ".join(f"{name} {value}" for name, value in through.leads_to.items())
    about = f" ({about})" if about else ""
    return f"{through.way} on {through.target}{about} from {through.first}" + (
        f" to {through.last}" if through.last else "")  # fmt: skip


def _row(cells: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in cells.items() if value)


def _json_writer(report: ExplainReport, every_row: bool) -> Callable[[BinaryIO], None]:
    del every_row  # JSON always has every row
    document = {
        "stamp": stamp_dict(report.stamp),
        "warnings": [finding_dict(finding) for finding in report.warnings],
        "partner": report.partner,
        "options": [_option_dict(option) for option in report.options],
    }
    return lambda out: _write(out, dumps(document) + "\n")


def _write(out: BinaryIO, text: str) -> None:
    out.write(text.encode())


def _option_dict(option: OptionExplanation) -> dict[str, object]:
    return {
        "competency": option.program.competency,
        "option": option.option.id,
        "version": option.program.version,
        "score": number(option.score.score),
        "score_exact": exact(option.score.score),
        "level": option.score.level or None,
        "metrics": {each.result.metric.id: _metric_dict(each) for each in option.metrics},
        "values": {
            each.value.id: {
                "value": value_json(each.result),
                "unit": each.unit or None,
                **_value_dict(each),
            }
            for each in option.values
        },
    }


def _metric_dict(explained: MetricExplanation) -> dict[str, object]:
    metric, used = explained.result.metric, explained.result.threshold
    number_of = plain_decimal(used.number) if used is not None else ""
    return {
        **metric_dict(explained.result),
        "formula": explained.formula.format(
            max_points=plain_decimal(metric.max_points), value="value", threshold=number_of),
        **_value_dict(explained.value),
    }  # fmt: skip


def _places_dict(explained: ValueExplanation) -> dict[str, object]:
    """Where a fold found something, and what is told apart."""
    places = {"in": explained.seen, "apart": explained.apart}
    return {name: [{"at": where, "value": value_json(what)} for where, what in each]
            for name, each in places.items() if each}  # fmt: skip


def _value_dict(explained: ValueExplanation) -> dict[str, object]:
    """How a value came about."""
    if explained.calculation:
        named = {name: value_json(each) for name, each in explained.named.items()}
        source = explained.value.source
        cases = [{"when": each.when.text if each.when is not None else None,
                  "is": each.expression.text} for each in source.cases] if (
                      isinstance(source, Calculated)) else []  # fmt: skip
        several = {"cases": cases} if cases else {}
        rank = (
            {}
            if explained.rank is None
            else dict(zip(("less", "others"), explained.rank, strict=True))
        )
        return {
            "is": explained.calculation,
            "from": named,
            **several,
            **rank,
            **_places_dict(explained),
        }
    return {
        **_places_dict(explained),
        "facts": [
            {
                "entity": fact.entity,
                "month": fact.month,
                "part": fact.part,
                "amount": number(fact.amount),
                "through": [
                    {"way": each.way, "target": each.target, "leads_to": each.leads_to,
                     "first_month": each.first, "last_month": each.last or None}
                    for each in fact.through
                ],
            }
            for fact in explained.facts
        ],
        "table": explained.table,
        "rows": [{"cells": row.cells, "verdict": row.verdict} for row in explained.rows],
        "verdicts": dict(explained.verdicts),
    }  # fmt: skip


WRITERS = {"text": _text_writer, "json": _json_writer}
