"""PostgreSQL gives what DuckDB gives: every value, points, score and level, and every refusal.

One server is started for all of these tests. Without psycopg or the server's programs they are left
out, and pytest says so at the end.
"""

from __future__ import annotations

import datetime
import io
import shutil
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
import pytest

import tierwise
from backend_fixtures import load
from command_line import run, run_process
from demo_market import rule_set
from rule_files import SHAPES, carried_rules, rules_of_shapes
from test_functions import OVER_ROWS, ROW, _as_single, checked
from test_headers import CASES, COMPETENCY, CONTRACT
from test_near import types_before_and_after
from test_near_contracts import equal_rows_refer_to_two_things, world
from test_refusals import DAMAGES
from thorough import EVERYTHING, mostly
from tierwise.diagnostics import Diagnostic
from tierwise.expression.columns import ColumnEvaluator
from tierwise.expression.scalars import ScalarEvaluator
from tierwise.months import format_month, parse_month
from tierwise.program.program import Contract
from tierwise.run.backend import VIEW, Settings, TooLarge
from tierwise.run.backends import connect
from tierwise.run.backends.postgres import Postgres
from tierwise.run.on_postgres.address import address_of
from tierwise.run.on_postgres.sql import sql_of, type_of
from tierwise_cli.render.explanation import WRITERS

if TYPE_CHECKING:
    import psycopg
pytestmark = pytest.mark.postgres
CONTOSO, RESELLERS = Path("examples") / "contoso", Path("examples") / "resellers"
RULES = RESELLERS / "rules"
MADE = [("partner-data", "2021-05"), ("cloud-business-applications-data", "2021-05"),
        ("solutions-partner-data", "2026-07")]  # fmt: skip
A_FEW = ["combinations-of-badges", "dated-rates", "level-kept-until-an-anniversary", "median",
         "percentile-within-a-country"]  # fmt: skip
"""Shapes that between them use what databases do differently; the others with TIERWISE_ALL_TESTS."""


def same(mine: tierwise.Results, known: tierwise.Results) -> None:
    """Every column of every score table: numerators and denominators, levels, reasons."""
    assert [each.option.id for each in mine.options] == [each.option.id for each in known.options]
    for own, other in zip(mine.options, known.options, strict=True):
        assert own.table.to_pylist() == other.table.to_pylist(), own.option.id


def told(findings: tuple[Diagnostic, ...]) -> list[tuple[str, str, str]]:
    return [(each.code, str(each.place), each.message) for each in findings]


# The same scores.


def test_contoso_scores_alike(url: str) -> None:
    known = tierwise.evaluate(CONTOSO, "2021-05", rules=carried_rules())
    mine = tierwise.evaluate(f"{url}?schema=contoso", "2021-05", rules=carried_rules())
    same(mine, known)
    assert mine.stamp.backend == "postgres"
    assert mine.stamp.rules_digest == known.stamp.rules_digest
    assert all(name.startswith("contoso.") for name, _ in mine.stamp.data)


def test_resellers_score_and_are_explained_alike(url: str) -> None:
    texts = []
    for data in (f"{url}?schema=shops", RESELLERS / "data"):
        report = tierwise.explain(data, "2026-06", "ash", rules=RULES)
        out = io.BytesIO()
        WRITERS["json"](report, False)(out)
        texts.append(out.getvalue().decode().partition('"options"')[2])
    assert texts[0] == texts[1]


