"""What an expression may give: always among what is told, and told closely where it can be."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterable
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thorough import examples
from tierwise.diagnostics import Diagnostic, Span
from tierwise.expression.functions import FUNCTIONS
from tierwise.expression.intervals import ALL, Interval
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression, parse
from tierwise.expression.possible import Possible
from tierwise.expression.ranges import ANYTHING, FUNCTION_RANGES, Range, range_of
from tierwise.expression.scalars import Scalar, ScalarEvaluator
from tierwise.source.document import Written

KINDS = {"a": Kind.DECIMAL, "b": Kind.DECIMAL, "w": Kind.WHOLE, "v": Kind.WHOLE,
         "f": Kind.BOOLEAN, "g": Kind.BOOLEAN, "t": Kind.TEXT, "day": Kind.DATE,
         "fruit.pears": Kind.TEXTS}  # fmt: skip


class SomeNames:
    """The names of ``KINDS``."""

    def kind_of(self, path: str) -> Kind | None:
        return KINDS.get(path)

    def unknown(self, path: str) -> tuple[str, Iterable[str]]:
        return path, KINDS

    def values_of(self, path: str) -> Iterable[str] | None:
        del path
        return None

    def definition_of(self, path: str) -> None:
        """None of them is derived."""


def checked(text: str) -> Expression:
    found: list[Diagnostic] = []
    expression = parse(Written(text, Span("f")), SomeNames(), None, found, divides=True)
    assert expression is not None, (text, found)
    return expression


def names_of(**known: Range) -> Callable[[str], Range]:
    return lambda path: known.get(path, ANYTHING)


def number(low: int | None, high: int | None, missing: bool = False) -> Range:
    return Range.number(Interval.between(low, high), missing)


def whole(low: int | None, high: int | None) -> Range:
    return Range.number(Interval.between(low, high, whole=True))


# Expressions at random, with values of their names and something that those are known to be among.

ENDS = st.fractions(min_value=-6, max_value=6, max_denominator=3)


@st.composite
def numbers_among(draw: st.DrawFn, is_whole: bool) -> tuple[Scalar, Range]:
    """A number, or none, and a range that it is in."""
    value = Fraction(draw(st.integers(-5, 5))) if is_whole else draw(ENDS)
    low, high = draw(st.none() | ENDS), draw(st.none() | ENDS)
    low_open, high_open = draw(st.booleans()), draw(st.booleans())
    interval = Interval.between(low, high, low_open, high_open, is_whole)
    missing = draw(st.booleans())
    if interval is None or value not in interval:
        interval = Interval.of(value) | (interval or Interval.of(value))
    is_there = not missing or draw(st.booleans())
    return (value if is_there else None), Range.number(interval, missing)


@st.composite
def truths_among(draw: st.DrawFn) -> tuple[Scalar, Range]:
    """A truth, or none, and a range that it is in."""
    value = draw(st.sampled_from([True, False, None]))
    truths = draw(st.sets(st.booleans())) | ({value} if value is not None else set())
    return value, Range(None, frozenset(truths), value is None or draw(st.booleans()))


def numerals(
    deeper: st.SearchStrategy[str], truths: st.SearchStrategy[str]
) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds(lambda one, sign, other: f"({one} {sign} {other})", deeper,
                  st.sampled_from("+-*/"), deeper),
        st.builds(lambda one: f"(-{one})", deeper),
        st.builds(lambda one, test, other: f"({one} if {test} else {other})", deeper, truths, deeper),
    )  # fmt: skip


LEAVES = st.sampled_from(["a", "b", "w", "v", "0", "1", "2.5", "7"])
CONDITIONS = st.sampled_from(["f", "g", "true", "false", "present(a)", "missing(w)", "t == 'x'",
                              "a in [1, 2.5]", "w not in [0, 1, 7]"])  # fmt: skip


def conditions_over(numbers: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    signs = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    compared = st.builds(
        lambda one, sign, other: f"({one} {sign} {other})", numbers, signs, numbers
    )
    chained = st.builds(lambda one, sign, two, again, three: f"({one} {sign} {two} {again} {three})",
                        numbers, signs, numbers, signs, numbers)  # fmt: skip
    return st.recursive(CONDITIONS | compared | chained, lambda deeper: st.one_of(
        st.builds(lambda one, join, other: f"({one} {join} {other})", deeper,
                  st.sampled_from(["and", "or"]), deeper),
        st.builds(lambda one: f"(not {one})", deeper),
        st.builds(lambda one, test, other: f"({one} if {test} else {other})", deeper, deeper, deeper),
    ), max_leaves=4)  # fmt: skip


SMALL = st.recursive(LEAVES, lambda deeper: numerals(deeper, CONDITIONS), max_leaves=3)
TRUTHS = conditions_over(SMALL)
NUMBERS = st.recursive(LEAVES, lambda deeper: numerals(deeper, TRUTHS), max_leaves=5)
WORLDS = st.fixed_dictionaries({
    "a": numbers_among(False), "b": numbers_among(False), "w": numbers_among(True),
    "v": numbers_among(True), "f": truths_among(), "g": truths_among(),
    "t": st.sampled_from(["x", "y", None]).map(lambda text: (text, ANYTHING)),
})  # fmt: skip
World = dict[str, tuple[Scalar, Range]]


class _Evaluator(ScalarEvaluator):
    """As where values are judged: what is divided by 0 is missing."""

    def _binary(self, node: ast.BinOp) -> object:
        try:
            return super()._binary(node)
        except ZeroDivisionError:
            return None


def evaluated(text: str, world: World) -> tuple[Scalar, Range, Expression] | None:
    """An expression's value and its range; None where it is none, as where it divides by 0 alone."""
    found: list[Diagnostic] = []
    expression = parse(Written(text, Span("f")), SomeNames(), None, found, divides=True)
    if expression is None:
        return None
    value = _Evaluator({name: each for name, (each, _) in world.items()}).value(expression)
    names = names_of(**{name: each for name, (_, each) in world.items()})
    return value, range_of(expression.tree, names), expression


