"""One table of demo data as a query: its parent's rows, multiplied, drawn for, valued, sifted."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence

import ibis

from tierwise.expression.columns import ColumnEvaluator
from tierwise.expression.kinds import Kind
from tierwise.expression.parse import Expression
from tierwise.plan.rows import reach
from tierwise.program.demo_data.demo import (
    NTH,
    PARENT,
    Demo,
    DemoTable,
    Inherit,
    Numbered,
    Pick,
    Rows,
    Series,
    Value,
    paths_looked_at,
)  # fmt: skip
from tierwise.run.demo_data.draws import below, happens, salts, with_draws
from tierwise.run.demo_data.values import (
    ValueSql,
    ancestor,
    month_of,
    needed_draws,
    numbered,
    raw_of,
)  # fmt: skip
from tierwise.run.embedded.database import Database, literal, quoted, sql_of

_NUMBER = ":number"
_GAPS = ":gaps"


def stored_name(table: str) -> str:
    """The name under which a table's rows lie in the database, for others to be made from."""
    return f"demo:{table}"


def keys_name(table: str) -> str:
    """The name of the table of one row, ``keys``: a list of all keys of a table, in order."""
    return f"demo:keys:{table}"


class TableQuery:
    """Builds the query of one table; what it needs of others is stored already.

    Args:
        database: where it will run; views are made in it on the way.
        demo, table: the table.
        scored, seed: how many scored rows there are, and the seed.
        is_stored: whether other tables are made from its rows.
    """

    def __init__(
        self, database: Database, demo: Demo, table: DemoTable, scored: int, seed: int,
        is_stored: bool,
    ) -> None:  # fmt: skip
        self.database, self.demo, self.table = database, demo, table
        self.scored, self.seed, self.is_stored = scored, seed, is_stored
        self.parent = demo.table(table.rows.per) if table.rows.per is not None else None
        self.waiting = list(table.rows.only_if)
        self.views = itertools.count(1)
        self.query = ""

    def build(self) -> str:
        """The query: the row's number ``:n``, ancestors' keys, and every value by its name."""
        self.query = self._parents()
        self._multiply()
        self._draws(self.table.values.values())
        if self.table.rows.series is not None and self.table.rows.series.gaps:
            self._leave_gaps(self.table.rows.series)
        self._values(self.table.values)
        self._sift()
        self._check()
        self._deduplicate()
        kept_cells = [*map(quoted, self.table.values)]
        if self.is_stored:
            kept_cells += ['":n"', *self._ancestors()]
        return f"SELECT {', '.join(kept_cells)} FROM ({self.query})"

    def _ancestors(self) -> list[str]:
        """The keys of the rows that each descends from, and its own as theirs will be."""
        above = [each for each in self.demo.above(self.table.name)
                 if len(self.demo.table(each).key) == 1]  # fmt: skip
        cells = [quoted(ancestor(each)) for each in above]
        if len(self.table.key) == 1:
            cells.append(f"{quoted(self.table.key[0])} AS {quoted(ancestor(self.table.name))}")
        return cells

    def _parents(self) -> str:
        """A row for each that rows are made for: its number ``:p`` and what is named of it."""
        rows = self.table.rows
        if self.parent is None:
            count = plain_count(rows, self.scored)
            return f'SELECT range AS ":p" FROM range({count})'
        named = {name for each in self._expressions() for name in each.names}
        above = {way.table for value in self.table.values.values() for way in value.ways
                 if isinstance(way, Inherit)}  # fmt: skip
        if self.is_stored:
            above |= {each for each in self.demo.above(self.table.name)
                      if len(self.demo.table(each).key) == 1}  # fmt: skip
        cells = ['":n" AS ":p"', *(quoted(ancestor(each)) for each in sorted(above))]
        cells += [
            f"{quoted(name.removeprefix(PARENT))} AS {quoted(name)}"
            for name in sorted(named)
            if name.startswith(PARENT)
        ]
        return f"SELECT {', '.join(cells)} FROM {quoted(stored_name(self.parent.name))}"

    def _expressions(self) -> Iterable[Expression]:
        rows = self.table.rows
        for value in self.table.values.values():
            yield from value.expressions()
        if isinstance(rows.number, Value):
            yield from rows.number.expressions()
        if rows.series is not None:
            yield from (each for each in (rows.series.first, rows.series.last) if each is not None)
        yield from rows.only_if

    def _multiply(self) -> None:
        """From a row for each parent to as many as there are for it, ``:k`` telling them apart."""
        rows = self.table.rows
        number = self._number(rows)
        self._where_known()
        count = f"CAST({number} AS BIGINT)"
        each = 1
        for _, values in rows.each:
            each *= len(values)
        if rows.series is not None:
            self._months(rows.series.first, rows.series.last)
            count += ' * ":months"'
        count += f" * {each}" if each > 1 else ""
        is_one = rows.series is None and each == 1 and (
            self.parent is None or rows.number == 1)  # fmt: skip
        places = "0" if is_one else f"unnest(range({count}))"
        self.query = f'SELECT *, {places} AS ":k" FROM ({self.query})'
        cells = ['":k" + 1 AS ":nth"', *self._made_for(rows, each)]
        if self.parent is None and is_one:
            cells.append('":p" AS ":n"')
        elif self.is_stored or any(isinstance(way, Numbered) for value in
                                   self.table.values.values() for way in value.ways):  # fmt: skip
            cells.append('row_number() OVER () - 1 AS ":n"')
        self.query = f"SELECT *, {', '.join(cells)} FROM ({self.query})"

    def _number(self, rows: Rows) -> str:
        """How many rows there are for a parent and, where it is asked for, a month and the rest."""
        if self.parent is None:
            return "1"
        if not isinstance(rows.number, Value):
            return str(rows.number)
        self._draws([rows.number], "0")
        self._level([rows.number])
        return f"greatest(0, coalesce({quoted(_NUMBER)}, 0))"

    def _months(self, first: Expression | None, last: Expression | None) -> None:
        bounds = {":first": (first, self.demo.months[0]), ":last": (last, self.demo.months[1])}
        cells = self._evaluated([each for each, _ in bounds.values() if each is not None])
        told = []
        for name, (expression, default) in bounds.items():
            cell = str(default)
            if expression is not None:
                own = quoted(cells[expression])
                own = month_of(own) if expression.kind is Kind.DATE else own
                limit = "greatest" if name == ":first" else "least"
                cell = f"{limit}({default}, coalesce({own}, {default}))"
            told.append(f"CAST({cell} AS BIGINT) AS {quoted(name)}")
        self.query = f"SELECT *, {', '.join(told)} FROM ({self.query})"
        months = 'greatest(0, ":last" - ":first" + 1) AS ":months"'
        self.query = f"SELECT *, {months} FROM ({self.query})"

    def _leave_gaps(self, series: Series) -> None:
        """Leave months out, but no end of the data: what a metric looks back to has to be there."""
        first, last = self.demo.months
        left_out = happens(quoted(_GAPS), series.gaps)
        is_end = f"{quoted(f':row:{series.column}')} IN ({first}, {last})"
        self.query = f"SELECT * FROM ({self.query}) WHERE NOT {left_out} OR {is_end}"

    def _made_for(self, rows: Rows, each: int) -> list[str]:
        """The month and the other values that a row is made for, told from its place."""
        cells = []
        if rows.series is not None:
            month = f'(":first" + (":k" // {each}) % ":months")'
            cells.append(f"{month} AS {quoted(f':row:{rows.series.column}')}")
        step = 1
        for column, values in rows.each:
            writer = ValueSql(self.table.values[column], {}, self._picked)
            listed = f"[{', '.join(map(writer.constant, values))}]"
            place = f'(":k" // {step}) % {len(values)}'
            cells.append(f"{listed}[{place} + 1] AS {quoted(f':row:{column}')}")
            step *= len(values)
        return cells

    def _draws(self, values: Iterable[Value], place: str = '":k"') -> None:
        names = [name for value in values for name in needed_draws(value)]
        series = self.table.rows.series
        if place != "0" and series is not None and series.gaps:
            names.append(_GAPS)
        wanted = {name: salts(self.seed, self.table.name, name) for name in names}
        self.query = with_draws(self.query, wanted, '":p"', place)

    def _values(self, values: Mapping[str, Value]) -> None:
        """Make values, those first that others name; a row is sifted as soon as can be."""
        left = dict(values)
        while left:
            ready = [value for value in left.values() if not value.needs() & left.keys()]
            self._level(ready)
            for value in ready:
                del left[value.name]
            self._where_known(left)

    def _level(self, values: Sequence[Value]) -> None:
        cells = self._evaluated([each for value in values for each in value.expressions()])
        writers = [ValueSql(value, cells, self._picked) for value in values]
        raw = ", ".join(f"{each.raw()} AS {quoted(raw_of(each.value.name))}" for each in writers)
        done = ", ".join(f"{each.finished()} AS {quoted(each.value.name)}" for each in writers)
        self.query = f"SELECT *, {done} FROM (SELECT *, {raw} FROM ({self.query}))"

    def _picked(self, way: Pick, draw: str) -> str:
        """The key of any row of a table, from a draw."""
        target = self.demo.table(way.table)
        key = target.values[target.key[0]]
        if target.is_plain and isinstance(key.way, Numbered):
            number = below(draw, plain_count(target.rows, self.scored))
            unit = 10**key.places if key.kind is Kind.DECIMAL else 1
            return numbered(key.way, key.kind, number, unit)
        keys = f"(SELECT keys FROM {quoted(keys_name(way.table))})"
        return f"{keys}[{below(draw, f'len({keys})')} + 1]"

    def _evaluated(self, expressions: Iterable[Expression]) -> dict[Expression, str]:
        """Add a column for what each expression gives; gives their names."""
        wanted = list(dict.fromkeys(expressions))
        if not wanted:
            return {}
        rows = self._view()
        values: dict[str, object] = {}
        for name in {name for each in wanted for name in each.names}:
            catalogue, _, member = name.partition(".")
            if name in rows.columns:
                values[name] = rows[name]
            elif name == NTH:
                values[name] = rows[":nth"]
            else:
                values[name] = self.demo.contract.catalogues[catalogue].lists[member]
        number = next(self.views)
        cells = {each: f":is:{number}:{index}" for index, each in enumerate(wanted)}
        evaluator = ColumnEvaluator(values)
        made = {cells[each]: evaluator.value(each) for each in wanted}
        self.query = sql_of(rows.mutate(**made))
        return cells

    def _view(self) -> ibis.Table:
        """The query so far, as a table that expressions can be put over."""
        name = f"{stored_name(self.table.name)}:{next(self.views)}"
        self.database.execute(f"CREATE OR REPLACE VIEW {quoted(name)} AS {self.query}")
        return ibis.table(self.database.schema(name), name=name)

    def _where_known(self, left: Mapping[str, Value] | None = None) -> None:
        """Sift by those conditions whose names are all known by now."""
        own = self.table.values if left is None else left
        known = [each for each in self.waiting
                 if not each.names & own.keys() and (left is not None or NTH not in each.names)]  # fmt: skip
        if known:
            cells = self._evaluated(known)
            held = " AND ".join(quoted(cells[each]) for each in known)
            self.query = f"SELECT * FROM ({self.query}) WHERE {held}"
            self.waiting = [each for each in self.waiting if each not in known]

    def _sift(self) -> None:
        """Leave out rows in which a value turned out to be what its column cannot hold."""
        contract = self.demo.contract
        declared = contract.tables.get(self.table.name)
        conditions = []
        for value in self.table.values.values() if declared is not None else ():
            column = declared.columns.get(value.name) if declared is not None else None
            if column is None or not value.checked:
                continue
            known = column.values
            if column.references in contract.catalogues:
                known = tuple(contract.catalogues[column.references].entries)
            cell = quoted(value.name)
            if not column.optional:
                conditions.append(f"{cell} IS NOT NULL")
            if known is not None:
                listed = ", ".join(map(literal, known))
                conditions.append(f"({cell} IS NULL OR {cell} IN ({listed}))")
        if conditions:
            self.query = f"SELECT * FROM ({self.query}) WHERE {' AND '.join(conditions)}"

    def _check(self) -> None:
        """Leave out rows that do not meet the contract's own conditions, or refer to nothing."""
        contract = self.demo.contract
        declared = contract.tables.get(self.table.name)
        paths = paths_looked_at(contract, self.table.name)
        if declared is None or not paths:
            return
        tables = {name: self._stored(name) for name in contract.tables if self._is_there(name)}
        tables[self.table.name] = self._view()
        reached = reach(contract, tables, self.table.name, paths)
        held = [reached.evaluate(check.that) for check in declared.checks]
        own = tables[self.table.name].columns
        kept = reached.table.filter(*held) if held else reached.table
        self.query = sql_of(kept.select(*own))

    def _is_there(self, name: str) -> bool:
        sql = "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?"
        return self.database.execute(sql, [stored_name(name)]).fetchall() != [(0,)]

    def _stored(self, name: str) -> ibis.Table:
        return ibis.table(self.database.schema(stored_name(name)), name=stored_name(name))

    def _deduplicate(self) -> None:
        """Keep the first row of those with the same key, where there may be such."""
        if not self.table.is_unique:
            key = ", ".join(map(quoted, self.table.key))
            first = f'row_number() OVER (PARTITION BY {key} ORDER BY ":p", ":k") = 1'
            self.query = f'SELECT * FROM ({self.query}) QUALIFY {first} ORDER BY ":p", ":k"'


def plain_count(rows: Rows, scored: int) -> int:
    """How many rows a table has that is made for no other's."""
    if rows.total is not None:
        return rows.total
    assert isinstance(rows.number, int), "binding sees to it"
    return rows.number * scored
