"""The kind of every part of an expression; what has none is reported where it stands."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from tierwise.diagnostics import Diagnostic, nearest, shown
from tierwise.expression.functions import FUNCTIONS
from tierwise.expression.functions.base import Function
from tierwise.expression.kinds import Kind, comparable
from tierwise.expression.unfold import Definition
from tierwise.expression.words import on_one_line
from tierwise.months import parse_date, parse_month
from tierwise.source.document import Written

MAX_STEPS = 10

MAX_NUMBER = 10**18

_ARITHMETIC: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
}  # fmt: skip
_NO_AS_OF = ("what is said of a row here holds in every month: ask for the day in a measure, with 'on' or "
             "'during', or in a value")  # fmt: skip
_NOT_PART: dict[type[ast.AST], str] = {
    ast.Subscript: "square brackets behind a value are",
    ast.Tuple: "values in a row without square brackets are",
    ast.Starred: "'*' before a value is",
}


class Names(Protocol):
    """What an expression may name."""

    def kind_of(self, path: str) -> Kind | None:
        """The kind of a dotted path, or None where there is no such name."""

    def unknown(self, path: str) -> tuple[str, Iterable[str]]:
        """Of a path that has no kind: the part of it that there is not, and what there is."""

    def values_of(self, path: str) -> Iterable[str] | None:
        """The only texts that a path may have, or None where any may stand there."""

    def definition_of(self, path: str) -> Definition | None:
        """What a derived name stands for, or None where a path is no such name."""


def path_of(node: ast.AST) -> str | None:
    """``a.b.c`` for a name or a chain of attributes on a name, else None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        above = path_of(node.value)
        return None if above is None else f"{above}.{node.attr}"
    return None


