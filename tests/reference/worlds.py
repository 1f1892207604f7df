"""Many small data sets in one, so that one evaluation compares hundreds of partners."""

from __future__ import annotations

import csv
from collections.abc import Collection, Sequence
from pathlib import Path

Row = dict[str, object]
Tables = dict[str, list[Row]]

IDENTIFIERS = frozenset({"partner_id", "customer_id", "tenant_id", "subscription_id", "person_id"})


def name_in(number: int, identifier: object) -> str:
    """What a thing of one data set is called in the merged one."""
    return f"{number}/{identifier}"


def merged(worlds: Sequence[Tables], identifiers: Collection[str] = IDENTIFIERS) -> Tables:
    """One data set in which nothing of one world touches another: ``identifiers`` differ."""
    found: Tables = {table: [] for table in worlds[0]}
    for number, world in enumerate(worlds):
        for table, rows in world.items():
            found[table] += [
                {
                    column: name_in(number, value) if column in identifiers else value
                    for column, value in row.items()
                }
                for row in rows
            ]
    return found


def written(tables: Tables, folder: Path) -> Path:
    """The folder, with a file for each table; every table must have a row."""
    for table, rows in tables.items():
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            for row in rows:
                writer.writerow({column: _text(value) for column, value in row.items()})
    return folder


def _text(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value
