"""Backends are compared value by value: real ones are equal, and one that is not is found out."""

from __future__ import annotations

import io
import json
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pytest

import small_programme
import tierwise
from command_line import run
from rule_files import SHAPES, carried_rules
from test_backends import Plugged
from thorough import mostly
from tierwise.run import backends
from tierwise.run.backend import Settings
from tierwise.tasks.parity import LISTED, MISSING
from tierwise_cli import options
from tierwise_cli.render.parity import WRITERS

RESELLERS = Path("examples/resellers")
ASKED = (RESELLERS / "data", "2026-06")
RULES = RESELLERS / "rules"
WORDS = (*ASKED[:1], "--as-of", ASKED[1], "--rules", RULES, "--backends", "duckdb,crooked")


def changed(rows: pa.Table, name: str, change: Callable[[Decimal], Decimal]) -> pa.Table:
    """The rows with other numbers in a column."""
    numbers = pa.array([change(each) for each in rows[name].to_pylist()], rows[name].type)
    return rows.set_column(rows.column_names.index(name), name, numbers)


class Crooked(Plugged):
    """A backend that can be made to give something else."""

    name = "crooked"
    only: tuple[str, ...] = ()
    higher = 0
    copies = 1

    def arrow(self, table: ir.Table) -> pa.Table:
        rows = super().arrow(table)
        if "level" not in rows.column_names:
            return rows
        rows = changed(rows, "score_n", lambda number: number + self.higher)
        if self.copies > 1:
            names = [
                f"{key}{n:02}" for n in range(self.copies) for key in rows["scored"].to_pylist()
            ]
            rows = pa.concat_tables([rows] * self.copies).set_column(
                rows.column_names.index("scored"), "scored", pa.array(names))  # fmt: skip
        return rows.filter(pc.is_in(rows["scored"], pa.array(self.only))) if self.only else rows


@pytest.fixture
def crooked(monkeypatch: pytest.MonkeyPatch) -> Iterator[Crooked]:
    with backends.connect(Settings()) as behind:
        backend = Crooked(behind)

        @contextmanager
        def connect(settings: Settings) -> Iterator[Crooked]:
            assert settings.backend == "crooked"
            yield backend

        module = types.ModuleType("crooked_backend_of_a_test")
        module.connect = connect  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(backends.BACKENDS, "crooked", backends.Home(module.__name__))
        monkeypatch.setattr(options, "BACKENDS", (*options.BACKENDS, "crooked"))
        yield backend


def compared(*names: object, data: Path | str = ASKED[0], **more: str) -> tierwise.ParityReport:
    return tierwise.parity(data, ASKED[1], names, rules=RULES, postgres=more.get("postgres"))


def text(report: tierwise.ParityReport) -> str:
    out = io.BytesIO()
    WRITERS["table"](report)(out)
    return out.getvalue().decode()


def test_what_differs_is_listed_with_every_answer(crooked: Crooked) -> None:
    crooked.higher, crooked.only = 100, ("ash", "cove")
    ran = run("parity", *WORDS, "--format", "json")
    assert ran.returncode == 1, ran.stderr
    document = json.loads(ran.stdout)
    assert document["equal"] is False
    listed = document["options"][0]["listed"][1]
    assert listed["differences"] == {"score": {"duckdb": "0", "crooked": MISSING}}
    report = compared("duckdb", "crooked")
    (option,) = report.options
    first, second, _ = option.listed
    assert (first.scored, first.differences[0].what) == ("ash", "score")
    assert first.differences[0].answers[0] == "15"
    assert second.differences[0].answers == ("0", MISSING)
    assert "3 partners, of which 3 differ" in text(report)
    assert "duckdb, crooked: they differ" in text(report)


def test_a_number_is_the_same_however_it_is_written(crooked: Crooked) -> None:
    """Only the fraction counts: 10 / 2 is 5 / 1."""
    plain = Crooked.arrow

    def doubled(self: Crooked, table: ir.Table) -> pa.Table:
        rows = plain(self, table)
        for name in ("score_n", "score_d") if "level" in rows.column_names else ():
            rows = changed(rows, name, lambda number: 2 * number)
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Crooked, "arrow", doubled)
        assert crooked.name == "crooked"
        report = compared("duckdb", "crooked")
    assert report.equal
    assert [(each.compared, each.differing) for each in report.options] == [(3, 0)]
    assert [each.backend for each in report.stamps] == ["duckdb", "crooked"]
    assert report.warnings
    assert "3 partners, all the same" in text(report)