@settings(max_examples=examples(150), deadline=None)
@given(NUMBERS, WORLDS)
def test_a_number_is_in_its_range(text: str, world: World) -> None:
    told = evaluated(text, world)
    if told is None:
        return
    value, known, _ = told
    if value is None:
        assert known.missing
    else:
        assert isinstance(value, Fraction)
        assert known.numbers is not None and value in known.numbers


@settings(max_examples=examples(150), deadline=None)
@given(TRUTHS, WORLDS)
def test_a_condition_is_in_its_range(text: str, world: World) -> None:
    told = evaluated(text, world)
    if told is not None:
        assert told[1].may_hold if told[0] else told[1].may_fail


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(TRUTHS, min_size=1, max_size=4), WORLDS)
def test_what_is_so_is_possible(texts: list[str], world: World) -> None:
    every = [each for text in texts if (each := evaluated(text, world)) is not None]
    place = Possible(names_of(**{name: each for name, (_, each) in world.items()}))
    assert place.together(*((expression.tree, bool(value)) for value, _, expression in every))


# What is told closely.

AMOUNTS = names_of(
    n=whole(0, None), w=whole(0, None), a=number(0, 20), b=number(-3, 5, missing=True),
    f=Range.truth(True, False), v=whole(0, 12),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("a", "0", "20"), ("-a", "-20", "0"), ("a + 1", "1", "21"), ("a - b", "-5", "23"),
     ("2 * a - 0.5", "-0.5", "39.5"), ("a * b", "-60", "100"), ("b * b", "-15", "25"),
     ("a / 4", "0", "5"), ("1 / (a + 1)", "1/21", "1"), ("1 / a", "1/20", None),
     ("a / (0 - 2)", "-10", "0"), ("10 if f else 3", "3", "10"), ("w", "0", None),
     ("w + v", "0", None), ("-w", None, "0"), ("w * -2", None, "0"), ("1 / b", None, None),
     ("5 if a >= 0 else 9", "5", "5"), ("5 if a > 20 else 9", "9", "9"),
     ("a if v in [13, 14] else 2", "2", "2"), ("1 / (w + 1)", "0", "1"),
     ("months_between(day, day)", None, None)],
)  # fmt: skip
def test_the_ends_of_an_expression(text: str, low: str | None, high: str | None) -> None:
    numbers = range_of(checked(text).tree, AMOUNTS).numbers
    assert numbers is not None
    ends = [None if end is None else Fraction(end) for end in (low, high)]
    assert [numbers.low, numbers.high] == ends


