"""What every measure shares: the stages that call it, and what each of them hands over.

A measure is one file. Its ``parse`` is called while the model is built, ``bind`` while names are
resolved, ``lower`` while the plan is made. The protocols below are all that a measure knows of
those stages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from tierwise.diagnostics import Diagnostic, Span
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.expression.schema import Json
from tierwise.measures.certification import Certification
from tierwise.measures.rows import Entity, Rows, RowsRule, Window
from tierwise.measures.totalled import Totalled
from tierwise.source.document import Written
from tierwise.source.fields import Fields

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tierwise.rational import Rational


ROWS = "rows"
"""The folded part that is the number of facts; where some of them are chosen, of all of them."""
CHOSEN_FROM = "chosen_from"
"""The column of chosen facts that says from how many."""
EMPTY = "there is no amount: counts as 0"
"""The verdict on a row that counts and adds nothing, since its amount is empty."""
AS_OF_MONTHS = ("first_as_of", "last_as_of")
"""The columns of facts that say as of which months they count, both inclusive."""


class RowNames(Protocol):
    """The names that a row of one table gives to an expression, as the binder sees them."""

    @property
    def rows(self) -> Rows:
        """The rows."""

    def expression(self, text: Written, wanted: Kind | None) -> Expression | None:
        """A checked expression over the row, or None after a finding."""

    def column(self, text: Written, wanted: Kind) -> str | None:
        """The name of one of the table's own columns of a kind, or None after a finding."""

    def period(self, span: Span) -> tuple[str, str] | None:
        """The columns of the row's first and last day, or None after a finding."""


class Binder(Protocol):
    """What the binding stage offers to a measure."""

    found: list[Diagnostic]

    def rows(self, rule: RowsRule, monthly: bool = True, in_effect: bool = True) -> RowNames | None:
        """The rows of a table, with the option's eligibility and ``where`` as conditions.

        ``monthly``: whether the rows need a month; ``in_effect``: whether ``on`` asks for those
        whose period covers that day. None after a finding.
        """

    def credited_rows(self, rule: RowsRule) -> RowNames | None:
        """The rows of the table that a policy credits, as ``rows``."""

    def entity(self, per: tuple[Written, ...], names: RowNames) -> Entity | None:
        """What facts are about, reachable from what the rows' policy credits."""

    def own_entity(self, names: RowNames) -> Entity:
        """What the rows' policy credits, seen from the row; the scored one without a policy."""

    def certification(self, name: Written) -> Certification | None:
        """A certification of the catalogues, or None after a finding."""


class MeasureRule(Protocol):
    """A measure as written."""

    @property
    def rows(self) -> RowsRule:
        """Which rows it looks at."""

    @property
    def span(self) -> Span:
        """Where it stands."""

    def bind(self, binder: Binder) -> Measure | None:
        """The measure with its names resolved, or None after a finding."""


class Steps(Protocol):
    """What the lowering stage offers to a measure.

    It may want the measure as of one month, or as of several in one plan. Then either every row
    is there once for each month that it is wanted for, ``as_of``, a column that facts keep; or
    every row is there once, and facts say as of which months they count: see ``Facts``.
    """

    def keys(self, rows: Rows) -> tuple[str, ...]:
        """The columns that go with an entity: ``scored``, ``as_of``, each where there is one."""

    def month(self, table: ir.Table, offset: int) -> ir.IntegerValue:
        """The number of the month that lies so far from the one that a row is wanted for."""

    def ends(self, table: ir.Table, window: Window) -> tuple[ir.IntegerValue, ir.IntegerValue]:
        """The numbers of the first and the last month of a window.

        Of several months' windows the first of all and the last of all, where rows are there once.
        """

    def day(self, table: ir.Table) -> ir.DateValue:
        """The last day of the month that a row is wanted for."""

    def period(
        self, begins: ir.DateColumn, ends: ir.DateColumn
    ) -> tuple[ir.IntegerValue, ir.IntegerValue]:
        """The first and the last month on whose last day a period is in effect."""

    def pieces(self, rows: ir.Table, keys: tuple[str, ...]) -> ir.Table:
        """Rows that count as of the months from ``first_as_of`` to ``last_as_of``.

        Where rows are there once, they are cut so that those with the same keys count as of the
        same months or of none together; else there are those that count, and no such columns.
        """

    def select(
        self,
        rows: Rows,
        columns: Mapping[str, Expression | Entity],
        window: Window | None,
        own: tuple[str, ...] = (),
    ) -> ir.Table:
        """The eligible rows of the window's months.

        Its columns: the expressions by name, the table's ``own`` ones, ``month`` where there is
        a window, and ``keys``.
        """

    def totals(self, of: Totalled, window: Window) -> ir.Table:
        """(entity, month, total) of eligible rows: one row an entity and month that has rows.

        With ``keys``; and with ``before`` and ``after``, the totals of the months next to it, also
        of those outside the window; null where there are no rows.
        """

    def place(
        self, table: ir.Table, keys: tuple[str, ...], order: list[ir.Value]
    ) -> ir.IntegerColumn:
        """The place of a row among those with the same keys, in an order: 0 for the first."""

    def number(self, number: Fraction) -> ir.NumericScalar:
        """An exact number as a constant of the plan."""

    def text(self, text: str) -> ir.StringScalar:
        """A text as a constant of the plan."""


