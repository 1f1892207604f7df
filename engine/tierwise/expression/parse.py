"""Text → ``Expression``: checked against the grammar, every name resolved, every part typed.

The grammar: names and paths along references (``subscription.channel``), numbers, texts, lists of
constants, ``+ - * /``, comparisons and chains of them, ``in``, ``and or not``, ``a if b else c``,
and the functions of ``functions.py``. Everything else that Python could say is refused.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from simpleeval import InvalidExpression, SimpleEval

from tierwise.diagnostics import Diagnostic, Span, nearest
from tierwise.expression.functions import FUNCTIONS
from tierwise.expression.kinds import Kind, comparable
from tierwise.source.document import Written

MAX_LENGTH = 1_000
MAX_NODES = 300

_NUMBER = re.compile(r"[0-9]{1,30}(\.[0-9]{1,12})?")
_ISO = {Kind.MONTH: re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])"),
        Kind.DATE: re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")}  # fmt: skip
_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
_NOT_PART = {
    ast.Pow: "powers", ast.FloorDiv: "whole division", ast.Mod: "remainders",
    ast.BitAnd: "'&' (write 'and')", ast.BitOr: "'|' (write 'or')", ast.Invert: "'~' (write 'not')",
    ast.Is: "'is' (write missing(...) or present(...))",
    ast.IsNot: "'is not' (write present(...))",
    ast.Lambda: "functions of one's own", ast.Subscript: "square brackets behind a name",
    ast.JoinedStr: "f-strings", ast.NamedExpr: "assignments", ast.Dict: "mappings",
    ast.ListComp: "comprehensions", ast.SetComp: "comprehensions", ast.DictComp: "comprehensions",
    ast.GeneratorExp: "comprehensions", ast.Await: "'await'", ast.Starred: "'*' before a value",
}  # fmt: skip


class Names(Protocol):
    """What an expression may name."""

    def kind_of(self, path: str) -> Kind | None:
        """The kind of a dotted path, or None where there is no such name."""

    def known(self, path: str) -> Iterable[str]:
        """The names there are in the place of ``path``, for a suggestion."""


@dataclass(frozen=True)
class Expression:
    """A checked expression: its text and place, its tree, its kind and the paths it names."""

    text: str
    span: Span
    tree: ast.expr
    kind: Kind
    names: frozenset[str]

    def __hash__(self) -> int:
        return hash((self.text, self.span))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and (self.text, self.span) == (other.text, other.span)


def parse(
    written: Written,
    names: Names,
    wanted: Kind | None,
    found: list[Diagnostic],
    divides: bool = False,
) -> Expression | None:
    """Check one expression.

    Args:
        written: the expression's text and place.
        names: what it may name.
        wanted: the kind that is needed here (DECIMAL takes any number), or None for any.
        found: where findings go.
        divides: whether '/' is exact here; over single rows it is not.

    Returns:
        The expression, or None where its text is no expression of the grammar.
    """
    before = len(found)
    tree = _tree(written, found)
    if tree is None:
        return None
    typing = _Typing(written, names, found, divides)
    kind = typing.kind(tree)
    if len(found) > before:
        return None
    if wanted is not None and kind is not wanted and not (wanted.is_number and kind.is_number):
        typing.report("expression-type", f"a {wanted} is needed here, this is a {kind}", tree,
                      "compare it with a value" if wanted is Kind.BOOLEAN else "")  # fmt: skip
        return None
    return Expression(written.text, written.span, tree, kind, frozenset(typing.used))


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """The conditions that a top-level ``and`` joins, each with its own text, in order."""
    if not (isinstance(expression.tree, ast.BoolOp) and isinstance(expression.tree.op, ast.And)):
        return (expression,)
    parts = []
    for value in expression.tree.values:
        text = ast.get_source_segment(_one_line(expression.text), value) or expression.text
        names = frozenset(_path(node) or "" for node in ast.walk(value)) & expression.names
        parts.append(Expression(text, expression.span, value, Kind.BOOLEAN, names))
    return tuple(parts)


def _one_line(text: str) -> str:
    return re.sub(r"\s", " ", text)


def _tree(written: Written, found: list[Diagnostic]) -> ast.expr | None:
    text = _one_line(written.text)
    if len(text) > MAX_LENGTH:
        found.append(Diagnostic("expression-too-long",
                                f"an expression has at most {MAX_LENGTH} characters", written.span,
                                "name a part of it as a derived column"))  # fmt: skip
        return None
    try:
        statement = SimpleEval.parse(text)
    except (SyntaxError, ValueError, InvalidExpression) as error:
        offset = error.offset if isinstance(error, SyntaxError) and error.offset else 1
        problem = error.msg if isinstance(error, SyntaxError) else "nothing stands here"
        found.append(Diagnostic("expression-syntax", f"not an expression: {problem}",
                                place(written, offset - 1), "see the language reference"))  # fmt: skip
        return None
    except (RecursionError, MemoryError):
        found.append(Diagnostic("expression-too-long", "the expression is nested too deeply",
                                written.span, "split it"))  # fmt: skip
        return None
    if not isinstance(statement, ast.Expr) or text.count(";"):
        found.append(Diagnostic("expression-syntax", "one expression is needed, not statements",
                                written.span, "see the language reference"))  # fmt: skip
        return None
    if sum(1 for _ in ast.walk(statement.value)) > MAX_NODES:
        found.append(Diagnostic("expression-too-long", "the expression has too many parts",
                                written.span, "name a part of it as a derived column"))  # fmt: skip
        return None
    return statement.value


def place(written: Written, offset: int, length: int = 1) -> Span:
    """The place in the file of a character inside an expression that stands on one line."""
    span = written.span
    if span.end_line != span.line:
        return span
    quoted = (span.end_column - span.column) - len(written.text)
    column = span.column + (quoted // 2 if quoted > 0 else 0) + offset
    return Span(span.path, span.line, column, span.line, column + length)


def constant(node: ast.Constant) -> object:
    """A constant's value: a bool, a text, an int or, of a checked expression, a Decimal."""
    return node.value


