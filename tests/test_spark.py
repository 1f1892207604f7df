"""Spark gives what DuckDB gives: every value, points, score and level, and every refusal.

One Spark is started for all of these tests. Without pyspark or Java
they are left out, and pytest says so at the end.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import small_programme
import tierwise
from backend_fixtures import FAST
from rule_files import SHAPES, rules_of_shapes
from small_programme import AS_OF
from test_near import SMB, types_before_and_after
from test_near_contracts import policies_credit_tables_that_refer_to_each_other, world
from thorough import EVERYTHING
from tierwise.rational import whole_quotient
from tierwise.run.backend import Backend, Settings, TooLarge
from tierwise.run.backends import connect
from tierwise.run.backends.spark import Spark
from tierwise_cli.render.explanation import WRITERS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark
A_FEW = ["best-over-regions", "combinations-of-badges", "dated-rates", "growth-before-a-claim",
         "level-kept-until-an-anniversary", "median", "percentile-within-a-country"]  # fmt: skip
"""Shapes that between them use what databases do differently; the others with TIERWISE_ALL_TESTS."""


@pytest.fixture(scope="session")
def backend(spark: SparkSession) -> Iterator[Backend]:
    with connect(Settings(backend="spark", session=spark)) as opened:
        yield opened


def same(mine: tierwise.Results, known: tierwise.Results) -> None:
    """Every column of every score table: numerators and denominators, levels, reasons."""
    assert [each.option.id for each in mine.options] == [each.option.id for each in known.options]
    for own, other in zip(mine.options, known.options, strict=True):
        assert own.table.to_pylist() == other.table.to_pylist(), own.option.id


@pytest.mark.skipif(EVERYTHING, reason="all of them are looked at in test_parity.py")
def test_shapes_of_rules_score_alike(spark: SparkSession, tmp_path: Path) -> None:
    """A few of them."""
    rules = rules_of_shapes(tmp_path, A_FEW)
    known = tierwise.evaluate(SHAPES / "data", "2021-06", rules=rules, allow_short_history=True)
    mine = tierwise.evaluate(
        SHAPES / "data", "2021-06", rules=rules, allow_short_history=True, backend=spark
    )
    assert len(known.options) >= len(A_FEW)
    same(mine, known)


def explained_alike(spark: SparkSession, data: Path, as_of: str, who: str, rules: Path) -> str:
    """What both say of one that is scored."""
    texts = []
    for backend in (spark, "duckdb"):
        report = tierwise.explain(data, as_of, who, rules=rules, allow_short_history=True,
                                  backend=backend)  # fmt: skip
        out = io.BytesIO()
        WRITERS["json"](report, False)(out)
        texts.append(out.getvalue().decode().partition('"options"')[2])
    assert texts[0] == texts[1]
    assert '"verdict": "counted"' in texts[0]
    return texts[0]


def test_an_explanation_is_the_same(spark: SparkSession, tmp_path: Path) -> None:
    """Of rows that are credited: two policies, through tables that refer to each other."""
    rules, data = world(policies_credit_tables_that_refer_to_each_other, tmp_path)
    text = explained_alike(spark, data, "2025-12", "s1", rules)
    assert '"way": "a"' in text
    assert '"way": "v"' in text


@pytest.mark.thorough
def test_an_explanation_of_a_shape_is_the_same(spark: SparkSession, tmp_path: Path) -> None:
    """Of many tables, for which Spark takes long."""
    rules = rules_of_shapes(tmp_path, {"growth-before-a-claim"})
    text = explained_alike(spark, SHAPES / "data", "2021-06", "amsterdam", rules)
    assert '"way": "claimed"' in text


def test_types_are_known_before_rows_are_typed(backend: Backend, tmp_path: Path) -> None:
    tierwise.demo_data(tmp_path / "data", 5, contract="partner-data")
    before, after = types_before_and_after(backend, tmp_path / "data", None, "2021-05", SMB)
    assert before == after


def test_results_are_written_where_they_are(spark: SparkSession, tmp_path: Path) -> None:
    """Parquet data in folders of several files; a folder of results, of which only a summary comes."""
    rules, files = small_programme.written(tmp_path / "small")
    for file in files.glob("*.csv"):
        frame = spark.read.csv(str(file), header=True)
        frame.repartition(2).write.parquet(str(tmp_path / "data" / f"{file.stem}.parquet"))
    asked = {"rules": rules}
    known = tierwise.evaluate(files, AS_OF, **asked)
    target = tmp_path / "scores"
    for _ in range(2):  # the second takes the place of the first
        written = tierwise.write_scores(tmp_path / "data", AS_OF, target, backend=spark, **asked)
    (summary,) = written.options
    assert summary.rows == len(known.options[0]) == 3
    assert sum(summary.levels.values()) == summary.rows
    rows = pq.read_table(target)
    wide = known.to_arrow()
    assert rows.column_names == wide.column_names
    digest = wide.column_names.index("data_digest")
    key = [(wide.column_names[0], "ascending")]
    own, other = (each.sort_by(key).remove_column(digest).to_pylist() for each in (rows, wide))
    assert own == other
    assert rows.schema.field("score").type == pa.decimal128(38, 18)
    (tmp_path / "other").mkdir()
    told: list[str] = []
    with pytest.raises(tierwise.CannotRun, match="no folder that Spark has written"):
        tierwise.write_scores(tmp_path / "data", AS_OF, tmp_path / "other", backend=spark,
                              progress=told.append, **asked)  # fmt: skip
    assert told == [], "it is said before data is read"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["data", "other", "scores", "small"]


def test_tables_of_a_catalogue(spark: SparkSession, tmp_path: Path) -> None:
    rules, files = small_programme.written(tmp_path)
    spark.sql("CREATE DATABASE shops")
    for file in files.glob("*.csv"):
        spark.read.csv(str(file), header=True).write.saveAsTable(f"shops.{file.stem}")
    mine = tierwise.evaluate("table:spark_catalog.shops", AS_OF, rules=rules, backend=spark)
    known = tierwise.evaluate(files, AS_OF, rules=rules)
    same(mine, known)
    assert mine.stamp.backend == "spark"
    assert mine.stamp.rules_digest == known.stamp.rules_digest
    assert all(name.startswith("spark_catalog.shops.") for name, _ in mine.stamp.data)
    small = tierwise.evaluate("table:Spark_Catalog.Shops", AS_OF, rules=rules, backend=spark)
    same(small, known)  # a catalogue keeps names in small letters
    spark.sql("DROP DATABASE shops CASCADE")
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate("table:`shops`", AS_OF, rules=rules, backend=spark)
    assert {each.code for each in refused.value.diagnostics} == {"data-missing"}


def test_bad_data_is_refused_alike(spark: SparkSession, tmp_path: Path) -> None:
    """The same findings of the same columns; a row has no number in Spark."""
    rules, data = small_programme.written(tmp_path)
    with (data / "takings.csv").open("a", encoding="utf-8") as spoilt:
        spoilt.write("ash,2024-07,1\nelm,2024-07,1\nfir,July,-1\nfir,2024-07,\n,2024-07,1\n")
    found = []
    for backend in (spark, "duckdb"):
        with pytest.raises(tierwise.Refused) as refused:
            tierwise.evaluate(data, AS_OF, rules=rules, backend=backend)
        found.append(
            {(each.code, each.place.path, each.message) for each in refused.value.diagnostics}
        )
    assert found[0] == found[1]
    assert {code for code, _, _ in found[0]} == {
        "data-type", "data-empty-cell", "data-minimum", "data-key", "data-reference"}  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "says", "code"),
    [("*, current_timestamp::TIMESTAMP_NS AS seen", "NANOS", "data-unreadable"),
     ("* REPLACE (euros::DOUBLE AS euros)", "the column is double", "data-type")],
)  # fmt: skip
def test_a_type_that_spark_does_not_read_or_rules_do_not_take_is_refused(
    spark: SparkSession, tmp_path: Path, columns: str, says: str, code: str
) -> None:
    rules, data = small_programme.written(tmp_path)
    file = data / "takings.csv"
    with duckdb.connect() as database:
        text = f"SELECT {columns} FROM read_csv('{file}')"
        database.execute(f"COPY ({text}) TO '{file.with_suffix('.parquet')}'")
    file.unlink()
    with pytest.raises(tierwise.Refused, match=says) as refused:
        tierwise.evaluate(data, AS_OF, rules=rules, backend=spark)
    assert [each.code for each in refused.value.diagnostics] == [code]


def test_a_master_that_does_not_answer_is_no_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    from py4j.protocol import Py4JError
    from pyspark.sql import SparkSession as Session

    def start(_: object) -> None:
        raise Py4JError("An error occurred while calling None.SparkSession")

    monkeypatch.setattr(Session, "getActiveSession", lambda: None)
    monkeypatch.setattr(Session.Builder, "getOrCreate", start)
    with (
        pytest.raises(tierwise.CannotRun, match="Spark does not start") as cannot,
        connect(Settings(backend="spark", master="spark://localhost:1")),
    ):
        pass
    assert "that the master is one" in cannot.value.hint


def test_a_session_that_was_stopped_is_no_bug() -> None:
    from py4j.protocol import Py4JError
    from pyspark.sql import SparkSession as Session

    stopped = mock.Mock(spec=Session)
    stopped.newSession.side_effect = Py4JError("Cannot call methods on a stopped SparkContext")
    with (
        pytest.raises(tierwise.CannotRun, match="has been stopped"),
        connect(Settings(backend="spark", session=stopped)),
    ):
        pass


@pytest.mark.parametrize(
    ("data", "says"),
    [("hdfs:///partners", "Incomplete HDFS URI, no host"), ("s3a://bucket/partners", "S3AFileSystem not found")],
)  # fmt: skip
def test_an_address_that_spark_does_not_reach_is_no_bug(
    spark: SparkSession, tmp_path: Path, data: str, says: str
) -> None:
    rules, _ = small_programme.written(tmp_path)
    with pytest.raises(tierwise.CannotRun, match=says) as cannot:
        tierwise.evaluate(data, AS_OF, rules=rules, backend=spark)
    assert "check the address" in cannot.value.hint


@pytest.mark.parametrize(
    ("data", "says"),
    [("table:", "no schema is named"), ("table:main.nope.deep", "there is no table 'main.nope.deep."),
     ("table:nocat.nope", "there is no table 'nocat.nope.")],
)  # fmt: skip
def test_a_catalogue_that_there_is_not_is_refused(
    spark: SparkSession, tmp_path: Path, data: str, says: str
) -> None:
    rules, _ = small_programme.written(tmp_path)
    with pytest.raises(tierwise.Refused, match=says):
        tierwise.evaluate(data, AS_OF, rules=rules, backend=spark)


def test_what_cannot_be_written_is_no_bug(spark: SparkSession, tmp_path: Path) -> None:
    rules, data = small_programme.written(tmp_path)
    (tmp_path / "a file").touch()
    with pytest.raises(tierwise.CannotRun) as cannot:
        tierwise.write_scores(data, AS_OF, tmp_path / "a file" / "x", rules=rules, backend=spark)
    assert cannot.value.hint


def test_what_a_library_of_spark_logs_reaches_no_terminal(
    capfd: pytest.CaptureFixture[str],
) -> None:
    asked = "import logging; from tierwise.run.backends.spark import _logging_only_if as only\n"
    for logs in (False, True):
        text = f"{asked}with only({logs}): logging.exception('an interrupt')"
        subprocess.run([sys.executable, "-c", text], check=True)
        assert ("an interrupt" in capfd.readouterr().err) is logs


def test_text_that_is_not_utf8_is_refused(spark: SparkSession, tmp_path: Path) -> None:
    rules, data = small_programme.written(tmp_path)
    spoilt = data / "shops.csv"
    spoilt.write_bytes(spoilt.read_bytes() + b"\xff\xfe\n")
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(data, AS_OF, rules=rules, backend=spark)
    assert "data-encoding" in {each.code for each in refused.value.diagnostics}


@pytest.mark.parametrize(("what", "sql"), [
    ("product", "SELECT CAST('{n}' AS DECIMAL(38, 0)) * CAST(10 AS DECIMAL(38, 0)) AS x"),
    ("addition", "SELECT CAST('{n}' AS DECIMAL(38, 0)) + CAST(1 AS DECIMAL(38, 0)) AS x"),
    ("sum", "SELECT SUM(CAST('{n}' AS DECIMAL(38, 0))) AS x FROM RANGE(2)"),
    ("digits", "SELECT CAST('{n}' AS DECIMAL(38, 0)) * CAST(0.5 AS DECIMAL(38, 20)) AS x"),
])  # fmt: skip
def test_a_number_that_does_not_fit_stops_the_run(backend: Backend, what: str, sql: str) -> None:
    table = ibis.table({"x": "decimal(38, 0)"}, name=what)
    assert isinstance(backend, Spark)
    backend.session.sql(sql.format(n="9" * 38)).createOrReplaceTempView(what)
    with pytest.raises(TooLarge):
        backend.rows(table)


def test_the_whole_part_of_a_quotient_is_exact(backend: Backend) -> None:
    """Also beyond 64 bits, and where binary numbers are on the wrong side of a whole one."""
    sizes = [1, 2, 3, 7, 10**9 + 7, 10**19 + 1, 2**63, 10**29 - 1, 10**37 + 3]
    pairs = [(sign * (above + shift), below) for above in sizes for below in sizes
             for shift in (-1, 0, 1) for sign in (1, -1) if above // below < 10**25]  # fmt: skip
    columns = [
        pa.array(map(Decimal, each), pa.decimal128(38, 0)) for each in zip(*pairs, strict=True)
    ]
    assert isinstance(backend, Spark)
    frame = backend.session.createDataFrame(pa.table(columns, ["above", "below"]))
    frame.createOrReplaceTempView("pairs")
    table = ibis.table({"above": "decimal(38, 0)", "below": "decimal(38, 0)"}, name="pairs")
    quotient = whole_quotient(table.above, table.below)
    rows = backend.rows(table.select("above", "below", quotient=quotient))
    assert len(rows) == len(pairs)
    assert [row for row in rows if int(str(row[0])) // int(str(row[1])) != int(str(row[2]))] == []


def test_the_session_that_is_lent_stays_as_it_was(spark: SparkSession, tmp_path: Path) -> None:
    rules, data = small_programme.written(tmp_path)
    before = spark.conf.get("spark.sql.decimalOperations.allowPrecisionLoss")
    kept = len(spark.sparkContext._jsc.getPersistentRDDs())
    tierwise.evaluate(data, AS_OF, rules=rules, backend=spark)
    assert spark.conf.get("spark.sql.decimalOperations.allowPrecisionLoss") == before == "true"
    assert spark.catalog.listTables() == []
    assert len(spark.sparkContext._jsc.getPersistentRDDs()) == kept


def test_the_command_says_nothing_of_spark(tmp_path: Path) -> None:
    """A Spark of its own is started and ended, and neither stream has a word of it."""
    rules, data = small_programme.written(tmp_path)
    settings = tmp_path / "conf" / "spark-defaults.conf"  # where Spark itself looks for some
    settings.parent.mkdir()
    settings.write_text("".join(f"{name} {value}\n" for name, value in FAST.items()
                                if name.startswith(("spark.driver.extra", "spark.sql."))))  # fmt: skip
    ran = subprocess.run(
        [Path(sys.executable).with_name("tierwise"), "evaluate", data, "--as-of", AS_OF, "--rules", rules,
         "--backend", "spark", "--master", "local[1]", "--output", tmp_path / "out"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "SPARK_CONF_DIR": str(settings.parent)},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    in_a_log = re.compile(r"\d+:\d\d ")  # what tierwise does, where it takes long
    assert [line for line in ran.stderr.splitlines() if not in_a_log.match(line)] == []
    assert f"written to {tmp_path / 'out'}\n" in ran.stdout  # in one line, however long
    assert (tmp_path / "out" / "_SUCCESS").exists()
