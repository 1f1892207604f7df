"""Names that stand for expressions, replaced by those: the plan sees columns only."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable
from dataclasses import dataclass, replace

MAX_UNFOLDED = 2_000
"""How many parts an expression may have when every name in it has been replaced."""


@dataclass(frozen=True)
class Definition:
    """What a derived name stands for, seen from the row that names it.

    ``names``: the paths in it that begin at the row that it belongs to, to which ``prefix`` leads.
    """

    tree: ast.expr
    names: frozenset[str]
    prefix: str = ""

    def under(self, prefix: str) -> Definition:
        """The same, seen from a row from which ``prefix`` leads here."""
        return replace(self, prefix=f"{prefix}{self.prefix}")


def unfold(tree: ast.expr, defined: Callable[[ast.expr], Definition | None]) -> ast.expr | None:
    """A tree in which derived names are what they stand for; itself where there are none.

    Args:
        tree: a checked tree, which stays as it is.
        defined: what a name or path stands for, or None where it is a column.

    Returns:
        The tree, of which every replaced part bears the place of its name; None where it would
        have more than ``MAX_UNFOLDED`` parts.
    """
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    found = [each for node in ast.walk(tree) if isinstance(node, ast.expr)
             and id(node) not in called and (each := defined(node)) is not None]  # fmt: skip
    if not found:
        return tree
    if sum(sum(1 for _ in ast.walk(each.tree)) for each in found) > MAX_UNFOLDED:
        return None
    whole = _Unfolding(defined).visit(copy.deepcopy(tree))
    assert isinstance(whole, ast.expr), "an expression stands in the place of each name"
    return whole


class _OfNames(ast.NodeTransformer):
    """Changes names that stand for values; a function may be called as a column is."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        node.args = [self.visit(argument) for argument in node.args]
        return node

    def below(self, node: ast.AST) -> ast.AST:
        """A node that is no name itself, after the names in it."""
        changed = super().visit(node)
        assert isinstance(changed, ast.AST), "a tree stays one"
        return changed


class _Unfolding(_OfNames):
    def __init__(self, defined: Callable[[ast.expr], Definition | None]) -> None:
        self.defined = defined

    def visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, ast.Name | ast.Attribute):
            return self.below(node)
        definition = self.defined(node)
        if definition is None:
            return node
        tree = _Prefixed(definition).visit(copy.deepcopy(definition.tree))
        for part in ast.walk(tree):
            ast.copy_location(part, node)
        assert isinstance(tree, ast.AST), "a tree stays one"
        return tree


class _Prefixed(_OfNames):
    """Paths of a definition, seen from where its name stands."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def visit(self, node: ast.AST) -> ast.AST:
        if not isinstance(node, ast.Name | ast.Attribute):
            return self.below(node)
        path = ast.unparse(node)
        if path not in self.definition.names:
            return node
        return ast.parse(f"{self.definition.prefix}{path}", mode="eval").body