def _path(node: ast.AST) -> str | None:
    """``a.b.c`` for a name or a chain of attributes on a name, else None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        above = _path(node.value)
        return None if above is None else f"{above}.{node.attr}"
    return None


class _Typing:
    """One walk over a tree: gives each part its kind, reports what has none."""

    def __init__(
        self, written: Written, names: Names, found: list[Diagnostic], divides: bool
    ) -> None:
        self.divides = divides
        self.written = written
        self.names = names
        self.found = found
        self.used: set[str] = set()

    def report(self, code: str, message: str, node: ast.AST, hint: str = "") -> Kind:
        start = getattr(node, "col_offset", 0)
        length = max(1, getattr(node, "end_col_offset", start + 1) - start)
        raw = _one_line(self.written.text).encode()
        leading = len(self.written.text) - len(self.written.text.lstrip())
        offset = leading + len(raw[:start].decode(errors="ignore"))
        span = place(self.written, offset, length)
        self.found.append(Diagnostic(code, message, span, hint))
        return Kind.UNKNOWN

    def kind(self, node: ast.expr) -> Kind:
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
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
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
        refused = node.op if isinstance(node, ast.BinOp | ast.UnaryOp) else node
        what = _NOT_PART.get(type(refused), f"'{type(refused).__name__}'")
        return self.report("expression-forbidden", f"{what} are not part of the rule language",
                           node, "see the language reference for what is")  # fmt: skip

    def _constant(self, node: ast.Constant) -> Kind:
        value = constant(node)
        if isinstance(value, bool):
            return Kind.BOOLEAN
        if isinstance(value, str):
            return Kind.TEXT
        if isinstance(value, int | float | Decimal):
            segment = ast.get_source_segment(_one_line(self.written.text).strip(), node) or ""
            segment = str(value) if isinstance(value, Decimal) else segment.replace("_", "")
            if not _NUMBER.fullmatch(segment):
                return self.report("expression-forbidden", f"'{segment[:40]}' is not a number "
                                   "of the rule language", node,
                                   "at most 30 digits, and 12 behind the point")  # fmt: skip
            if "." in segment:
                vars(node)["value"] = Decimal(segment)  # exact, where Python reads it as binary
                return Kind.DECIMAL
            return Kind.WHOLE
        what = "None" if value is None else type(value).__name__
        return self.report("expression-forbidden", f"'{what}' is not part of the rule language",
                           node, "write missing(...) or present(...)" if value is None else "")  # fmt: skip

    def _name(self, node: ast.expr) -> Kind:
        path = _path(node)
        if path is None:
            return self.report("expression-forbidden", "a point may only follow a name", node,
                               "paths go along the references of the contract")  # fmt: skip
        if path in ("true", "false"):
            return Kind.BOOLEAN
        if "__" in path or path.startswith("_") or "._" in path:
            return self.report("expression-forbidden", f"'{path}' is not a name of the rule "
                               "language", node, "names begin with a letter")  # fmt: skip
        kind = self.names.kind_of(path)
        if kind is None:
            close = nearest(path, self.names.known(path))
            return self.report("unknown-name", f"there is no '{path}' here", node, close)
        self.used.add(path)
        return kind

    def _list(self, node: ast.List) -> Kind:
        kinds = {self.kind(item) for item in node.elts}
        if any(not isinstance(item, ast.Constant) for item in node.elts):
            return self.report("expression-type", "a list holds texts or numbers only", node)
        if kinds == {Kind.TEXT}:
            return Kind.TEXTS
        if kinds and all(kind.is_number for kind in kinds):
            return Kind.NUMBERS
        return self.report("expression-type", "a list holds texts only, or numbers only", node)

    def _need(self, node: ast.expr, wanted: Kind) -> Kind:
        kind = self.kind(node)
        fits = kind in (wanted, Kind.UNKNOWN) or (wanted.is_number and kind.is_number)
        if not fits:
            self.report("expression-type", f"a {wanted} is needed here, this is a {kind}", node)
            return Kind.UNKNOWN
        return kind

    def _arithmetic(self, node: ast.BinOp) -> Kind:
        if isinstance(node.op, ast.Div) and not self.divides:
            return self.report("expression-forbidden", "division is not exact over rows", node,
                               "multiply: by 0.01 instead of dividing by 100")  # fmt: skip
        left = self._need(node.left, Kind.DECIMAL)
        right = self._need(node.right, Kind.DECIMAL)
        if Kind.UNKNOWN in (left, right):
            return Kind.UNKNOWN
        whole = left is right is Kind.WHOLE and not isinstance(node.op, ast.Div)
        return Kind.WHOLE if whole else Kind.DECIMAL

    def _compare(self, node: ast.Compare) -> Kind:
        sides = [node.left, *node.comparators]
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            if isinstance(operator, ast.Is | ast.IsNot):
                self.report("expression-forbidden", f"{_NOT_PART[type(operator)]} is not part of "
                            "the rule language", node)  # fmt: skip
            elif isinstance(operator, ast.In | ast.NotIn):
                self._membership(left, right)
            else:
                self._pair(left, operator, right)
        return Kind.BOOLEAN

    def _membership(self, left: ast.expr, right: ast.expr) -> None:
        item, collection = self.kind(left), self.kind(right)
        if Kind.UNKNOWN in (item, collection):
            return
        wanted = {Kind.TEXTS: item is Kind.TEXT, Kind.NUMBERS: item.is_number}
        if collection not in wanted:
            self.report("expression-type", f"'in' needs a list behind it, this is a {collection}",
                        right, "write ['one', 'two']")  # fmt: skip
        elif not wanted[collection]:
            self.report("expression-type", f"a {item} is never in a {collection}", left)

    def _pair(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> None:
        kinds = [self.kind(left), self.kind(right)]
        for index, (node, other) in enumerate(((left, kinds[1]), (right, kinds[0]))):
            if other in _ISO and kinds[index] is Kind.TEXT and isinstance(node, ast.Constant):
                text = str(constant(node))
                if not _ISO[other].fullmatch(text):
                    self.report("expression-type", f"'{text}' is not a {other}", node,
                                "months are YYYY-MM, dates YYYY-MM-DD")  # fmt: skip
                kinds[index] = other
        if not comparable(*kinds):
            self.report("expression-type", f"a {kinds[0]} is never compared with a {kinds[1]}",
                        left)  # fmt: skip
        elif kinds[0] in (Kind.TEXT, Kind.BOOLEAN) and not isinstance(operator, ast.Eq | ast.NotEq):
            self.report("expression-type", f"a {kinds[0]} has no order: '==', '!=' or 'in'", left)

    def _conditional(self, node: ast.IfExp) -> Kind:
        self._need(node.test, Kind.BOOLEAN)
        body, other = self.kind(node.body), self.kind(node.orelse)
        if not comparable(body, other):
            return self.report("expression-type", f"one side is a {body}, the other a {other}",
                               node)  # fmt: skip
        return Kind.DECIMAL if Kind.DECIMAL in (body, other) else body

    def _call(self, node: ast.Call) -> Kind:
        name = _path(node.func)
        function = FUNCTIONS.get(name or "")
        if function is None:
            hint = nearest(name or "", FUNCTIONS)
            return self.report("unknown-function", f"there is no function '{name or '...'}'",
                               node, hint)  # fmt: skip
        if node.keywords or len(node.args) != len(function.takes):
            return self.report("expression-type", f"{function.name} takes {len(function.takes)} "
                               f"value(s) in order, not {len(node.args)}", node)  # fmt: skip
        for argument, takes in zip(node.args, function.takes, strict=True):
            kind = self.kind(argument)
            if takes is not None and kind not in (*takes, Kind.UNKNOWN):
                wanted = " or ".join(takes)
                self.report("expression-type", f"{function.name} takes a {wanted}, this is a {kind}",
                            argument)  # fmt: skip
        return function.gives
