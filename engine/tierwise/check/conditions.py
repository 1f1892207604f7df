"""Every condition decides something: it holds for some and not for others, as far as can be told.

Judged are what a metric requires, conditions of thresholds and points, the conditions of values, and
those of a choice (``a if condition else b``) wherever it stands in an expression over values; and of
each ``and`` and ``or`` what it joins: what never holds adds nothing to an ``or``, what always holds
asks nothing in an ``and``.
A condition that is the word ``true`` or ``false`` alone says what it means and is left.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tierwise.diagnostics import Diagnostic, shown
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.possible import Goal, Possible
from tierwise.expression.typed import literal, path_of
from tierwise.points.all_when import AllWhen
from tierwise.program.option import Metric, Option
from tierwise.program.program import Program
from tierwise.program.value_ranges import OptionRanges, option_ranges

CODE = "constant-condition"

WHERE_ASKED = " where it is asked"
"""Said where conditions before it decide already."""

_CHOICE = re.compile(r"\bif\b")


def check(program: Program) -> Iterable[Diagnostic]:
    """A finding for each condition that always holds or never does."""
    for option in program.options:
        ranges = option_ranges(option, program.contract)
        yield from _of_values(option, ranges.of_values())
        for metric in option.metrics:
            yield from _of_metric(metric, ranges)
        levels = ranges.of_levels()
        for level in option.levels:
            found = []
            if isinstance(level.when.tree, ast.BoolOp) and level is option.levels[-1]:
                # That it never holds is said of the level; that others never count, of those.
                found = [*_constant(level.when, levels, None, "so the level asks for nothing")]
            yield from found or _parts(level.when, levels)


def _of_values(option: Option, place: Possible) -> Iterator[Diagnostic]:
    for value in option.values:
        for expression in value.expressions:
            is_condition = expression.kind is Kind.BOOLEAN
            found = []
            if is_condition and not _is_word(expression.tree):
                found = [*_constant(expression, place, "so the value is the same for everybody")]
            yield from found or _parts(expression, place)


def _of_metric(metric: Metric, ranges: OptionRanges) -> Iterator[Diagnostic]:
    place = ranges.of_metric(metric)
    for each in metric.requires:
        if not place.together():
            return  # one that never holds has been told
        found = [*_constant(each.that, place, "so the metric never earns points",
                            "so nothing is required")]  # fmt: skip
        yield from found or _parts(each.that, place)
        place = place.assuming((each.that.tree, True))
    if not place.together():
        return
    rule = metric.points
    for expression in rule.expressions:
        found = []
        if isinstance(rule, AllWhen) and not _is_word(expression.tree):
            # That it never holds is said of the points that nobody earns.
            found = [*_constant(expression, place, None, "so everybody earns all points")]
        yield from found or _parts(expression, place)
    yield from _of_thresholds(metric, place)


def _of_thresholds(metric: Metric, place: Possible) -> Iterator[Diagnostic]:
    for each in metric.thresholds:
        if each.when is None:
            return
        found = [*_constant(each.when, place, f"so {each.quantity.text} never counts",
                            "so no threshold behind it counts")]  # fmt: skip
        yield from found or _parts(each.when, place)
        place = place.assuming((each.when.tree, False))
        if not place.together():
            return


def _constant(
    condition: Expression, place: Possible, never: str | None, always: str | None = None
) -> Iterator[Diagnostic]:
    """A finding where a condition is the same for everybody, and what follows from that."""
    yield from _told(
        condition, condition.tree, shown(condition.text), place, never, always or never
    )


def _told(
    within: Expression, tree: ast.expr, text: str, place: Possible,
    never: str | None, always: str | None,
) -> Iterator[Diagnostic]:  # fmt: skip
    if never is not None and place.never(tree):
        asked = "" if place.alone.never(tree) else WHERE_ASKED
        yield Diagnostic(CODE, f"{text} never holds{asked}, {never}", within.span,
                         "correct the condition, or remove it with what it decides")  # fmt: skip
    elif always is not None and place.always(tree):
        asked = "" if place.alone.always(tree) else WHERE_ASKED
        yield Diagnostic(CODE, f"{text} always holds{asked}, {always}", within.span,
                         "correct the condition, or remove it")  # fmt: skip


def _parts(expression: Expression, place: Possible) -> Iterator[Diagnostic]:
    """A finding for each choice, and each part of what is joined, that decides nothing."""
    waiting: list[tuple[ast.expr, tuple[Goal, ...]]] = [(expression.tree, ())]
    while waiting:
        node, given = waiting.pop()
        if path_of(node) is not None:
            continue
        here = place.assuming(*given)
        if isinstance(node, ast.BoolOp):
            found = [*_joined(expression, node, here)]
            yield from found
            waiting += [(each, given) for each in node.values if not found]
        elif not isinstance(node, ast.IfExp):
            waiting += [(each, given) for each in ast.iter_child_nodes(node)
                        if isinstance(each, ast.expr)]  # fmt: skip
        elif here.together():  # else nobody comes here; what keeps them away has been told
            text = _text(expression, node)
            found = [*_told(expression, node.test, shown(text), here,
                            "so what stands before 'if' is never taken",
                            "so what stands behind 'else' is never taken")] if text else []  # fmt: skip
            yield from found
            waiting += [(node.body, (*given, (node.test, True))),
                        (node.orelse, (*given, (node.test, False)))]  # fmt: skip
            waiting += [] if found else [(node.test, given)]


def _joined(expression: Expression, node: ast.BoolOp, place: Possible) -> Iterator[Diagnostic]:
    """A finding for each of the conditions that ``and`` or ``or`` joins without which it says the same.

    Where the whole is the same for everybody, that is told instead.
    """
    if place.never(node) or place.always(node):
        return
    adds_nothing = "so it adds nothing to what 'or' joins"
    asks_nothing = "so 'and' asks for nothing more with it"
    is_or = isinstance(node.op, ast.Or)
    for each in node.values:
        text = ast.get_source_segment(expression.text, each)
        is_written = (each.col_offset, each.end_col_offset) != (
            node.col_offset,
            node.end_col_offset,
        )
        if text is None or not is_written:
            continue  # where a derived column stands, its parts have no text of their own
        if place.definition(path_of(each) or "") is not None:
            continue  # of a value that is a condition it has been told
        never, always = (adds_nothing, None) if is_or else (None, asks_nothing)
        for found in _told(expression, each, shown(text), place, never, always):
            yield replace(found, hint="correct the condition, or remove it")


def _text(expression: Expression, choice: ast.IfExp) -> str | None:
    """The condition of a choice as it is written; None where a derived column stands there."""
    whole = ast.get_source_segment(expression.text, choice) or ""
    if not _CHOICE.search(whole):
        return None
    return ast.get_source_segment(expression.text, choice.test)


def _place(node: ast.expr) -> tuple[int, int | None]:
    return node.col_offset, node.end_col_offset


def _is_word(tree: ast.expr) -> bool:
    return path_of(tree) in ("true", "false") or isinstance(literal(tree), bool)
