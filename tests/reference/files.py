"""Writes data as the files of the contract: one file per table, in one folder."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa  # type: ignore[import-untyped, unused-ignore]
import pyarrow.parquet as pq  # type: ignore[import-untyped, unused-ignore]

from .tables import Data

TEXT = pa.string()
DAY = pa.date32()
COUNT = pa.int64()
AMOUNT = pa.decimal128(18, 6)

SCHEMAS: dict[str, dict[str, pa.DataType]] = {
    "partners": {"partner_id": TEXT, "name": TEXT, "country": TEXT},
    "customers": {"customer_id": TEXT, "name": TEXT, "country": TEXT},
    "subscriptions": {
        "subscription_id": TEXT,
        "customer_id": TEXT,
        "tenant_id": TEXT,
        "product": TEXT,
        "channel": TEXT,
        "paid": pa.bool_(),
        "start_date": DAY,
        "agreement_start": DAY,
    },
    "associations": {
        "partner_id": TEXT,
        "subscription_id": TEXT,
        "type": TEXT,
        "incentive": TEXT,
        "from_date": DAY,
        "to_date": DAY,
    },
    "billings": {
        "subscription_id": TEXT,
        "month": DAY,
        "kind": TEXT,
        "amount": AMOUNT,
        "currency": TEXT,
    },
    "seats": {"subscription_id": TEXT, "month": DAY, "paid_seats": COUNT},
    "usage": {
        "subscription_id": TEXT,
        "month": DAY,
        "environment": TEXT,
        "monthly_active_users": COUNT,
    },
    "exams": {
        "partner_id": TEXT,
        "person_id": TEXT,
        "exam": TEXT,
        "passed_on": DAY,
        "expires_on": DAY,
    },
}
"""The contract's tables and columns, in its order."""


def as_text(value: object) -> str:
    """A value as a text file holds it: "An empty cell is null", "dates are ISO 8601"."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def write_csv(data: Data, folder: Path) -> None:
    """Write NAME.csv for every table of the contract; months stay "`YYYY-MM` in text files"."""
    for table, columns in SCHEMAS.items():
        with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            for row in data[table]:
                writer.writerow([as_text(row[column]) for column in columns])


def as_cell(column: str, value: object) -> object:
    """A value as a Parquet file holds it: a month is the date of its first day."""
    if column == "month":
        return date.fromisoformat(f"{value}-01")
    return value


def write_parquet(data: Data, folder: Path) -> None:
    """Write NAME.parquet for every table of the contract, with its types."""
    for table, columns in SCHEMAS.items():
        cells = {
            column: pa.array([as_cell(column, row[column]) for row in data[table]], type=kind)
            for column, kind in columns.items()
        }
        pq.write_table(pa.table(cells), folder / f"{table}.parquet")
