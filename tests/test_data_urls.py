"""DATA as a URL, and results as a table of the database that it is; without a server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

import tierwise
from command_line import run
from tierwise.run import backends
from tierwise.run.address import shown_address
from tierwise.run.backend import VIEW, Settings, TooLarge, Unreadable
from tierwise.run.embedded.database import attach, connect
from tierwise.run.embedded.write_table import write_table
from tierwise.run.on_postgres.address import address_of

RESELLERS = Path("examples/resellers")
RULES = RESELLERS / "rules"
AS_OF = "2026-06"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The example in a DuckDB file."""
    path = tmp_path / "shops and more.duckdb"
    with duckdb.connect(str(path)) as database:
        for table in (RESELLERS / "data").glob("*.csv"):
            database.execute(
                f"CREATE TABLE {table.stem} AS FROM read_csv('{table}', all_varchar = true)"
            )
        database.execute("CREATE VIEW a_view AS SELECT 1 AS a")
    return path


@pytest.mark.parametrize(
    ("url", "shown"),
    [("postgresql://ann:s3cret@db:5432/crm?schema=x", "postgresql://ann@db:5432/crm?schema=x"),
     ("postgresql:///crm?host=/run/pg&password=s3cret", "postgresql:///crm?host=/run/pg"),
     ("postgres://ann:s3@cret@db/crm", "postgres://ann@db/crm"),
     ("postgresql://ann:s3/cret@db/crm", "postgresql://..."),
     ("postgresql://ann:12/s3cret@db/crm", "postgresql://..."),
     ("postgresql://ann:12#s3cret@db/crm", "postgresql://..."),
     ("postgresql://ann:1?s3cret@db/crm", "postgresql://..."),
     ("mysql://ann:s3cret@db/crm", "mysql://ann@db/crm"), ("a folder/b@c", "a folder/b@c")],
)  # fmt: skip
def test_a_password_is_not_shown(url: str, shown: str) -> None:
    assert shown_address(url) == shown
    assert "cret" not in shown


def test_a_url_says_where_a_database_is() -> None:
    address = address_of("postgresql://a%40b:p%3Aw@db:5433/c%20d?schema=s&sslmode=require")
    assert address.schema == "s"
    assert address.options == {
        "host": "db", "port": "5433", "user": "a@b", "password": "p:w", "dbname": "c d",
        "sslmode": "require", "connect_timeout": "10",
    }  # fmt: skip
    assert "p:w" not in repr(address)
    assert address_of("postgresql://db/crm").schema == "public"
    for wrong in ("postgresql://ann:s3/cret@db/crm", "postgresql://ann:12/s3cret@db/crm"):
        with pytest.raises(tierwise.CannotRun) as cannot:
            address_of(wrong)
        assert "cret" not in str(cannot.value)
        assert "%2F" in cannot.value.hint


@pytest.mark.parametrize(
    ("data", "backend", "chosen"),
    [("folder", None, "duckdb"), ("duckdb:///f.duckdb", None, "duckdb"), ("postgres://db/x", None, "postgres"),
     ("postgresql://db/x", "postgres", "postgres"), ("folder", "spark", "spark"),
     ("hdfs:///x", "spark", "spark")],
)  # fmt: skip
def test_a_url_says_what_runs_the_plan(data: str, backend: str | None, chosen: str) -> None:
    settings = backends.chosen(backend, None, None, None, data)
    assert isinstance(settings, Settings)
    assert settings.backend == chosen