@pytest.mark.parametrize(("contract", "as_of"), mostly(MADE[-1:], MADE))
def test_made_data_is_scored_by_months_and_explained_alike(
    url: str,
    database: psycopg.Connection[tuple[object, ...]],
    tmp_path: Path,
    contract: str,
    as_of: str,
) -> None:
    """Of every programme; the last one's facts are about several columns together."""
    rules = carried_rules()
    tierwise.demo_data(tmp_path, 30, seed=3, format="csv", rules=rules, contract=contract)
    schema = contract.replace("-", "_")
    load(database, tmp_path, schema)
    texts = []
    for data in (tmp_path, f"{url}?schema={schema}"):
        report = tierwise.explain(data, as_of, "P0000001", rules=rules, allow_short_history=True)
        out = io.BytesIO()
        WRITERS["json"](report, False)(out)
        texts.append(out.getvalue().decode().partition('"options"')[2])
    assert texts[0] == texts[1]
    before = format_month(month - 1) if (month := parse_month(as_of)) else ""
    known, mine = (tierwise.evaluate_months(data, before, as_of, rules=rules, allow_short_history=True)
                   for data in (tmp_path, f"{url}?schema={schema}"))  # fmt: skip
    for own, other in zip(mine.months, known.months, strict=True):
        same(own, other)


