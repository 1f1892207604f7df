"""Where some partners are asked for, only what matters to them is read: it gives the same as reading everything."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest

import small_programme
import tierwise
from rule_files import OF_EACH_KIND, rules_of_shapes
from thorough import EVERYTHING, mostly
from tierwise import pipeline
from tierwise.diagnostics import Diagnostic
from tierwise.months import parse_month
from tierwise.run import prepare
from tierwise.run.ahead import Ahead, Plans
from tierwise.run.backend import Backend, Settings
from tierwise.run.backends import connect
from tierwise.run.embedded.database import Database
from tierwise.run.type_data import Schemas, schemas_of, schemas_to_be, type_tables
from tierwise.tasks.explain import ExplainReport
from tierwise_cli.render.explanation import WRITERS

CONTOSO = Path("examples/contoso")
SMB = "small-and-midmarket-cloud-solutions"
WORLDS = {
    "contoso": (CONTOSO, None, "2021-05"),
    "resellers": (Path("examples/resellers/data"), "examples/resellers/rules", "2026-06"),
    "shapes": (Path("examples/shapes/data"), "examples/shapes", "2026-06"),
}


def scored_of(results: tierwise.Results) -> list[str]:
    return sorted({str(each.scored) for option in results.options for each in option.scores()})


SOME = {
    "contoso": ["P04", "P11", "P16", *(["P01", "P06", "P19"] if EVERYTHING else [])],
    "shapes": ["berlin"],
}
"""Of large worlds the partners that are asked for, for each is an evaluation."""


@pytest.mark.parametrize("world", mostly(["contoso", "shapes"], WORLDS))
def test_a_partner_alone_has_the_scores_that_it_has_among_all(world: str, tmp_path: Path) -> None:
    """Of the shapes all, or half of those that between them have all that a rule is made of."""
    data, rules, as_of = WORLDS[world]
    if world == "shapes" and not EVERYTHING:
        rules = str(rules_of_shapes(tmp_path, OF_EACH_KIND[::2]))
    whole = tierwise.evaluate(data, as_of, rules=rules, allow_short_history=True)
    for partner in SOME.get(world, scored_of(whole)):
        alone = tierwise.evaluate(data, as_of, rules=rules, allow_short_history=True,
                                  partners=[partner])  # fmt: skip
        assert alone.to_arrow().to_pylist() == [
            row for row in whole.to_arrow().to_pylist() if partner in map(str, row.values())
        ]


@pytest.fixture(params=mostly(["P04"], ["P04", "P13"]))
def both(request: pytest.FixtureRequest) -> Iterator[tuple[ExplainReport, ExplainReport]]:
    """What is said of a partner where only what matters was read, and where everything was."""
    alone = tierwise.explain(CONTOSO, "2021-05", request.param)
    with patch.object(prepare, "near", lambda *_: None):
        yield alone, tierwise.explain(CONTOSO, "2021-05", request.param)


def written(report: ExplainReport) -> bytes:
    """All that a report says, as JSON."""
    out = io.BytesIO()
    WRITERS["json"](report, True)(out)
    return out.getvalue()


def test_an_explanation_is_the_same(both: tuple[ExplainReport, ExplainReport]) -> None:
    alone, whole = both
    assert written(alone) == written(whole)


def types_before_and_after(
    backend: Backend,
    data: Path | str,
    rules: Path | str | None,
    as_of: str,
    competency: str | None = None,
) -> tuple[Schemas | None, Schemas]:
    """The types that a contract's tables are said to get, and those that they have got."""
    month = parse_month(as_of)
    assert month is not None
    bound = pipeline.programs(tierwise.load_rules(rules), month, competency, None).value
    assert bound is not None
    found: list[Diagnostic] = []
    contract = bound[0].contract
    opened = backend.open(data, contract, found)
    before = schemas_to_be(backend, bound[:1], opened)
    assert type_tables(backend, contract, opened, found) == contract
    assert not found
    return before, schemas_of(backend, bound[:1])


def test_types_are_known_before_rows_are_typed(tmp_path: Path) -> None:
    """Plans are made by then; where a decimal's digits have to be counted first, they are not."""
    tierwise.demo_data(tmp_path / "data", 20, contract="partner-data")
    with connect(Settings()) as backend:
        before, after = types_before_and_after(backend, tmp_path / "data", None, "2021-05", SMB)
    assert before == after
    with connect(Settings()) as backend:
        assert types_before_and_after(backend, *WORLDS["contoso"], SMB)[0] is None


def test_plans_are_begun_before_it_is_looked_for_what_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tierwise.demo_data(tmp_path / "data", 20, contract="partner-data")
    happened: list[object] = []
    begin, narrow = Ahead.begin, prepare.near

    def begun(self: Ahead, key: Hashable, make: Callable[[], Plans]) -> None:
        happened.append(key)
        begin(self, key, make)

    def narrowed(*asked: object) -> object:
        happened.append("near")
        return narrow(*asked)  # type: ignore[arg-type]  # as it was asked

    monkeypatch.setattr(Ahead, "begin", begun)
    monkeypatch.setattr(prepare, "near", narrowed)
    tierwise.evaluate(tmp_path / "data", "2021-05", partners=["P0000001"],
                      competency=SMB)  # fmt: skip
    early, looked, late = happened
    assert (looked, early) == ("near", late)