@pytest.mark.parametrize(
    ("words", "says"),
    [(["postgresql://u:s3cret@db/x", "--backend", "spark"], "postgresql:// is read by postgres, and not by spark"),
     (["duckdb:///x", "--backend", "postgres"], "duckdb:// is read by duckdb, and not by postgres"),
     (["mysql://u:s3cret@db/x"], "nothing here reads mysql://: 'mysql://u@db/x'"),
     (["s3a://bucket/x"], "with --backend spark the URLs that Hadoop knows"),
     ([RESELLERS / "data", "--master", "spark://x:1"], "duckdb runs in this process, and nowhere else"),
     (["postgresql://db/x", "--memory-limit", "1GB"], "postgres cannot be told how much memory"),
     ([RESELLERS / "data", "--output", "table:scores"], "is a table of the database that DATA is"),
     ([RESELLERS / "data", "--backend", "postgres"], "no database is named for it"),
     (["postgresql://db/x", "--output", "table:a.b.c"], "'table:a.b.c' names no table")],
)  # fmt: skip
def test_what_does_not_go_together(words: list[object], says: str) -> None:
    ran = run("evaluate", *words, "--as-of", AS_OF, "--rules", RULES)
    assert ran.returncode == 2
    assert says in ran.stderr
    assert "cret" not in ran.stderr + ran.stdout


def test_a_file_is_none_of_what_spark_reads(file: Path) -> None:
    ran = run("evaluate", file, "--as-of", AS_OF, "--rules", RULES, "--backend", "spark")
    assert ran.returncode == 2
    assert "spark reads folders and tables, and" in ran.stderr


@pytest.fixture
def schema(file: Path) -> str:
    """The same file, its tables in a schema of another name."""
    with duckdb.connect(str(file)) as database:
        database.execute("CREATE SCHEMA shops")
        for (table,) in database.sql("SELECT table_name FROM duckdb_tables()").fetchall():
            database.execute(f"CREATE TABLE shops.{table} AS FROM main.{table}")
            database.execute(f"DROP TABLE main.{table}")
        database.execute("DROP VIEW a_view")
    return f"duckdb://{str(file).replace(' ', '%20')}?schema=shops"


def test_a_schema_of_a_duckdb_file(file: Path, schema: str) -> None:
    """Its tables are read, and results are written to it."""
    results = tierwise.evaluate(schema, AS_OF, rules=RULES)
    known = tierwise.evaluate(RESELLERS / "data", AS_OF, rules=RULES)
    assert [each.table for each in results.options] == [each.table for each in known.options]
    tierwise.write_scores(schema, AS_OF, "table:scores", rules=RULES)
    with duckdb.connect(str(file), read_only=True) as database:
        assert database.sql("SELECT count(*) FROM shops.scores").fetchall() == [
            (len(known.options[0]),)
        ]


def test_a_file_without_tables_in_its_schema_says_which_to_name(file: Path, schema: str) -> None:
    for data in (file, schema.replace("=shops", "=shop")):
        with pytest.raises(tierwise.Refused, match="there are no tables in the schema") as refused:
            tierwise.evaluate(data, AS_OF, rules=RULES)
        assert refused.value.diagnostics[0].hint.endswith("?schema=shops")


def test_what_was_written_and_stands_beside_the_file_is_in_its_digest(file: Path) -> None:
    """As where whoever wrote it was killed: DuckDB reads both."""
    before = tierwise.evaluate(file, AS_OF, rules=RULES).stamp.data_digest
    killed = (f"import duckdb, os; d = duckdb.connect({str(file)!r}); "
              "d.execute(\"UPDATE service SET machines = 0\"); os._exit(0)")  # fmt: skip
    subprocess.run([sys.executable, "-c", killed], check=True)
    assert file.with_name(f"{file.name}.wal").exists()
    assert tierwise.evaluate(file, AS_OF, rules=RULES).stamp.data_digest != before


def test_a_view_that_fails_is_told_of_the_data(file: Path) -> None:
    with duckdb.connect(str(file)) as database:
        database.execute("ALTER TABLE service RENAME TO all_service")
        database.execute(
            "CREATE VIEW service AS SELECT * REPLACE (('x' || machines)::BIGINT AS machines) FROM all_service"
        )
    with pytest.raises(tierwise.Refused, match="Could not convert string") as refused:
        tierwise.evaluate(file, AS_OF, rules=RULES)
    (found,) = (each for each in refused.value.diagnostics if each.code == "data-unreadable")
    assert found.hint == VIEW
    assert str(found.place).endswith(":service")


