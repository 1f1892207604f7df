"""What an expression over values may name: values and their parts, and the scored one's columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tierwise.expression.kinds import Kind
from tierwise.expression.unfold import Definition
from tierwise.program.names import TableNames

AS_OF = "as_of"
SCORED = "scored"
MONTH = "month"
CREDITED_SINCE = "credited_since"
OF_POINTS = ("score", "lowest_points", "points")
RESERVED_FOR_VALUES = frozenset({AS_OF, SCORED, "value", *OF_POINTS})
"""What no value may be called, since expressions mean something else by it."""


@dataclass(frozen=True)
class ValueNames:
    """The names there are.

    ``values``: the values; ``resolve`` gives one's kind and parts, None where it is broken.
    ``here``: what else has a meaning in this place, such as ``value`` or ``score``. ``texts``: the only
    texts that a value may be, None where any may.
    """

    values: tuple[str, ...]
    resolve: Callable[[str], tuple[Kind, tuple[str, ...]] | None]
    scored: TableNames
    here: Mapping[str, Kind]
    texts: Callable[[str], Iterable[str] | None] = lambda name: None

    def kind_of(self, path: str) -> Kind | None:
        """The kind of a value, of one of its parts, or of a column of the scored one."""
        if path in self.here:
            return self.here[path]
        first, _, rest = path.partition(".")
        if first in self.values:
            return self._of_value(first, rest)
        if path == AS_OF:
            return Kind.DATE
        if first == SCORED and rest:
            return self.scored.kind_of(rest)
        is_list = rest and self.scored.table.reference(first) is None
        kind = self.scored.kind_of(path) if is_list else None
        return kind if kind is Kind.TEXTS else None

    def _of_value(self, value: str, part: str) -> Kind | None:
        known = self.resolve(value)
        if known is None:
            return Kind.UNKNOWN
        kind, parts = known
        if not part:
            return kind
        return Kind.DECIMAL if part in parts else None

    def unknown(self, path: str) -> tuple[str, Iterable[str]]:
        """Of a path that has no kind: the part of it that there is not, and what there is."""
        first, _, rest = path.partition(".")
        if first == SCORED and rest:
            part, known = self.scored.unknown(rest)
            return f"{SCORED}.{part}", [f"{SCORED}.{name}" for name in known]
        if first == SCORED:
            return path, [f"{SCORED}.{name}" for name in self.scored.own_names()]
        if first in self.values and rest:
            known_value = self.resolve(first)
            parts = known_value[1] if known_value is not None else ()
            return path, [first, *(f"{first}.{part}" for part in parts)]
        if self.scored.kind_of(path) is not None:
            return path, [f"{SCORED}.{path}"]
        if rest and self.scored.kind_of(rest) is not None:
            return path, [f"{SCORED}.{rest}"]
        return path, [*self.here, *self.values, AS_OF]

    def values_of(self, path: str) -> Iterable[str] | None:
        """The only texts that a value, or a column of the scored one, may have."""
        first, _, rest = path.partition(".")
        if first == SCORED and rest:
            return self.scored.values_of(rest)
        return self.texts(path) if path in self.values and path not in self.here else None

    def definition_of(self, path: str) -> Definition | None:
        """What a derived column of the scored one stands for."""
        first, _, rest = path.partition(".")
        if first != SCORED or not rest:
            return None
        definition = self.scored.definition_of(rest)
        return definition.under(f"{SCORED}.") if definition is not None else None