@dataclass(frozen=True)
class Reason:
    """Why an eligible row did not count; ``holds`` marks such rows.

    It sees the table's own columns, and with a colon before them those of ``Facts.context`` and
    ``Facts.asks`` and, where there is a window, ``month``.
    """

    text: str
    holds: Callable[[ir.Table], ir.BooleanValue]


@dataclass(frozen=True)
class Choice:
    """Which facts count among all of a scored one; a row says its amount as ``asks`` "amount".

    ``chosen`` keeps them, given the columns that tell scored ones apart, with ``CHOSEN_FROM``;
    ``otherwise`` says of the others why they do not count.
    """

    chosen: Callable[[ir.Table, tuple[str, ...]], ir.Table]
    otherwise: str


@dataclass(frozen=True)
class Facts:
    """What a measure makes of rows.

    ``table`` has the columns entity, month, credited_in (month numbers), part, amount, and the
    keys of its rows; with ``credited_until``, whoever is credited in any of those months is. It
    counts as of the months from ``first_as_of`` to ``last_as_of``; without these columns as of
    those in whose ``Measure.counted`` its month lies.
    ``once``: a scored one is credited with an entity once, in the first month. ``choice``: only
    some of the credited facts of a scored one count. ``reasons``, in order, and at last
    ``no_fact`` say why an eligible row of the window lies behind no fact; ``context`` is what
    reasons need to know of an entity: (entity, ...), with the same keys; ``asks`` what they need
    of a row beside its columns. ``adds``: amounts, as ``asks`` "amount", are added up, and an empty
    one is 0.
    """

    table: ir.Table
    no_fact: str
    reasons: tuple[Reason, ...] = ()
    context: ir.Table | None = None
    once: bool = False
    choice: Choice | None = None
    asks: Mapping[str, Expression] = field(default_factory=dict)
    adds: bool = False


class Measure(Protocol):
    """A measure with its names resolved: what it reads, and how it becomes facts."""

    @property
    def rows(self) -> Rows:
        """The rows that it looks at."""

    @property
    def entity(self) -> Entity:
        """What its facts are about."""

    @property
    def window(self) -> Window | None:
        """The months whose rows it reads; None: the state at the end of the as-of month."""

    @property
    def counted(self) -> Window | None:
        """The months whose facts count."""

    @property
    def expressions(self) -> tuple[Expression, ...]:
        """What it asks of a row, beside the conditions and the entity."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the sums that its facts are folded into.

        ``ROWS`` is none of their parts: it is how many facts there are.
        """

    def lower(self, steps: Steps) -> Facts:
        """The facts."""

    def value(self, parts: Mapping[str, Rational]) -> Rational:
        """The metric's value from the folded parts."""


@dataclass(frozen=True)
class MeasureKind:
    """A kind of measure, as the registry lists it.

    ``key`` is the field by which a rule file chooses it; ``schema`` its part of the JSON Schema:
    the fields beside the key, which of them must stand, and of which exactly one must.
    """

    key: str
    title: str
    help: str
    example: str
    schema: Json
    properties: Mapping[str, Json]
    required: tuple[str, ...]
    parse: Callable[[Fields], MeasureRule]
    part_names: tuple[str, ...] = field(default=("value",))
    either: tuple[str, ...] = ()
