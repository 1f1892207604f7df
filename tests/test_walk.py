"""A path along references: where it leads, and what is left of it where no table follows."""

from __future__ import annotations

import pytest

from tierwise.expression.kinds import Kind
from tierwise.program.program import Column, Contract, Table, walk


def column(name: str, references: str = "", alias: str = "") -> Column:
    return Column(name, Kind.TEXT, False, references, alias, None, None)


def table(name: str, *columns: Column) -> Table:
    return Table(name, {}, (), {each.name: each for each in columns}, None, ())


TABLES = {
    "lines": table("lines", column("order", "orders", "of")),
    "orders": table("orders", column("shop", "shops", "at"), column("colour", "colours", "in")),
    "shops": table("shops", column("name")),
}


@pytest.mark.parametrize(
    ("path", "through", "rest"),
    [
        ("order", "lines", "order"),
        ("of.at.name", "lines orders shops", "name"),
        ("of.at.nothing", "lines orders shops", "nothing"),
        ("of.in.dark", "lines orders", "in.dark"),
        ("colours.warm", "lines", "colours.warm"),
        ("of.nothing.at.name", "lines orders", "nothing.at.name"),
    ],
)
def test_where_a_path_leads(path: str, through: str, rest: str) -> None:
    assert walk(TABLES, "lines", path) == (tuple(through.split()), rest)


@pytest.mark.parametrize(
    ("without", "path", "along"),
    [
        ("", "of.at.name", {"lines", "orders", "shops"}),
        ("", "of.in.dark", {"lines", "orders"}),
        ("shops", "of.at.name", None),
        ("", "of.at.nothing", None),
    ],
)
def test_the_tables_along_paths_are_none_where_one_is_missing(
    without: str, path: str, along: set[str] | None
) -> None:
    tables = {name: each for name, each in TABLES.items() if name != without}
    # What is no table here is one that the data lacks, but for the catalogues.
    contract = Contract("c", ("c",), "shops", tables, {"colours": None})  # type: ignore[dict-item]
    assert contract.tables_along("lines", [path]) == along
