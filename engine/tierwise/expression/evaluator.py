"""The common half of both sides: simpleeval with its node table narrowed to the grammar."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from simpleeval import SimpleEval

from tierwise.expression.parse import Expression
from tierwise.expression.typed import literal

Side = TypeVar("Side")


class Evaluator(SimpleEval, Generic[Side]):
    """Evaluates checked expressions over named values.

    simpleeval would follow an attribute into whatever a name is bound to; here a dotted path is
    one name, looked up whole, so that nothing of a value's own can be reached.
    """

    def __init__(self, names: Mapping[str, Side]) -> None:
        super().__init__(operators={}, functions={}, names={})
        self.values = names
        self.nodes = {
            ast.Expr: self._eval_expr,
            ast.Constant: self._constant,
            ast.Name: self._named,
            ast.Attribute: self._named,
            ast.List: self._list,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._binary,
            ast.BoolOp: self._logical,
            ast.Compare: self._comparison,
            ast.IfExp: self._conditional,
            ast.Call: self._function,
        }

    def value(self, expression: Expression) -> Side:
        """The value of one expression."""
        result: Side = self.eval(expression.text, previously_parsed=expression.tree)
        return result

    def _named(self, node: ast.expr) -> Any:
        path = ast.unparse(node)
        if path in ("true", "false"):
            return path == "true"
        return self.values[path]

    def _list(self, node: ast.List) -> tuple[Any, ...]:
        return tuple(literal(item) for item in node.elts)
