"""What is worked out once is there the next time, and is made anew where anything differs."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pytest
from ibis.backends.sql.compilers.duckdb import DuckDBCompiler

import small_programme
import tierwise
from rule_files import RULES, copy_of_good, replaced
from tierwise import pipeline
from tierwise.diagnostics import CannotRun
from tierwise.kept import kept
from tierwise.months import parse_month
from tierwise.plan.plan import Plan
from tierwise.plan.written import written_schemas
from tierwise.program.program import Program
from tierwise.run.backend import Settings, TooLarge
from tierwise.run.embedded.database import Database, connect
from tierwise.run.query import query_of


def table(name: str = "pears", kind: str = "int64") -> ir.Table:
    return ibis.table({"weight": kind}, name=name)


def test_tables_that_say_the_same_are_the_same() -> None:
    asked: list[tuple[str, int]] = []

    @kept
    def heavy(pears: ir.Table, least: int) -> ir.Table:
        asked.append((str(pears.get_name()), least))
        return pears.filter(pears.weight >= least)

    first = heavy(table(), 3)
    assert heavy(table(), 3) is first
    assert heavy(table("plums"), 3) is not first
    assert heavy(table(kind="int8"), 3) is not first
    assert heavy(table(), 4) is not first
    assert asked == [("pears", 3), ("plums", 3), ("pears", 3), ("pears", 4)]


def test_the_same_files_are_the_same_rules_and_a_changed_one_is_not(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    first = tierwise.load_rules(rules)
    assert tierwise.load_rules(rules) is first
    replaced(rules / "competency.yaml", "score >= 80", "score >= 81")
    second = tierwise.load_rules(rules)
    assert second is not first
    assert second.competencies[0].options[0].levels[0].when.text == "score >= 81"
    shutil.copytree(rules, tmp_path / "moved")
    moved = tierwise.load_rules(tmp_path / "moved")
    assert moved.documents[0].path.startswith(str(tmp_path / "moved"))


def programs(month: str, rules: Path = RULES) -> tuple[Program, ...]:
    number = parse_month(month)
    assert number is not None
    bound = pipeline.programs(tierwise.load_rules(rules), number, None, None).value
    assert bound is not None
    return bound


def test_competencies_share_their_contract_as_long_as_its_catalogues_hold() -> None:
    shapes = Path("examples/shapes")
    first, *others = programs("2021-06", shapes)
    assert len(others) > 40
    assert {id(each.contract) for each in others} == {id(first.contract)}
    again = programs("2021-06", shapes)[0]
    assert again is first
    assert programs("2021-05", shapes)[0] is not first


@pytest.mark.parametrize(("option", "months"), [("cloud-business-applications-smb", 1), (None, 2)])
def test_a_part_of_the_rules_is_the_same_each_time(option: str | None, months: int) -> None:
    """So that its plan is found again."""
    asked = (tierwise.load_rules(RULES), 2021 * 12 + 4, "small-and-midmarket-cloud-solutions")
    first, again = (pipeline.programs(*asked, option, None, months).value for _ in range(2))
    assert first is not None
    assert again == first  # programs are equal only to themselves


def plan() -> Plan:
    (one,) = [each for each in programs("2021-05") if each.competency.startswith("small")]
    (made,) = pipeline._planned((one,), (tuple(written_schemas(one.contract).items()),))
    return made


def test_scores_are_made_without_what_only_explanations_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = plan()
    assert {*steps.scoring} < {*steps.steps}
    evidence = {each.name for each in steps.steps if each not in steps.scoring}
    assert {each.rpartition(":")[0].rpartition(":")[2] for each in evidence} == {
        "associated", "ways"}  # fmt: skip
    made: list[str] = []
    create = Database.create

    def told(self: Database, name: str, table: ir.Table, stored: bool) -> None:
        made.append(name)
        create(self, name, table, stored)

    monkeypatch.setattr(Database, "create", told)
    asked = {"rules": RULES, "competency": "small-and-midmarket-cloud-solutions"}
    tierwise.evaluate("examples/contoso", "2021-05", **asked)
    assert not evidence & {*made}
    assert {each.name for each in steps.scoring} <= {*made}
    made.clear()
    tierwise.explain("examples/contoso", "2021-05", "P01", **asked)
    assert evidence <= {*made}
    assert len(made) == len({*made})  # nothing is made twice


def test_what_a_user_has_set_of_ibis_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    one = table().mutate(double=table().weight * 2).filter(lambda each: each.double > 4)
    for setting in (True, False):
        monkeypatch.setattr(ibis.options.sql, "fuse_selects", setting)
        assert query_of(DuckDBCompiler(), one).sql().count("SELECT") > 1
        assert ibis.options.sql.fuse_selects is setting
    with pytest.raises(AttributeError):
        query_of(DuckDBCompiler(), None)  # type: ignore[arg-type]
    assert ibis.options.sql.fuse_selects is False


def test_a_step_that_fails_names_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its query had been printed ahead."""
    rules, data = small_programme.written(tmp_path)
    create = Database.create

    def full(self: Database, name: str, table: ir.Table, stored: bool) -> None:
        if name.endswith(":scores"):
            raise CannotRun("the disk is full", "make room")
        create(self, name, table, stored)

    monkeypatch.setattr(Database, "create", full)
    with pytest.raises(CannotRun, match="scores and levels: the disk is full"):
        tierwise.evaluate(data, small_programme.AS_OF, rules=rules)


