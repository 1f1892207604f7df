"""A Spark and a PostgreSQL server, each started once for all tests that ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pytest

import postgres_server
from thorough import EVERYTHING

if TYPE_CHECKING:
    import psycopg
    from pyspark.sql import SparkSession

EXAMPLES = Path(__file__).parents[1] / "examples"
TYPES = {"VARCHAR": "text", "BIGINT": "bigint", "DOUBLE": "numeric", "BOOLEAN": "boolean",
         "DATE": "date"}  # fmt: skip
FAST = {
    # For so little data, compiling a query takes far longer than running it.
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "1", "spark.sql.adaptive.enabled": "false",
    "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.log.level": "OFF",
    "spark.driver.host": "localhost", "spark.driver.bindAddress": "127.0.0.1",
    "spark.network.timeout": "3600s", "spark.executor.heartbeatInterval": "600s",
    # What it concludes of conditions saves reading where there are many rows; before a change lands it does.
    **({} if EVERYTHING else {"spark.sql.constraintPropagation.enabled": "false"}),
}  # fmt: skip


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    folder = tmp_path_factory.mktemp("spark")
    builder = SparkSession.builder.master("local[1]")
    for name, value in FAST.items():
        builder = builder.config(name, value)
    session = builder.config("spark.sql.warehouse.dir", str(folder)).getOrCreate()
    yield session
    session.stop()


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgres_server.server() as url:
        yield url


@pytest.fixture(scope="session")
def database(server: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection that sees what others have committed; what texts are sorted by is a language's."""
    import psycopg

    with psycopg.connect(f"{server}postgres", autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def url(server: str, database: psycopg.Connection[tuple[object, ...]]) -> str:
    """The database, with the tables of the two examples in a schema each."""
    load(database, EXAMPLES / "contoso", "contoso")
    load(database, EXAMPLES / "resellers" / "data", "shops")
    return f"{server}postgres"


def load(database: psycopg.Connection[tuple[object, ...]], folder: Path, schema: str) -> None:
    """Tables of csv files with the types that they would have in a database; months are days there."""
    database.execute(f"CREATE SCHEMA {schema}")
    for file in folder.glob("*.csv"):
        with duckdb.connect() as reader:
            rows = reader.read_csv(str(file))
            kinds = {name: TYPES[str(kind)]
                     for name, kind in zip(rows.columns, rows.types, strict=True)}  # fmt: skip
        place = f'{schema}."{file.stem}"'
        columns = ", ".join(f'"{name}" {kind}' for name, kind in kinds.items())
        database.execute(f"CREATE TABLE {place} ({columns})")
        with database.cursor().copy(f"COPY {place} FROM STDIN (FORMAT csv, HEADER)") as copy:
            copy.write(file.read_bytes())
        if "month" in kinds:
            database.execute(
                f"ALTER TABLE {place} ALTER month TYPE date USING (month || '-01')::date"
            )
