"""Whether conditions can hold together, by what their names may be.

``Possible`` looks for a way in which all of some goals are met, a goal being a condition and whether
it must hold. It splits them at ``or`` and at conditionals until comparisons are left, narrows what
each name may be by them, and gives up a way where nothing is left of a name. So its no is a proof;
its yes only says that none was found.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from tierwise.expression.intervals import Interval, at_least, at_most
from tierwise.expression.parse import paths_of
from tierwise.expression.ranges import Range, Ranges, pairs_of
from tierwise.expression.typed import path_of

MOST_STEPS = 600
"""Beyond so many steps nothing is claimed, so that a strange file costs no more than a moment."""
MOST_ITEMS = 12
"""Beyond so many items a list is not taken apart."""
ROUNDS = 3
"""How often comparisons narrow names again, since one name may bound another."""

Goal = tuple[ast.expr, bool]
"""A condition, and whether it holds; one that is missing does not."""

_NOT: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.GtE, ast.GtE: ast.Lt,
    ast.Gt: ast.LtE, ast.LtE: ast.Gt,
}  # fmt: skip


class _Contradiction(Exception):
    """Nothing is left of a name."""


@dataclass(frozen=True)
class Possible:
    """What is known of the names of a place.

    ``names``: the range of a name or path; ``definition``: the condition that a name stands for,
    None where it stands for none; ``facts``: what always holds.
    """

    names: Callable[[str], Range]
    definition: Callable[[str], ast.expr | None] = lambda path: None
    facts: tuple[Goal, ...] = ()
    _before: Possible | None = field(default=None, compare=False)  # with the first of the facts

    def together(self, *goals: Goal) -> bool:
        """Whether the goals may all be met."""
        return self._begun is not None and self._begun.copy().leads(goals)

    def always(self, condition: ast.expr, *given: Goal) -> bool:
        """Whether a condition holds wherever the goals given are met."""
        return not self.together(*given, (condition, False))

    def never(self, condition: ast.expr, *given: Goal) -> bool:
        """Whether a condition holds nowhere where the goals given are met."""
        return not self.together(*given, (condition, True))

    def assuming(self, *goals: Goal) -> Possible:
        """The same where some goals are known to be met."""
        return replace(self, facts=(*self.facts, *goals), _before=self) if goals else self

    @property
    def alone(self) -> Possible:
        """The same where nothing is known but what names may be."""
        return Possible(self.names, self.definition)

    @functools.cached_property
    def _begun(self) -> _Way | None:
        """The way on which the facts are met, from which every question goes on; None without one."""
        way = _Way(self, _Budget()) if self._before is None else self._before._begun  # noqa: SLF001
        known = 0 if self._before is None else len(self._before.facts)
        try:
            if way is not None:
                way = way.copy()
                way.follow(self.facts[known:])
        except _Contradiction:
            return None
        return way


@dataclass
class _Budget:
    left: int = MOST_STEPS


@dataclass(frozen=True)
class _Way:
    """One way to meet goals, as far as it has been followed.

    ``known``: what is left of names; ``met``: the comparisons and other parts that are not split
    any more, by their text, with the names in them; ``changed``: names of which less is left than
    when the comparisons in ``met`` were looked at; ``split``: goals that can be met in several ways;
    ``choices``: as of ``Ranges``.
    """

    place: Possible
    budget: _Budget
    known: dict[str, Range] = field(default_factory=dict)
    met: dict[str, tuple[Goal, frozenset[str]]] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    split: list[Goal] = field(default_factory=list)
    choices: dict[int, bool] = field(default_factory=dict)

    def copy(self) -> _Way:
        """The same way, to be followed on; with as many steps left, whoever else takes some."""
        return replace(self, budget=replace(self.budget), known=dict(self.known),
                       met=dict(self.met), changed=set(self.changed), split=list(self.split))  # fmt: skip

    def leads(self, goals: Sequence[Goal]) -> bool:
        """Whether it may lead on to some more goals."""
        try:
            self.follow(goals)
        except _Contradiction:
            return False
        if not self.split or self.budget.left < 0:
            return True
        first, *others = self.split
        return any(self._turned(choices).leads([*others, *more])
                   for more, choices in self._branches(*first))  # fmt: skip

    def follow(self, goals: Sequence[Goal]) -> None:
        """Meet some more goals, but for those that can be met in several ways.

        Raises:
            _Contradiction: it leads nowhere.
        """
        waiting = list(goals)
        while waiting:
            self.budget.left -= 1
            condition, wanted = waiting.pop()
            branches = self._branches(condition, wanted)
            if len(branches) > 1:
                self.split.append((condition, wanted))  # what is sure comes first
            elif branches:
                waiting += branches[0][0]
            else:
                self._meet(condition, wanted)
        for _ in range(ROUNDS):
            if not self.changed:
                break
            before = set(self.changed)
            self.changed.clear()
            for (condition, wanted), names in self.met.values():
                if not names.isdisjoint(before) or not names.isdisjoint(self.changed):
                    self._narrow(condition, wanted)

    def _turned(self, choices: dict[int, bool]) -> _Way:
        """The same way where some choices are made."""
        choices = {**self.choices, **choices}
        return replace(self.copy(), budget=self.budget, split=[], choices=choices)

    # Splitting.

    def _branches(
        self, condition: ast.expr, wanted: bool
    ) -> list[tuple[list[Goal], dict[int, bool]]]:
        """The ways to meet a goal, each by other goals and choices; none where it stays as it is."""
        path = path_of(condition)
        stands_for = self.place.definition(path) if path is not None else None
        if stands_for is not None:
            return [([(stands_for, wanted)], {})]
        match condition:
            case ast.UnaryOp(op=ast.Not()):
                return [([(condition.operand, not wanted)], {})]
            case ast.BoolOp():
                return _split([(each, wanted) for each in condition.values],
                              isinstance(condition.op, ast.And) is wanted)  # fmt: skip
            case ast.IfExp():
                return [([(condition.test, True), (condition.body, wanted)], {}),
                        ([(condition.test, False), (condition.orelse, wanted)], {})]  # fmt: skip
            case ast.Compare(ops=[_, _, *_]):
                parts: list[Goal] = [(_pair(*each), wanted) for each in pairs_of(condition)]
                return _split(parts, wanted)
            case ast.Compare(left=left, ops=[operator], comparators=[ast.List(elts=items)]) if (
                wanted and len(items) <= MOST_ITEMS
            ):
                among = isinstance(operator, ast.In)
                sign = ast.Eq if among else ast.NotEq
                return _split([(_pair(left, sign(), item), True) for item in items], not among)
        choice = self._choice(condition)
        if choice is None:
            return []
        return [([(choice.test, side), (condition, wanted)], {id(choice): side})
                for side in (True, False)]  # fmt: skip

    def _choice(self, node: ast.expr) -> ast.IfExp | None:
        """A conditional in a part that is not decided yet."""
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if isinstance(part, ast.IfExp):
                side = self.choices.get(id(part))
                if side is None:
                    return part
                waiting.append(part.body if side else part.orelse)
            elif path_of(part) is None:
                waiting += [each for each in ast.iter_child_nodes(part)
                            if isinstance(each, ast.expr)]  # fmt: skip
        return None

    # Narrowing.

    def _range(self, path: str) -> Range:
        known = self.known.get(path)
        return self.place.names(path) if known is None else known

    def _of(self, node: ast.expr) -> Range:
        return Ranges(self._range, self.choices).of(node)

    def _meet(self, condition: ast.expr, wanted: bool) -> None:
        text = ast.dump(condition)
        if text in self.met and self.met[text][0][1] is not wanted:
            raise _Contradiction
        self.met[text] = (condition, wanted), frozenset(paths_of(condition))
        self._narrow(condition, wanted)

    def _narrow(self, condition: ast.expr, wanted: bool) -> None:
        """Take from names what does not go with a goal."""
        value = self._of(condition)
        if not (value.may_hold if wanted else value.may_fail):
            raise _Contradiction
        path = path_of(condition)
        match condition:
            case ast.Name() | ast.Attribute() if path not in (None, "true", "false"):
                truths = value.truths & {wanted}
                self._keep(str(path), replace(value, truths=truths, missing=value.missing and not wanted))  # fmt: skip
            case ast.Call(func=ast.Name(id="present" | "missing" as name), args=[argument]):
                self._present(argument, wanted is (name == "present"))
            case ast.Compare(left=left, ops=[operator], comparators=[right]):
                self._compare(left, operator, right, wanted)

    def _keep(self, path: str, left: Range) -> None:
        if not left.is_present and not left.missing:
            raise _Contradiction
        if self._range(path) != left:
            self.changed.add(path)
        self.known[path] = left

    def _present(self, node: ast.expr, wanted: bool) -> None:
        path = path_of(node)
        if path is not None:
            value = self._range(path)
            self._keep(path, replace(value, missing=False) if wanted
                       else replace(value, numbers=None, truths=frozenset()))  # fmt: skip

    def _compare(
        self, left: ast.expr, operator: ast.cmpop, right: ast.expr, wanted: bool
    ) -> None:  # fmt: skip
        one, other = self._of(left), self._of(right)
        if not wanted:
            negated = _NOT.get(type(operator))
            if negated is None or one.missing or other.missing:
                return  # it may fail because something is missing
            operator = negated()
        if one.numbers is None or other.numbers is None:
            return
        if isinstance(operator, ast.In | ast.NotIn):
            return
        self._bound(left, _beside(operator, one.numbers, other.numbers))
        self._bound(right, _beside(mirrored(operator), other.numbers, one.numbers))

    def _bound(self, node: ast.expr, within: Interval | None) -> None:
        """Take from the names of a calculation what does not lead into an interval."""
        if within is None:
            raise _Contradiction
        path = path_of(node)
        if path is not None:
            value = self._range(path)
            if value.numbers is not None:
                self._keep(path, replace(value, numbers=value.numbers & within, missing=False))
            return
        match node:
            case ast.UnaryOp(op=ast.USub()):
                self._bound(node.operand, -within)
            case ast.UnaryOp(op=ast.UAdd()):
                self._bound(node.operand, within)
            case ast.IfExp() if id(node) in self.choices:
                self._bound(node.body if self.choices[id(node)] else node.orelse, within)
            case ast.BinOp():
                self._bound_sides(node, within)

    def _bound_sides(self, node: ast.BinOp, within: Interval) -> None:
        left, right = self._of(node.left).numbers, self._of(node.right).numbers
        if left is None or right is None:
            raise _Contradiction  # it has no value, so no comparison of it holds
        match node.op:
            case ast.Add():
                self._bound(node.left, within - right)
                self._bound(node.right, within - left)
            case ast.Sub():
                self._bound(node.left, within + right)
                self._bound(node.right, left - within)
            case ast.Mult():
                for side, factor in ((node.left, right), (node.right, left)):
                    inverse = None if Fraction(0) in factor else factor.inverse()
                    if inverse is not None:
                        self._bound(side, within * inverse)
            case ast.Div():
                divisor = right.without(Fraction(0))
                if divisor is not None:
                    self._bound(node.left, within * divisor)


def _split(goals: list[Goal], all_of_them: bool) -> list[tuple[list[Goal], dict[int, bool]]]:
    return [(goals, {})] if all_of_them else [([each], {}) for each in goals]


def _pair(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.Compare:
    return ast.copy_location(ast.Compare(left, [operator], [right]), left)


def mirrored(operator: ast.cmpop) -> ast.cmpop:
    """The comparison that says the same with its sides exchanged."""
    exchanged: dict[type[ast.cmpop], type[ast.cmpop]] = {
        ast.Lt: ast.Gt, ast.Gt: ast.Lt, ast.LtE: ast.GtE, ast.GtE: ast.LtE,
    }  # fmt: skip
    return exchanged.get(type(operator), type(operator))()


def _beside(operator: ast.cmpop, one: Interval, other: Interval) -> Interval | None:
    """What is left of the numbers of one side where a comparison with the other holds."""
    match operator:
        case ast.Lt() | ast.LtE():
            return one & at_most(other, isinstance(operator, ast.Lt))
        case ast.Gt() | ast.GtE():
            return one & at_least(other, isinstance(operator, ast.Gt))
        case ast.Eq():
            return one & other
        case ast.NotEq() if other.only is not None:
            return one.without(other.only)
    return one