def test_types_are_known_before_rows_are_typed(
    url: str, database: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    rules, data = world(equal_rows_refer_to_two_things, tmp_path)
    load(database, data, "typed")
    with connect(Settings(backend="postgres")) as backend:
        before, after = types_before_and_after(backend, f"{url}?schema=typed", rules, "2025-12")
    assert before == after


def test_equal_rows_near_one_stay_as_many(
    url: str, database: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    """They have no numbers here that would tell them apart."""
    rules, data = world(equal_rows_refer_to_two_things, tmp_path)
    load(database, data, "equal_rows")
    for seller in ("s1", "s2"):
        known, mine = (
            tierwise.evaluate(place, "2025-12", rules=rules, partners=[seller], allow_short_history=True)
            for place in (data, f"{url}?schema=equal_rows")
        )  # fmt: skip
        same(mine, known)


@pytest.mark.skipif(EVERYTHING, reason="all of them are looked at in test_parity.py")
def test_shapes_of_rules_score_alike(url: str, tmp_path: Path) -> None:
    """A few of them."""
    asked = {"rules": rules_of_shapes(tmp_path, A_FEW), "allow_short_history": True}
    known = tierwise.evaluate(SHAPES / "data", "2021-06", **asked)
    mine = tierwise.evaluate(SHAPES / "data", "2021-06", backend="postgres", master=url, **asked)
    assert len(known.options) >= len(A_FEW)
    same(mine, known)


def test_every_function_means_the_same(database: psycopg.Connection[tuple[object, ...]]) -> None:
    """Over rows in the database what it means of single values, which rows in DuckDB are held to."""
    days, numbers = [None, "0001-01-01", "2020-02-29", "2021-02-28", "9999-12-31"], range(20)
    rows = [{"a": [None, Decimal("-2.5"), Decimal("1e19") - 1, Decimal("0.000000000001")][n % 4],
             "b": [Decimal("2.5"), None, Decimal("-0.5"), Decimal("7.49"), Decimal(3)][n % 5],
             "w": [0, -7, 10**17, None, 13, -120_000][n % 6], "v": n - 9, "t": "x",
             "f": [True, False, None][n % 3], "day": days[n % 5], "other": days[n % 3 + 1],
             "month": 24_240 + 7 * n} for n in numbers]  # fmt: skip
    types = ibis.Schema.from_pyarrow(pa.schema([*ROW.items(), ("id", pa.int64())]))
    columns = ", ".join(f'"{name}" {type_of(kind)}' for name, kind in types.items())
    database.execute(f"CREATE TABLE some_rows ({columns})")
    with database.cursor().copy("COPY some_rows FROM STDIN") as copy:
        for number, row in enumerate(rows):
            copy.write_row([*row.values(), number])
    table = ibis.table(types, name="some_rows")
    evaluator = ColumnEvaluator({name: table[name] for name in ROW})
    values = {f"v{place}": evaluator.value(checked(text)) for place, text in enumerate(OVER_ROWS)}
    found = database.execute(
        sql_of(table.select("id", **values).order_by("id")).encode()
    ).fetchall()
    for row, (_, *answers) in zip(rows, found, strict=True):
        one = {name: datetime.date.fromisoformat(cell) if name in ("day", "other") and cell else
               cell if name == "month" else _as_single(cell) for name, cell in row.items()}  # fmt: skip
        for text, answer in zip(OVER_ROWS, answers, strict=True):
            wanted = ScalarEvaluator(one).value(checked(text))
            assert _as_single(answer.date() if hasattr(answer, "date") else answer) == wanted, (
                text,
                row,
            )
    database.execute("DROP TABLE some_rows")


# The same refusals.

SPOILT = ["month 13", "30 February", "NaN as an amount", "an amount with an exponent", "a negative amount",
          "an unknown country", "seats in halves", "a key twice", "a reference to nothing",
          "an end before its beginning", "an empty cell", "yes", "seats beyond all numbers"]  # fmt: skip
"""Mistakes that one folder can have at once."""
NUL = "a NUL character in Parquet"
"""What PostgreSQL cannot hold: it is refused while it is loaded, in other words."""


@pytest.mark.parametrize(
    "names", mostly([SPOILT], [SPOILT, *([each] for each in DAMAGES if each != NUL)])
)
def test_bad_files_are_refused_alike(url: str, tmp_path: Path, names: list[str]) -> None:
    """Loaded into PostgreSQL and judged there: the same findings of the same rows."""
    data = tmp_path / "data"
    shutil.copytree(CONTOSO, data)
    for name in names:
        DAMAGES[name][0](data)
    found = []
    for backend, master in (("duckdb", None), ("postgres", url)):
        with pytest.raises(tierwise.Refused) as refused:
            tierwise.evaluate(
                data, "2021-05", rules=carried_rules(), backend=backend, master=master
            )
        found.append(told(refused.value.diagnostics))
    assert found[0] == found[1]
    assert len(found[0]) >= len(names)


def test_bad_tables_are_refused(url: str, database: psycopg.Connection[tuple[object, ...]]) -> None:
    """What only a database can hold; its rows have no number."""
    load(database, RESELLERS / "data", "spoilt")
    for sql in (
        "ALTER TABLE spoilt.tickets RENAME closed_on TO closed",
        "DROP TABLE spoilt.trainings",
        "UPDATE spoilt.orders SET ordered_on = 'infinity' WHERE \"order\" = (SELECT min(\"order\") FROM spoilt.orders)",
        "UPDATE spoilt.order_lines SET price = 'NaN' WHERE \"order\" = 'A1' AND line = 1",
        "UPDATE spoilt.order_lines SET price = 'infinity' WHERE \"order\" = 'A1' AND line = 2",
        "UPDATE spoilt.order_lines SET price = 1e40 WHERE \"order\" = 'A2' AND line = 1",
        "ALTER TABLE spoilt.order_lines ALTER pieces TYPE double precision",
        "UPDATE spoilt.service SET machines = -9223372036854775808 WHERE reseller = 'ash'",
        "INSERT INTO spoilt.resellers SELECT * FROM spoilt.resellers LIMIT 1",
    ):  # fmt: skip
        database.execute(sql.encode())
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(f"{url}?schema=spoilt", "2026-06", rules=RULES, competency="reseller")
    found = told(refused.value.diagnostics)
    assert {(code, place) for code, place, _ in found} >= {
        ("data-missing", "spoilt"), ("data-missing", "spoilt.tickets, column closed_on"),
        ("data-type", "spoilt.orders, column ordered_on"), ("data-type", "spoilt.order_lines, column price"),
        ("data-type", "spoilt.order_lines, column pieces"), ("data-type", "spoilt.service, column machines"),
        ("data-key", "spoilt.resellers, column reseller"),
    }  # fmt: skip
    assert len(found) == len({*found}), "what would be said again word for word is said once"
    prices = [message for _, place, message in found if place.endswith("column price")]
    large = f"'1{'0' * 40}'"
    assert {each.partition(" is ")[0] for each in prices} == {"'NaN'", "'Infinity'", large}
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(f"{url}?schema=shop", "2026-06", rules=RULES)
    assert "there is no schema 'shop'" in str(refused.value)


@pytest.mark.parametrize(
    ("cell", "says"),
    [("('x' || machines)::bigint", "invalid input syntax"), ("machines / (machines - machines)", "division by zero")],
)  # fmt: skip
def test_a_view_that_fails_is_told_of_the_data(
    url: str, database: psycopg.Connection[tuple[object, ...]], cell: str, says: str
) -> None:
    schema = f"failing_{says[:8].strip()}"
    load(database, RESELLERS / "data", schema)
    database.execute(f"ALTER TABLE {schema}.service RENAME TO all_service".encode())
    view = f"SELECT reseller, month, ({cell})::bigint AS machines FROM {schema}.all_service"
    database.execute(f"CREATE VIEW {schema}.service AS {view}".encode())
    with pytest.raises(tierwise.Refused, match=says) as refused:
        tierwise.evaluate(f"{url}?schema={schema}", "2026-06", rules=RULES, competency="reseller")
    found = [each for each in refused.value.diagnostics if each.code == "data-unreadable"]
    assert [(str(each.place), each.hint) for each in found] == [(f"{schema}.service", VIEW)]


def test_a_schema_that_there_is_not_is_to_be_made_first(url: str) -> None:
    with pytest.raises(tierwise.CannotRun, match=r"schema .nowhere. does not exist") as cannot:
        tierwise.write_scores(f"{url}?schema=shops", "2026-06", "table:nowhere.scores", rules=RULES)
    assert "make the schema first" in cannot.value.hint


def test_columns_are_read_by_their_headers(
    url: str, database: psycopg.Connection[tuple[object, ...]], tmp_path: Path
) -> None:
    """One of the data bears the name that the contract has for another; it is not that one."""
    rule_set(tmp_path / "rules", CONTRACT, COMPETENCY, CASES)
    for sql in (
        "CREATE SCHEMA school",
        "CREATE TABLE school.pupils (pupil text, class text, form text)",
        "INSERT INTO school.pupils VALUES ('ann', 'b', 'x'), ('ben', 'a', 'b')",
        'CREATE TABLE school.marks ("Pupil ID" text, "in" int, mark numeric, weight numeric)',
        "INSERT INTO school.marks VALUES ('ann', 7, 1.25, 99), ('ann', 1, 2, 98), ('ben', 5, 0.5, 97)",
    ):
        database.execute(sql.encode())
    data = f"{url}?schema=school"
    results = tierwise.evaluate(data, "2021-06", rules=tmp_path / "rules")
    found = {
        each.scored: (each.score, each.value("weight")) for each in results.options[0].scores()
    }
    assert found == {"ann": (8, Decimal("3.25")), "ben": (0, Decimal("0.5"))}
    database.execute(b"ALTER TABLE school.pupils DROP class")
    with pytest.raises(tierwise.Refused, match="the column 'class' is missing"):
        tierwise.evaluate(data, "2021-06", rules=tmp_path / "rules")


@pytest.mark.parametrize(("what", "sql"), [
    ("product", "CAST('{n}' AS numeric) * 10"), ("whole", "CAST(CAST('{n}' AS numeric) + oid::int AS bigint)"),
    ("digits", "CAST('{n}' AS numeric) * 0.05"),
])  # fmt: skip
def test_a_number_that_does_not_fit_stops_the_run(url: str, what: str, sql: str) -> None:
    number = ibis.table({"x": "decimal(38, 0)"}, name=what)
    with connect(Settings(backend="postgres", master=url)) as backend:
        assert isinstance(backend, Postgres)
        backend.open({}, Contract("none", (), "", {}, {}), [])
        session = backend._session
        assert session is not None
        asked = sql.format(n="9" * 38)
        session.execute(f"CREATE TEMP VIEW {what} AS SELECT {asked} AS x FROM pg_class")
        with pytest.raises(TooLarge):
            backend.arrow(number)
        with pytest.raises(TooLarge), backend.reading():  # nor is it a fault of the data's
            backend.arrow(number)
        assert session.rows("SELECT 1") == [(1,)]  # and the transaction goes on


# Who is let in.


def test_a_password_is_asked_for(
    url: str, database: psycopg.Connection[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg

    monkeypatch.setenv("PGPASSFILE", "/nowhere")
    ((rights,),) = database.execute("SHOW hba_file").fetchall()
    lines = (
        "('host all ann all scram-sha-256'), ('host all all all trust'), ('local all all trust')"
    )
    database.execute(f"COPY (VALUES {lines}) TO '{rights}'".encode())
    database.execute("SELECT pg_reload_conf()")
    database.execute("CREATE ROLE ann LOGIN PASSWORD 's3/cr@t #1'")
    database.execute("GRANT USAGE ON SCHEMA shops TO ann")
    database.execute("GRANT SELECT ON ALL TABLES IN SCHEMA shops TO ann")
    place = url.partition("@")[2]
    known = tierwise.evaluate(f"{url}?schema=shops", "2026-06", rules=RULES)
    with suppress(psycopg.OperationalError):  # the server looks at its file when it comes to it
        while True:
            psycopg.connect(f"postgresql://ann@{place}").close()

    def asked(login: str) -> tierwise.Results:
        return tierwise.evaluate(
            f"postgresql://{login}@{place}?schema=shops", "2026-06", rules=RULES
        )

    for login in ("ann", "ann:s3cret"):
        with pytest.raises(tierwise.CannotRun, match="does not let tierwise in") as cannot:
            asked(login)
        assert "s3cret" not in str(cannot.value)
        assert "PGPASSWORD" in cannot.value.hint
    same(asked("ann:s3%2Fcr%40t%20%231"), known)
    monkeypatch.setenv("PGPASSWORD", "s3/cr@t #1")
    mine = asked("ann")
    same(mine, known)
    assert mine.stamp == known.stamp
    with pytest.raises(tierwise.CannotRun, match="permission denied") as cannot:
        tierwise.write_scores(
            f"postgresql://ann@{place}?schema=shops", "2026-06", "table:x", rules=RULES
        )
    assert "GRANT CREATE ON SCHEMA" in cannot.value.hint


# Writing back.


def test_results_become_a_table(url: str, database: psycopg.Connection[tuple[object, ...]]) -> None:
    before = database.execute("SELECT count(*) FROM pg_class").fetchall()
    data = f"{url}?schema=shops"
    written = tierwise.write_scores(data, "2026-06", "table:scores", rules=RULES)
    known = tierwise.evaluate(RESELLERS / "data", "2026-06", rules=RULES).to_arrow()
    own = ("engine_version", "rules_digest", "data_digest", "warnings")
    found = database.execute("SELECT * FROM shops.scores ORDER BY 1")
    names = [each.name for each in found.description or ()]
    assert names == known.column_names
    for mine, row in zip(found.fetchall(), known.to_pylist(), strict=True):
        mine_by_name = dict(zip(names, mine, strict=True))
        assert {**mine_by_name, **dict.fromkeys(own)} == {**row, **dict.fromkeys(own)}
    assert written.options[0].rows == known.num_rows
    database.execute("DROP TABLE shops.scores")
    assert database.execute("SELECT count(*) FROM pg_class").fetchall() == before


def test_what_is_no_table_of_tierwise_is_refused_before_scores_are_made(url: str) -> None:
    told: list[str] = []
    with pytest.raises(
        tierwise.CannotRun, match=r"shops\.orders is there, and no table that tierwise"
    ):
        tierwise.write_scores(
            f"{url}?schema=shops", "2026-06", "table:orders", rules=RULES, progress=told.append
        )
    assert told
    assert not [doing for doing in told if doing.startswith("scores")]


def test_a_table_is_replaced_whole_or_not_at_all(
    url: str, database: psycopg.Connection[tuple[object, ...]]
) -> None:
    from tierwise.run.on_postgres.session import session
    from tierwise.run.on_postgres.write import write_table

    def write(sql: str, name: str = "scores", columns: tuple[str, ...] = ("a",)) -> None:
        table = ibis.table(dict.fromkeys(columns, "int64"), name="any")
        with session(address_of(url), None) as opened:
            write_table(opened, table, sql, "shops", name)

    def rows() -> list[tuple[object, ...]]:
        return database.execute("SELECT * FROM shops.scores ORDER BY 1").fetchall()

    write("SELECT 1 AS a")
    database.execute("GRANT SELECT ON shops.scores TO pg_monitor")
    write("SELECT generate_series(1, 3) AS a")
    assert rows() == [(1,), (2,), (3,)]
    ((rights,),) = database.execute(
        "SELECT relacl::text FROM pg_class WHERE oid = 'shops.scores'::regclass"
    ).fetchall()
    assert "pg_monitor" in str(rights)
    with pytest.raises(TooLarge):
        write("SELECT 2147483647 + oid::int AS a FROM pg_class")
    with pytest.raises(tierwise.CannotRun, match=r"broke|terminat"):
        write("SELECT count(pg_terminate_backend(pg_backend_pid())) AS a FROM pg_class")
    assert rows() == [(1,), (2,), (3,)]
    write("SELECT 1 AS a, 2 AS b", columns=("a", "b"))
    assert rows() == [(1, 2)]
    with pytest.raises(tierwise.CannotRun, match="is there, and no table that tierwise"):
        write("SELECT 1 AS a", "orders")
    with pytest.raises(tierwise.CannotRun, match="63 bytes"):
        write("SELECT 1 AS a", "n" * 64)
    database.execute("CREATE VIEW shops.seen AS SELECT a FROM shops.scores")
    with pytest.raises(tierwise.CannotRun, match="depend"):
        write("SELECT 1 AS a")
    assert rows() == [(1, 2)]
    database.execute("DROP TABLE shops.scores CASCADE")


# The edge.


def test_a_process_shows_no_password(url: str) -> None:
    secret = url.replace("tierwise@", "tierwise:s3cr%25t@")
    fine = run_process("evaluate", f"{secret}?schema=shops", "--as-of", "2026-06", "--rules", RULES)
    assert fine.returncode == 0, fine.stderr
    assert "on postgres from rules" in fine.stdout
    assert f"tierwise explain '{url}?schema=shops'" in fine.stderr
    for wrong in (secret.replace("127.0.0.1", "127.0.0.1:9"), secret.replace("/postgres", "/nowhere"),
                  f"{secret}?nothing=1", secret.replace("%25", "/")):  # fmt: skip
        ran = run("evaluate", wrong, "--as-of", "2026-06", "--rules", RULES)
        assert ran.returncode == 3, ran.stderr
        assert "s3cr" not in fine.stdout + fine.stderr + ran.stdout + ran.stderr
        assert len(ran.stderr.strip().splitlines()) == 2, ran.stderr


def test_a_database_that_is_only_a_copy_is_told(
    url: str, database: psycopg.Connection[tuple[object, ...]]
) -> None:
    database.execute("CREATE ROLE reader LOGIN; REVOKE TEMPORARY ON DATABASE postgres FROM PUBLIC")
    reader = url.replace("tierwise@", "reader@")
    with pytest.raises(tierwise.CannotRun) as cannot:
        tierwise.evaluate(f"{reader}?schema=shops", "2026-06", rules=RULES)
    assert "GRANT" in cannot.value.hint
    database.execute("GRANT TEMPORARY ON DATABASE postgres TO PUBLIC; DROP ROLE reader")
