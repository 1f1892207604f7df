"""Text → ``Expression``: checked against the grammar, every name resolved, every part typed.

The grammar: names and paths along references (``subscription.channel``), numbers, texts, lists of
constants, ``+ - * /``, comparisons and chains of them, ``in``, ``and or not``, ``a if b else c``,
and the functions of ``functions``. Everything else that Python could say is refused.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from tierwise.diagnostics import Diagnostic, Span
from tierwise.expression.kinds import Kind
from tierwise.expression.typed import Names, Typing, path_of
from tierwise.expression.unfold import Definition, unfold
from tierwise.expression.words import MAX_DEPTH, Refusal, on_one_line, words
from tierwise.source.document import Written

_WAYS_OUT = {
    Kind.BOOLEAN: "compare it with a value",
    Kind.DATE: "name a column of dates, or write a day as date('2021-05-31')",
}
MAX_LENGTH = 1_000
MAX_PARTS = 300


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
    tree = _tree(written, found)
    if tree is None:
        return None
    before = len(found)
    typing = Typing(written, names, found, divides)
    kind = typing.kind(tree)
    if len(found) > before or (kind is Kind.UNKNOWN and wanted is not None):
        return None  # what has no kind has been reported where it is made
    if wanted is not None and kind is not wanted and not (wanted.is_number and kind.is_number):
        typing.report("expression-type", f"{wanted.phrase} is needed here, this is {kind.phrase}",
                      tree, _WAYS_OUT.get(wanted, "name a column of numbers, or calculate one"))  # fmt: skip
        return None
    text = on_one_line(written.text).strip()
    return _unfolded(Expression(text, written.span, tree, kind, frozenset(typing.used)), names,
                     found)  # fmt: skip


def _unfolded(expression: Expression, names: Names, found: list[Diagnostic]) -> Expression | None:
    """The expression with what derived names stand for; its text stays as it was written."""

    def defined(node: ast.expr) -> Definition | None:
        path = path_of(node)
        return names.definition_of(path) if path in expression.names else None

    tree = unfold(expression.tree, defined)
    if tree is expression.tree:
        return expression
    if tree is None:
        found.append(Diagnostic("expression-too-long", "what the derived names stand for has too "
                                "many parts", expression.span, "say it in several conditions"))  # fmt: skip
        return None
    derived = {name: names.definition_of(name) for name in expression.names}
    plain = {name for name, definition in derived.items() if definition is None}
    inner = {
        f"{each.prefix}{name}" if name in each.names else name
        for each in derived.values() if each is not None
        for name in paths_of(each.tree)
    }  # fmt: skip
    return replace(expression, tree=tree, names=frozenset(plain | inner))


def paths_in(text: str) -> frozenset[str]:
    """The paths that a text names, if it is an expression at all."""
    tree = _tree_of(text)
    return frozenset() if isinstance(tree, Refusal) else frozenset(paths_of(tree))


def paths_of(tree: ast.expr) -> set[str]:
    """The whole paths that a tree names, without the functions that it calls."""
    paths, waiting = set(), [tree]
    while waiting:
        node = waiting.pop()
        path = path_of(node)
        if path is not None:
            paths.add(path)
        elif isinstance(node, ast.Call):
            waiting.extend(node.args)
        else:
            waiting.extend(
                each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)
            )
    return paths - {"true", "false"}


def conjuncts(expression: Expression) -> tuple[Expression, ...]:
    """The conditions that a top-level ``and`` joins, each with its own text, in order."""
    written = _tree_of(expression.text)
    if not (isinstance(written, ast.BoolOp) and isinstance(written.op, ast.And)):
        return (expression,)
    assert isinstance(expression.tree, ast.BoolOp), "unfolding leaves the top as it is"
    parts = []
    for value in expression.tree.values:
        text = ast.get_source_segment(expression.text, value) or expression.text
        names = expression.names & paths_of(value)
        parts.append(Expression(text, expression.span, value, Kind.BOOLEAN, names))
    return tuple(parts)


def _tree(written: Written, found: list[Diagnostic]) -> ast.expr | None:
    tree = _tree_of(written.text)
    if isinstance(tree, Refusal):
        found.append(Diagnostic(tree.code, tree.message, written.place(tree.offset, tree.length),
                                tree.hint))  # fmt: skip
        return None
    return tree


@lru_cache(maxsize=4_096)
def _tree_of(text: str) -> ast.expr | Refusal:
    """The tree of a text, which nobody changes, or why it has none; each text is read once."""
    try:
        return _read(text)
    except Refusal as error:
        return error.with_traceback(None)
    except (RecursionError, MemoryError):
        return _too_long("the expression is nested too deeply", text)


def _read(text: str) -> ast.expr:
    """Python's tree of an expression that is made of the language's words only."""
    if len(text) > MAX_LENGTH:
        raise _too_long(f"an expression has at most {MAX_LENGTH} characters", text)
    if not words(text):
        raise Refusal("nothing stands here", 0, 1, "write an expression, such as a column")
    line = on_one_line(text)
    try:
        tree = ast.parse(line.strip(), mode="eval").body
    except SyntaxError as error:
        leading = len(line) - len(line.lstrip())
        at = leading + error.offset - 1 if error.offset else len(line)
        raise _does_not_fit(line, at, error.msg) from None
    if _depth(tree) > MAX_DEPTH:
        raise _too_long("the expression is nested too deeply", text)
    if sum(1 for _ in ast.walk(tree)) > MAX_PARTS:
        raise _too_long("the expression has too many parts", text)
    _make_exact(tree, line.strip())
    return tree


def _too_long(problem: str, text: str) -> Refusal:
    return Refusal(problem, 0, len(text), "say it in several conditions", "expression-too-long")


def _does_not_fit(text: str, offset: int, problem: str) -> Refusal:
    """What Python cannot read, said without its words."""
    if "else" in problem:
        return Refusal("'if' needs an 'else'", offset, 1, "write: one if condition else other")
    here = next((word for word in words(text) if word.offset + len(word.text) > offset), None)
    if here is None:
        return Refusal("the expression breaks off", len(text.rstrip()) - 1, 1,
                       "something is missing behind this")  # fmt: skip
    return Refusal(f"'{here.text[:40]}' does not fit here", here.offset, len(here.text),
                   "an operator has a value on either side")  # fmt: skip


def _make_exact(tree: ast.expr, text: str) -> None:
    """Numbers with a point become what stands there, where Python has read them as binary."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            vars(node)["value"] = Decimal(ast.get_source_segment(text, node) or "0")


def _depth(tree: ast.expr) -> int:
    """How many parts lie in one another; counted without recursion."""
    deepest, level = 0, [tree]
    while level and deepest <= MAX_PARTS:
        deepest += 1
        level = [child for node in level for child in ast.iter_child_nodes(node)
                 if isinstance(child, ast.expr)]  # fmt: skip
    return deepest


def constant(node: ast.Constant) -> object:
    """A constant's value: a bool, a text, an int or, of a checked expression, a Decimal."""
    return node.value