@pytest.mark.parametrize(
    ("condition", "always", "never"),
    [("a >= 0", True, False), ("a > 20", False, True), ("a >= 20", False, False),
     ("b >= -3", False, False), ("b < -3", False, True), ("not b < -3", True, False),
     ("b >= -3 or missing(b)", True, False), ("present(a)", True, False),
     ("present(b)", False, False), ("missing(w)", False, True), ("w > 0.5", False, False),
     ("w > 0 and w < 1", False, True), ("a > 0 and a < 1", False, False),
     ("w == 2.5", False, True), ("w in [0.5, -1]", False, True), ("w not in [0.5, -1]", True, False),
     ("a >= 12 and a < 12", False, True), ("a >= 12 or a < 12", True, False),
     ("0 <= a <= 20", True, False), ("20 < a or 30 < a", False, True),
     ("f or not f", True, False), ("f and not f", False, True), ("f == true", False, False),
     ("t == 'x' and t != 'x'", False, False), ("t == 'x' and not t == 'x'", False, True),
     ("a + w >= 0", True, False), ("a + w >= 25 and w < 5", False, True),
     ("a - w == 0 and w > 20", False, True), ("2 * a > 40", False, True),
     ("(a if f else w) < 0", False, True), ("(5 if f else 9) > (a if f else 30)", False, False),
     ("f and (5 if f else 9) > 5", False, True), ("true", True, False), ("false", False, True),
     ("1 / a > 0 and a == 0", False, True), ("present(1 / a)", False, False),
     ("present(1 / (a + 1))", True, False), ("a != 20 and a >= 20", False, True),
     ("a in [21, 22]", False, True), ("t in fruit.pears", False, False)],
)  # fmt: skip
def test_what_is_proved(condition: str, always: bool, never: bool) -> None:
    tree = checked(condition).tree
    place = Possible(AMOUNTS)
    assert (place.always(tree), place.never(tree)) == (always, never)


def test_a_name_stands_for_its_condition() -> None:
    stands_for = checked("a >= 15").tree
    place = Possible(AMOUNTS, lambda path: stands_for if path == "f" else None)
    assert place.never(checked("f and a < 10").tree)
    assert place.assuming((checked("f").tree, True)).always(checked("a > 14").tree)


def test_strange_conditions_cost_a_moment() -> None:
    """Eight numbers for seven names: never, but it takes too many steps to see."""
    start = time.monotonic()
    for names, claimed in ((3, True), (7, False)):
        each = (" or ".join(f"x{at} == {n}" for at in range(names)) for n in range(names + 1))
        condition = ast.parse(" and ".join(f"({one})" for one in each), mode="eval").body
        assert Possible(lambda path: whole(0, 9)).never(condition) is claimed
    assert time.monotonic() - start < 5


def test_what_is_not_known_may_be_anything() -> None:
    assert range_of(checked("day").tree, AMOUNTS) == ANYTHING
    assert range_of(ast.parse("whatever(a)", mode="eval").body, AMOUNTS) == ANYTHING
    assert Interval.between(3, 2) is None
    assert Interval.between(3, 3, True) is None
    assert Interval.of(0).inverse() is None
    assert ALL.inverse() == ALL


def test_every_function_whose_range_is_told_is_one() -> None:
    assert FUNCTION_RANGES.keys() <= FUNCTIONS.keys()
