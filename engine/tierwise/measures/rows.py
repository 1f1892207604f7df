"""Which rows a measure looks at, as written and with names resolved, and of which months."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.expression.parse import Expression
from tierwise.source.document import Written


@dataclass(frozen=True)
class Condition:
    """A condition on a row. ``prefix`` is the path along which its names lie, "" for its own."""

    expression: Expression
    prefix: str = ""

    @property
    def paths(self) -> frozenset[str]:
        """The paths that it names, as seen from the row."""
        return frozenset(f"{self.prefix}{name}" for name in self.expression.names)


@dataclass(frozen=True)
class Entity:
    """What a fact is about: a column that identifies something, or several of them together."""

    parts: tuple[Expression, ...]

    @property
    def text(self) -> str:
        """How a rule file names it."""
        return ", ".join(part.text for part in self.parts)

    @property
    def names(self) -> frozenset[str]:
        """The paths that it names."""
        return frozenset().union(*(part.names for part in self.parts))


@dataclass(frozen=True)
class By:
    """What a measure is told apart by: the name of the dimension, and what a row says of it."""

    name: str
    expression: Expression


@dataclass(frozen=True)
class Rows:
    """The eligible rows of one table: each meets every condition, judged in order.

    ``credit``: the policy that says whom they are credited to; "" where each names the scored one
    itself, then ``scored`` is the path to it. ``by``: the dimension, where there is one.
    ``during``: conditions on credited facts.
    """

    table: str
    conditions: tuple[Condition, ...]
    credit: str = ""
    scored: str = ""
    by: By | None = None
    during: tuple[Expression, ...] = ()

    @property
    def owner(self) -> tuple[str, ...]:
        """The columns that go with an entity: ``scored`` where rows name the scored one; ``by``."""
        return (*(("scored",) if self.scored else ()), *(("by",) if self.by else ()))


@dataclass(frozen=True)
class ByRule:
    """A dimension as written: its name, and an expression over the row."""

    name: Written
    expression: Written


@dataclass(frozen=True)
class RowsRule:
    """Which rows a measure looks at, as written, and which of their facts count."""

    table: Written
    where: tuple[Written, ...]
    credit: Written | None
    by: ByRule | None
    during: tuple[Written, ...]
    on: Written | None


@dataclass(frozen=True)
class Window:
    """Months relative to the as-of month, both inclusive: -11 to 0 are the last twelve."""

    first: int
    last: int = 0

    @staticmethod
    def of(months: int, ago: int = 0) -> Window:
        """So many months, of which the last lies so many months before the as-of month."""
        return Window(1 - months - ago, -ago)
