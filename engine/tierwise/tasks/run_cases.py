"""Cases → what came of each: those of one version and month in as few evaluations as is sound."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tierwise import pipeline
from tierwise.diagnostics import Cell, Diagnostic, Span, shown
from tierwise.months import format_month
from tierwise.program.cases.case import Case, CaseRow, Expected, ValueResult
from tierwise.program.cases.identity import Place, identities
from tierwise.program.program import Program
from tierwise.quantity import plain_decimal
from tierwise.run.backend import Settings
from tierwise.run.results import ScoreResult
from tierwise.run.run import score_tables

Result = tuple[Case, tuple[Diagnostic, ...], tuple[Diagnostic, ...]]
"""A case, the expectations that it does not meet, and what the contract refuses of it."""

_KEPT = 64
"""How many programs with some of their options are kept."""
_APART = "\x1f"
"""Stands behind a case's number, which stands before what identifies something in its rows."""
_SUCH_ROWS = re.compile(r" \([0-9,]+ such rows\)$")


def run_cases(cases: Sequence[Case], progress: Callable[[str], None]) -> tuple[Result, ...]:
    """What came of each case, in the order of the cases."""
    numbers: dict[tuple[str, str, int], dict[int, Case]] = {}
    for number, case in enumerate(cases):
        numbers.setdefault(case.together_with, {})[number] = case
    results: dict[int, Result] = {}
    for (competency, _, as_of), together in numbers.items():
        progress(f"{competency} in {format_month(as_of)}")
        places = identities(next(iter(together.values())).program)
        apart = [together] if places is not None else [{each: together[each]} for each in together]
        for data_set in apart:
            results |= _evaluated(data_set, places or frozenset())
    return tuple(results[number] for number in range(len(cases)))


def _evaluated(cases: Mapping[int, Case], places: frozenset[Place]) -> dict[int, Result]:
    """What came of cases whose rows can lie in one data set; one that is refused stops no other."""
    waiting, results = dict(cases), dict[int, Result]()
    program = next(iter(cases.values())).program
    program = _with_options(program, frozenset(case.option for case in cases.values()))
    while waiting:
        rows = _rows(waiting, program.contract.tables)
        tables = {
            name: [_marked(name, row, number, places) for number, row in each]
            for name, each in rows.items()
        }
        with pipeline.ran(tables, [program], Settings(), allow_short_history=True,
                          progress=lambda doing: None) as outcome:  # fmt: skip
            ran = outcome.value
            if ran is not None:
                scores = {
                    (each.option.id, score.scored): score
                    for plan in ran.plans
                    for each in score_tables(ran.backend, plan, None)
                    for score in each.scores()
                }
                results |= {number: (case, tuple(_failures(case, number, places, scores)), ())
                            for number, case in waiting.items()}  # fmt: skip
                break
            errors = [each for each in outcome.diagnostics if each.is_error]
            refused = _refused(waiting, rows, errors)
            results |= {number: (waiting.pop(number), (), each) for number, each in refused.items()}
    return results


@functools.lru_cache(_KEPT)
def _with_options(program: Program, options: frozenset[str]) -> Program:
    """A program with some of its options; the same one again where cases are apart, as is its plan."""
    return replace(program, options=tuple(each for each in program.options if each.id in options))


Numbered = Mapping[str, Sequence[tuple[int, CaseRow]]]
"""By table, its rows with the number of their case."""


def _rows(cases: Mapping[int, Case], tables: Mapping[str, object]) -> Numbered:
    return {name: [(number, row) for number, case in cases.items() for row in case.rows[name]]
            for name in tables}  # fmt: skip


def _marked(
    table: str, row: CaseRow, number: int, places: frozenset[Place]
) -> dict[str, str | None]:
    """A row in which what identifies something is no other case's."""
    return {
        name: f"{number}{_APART}{cell}" if (table, name) in places and cell is not None else cell
        for name, cell in row.cells.items()
    }


def _refused(
    cases: Mapping[int, Case], rows: Numbered, errors: Sequence[Diagnostic]
) -> dict[int, tuple[Diagnostic, ...]]:
    """By the number of a case, what the contract refuses of its rows, in its file."""
    refused: dict[int, list[Diagnostic]] = {}
    for error in errors:
        for number, place in _in_file(cases, rows, error):
            message = f"{shown(cases[number].full_name)}: {_SUCH_ROWS.sub('', error.message)}"
            refused.setdefault(number, []).append(replace(error, message=message, place=place))
    return {number: tuple(each) for number, each in refused.items()}


def _in_file(
    cases: Mapping[int, Case], rows: Numbered, error: Diagnostic
) -> list[tuple[int, Span]]:
    """The case and the place of what an error says of a cell; every case where it says of none."""
    cell = error.place
    if not isinstance(cell, Cell) or cell.row is None:
        return [(number, case.span) for number, case in cases.items()]
    number, row = rows[cell.path][cell.row]
    start = Span(row.span.path, row.span.line, row.span.column, row.span.line, row.span.column + 1)
    return [(number, row.spans.get(cell.column or "", start))]


def _failures(
    case: Case,
    number: int,
    places: frozenset[Place],
    scores: Mapping[tuple[str, str], ScoreResult],
) -> Iterator[Diagnostic]:
    mark = f"{number}{_APART}" if places else ""
    several = len(case.rows[case.program.contract.scored]) > 1
    for expected in case.expected:
        score = scores[case.option, f"{mark}{expected.scored}"]
        wanted, got, reason = _compared(expected, score)
        if wanted != got:
            of = f" of {expected.scored}" if several else ""
            what = _WHAT[expected.what].format(expected.name)
            yield Diagnostic("case-failed", f"{shown(case.full_name)}: {what}{of}: expected {wanted}, "
                             f"got {got}", expected.span, reason)  # fmt: skip


_WHAT = {"value": "value of {}", "points": "points of {}", "values": "value of {}",
         "groups": "points of {}", "score": "score", "level": "level"}  # fmt: skip


def _compared(expected: Expected, score: ScoreResult) -> tuple[str, str, str]:
    """What is expected and what there is, written alike if and only if they are the same."""
    name, unit = expected.name, expected.unit
    metric = next((each for each in score.metrics if each.metric.id == name), None)
    reason = f"the rules say: {metric.reason}" if metric is not None and metric.reason else ""
    got: ValueResult
    match expected.what:
        case "level":
            return str(expected.wanted or "no level"), score.level or "no level", ""
        case "score":
            got = score.score
        case "groups":
            got = score.groups[name]
        case "points":
            assert metric is not None, "binding refuses unknown metrics"
            got = metric.points
        case _:
            got = score.value(name)
    return _shown(expected.wanted, unit), _shown(got, unit), reason


def _shown(value: ValueResult, unit: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, Fraction):
        return _exact(value, unit)
    return str(value)


def _exact(number: Fraction | None, unit: str = "") -> str:
    """A number without loss: a decimal where it ends, else a fraction."""
    if number is None:
        return "none"
    shown_as = number * 100 if unit == "%" else number
    text = plain_decimal(shown_as)
    if Fraction(text) != shown_as:
        text = str(shown_as)
    return f"{text} {unit}" if unit else text