def test_two_threads_make_it_once() -> None:
    made: list[str] = []
    begun, asked = threading.Event(), threading.Event()

    @kept
    def slowly(name: str) -> str:
        made.append(name)
        begun.set()
        assert asked.wait(30)
        return name * 2

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slowly, "a")
        assert begun.wait(30)
        second = pool.submit(slowly, "a")
        asked.set()
        assert (first.result(), second.result()) == ("aa", "aa")
    assert made == ["a"]


def test_what_could_not_be_made_is_made_when_it_is_asked_for_again() -> None:
    tried: list[str] = []

    @kept
    def at_last(name: str) -> str:
        tried.append(name)
        if len(tried) < 2:
            raise LookupError(name)
        return name

    with pytest.raises(LookupError):
        at_last("a")
    assert (at_last("a"), at_last("a"), tried) == ("a", "a", ["a", "a"])


def test_what_is_made_of_little_is_kept() -> None:
    with connect(Settings()) as database:
        database.create("few", ibis.range(10_000).unnest().name("n").as_table(), stored=True)
        database.create("many", ibis.range(10_001).unnest().name("n").as_table(), stored=True)
        for name in ("few", "many"):
            read = ibis.table({"n": "int64"}, name=name)
            database.create(f"over {name}", read.filter(read.n < 5), stored=False)
        over = ibis.table({"n": "int64"}, name="over few")
        database.create("further", over.filter(over.n > 3), stored=False)
        kinds = dict(database.execute("SELECT table_name, table_type FROM "
                                      "information_schema.tables").fetchall())  # fmt: skip
        assert kinds == {"few": "LOCAL TEMPORARY", "many": "LOCAL TEMPORARY", "over few": "LOCAL TEMPORARY",
                         "over many": "VIEW", "further": "LOCAL TEMPORARY"}  # fmt: skip
        assert database.rows(ibis.table({"n": "int64"}, name="further")) == [(4,)]


def test_a_number_that_is_too_large_and_not_asked_for_stops_nothing() -> None:
    with connect(Settings()) as database:
        database.create("few", ibis.range(1, 10).unnest().name("n").as_table(), stored=True)
        few = ibis.table({"n": "int64"}, name="few")
        wide = few.n.cast("decimal(38, 0)") * ibis.literal(Decimal(10**37), "decimal(38, 0)")
        database.create("large", few.select("n", wide=wide * few.n * few.n), stored=False)
        large = ibis.table({"n": "int64", "wide": "decimal(38, 0)"}, name="large")
        assert len(database.rows(large.select("n"))) == 9
        with pytest.raises(TooLarge):
            database.rows(large.select("wide"))