def test_many_that_differ_are_counted(crooked: Crooked) -> None:
    crooked.copies = 20
    report = compared("duckdb", "crooked")
    (option,) = report.options
    assert option.differing == 63
    assert len(option.listed) == LISTED
    assert "... and 43 more partners that differ" in text(report)


def test_what_only_one_refuses_is_a_difference(crooked: Crooked, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(tierwise.Refused, match="data-missing"):
        compared("duckdb", "crooked", data=empty)
    opened = crooked.open

    def nothing(*asked: object) -> object:
        return opened(empty, *asked[1:])  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crooked, "open", nothing)
        report = compared("duckdb", "crooked")
    assert not report.equal
    assert report.options == ()
    assert ("data-missing", ("crooked",)) in {(each.code, who) for each, who in report.findings}


def test_what_one_lacks_is_said_before_any_reads_data(crooked: Crooked) -> None:
    crooked.lacks = "medians"
    with pytest.raises(tierwise.CannotRun, match=r"crooked: plugged|crooked: crooked cannot run"):
        compared("duckdb", "crooked", data="nowhere")
    assert crooked.opened == 0


@pytest.mark.parametrize(
    ("given", "code", "says"),
    [("duckdb", 2, "name at least two"), ("duckdb,duckdb", 2, "each once"), ("duckdb,mine", 2, "'mine' is none"),
     ("duckdb,postgres", 2, "TIERWISE_POSTGRES"), ("duckdb, mine", 2, "'mine' is none")],
)  # fmt: skip
def test_what_cannot_be_compared(given: str, code: int, says: str) -> None:
    ran = run("parity", *WORDS[:-1], given)
    assert ran.returncode == code
    assert says in ran.stderr


def test_one_of_them_has_to_read_the_data() -> None:
    with pytest.raises(tierwise.Refused, match="none of duckdb, spark reads 'postgresql://db/x'"):
        compared("duckdb", "spark", data="postgresql://u:s3cret@db/x".replace("u:s3cret@", ""))


@pytest.mark.postgres
def test_postgres_and_duckdb_are_equal(url: str) -> None:
    """Files that PostgreSQL loads; and its own tables, which DuckDB is given."""
    report = compared("duckdb", "postgres", postgres=url)
    assert report.equal
    assert [each.compared for each in report.options] == [3]
    report = compared("duckdb", "postgres", data=f"{url}?schema=shops")
    assert report.equal
    assert [each.compared for each in report.options] == [3]


@pytest.mark.spark
@pytest.mark.postgres
def test_all_three_are_equal(spark: object, url: str, tmp_path: Path) -> None:
    """Over a DuckDB file, which Spark cannot read, and is given."""
    rules, files = small_programme.written(tmp_path)
    file = tmp_path / "shops.duckdb"
    with duckdb.connect(str(file)) as database:
        for table in files.glob("*.csv"):
            database.execute(
                f"CREATE TABLE {table.stem} AS FROM read_csv('{table}', all_varchar = true)"
            )
    report = tierwise.parity(file, small_programme.AS_OF, ["duckdb", spark, "postgres"],
                             rules=rules, postgres=url)  # fmt: skip
    assert report.equal
    assert report.backends == ("duckdb", "spark", "postgres")
    assert [each.compared for each in report.options] == [3]


MADE = ["partner-data", "cloud-business-applications-data", "solutions-partner-data"]


@pytest.mark.spark
@pytest.mark.postgres
@pytest.mark.thorough
def test_every_shape_of_a_rule_scores_alike(spark: object, url: str) -> None:
    report = tierwise.parity(SHAPES / "data", "2021-06", ["duckdb", "postgres", spark], rules=SHAPES,
                             postgres=url, allow_short_history=True)  # fmt: skip
    assert report.equal, [each.listed for each in report.options]
    assert len({each.program.competency for each in report.options}) > 40


@pytest.mark.spark
@pytest.mark.postgres
@pytest.mark.parametrize("contract", mostly(MADE[:1], MADE))
def test_data_that_is_made_scores_alike(
    spark: object, url: str, tmp_path: Path, contract: str
) -> None:
    """Every competency that is shipped, over data of its contract."""
    data = tmp_path / "data"
    tierwise.demo_data(data, 40, contract=contract, rules=carried_rules())
    as_of = json.loads((data / "demo-data.json").read_text("utf-8"))["months"]["through"]
    report = tierwise.parity(
        data, as_of, ["duckdb", "postgres", spark], rules=carried_rules(), postgres=url
    )
    assert report.equal, [each.listed for each in report.options]
    assert all(each.compared == 40 for each in report.options)
    assert report.options