def test_a_number_that_does_not_fit_is_no_fault_of_a_view() -> None:
    with connect(Settings()) as database, database.reading():
        for sql in (
            "SELECT CAST(70000 AS SMALLINT)",
            "SELECT 1e37::DECIMAL(38, 0) * 100::DECIMAL(38, 0)",
        ):
            with pytest.raises(TooLarge):
                database.execute(sql)
        with pytest.raises(Unreadable):
            database.execute("SELECT CAST('x' AS BIGINT)")


def test_a_disk_without_room_for_what_memory_does_not_hold_is_named() -> None:
    with connect(Settings(1, "40MB")) as database:
        database.execute("SET max_temp_directory_size = '1MB'")
        with pytest.raises(tierwise.CannotRun, match="not enough room in /") as cannot:
            database.execute(
                "CREATE TEMP TABLE t AS SELECT hash(range) AS a FROM range(20_000_000)"
            )
    assert "TMPDIR" in cannot.value.hint


def test_a_table_has_no_format(file: Path) -> None:
    ran = run("evaluate", file, "--as-of", AS_OF, "--output", "table:x", "--format", "csv")
    assert ran.returncode == 2
    assert "a table has no format" in ran.stderr


def test_without_psycopg_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(tierwise.CannotRun, match="psycopg") as cannot:
        tierwise.evaluate("postgresql://db/x", AS_OF, rules=RULES)
    assert "pip install 'tierwise[postgres]'" in cannot.value.hint


def test_a_name_of_another_format_is_no_file_of_parquet(tmp_path: Path) -> None:
    for name in ("scores.csv", "scores.JSON"):
        with pytest.raises(tierwise.Refused, match="would be a file of Parquet, not") as refused:
            tierwise.write_scores(RESELLERS / "data", AS_OF, tmp_path / name, rules=RULES)
        assert refused.value.diagnostics[0].hint == "name it .parquet"
    tierwise.write_scores(RESELLERS / "data", AS_OF, tmp_path / "scores", rules=RULES)
    assert [each.name for each in tmp_path.iterdir()] == ["scores"]


def test_results_become_a_table_of_a_duckdb_file(file: Path) -> None:
    url = f"duckdb://{str(file).replace(' ', '%20')}"
    known = tierwise.evaluate(file, AS_OF, rules=RULES)
    ran = run("evaluate", url, "--as-of", AS_OF, "--rules", RULES, "--output", "table:scores")
    assert ran.returncode == 0, ran.stderr
    assert "written to table:scores" in ran.stdout
    with duckdb.connect(str(file), read_only=True) as database:
        written = database.sql("FROM scores ORDER BY 1").to_arrow_table()
    assert written.equals(known.to_arrow().cast(written.schema))


@pytest.mark.parametrize("table", ["orders", "main.orders", "a_view"])
def test_what_is_no_table_of_tierwise_is_refused_before_scores_are_made(
    file: Path, table: str
) -> None:
    told: list[str] = []
    with pytest.raises(tierwise.CannotRun, match=f"{table} is there, and no table that tierwise"):
        tierwise.write_scores(file, AS_OF, f"table:{table}", rules=RULES, progress=told.append)
    assert told
    assert not [doing for doing in told if doing.startswith("scores")]


def test_a_table_of_a_duckdb_file_is_replaced_whole_or_not_at_all(file: Path) -> None:
    def write(sql: str, schema: str, table: str) -> None:
        with connect(Settings()) as database:
            attach(database, file, "data")
            write_table(database, sql, schema, table)

    write("SELECT 1 AS a", "main", "scores")
    write("SELECT 2 AS b, 3 AS c", "main", "scores")
    for name, sql in {"main.orders": "SELECT 1", "main.a_view": "SELECT 1", "nowhere.scores": "SELECT 1",
                      "main.scores": "SELECT 9223372036854775807 + range FROM range(3)"}.items():  # fmt: skip
        with pytest.raises(tierwise.CannotRun) as cannot:
            write(sql, *name.split("."))
        assert cannot.value.hint
        assert name in str(cannot.value) or name == "main.scores"
    with duckdb.connect(str(file), read_only=True) as database:
        assert database.sql("FROM scores").fetchall() == [(2, 3)]
        assert database.sql("SELECT count(*) FROM orders").fetchall() != [(1,)]