def literal(node: ast.expr) -> object:
    """The value of a constant, also of a negative number; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        number = literal(node.operand)
        return -number if isinstance(number, int | Decimal) else None
    return None


def _folded(node: ast.expr) -> Fraction | None:
    """The number that constants alone make, or None where there are others."""
    if isinstance(node, ast.BinOp):
        left, right = _folded(node.left), _folded(node.right)
        if left is None or right is None or (isinstance(node.op, ast.Div) and not right):
            return None
        return _ARITHMETIC[type(node.op)](left, right)
    number = literal(node)
    return Fraction(number) if isinstance(number, int | Decimal) else None


class Typing:
    """One walk over a tree: gives each part its kind, reports what has none."""

    def __init__(
        self, written: Written, names: Names, found: list[Diagnostic], divides: bool
    ) -> None:
        self.divides = divides
        self.written = written
        text = on_one_line(written.text)
        self.leading = len(text) - len(text.lstrip())
        self.text = text.strip()
        self.names = names
        self.found = found
        self.used: set[str] = set()

    def report(self, code: str, message: str, node: ast.expr, hint: str) -> Kind:
        """Report a part of the expression; what it gives has no kind any more."""
        line = self.text.encode()
        start = len(line[: node.col_offset].decode())
        end = len(line[: node.end_col_offset].decode())
        span = self.written.place(self.leading + start, end - start)
        self.found.append(Diagnostic(code, message, span, hint))
        return Kind.UNKNOWN

    def kind(self, node: ast.expr) -> Kind:
        """The kind of a part, after what is wrong in it has been reported."""
        match node:
            case ast.Constant():
                return self._constant(node)
            case ast.Name() | ast.Attribute():
                return self._name(node)
            case ast.List():
                return self._list(node)
            case ast.UnaryOp(op=ast.Not()):
                self._need(node.operand, Kind.BOOLEAN)
                return Kind.BOOLEAN
            case ast.UnaryOp():
                return self._need(node.operand, Kind.DECIMAL)
            case ast.BinOp() if type(node.op) in _ARITHMETIC:
                return self._arithmetic(node)
            case ast.BoolOp():
                for value in node.values:
                    self._need(value, Kind.BOOLEAN)
                return Kind.BOOLEAN
            case ast.Compare():
                return self._compare(node)
            case ast.IfExp():
                return self._conditional(node)
            case ast.Call():
                return self._call(node)
        what = _NOT_PART.get(type(node), "this is")
        return self.report("expression-forbidden", f"{what} not part of the rule language", node,
                           "docs/language.md says what is")  # fmt: skip

    def _constant(self, node: ast.Constant) -> Kind:
        value: object = node.value
        if isinstance(value, bool):
            return Kind.BOOLEAN
        if isinstance(value, str):
            return Kind.TEXT
        if isinstance(value, int):
            return Kind.WHOLE
        if isinstance(value, Decimal):
            return Kind.DECIMAL
        return self.report("expression-forbidden", "this is not part of the rule language", node,
                           "docs/language.md says what is")  # fmt: skip

    def _name(self, node: ast.expr) -> Kind:
        path = path_of(node)
        if path is None:
            return self.report("expression-forbidden", "a point may only follow a name", node,
                               "paths go along the references of the contract")  # fmt: skip
        if path in ("true", "false"):
            return Kind.BOOLEAN
        if "__" in path or path.startswith("_") or "._" in path:
            return self.report("expression-forbidden", f"{shown(path)} is not a name of the rule "
                               "language", node, "names begin with a letter and have single _")  # fmt: skip
        if path.count(".") > MAX_STEPS:
            return self.report("expression-too-long", f"a path has at most {MAX_STEPS} points",
                               node, "follow fewer references")  # fmt: skip
        kind = self.names.kind_of(path)
        if kind is None:
            return self._unknown(node, path)
        self.used.add(path)
        return kind

    def _unknown(self, node: ast.expr, path: str) -> Kind:
        part, known = self.names.unknown(path)
        names = list(known)
        while isinstance(node, ast.Attribute) and path_of(node) != part:
            node = node.value
        message = f"there is no {shown(part)} here"
        hint = _NO_AS_OF if part == "as_of" else nearest(part, names)
        of_it = [name for name in names if name.startswith(f"{part}.")]
        others = [name for name in names if name not in of_it]
        if of_it and len(others) <= 1:
            message = f"{shown(part)} is no value itself: name something of it"
            hint = f"write {others[0]}, or something of it: {of_it[0]}" if others else hint
        return self.report("unknown-name", message, node, hint)

    def _list(self, node: ast.List) -> Kind:
        values = [literal(item) for item in node.elts]
        if values and all(isinstance(value, str) for value in values):
            return Kind.TEXTS
        if values and all(type(value) in (int, Decimal) for value in values):
            return Kind.NUMBERS
        if not node.elts:
            return self.report("expression-type", "nothing is in an empty list", node,
                               "write what it holds, as in ['one', 'two']")  # fmt: skip
        return self.report("expression-type", "a list holds texts only, or numbers only", node,
                           "write ['one', 'two'] or [1, 2]")  # fmt: skip

    def _need(self, node: ast.expr, wanted: Kind) -> Kind:
        kind = self.kind(node)
        fits = kind in (wanted, Kind.UNKNOWN) or (wanted.is_number and kind.is_number)
        if not fits:
            hint = (
                "compare it with a value"
                if wanted is Kind.BOOLEAN
                else "numbers are calculated with"
            )
            self.report("expression-type", f"{wanted.phrase} is needed here, this is {kind.phrase}",
                        node, hint)  # fmt: skip
            return Kind.UNKNOWN
        return kind

    def _arithmetic(self, node: ast.BinOp) -> Kind:
        if isinstance(node.op, ast.Div):
            if not self.divides:
                return self.report("expression-forbidden", "division is not exact over rows", node,
                                   "multiply by 0.01 instead of dividing by 100; divide values in 'is'")  # fmt: skip
            if _folded(node.right) == 0:
                return self.report("expression-forbidden", "nothing can be divided by 0",
                                   node.right, "divide by a number other than 0")  # fmt: skip
        left = self._need(node.left, Kind.DECIMAL)
        if left is Kind.UNKNOWN:
            self.kind(node.right)  # one finding is enough to say that these are no numbers
            return Kind.UNKNOWN
        right = self._need(node.right, Kind.DECIMAL)
        if right is Kind.UNKNOWN:
            return Kind.UNKNOWN
        if not -MAX_NUMBER < (_folded(node) or 0) < MAX_NUMBER:
            return self.report("expression-forbidden", "this makes a number that is too large",
                               node, "numbers have at most 18 digits")  # fmt: skip
        whole = left is right is Kind.WHOLE and not isinstance(node.op, ast.Div)
        return Kind.WHOLE if whole else Kind.DECIMAL

    def _compare(self, node: ast.Compare) -> Kind:
        sides = [node.left, *node.comparators]
        kinds = [self.kind(side) for side in sides]
        pairs = zip(sides, kinds, node.ops, sides[1:], kinds[1:], strict=False)
        for left, left_kind, compare, right, right_kind in pairs:
            if Kind.UNKNOWN in (left_kind, right_kind):
                continue
            if isinstance(compare, ast.In | ast.NotIn):
                self._membership(left, left_kind, right, right_kind)
            else:
                self._pair((left, right), [left_kind, right_kind], compare)
        return Kind.BOOLEAN

    def _membership(self, left: ast.expr, item: Kind, right: ast.expr, collection: Kind) -> None:
        wanted = {Kind.TEXTS: item is Kind.TEXT, Kind.NUMBERS: item.is_number}
        if collection not in wanted:
            self.report("expression-type", f"'in' needs a list behind it, this is "
                        f"{collection.phrase}", right, "write ['one', 'two']")  # fmt: skip
        elif not wanted[collection]:
            self.report("expression-type", f"{item.phrase} is never in a {collection}", left,
                        "compare it with '==' instead")  # fmt: skip
        elif isinstance(right, ast.List):
            for each in right.elts:
                self._among_values(left, each)

    def _pair(
        self, sides: tuple[ast.expr, ast.expr], kinds: list[Kind], compare: ast.cmpop
    ) -> None:
        for index, node in enumerate(sides):
            other = kinds[1 - index]
            if kinds[index] is Kind.TEXT and isinstance(node, ast.Constant):
                if other in (Kind.DATE, Kind.MONTH):
                    self._time(node, other)
                    return
                self._among_values(sides[1 - index], node)
        if not comparable(*kinds):
            self.report("expression-type", f"{kinds[0].phrase} is never compared with "
                        f"{kinds[1].phrase}", sides[0],
                        "'in' asks whether a list holds it" if kinds[1].is_list
                        else "compare what is of one kind")  # fmt: skip
        elif kinds[0] in (Kind.TEXT, Kind.BOOLEAN) and not isinstance(compare, ast.Eq | ast.NotEq):
            self.report("expression-type", f"{kinds[0].phrase} has no order", sides[0],
                        "write '==', '!=' or 'in'")  # fmt: skip

    def _time(self, node: ast.Constant, kind: Kind) -> None:
        text = str(node.value)
        known = parse_month(text) if kind is Kind.MONTH else parse_date(text)
        if known is None:
            self.report("expression-type", f"{shown(text)} is not {kind.phrase}", node,
                        "months are YYYY-MM, dates YYYY-MM-DD")  # fmt: skip

    def _among_values(self, named: ast.expr, node: ast.expr) -> None:
        """A constant beside a name that may only have certain texts is one of them."""
        path, text = path_of(named), literal(node)
        values = self.names.values_of(path) if path is not None else None
        if values is None or not isinstance(text, str) or text in (known := set(values)):
            return
        self.report("unknown-value", f"{shown(text)} is none of the values of {shown(str(path))}",
                    node, nearest(text, known))  # fmt: skip

    def _conditional(self, node: ast.IfExp) -> Kind:
        self._need(node.test, Kind.BOOLEAN)
        body, other = self.kind(node.body), self.kind(node.orelse)
        if not comparable(body, other):
            return self.report("expression-type", f"one side is {body.phrase}, the other "
                               f"{other.phrase}", node, "both sides are of one kind, and no lists")  # fmt: skip
        if body is Kind.UNKNOWN:
            return other
        return Kind.DECIMAL if Kind.DECIMAL in (body, other) else body

    def _call(self, node: ast.Call) -> Kind:
        name = path_of(node.func) or "..."
        function = FUNCTIONS.get(name)
        if function is None:
            hint = nearest(name, FUNCTIONS)
            if "." in name:
                hint = "values have no functions of their own"
            return self.report("unknown-function", f"there is no function {shown(name)}", node.func,
                               hint)  # fmt: skip
        if node.keywords or not function.takes_so_many(len(node.args)):
            return self.report("expression-type", f"{name} takes {function.count} value(s) in "
                               f"order, not {len(node.args)}", node, function.help)  # fmt: skip
        if function.constant:
            return self._constant_call(node, function)
        before, kinds = len(self.found), list[Kind]()
        for argument in node.args:
            kinds.append(self.kind(argument))
            why_not = function.why_not(kinds)
            if why_not is not None and len(self.found) == before:
                self.report("expression-type", why_not, argument, function.way_out(kinds))
        return function.kind_of(kinds)

    def _constant_call(self, node: ast.Call, function: Function) -> Kind:
        """A function of a text that stands there, such as ``date('2021-05-31')``."""
        (argument,) = node.args
        text = literal(argument)
        if not isinstance(text, str):
            return self.report("expression-type", "a text is needed here, such as '2021-05-31'",
                               argument, "dates are YYYY-MM-DD")  # fmt: skip
        assert isinstance(argument, ast.Constant), "a text is a constant"
        before = len(self.found)
        gives = function.kind_of([Kind.TEXT])
        self._time(argument, gives)
        return gives if len(self.found) == before else Kind.UNKNOWN