def test_what_is_sifted_is_not_kept_on_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB keeps what a query names twice, here rows of everybody, unless it is told not to."""
    made: dict[str, str] = {}
    make = Database.make

    def told(self: Database, kind: str, name: str, sql: str) -> duckdb.DuckDBPyConnection:
        made[name] = sql
        return make(self, kind, name, sql)

    monkeypatch.setattr(Database, "make", told)
    tierwise.evaluate(CONTOSO, "2021-05", partners=["P04"], competency=SMB)
    near = {name: re.findall(r'"t[0-9]+" AS (NOT MATERIALIZED )?\(SELECT', sql)
            for name, sql in made.items() if name.startswith("near:")}  # fmt: skip
    kept_not = [name for name, queries in near.items() if any(queries)]
    assert {name.partition("partner-data:")[2] for name in kept_not} >= {
        "subscriptions:keys", "associations"}  # fmt: skip
    assert all(all(queries) for queries in near.values())


@pytest.mark.parametrize("form", ["parquet", "duckdb", "views", "headers"])
def test_rows_are_numbered_with_the_columns_that_they_have(form: str, tmp_path: Path) -> None:
    """Whoever reads them is told their types without asking."""
    rules, folder = small_programme.written(tmp_path)
    contract = rules / "contract.yaml"
    if form == "headers":
        text = contract.read_text("utf-8").replace("euros: {type", "euros: {header: EUR, type")
        contract.write_text(text, "utf-8")
    bound = pipeline.programs(tierwise.load_rules(rules), 2025 * 12 + 5, None, None).value
    assert bound is not None
    with duckdb.connect(str(tmp_path / "data.duckdb")) as database:
        for name in ("shops", "takings"):
            cells = "*" if name == "shops" else f"shop, month, euros::DECIMAL(9, 2) AS {'EUR' if form == 'headers' else 'euros'}"  # fmt: skip
            query = f"SELECT {cells} FROM read_csv('{folder / name}.csv')"
            database.execute(f"COPY ({query}) TO '{folder / name}.parquet'")
            database.execute(f"CREATE {'VIEW' if form == 'views' else 'TABLE'} {name} AS {query}")
            (folder / f"{name}.csv").unlink() if form in ("parquet", "headers") else None
    data = folder if form in ("parquet", "headers") else tmp_path / "data.duckdb"
    found: list[Diagnostic] = []
    with connect(Settings()) as backend:
        opened = backend.open(data, bound[0].contract, found)
        for raw in opened.values():
            numbered = backend.numbered(raw)
            assert numbered.schema() == backend.schema(numbered.get_name())
    assert not found
    assert len(opened) == 2


def with_row(tmp_path: Path, table: str, row: str) -> Path:
    data = tmp_path / "data"
    shutil.copytree(CONTOSO, data)
    file = data / f"{table}.csv"
    file.write_text(file.read_text("utf-8") + row + "\n", "utf-8")
    return data


def test_rows_of_others_are_neither_read_nor_refused(tmp_path: Path) -> None:
    data = with_row(tmp_path, "seats", "S-of-nobody,2021-05,3")
    with pytest.raises(tierwise.Refused, match="data-reference"):
        tierwise.evaluate(data, "2021-05")
    alone = tierwise.evaluate(data, "2021-05", partners=["P04"])
    assert [each.score for each in alone.options[0].scores()] == [29]


@pytest.mark.parametrize(("table", "row", "code"), [
    ("partners", "P99,Nobody,Atlantis", "data-unknown"),
    ("customers", "C-99,Nobody,Atlantis", "data-unknown"),
    ("partners", "P19,Once more,US", "data-key"),
])  # fmt: skip
def test_of_partners_and_customers_only_those_near_are_judged(
    tmp_path: Path, table: str, row: str, code: str
) -> None:
    data = with_row(tmp_path, table, row)
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(data, "2021-05")
    assert {each.code for each in refused.value.diagnostics} == {code}
    alone = tierwise.evaluate(data, "2021-05", partners=["P04"])
    assert [each.score for each in alone.options[0].scores()] == [29]


@pytest.mark.parametrize("table", ["partners", "customers"])
def test_whoever_is_near_is_judged(tmp_path: Path, table: str) -> None:
    data = tmp_path / "data"
    shutil.copytree(CONTOSO, data)
    file = data / f"{table}.csv"
    header, *lines = file.read_text("utf-8").splitlines()
    there = [line.rpartition(",")[0] + ",Atlantis" for line in lines]
    file.write_text("\n".join([header, *there]) + "\n", "utf-8")
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(data, "2021-05", partners=["P04"])
    assert f"{table}.csv" in {
        str(each.place).partition(",")[0] for each in refused.value.diagnostics
    }


def test_an_association_that_matters_names_a_partner_that_is_there(tmp_path: Path) -> None:
    theirs = next(line for line in (CONTOSO / "associations.csv").read_text("utf-8").splitlines()
                  if line.startswith("P04,"))  # fmt: skip
    data = with_row(tmp_path, "associations", theirs.replace("P04,", "P98,"))
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(data, "2021-05", partners=["P04"])
    assert [each.code for each in refused.value.diagnostics] == ["data-reference"]
    assert "'P98'" in str(refused.value)


def test_a_partner_that_is_not_there_is_like_one_of_all() -> None:
    with pytest.raises(tierwise.Refused, match="did you mean 'P04'"):
        tierwise.evaluate(CONTOSO, "2021-05", partners=["P004"])


def test_rows_that_matter_are_refused_by_their_number(tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(CONTOSO, data)
    seats = data / "seats.csv"
    lines = seats.read_text("utf-8").splitlines()
    subscription = next(
        line.split(",")[1]
        for line in (data / "associations.csv").read_text("utf-8").splitlines()
        if line.startswith("P04,")
    )
    seats.write_text("\n".join([*lines, f"{subscription},2021-06,-3"]) + "\n", "utf-8")
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(data, "2021-05", partners=["P04"])
    (found,) = refused.value.diagnostics
    assert found.code == "data-minimum"
    assert str(found.place) == f"seats.csv, row {len(lines) + 1}, column paid_seats"
