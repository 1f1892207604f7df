"""Bad data is refused before anything is scored: each damage with its code, place and words."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import tierwise
from other_formats import rewritten
from rule_files import carried_rules
from thorough import mostly
from tierwise.program.program import Table
from tierwise.run import check_among

ROOT = Path(__file__).parents[1]
CONTOSO = ROOT / "examples" / "contoso"

Damage = Callable[[Path], object]


def replace(table: str, old: str, new: str) -> Damage:
    """The first occurrence of a text in a table's file."""

    def damage(data: Path) -> None:
        path = data / f"{table}.csv"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return damage


def append(table: str, *rows: str) -> Damage:
    """Rows at the end of a table's file."""

    def damage(data: Path) -> None:
        with (data / f"{table}.csv").open("a", encoding="utf-8") as file:
            file.write("".join(f"{row}\n" for row in rows))

    return damage


def raw(table: str, content: Callable[[bytes], bytes]) -> Damage:
    """A table's file as other bytes."""

    def damage(data: Path) -> None:
        path = data / f"{table}.csv"
        path.write_bytes(content(path.read_bytes()))

    return damage


def parquet(table: str, columns: dict[str, pa.Array]) -> Damage:
    """A table as a Parquet file instead."""

    def damage(data: Path) -> None:
        (data / f"{table}.csv").unlink()
        pq.write_table(pa.table(columns), data / f"{table}.parquet")

    return damage


def billing(**columns: pa.Array) -> Damage:
    """A Parquet table of one billing."""
    row = {
        "subscription_id": pa.array(["S0101"]), "month": pa.array(["2020-05"]),
        "kind": pa.array(["billing"]), "amount": pa.array([1]), "currency": pa.array(["USD"]),
    }  # fmt: skip
    return parquet("billings", row | columns)


def seat(count: pa.Array) -> Damage:
    """A Parquet table of one month's seats."""
    row = {"subscription_id": pa.array(["S0101"]), "month": pa.array(["2020-05"])}
    return parquet("seats", {**row, "paid_seats": count})


BILL = "S0101,2020-09,billing"
DAMAGES: dict[str, tuple[Damage, str, str, str]] = {
    "a missing table": (lambda data: (data / "usage.csv").unlink(), "data-missing", "",
                        "the table 'usage' is missing"),
    "a missing column": (replace("billings", "amount", "amont"), "data-missing",
                         "billings.csv, column amount", "the column 'amount' is missing"),
    "a column twice": (replace("partners", "name", "partner_id"), "data-header",
                       "partners.csv, row 1, column partner_id", "stands twice"),
    "a table twice": (lambda data: shutil.copy(data / "exams.csv", data / "exams.tsv"),
                      "data-ambiguous", "", "exams.csv and exams.tsv"),
    "month 13": (append("billings", "S0101,2020-13,billing,1,USD"), "data-type",
                 "billings.csv, row 140, column month", "'2020-13' is not a month"),
    "month 0": (append("billings", "S0101,2020-00,billing,1,USD"), "data-type",
                "billings.csv, row 140, column month", "'2020-00' is not a month"),
    "30 February": (append("exams", "P01,someone,PL-200,2021-02-30,"), "data-type",
                    "exams.csv, row 50, column passed_on", "'2021-02-30' is not a date"),
    "NaN as an amount": (append("billings", f"{BILL},NaN,USD"), "data-type",
                         "billings.csv, row 140, column amount", "'NaN' is not a decimal"),
    "infinity as an amount": (append("billings", f"{BILL},inf,USD"), "data-type",
                              "billings.csv, row 140, column amount", "'inf' is not a decimal"),
    "an amount with an exponent": (append("billings", f"{BILL},1e3,USD"), "data-type",
                                   "billings.csv, row 140, column amount", "'1e3' is not"),
    "an amount with a comma": (append("billings", f'{BILL},"1,000",USD'), "data-type",
                               "billings.csv, row 140, column amount", "'1,000' is not"),
    "an amount with a blank": (append("billings", f"{BILL}, 1,USD"), "data-type",
                               "billings.csv, row 140, column amount", "' 1' is not"),
    "a negative amount": (append("billings", f"{BILL},-0.01,USD"), "data-minimum",
                          "billings.csv, row 140, column amount", "'-0.01' is below 0"),
    "a currency without a rate": (append("billings", f"{BILL},1,EUR"), "data-unknown",
                                  "billings.csv, row 140, column currency", "'EUR' is not in"),
    "an unknown country": (append("customers", "C1,Somebody,XX"), "data-unknown",
                           "customers.csv, row 33, column country", "'XX' is not in"),
    "a value outside its set": (append("billings", "S0101,2020-09,refund,1,USD"), "data-value",
                                "billings.csv, row 140, column kind", "'refund' is none of"),
    "seats in halves": (append("seats", "S0101,2021-06,1.5"), "data-type",
                        "seats.csv, row 332, column paid_seats", "'1.5' is not a whole number"),
    "negative seats": (append("seats", "S0101,2021-06,-1"), "data-minimum",
                       "seats.csv, row 332, column paid_seats", "'-1' is below 0"),
    "a key twice": (append("seats", "S0101,2020-09,150"), "data-key",
                    "seats.csv, row 332, column subscription_id, month", "S0101, 2020-09"),
    "a key with an empty cell twice": (
        append("associations", "P01,S0101,CSP,,2015-01-01,", "P01,S0101,CSP,,2015-01-01,2016-01-01"),
        "data-key", "associations.csv, row 42", "the key stands in an earlier row"),
    "a reference to nothing": (append("seats", "S9999,2020-09,1"), "data-reference",
                               "seats.csv, row 332, column subscription_id", "'S9999' is not"),
    "an end before its beginning": (
        append("associations", "P01,S0101,CSP,,2021-03-01,2021-02-28"), "data-check",
        "associations.csv, row 41, column to_date", "does not end before it begins"),
    "a claim without an incentive": (append("associations", "P01,S0101,CPOR,,2021-03-01,"),
                                     "data-check", "row 41, column incentive", "a CPOR names"),
    "an empty cell": (append("exams", "P01,,PL-200,2021-02-01,"), "data-empty-cell",
                      "exams.csv, row 50, column person_id", "the cell is empty"),
    "yes": (replace("subscriptions", "true", "yes"), "data-type",
            "subscriptions.csv, row 2, column paid", "'yes' is not true or false"),
    "1 for true": (replace("subscriptions", "true", "1"), "data-type",
                   "subscriptions.csv, row 2, column paid", "'1' is not true or false"),
    "seats beyond all numbers": (append("seats", f"S0101,2021-06,{10**18}"), "data-type",
                                 "seats.csv, row 332, column paid_seats",
                                 f"'{10**18}' is too large: whole numbers go from -{10**18 - 1} to"),
    "seats beyond what is counted in Parquet": (
        seat(pa.array([10**18])), "data-type", "seats.parquet, row 1, column paid_seats",
        f"'{10**18}' is too large"),
    "a row too long": (append("seats", "S0101,2021-06,1,9"), "data-ragged", "seats.csv, row 332",
                       "the row has not the header's 3 cells"),
    "a row too short": (append("seats", "S0101,2021-06"), "data-ragged", "seats.csv, row 332",
                        "the row has not the header's 3 cells"),
    "a quote left open": (append("customers", '"C1,Somebody,NL'), "data-unreadable",
                          "customers.csv, row 33", "a quote is left open"),
    "Latin-1": (raw("customers", lambda text: text + "C1,Café,NL\n".encode("latin-1")),
                "data-encoding", "customers.csv", "the text is not UTF-8"),
    "UTF-16": (raw("customers", lambda text: text.decode().encode("utf-16")), "data-encoding",
               "customers.csv", "the text is not UTF-8"),
    "a NUL byte": (raw("customers", lambda text: text + b"C\0,Somebody,NL\n"), "data-encoding",
                   "customers.csv, row 33", "a NUL byte stands here"),
    "a NUL character in Parquet": (
        parquet("exams", {"partner_id": pa.array(["P01"]), "person_id": pa.array(["a\0b"]),
                          "exam": pa.array(["PL-200"]), "passed_on": pa.array(["2021-02-01"]),
                          "expires_on": pa.array([None], pa.string())}),
        "data-encoding", "exams.parquet, row 1, column person_id", "a NUL character stands here"),
    "a named pipe": (lambda data: ((data / "exams.csv").unlink(), os.mkfifo(data / "exams.csv")),
                     "data-unreadable", "exams.csv", "this is a named pipe, not a file"),
    "a link to nothing": (lambda data: ((data / "exams.csv").unlink(),
                                        (data / "exams.csv").symlink_to(data / "nothing")),
                          "data-unreadable", "exams.csv", "this link leads nowhere, not a file"),
    "an empty file": (raw("exams", lambda text: text[:0]), "data-empty", "exams.csv",
                      "the file is empty"),
    "binary floating point": (billing(amount=pa.array([1.5])), "data-type",
                              "billings.parquet, column amount", "binary floating point"),
    "a number as a name": (billing(kind=pa.array([1])), "data-type",
                           "billings.parquet, column kind", "not a text"),
    "a negative amount in Parquet": (billing(amount=pa.array([-1])), "data-minimum",
                                     "billings.parquet, row 1, column amount", "'-1' is below 0"),
    "not Parquet": (lambda data: ((data / "exams.csv").unlink(),
                                  (data / "exams.parquet").write_bytes(b"nothing")),
                    "data-unreadable", "exams.parquet", "cannot be read"),
    "no rows far enough back": (
        raw("billings", lambda text: text.split(b"\n")[0] + b"\nS0101,2020-07,billing,1,USD\n"),
        "data-history", "billings.csv, column month", "begins in 2020-07"),
}  # fmt: skip


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    shutil.copytree(CONTOSO, folder)
    return folder


def refusal(data: Path) -> tuple[tierwise.Diagnostic, ...]:
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(data, "2021-05", rules=carried_rules())
    return refused.value.diagnostics


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damage_is_refused_once_with_its_place(name: str, data: Path) -> None:
    damage, code, place, words = DAMAGES[name]
    damage(data)
    errors = [finding for finding in refusal(data) if finding.is_error]
    assert [finding.code for finding in errors] == [code], errors
    assert place in str(errors[0].place)
    assert words in errors[0].message
    assert errors[0].hint


@pytest.mark.parametrize(
    "damage",
    [
        replace("billings", "S0101", '"S0101'),
        replace("seats", "150", '"150'),
        raw("customers", lambda text: text.replace(b"City", b'"City', 1) + b'C98,"Y\nZ",NL\n'),
    ],
    ids=["at the beginning of a row", "at its end", "before a cell of two lines"],
)
def test_a_quote_left_open_is_the_only_finding(damage: Damage, data: Path) -> None:
    damage(data)
    (only,) = refusal(data)
    assert "a quote is left open" in only.message
    assert only.place.row == 2  # type: ignore[union-attr]


def test_a_pipe_is_no_data(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (only,) = refusal(tmp_path / "pipe")
    assert only.message == "this is a named pipe, not a file or folder"


def test_true_and_false_in_any_capitals(data: Path) -> None:
    for old, new in (("true", "TRUE"), ("true", "True")):
        replace("subscriptions", old, new)(data)
    assert len(tierwise.evaluate(data, "2021-05", rules=carried_rules()).options[0]) == 19


def test_zeros_before_a_whole_number_do_not_make_it_large(data: Path) -> None:
    append("seats", f"S0101,2021-06,{150:030}")(data)
    assert len(tierwise.evaluate(data, "2021-05", rules=carried_rules()).options[0]) == 19


def test_a_nul_character_in_a_database_is_refused(data: Path) -> None:
    path = data / "data.duckdb"
    with duckdb.connect(str(path)) as database:
        for file in data.glob("*.csv"):
            database.execute(
                f"CREATE TABLE {file.stem} AS FROM read_csv('{file}', all_varchar = true)"
            )
        database.execute("UPDATE partners SET name = name || chr(0) WHERE partner_id = 'P02'")
    (only,) = refusal(path)
    assert (only.code, str(only.place), only.message) == (
        "data-encoding", "data.duckdb:partners, row 2, column name", "a NUL character stands here",
    )  # fmt: skip


def test_everything_is_reported_at_once(data: Path) -> None:
    for name in ("month 13", "a negative amount", "a key twice", "a reference to nothing",
                 "an end before its beginning", "an empty cell"):  # fmt: skip
        DAMAGES[name][0](data)
    codes = {finding.code for finding in refusal(data)}
    assert codes == {"data-type", "data-minimum", "data-key", "data-reference", "data-check",
                     "data-empty-cell"}  # fmt: skip


def test_the_first_three_rows_and_how_many(data: Path) -> None:
    append("billings", *(f"S0101,2020-09,billing,-{number},USD" for number in range(1, 8)))(data)
    found = refusal(data)
    assert [str(each.place) for each in found] == [
        f"billings.csv, row {row}, column amount" for row in (140, 141, 142)
    ]
    assert "(7 such rows)" in found[0].message


@pytest.mark.parametrize(
    "damage",
    [
        raw("customers", lambda text: b"\xef\xbb\xbf" + text.replace(b"\n", b"\r\n")),
        lambda data: (data / "notes.csv").write_text("anything\n1\n"),
        replace("partners", "partner_id,name", "partner_id,name"),
        append("exams", "", ""),
    ],
    ids=["a byte-order mark and CRLF", "another file", "as it is", "blank lines at the end"],
)
def test_what_is_fine(damage: Damage, data: Path) -> None:
    damage(data)
    assert len(tierwise.evaluate(data, "2021-05", rules=carried_rules()).options[0]) == 19


@pytest.mark.parametrize("name", ['S,0"1', "S\n01", "S'; DROP TABLE x; --", "第一", "é" * 300])
def test_ids_may_hold_anything(name: str, data: Path) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    for path in data.glob("*.csv"):
        path.write_text(path.read_text("utf-8").replace("S0101", quoted), "utf-8")
    before = tierwise.evaluate(CONTOSO, "2021-05", rules=carried_rules()).to_arrow()
    after = tierwise.evaluate(data, "2021-05", rules=carried_rules()).to_arrow()
    assert after.drop_columns("data_digest") == before.drop_columns("data_digest")


@pytest.mark.parametrize(
    "table", mostly(["billings", "seats"], ["billings", "seats", "subscriptions", "usage", "exams"])
)
def test_damaged_bytes_are_found_wherever_they_are_read(data: Path, table: str) -> None:
    """In each page in turn; what no check and no rule reads may stay unseen.

    Mostly of two tables.
    """
    rewritten(data, "parquet", lambda file: f"FROM read_csv('{file}', all_varchar = true)")
    path = data / f"{table}.parquet"
    whole, columns = path.read_bytes(), pq.read_metadata(path).row_group(0)
    found = 0
    for place in range(columns.num_columns):
        column = columns.column(place)
        at = column.dictionary_page_offset or column.data_page_offset
        for near in (at + 2, at + column.total_compressed_size // 2):
            path.write_bytes(whole[:near] + b"\xff" * 8 + whole[near + 8 :])
            with suppress(tierwise.Refused):  # anything else that is raised would be a bug
                tierwise.evaluate(data, "2021-05", rules=carried_rules())
                continue
            found += 1
    assert found >= columns.num_columns


@pytest.mark.parametrize(
    "unit",
    mostly(
        ["TIMESTAMP_NS", "DATE"],
        ["TIMESTAMP_S", "TIMESTAMP_NS", "DATE", "TIMESTAMP_MS", "TIMESTAMP"],
    ),
)
@pytest.mark.parametrize("kind", ["parquet", "duckdb"])
def test_months_and_days_of_every_unit_are_the_same(data: Path, unit: str, kind: str) -> None:
    def query(file: Path) -> str:
        names = file.read_text("utf-8").partition("\n")[0].split(",")
        days = {name: name for name in names if name.endswith(("_date", "_on"))}
        days |= {"month": "month || '-01'"} if "month" in names else {}
        cells = ", ".join(f"CAST({each} AS {unit}) AS {name}" for name, each in days.items())
        changed = f" REPLACE ({cells})" if days else ""
        return f"SELECT *{changed} FROM read_csv('{file}', all_varchar = true)"

    before = tierwise.evaluate(CONTOSO, "2021-05", rules=carried_rules()).to_arrow()
    place = rewritten(data, kind, query)
    after = tierwise.evaluate(place, "2021-05", rules=carried_rules()).to_arrow()
    assert after.drop_columns("data_digest") == before.drop_columns("data_digest")


@pytest.mark.parametrize(("table", "column"), [("seats", "month"), ("exams", "passed_on")])
def test_a_time_of_day_is_neither_a_month_nor_a_date(data: Path, table: str, column: str) -> None:
    day = "month || '-01'" if column == "month" else column

    def query(file: Path) -> str:
        late = f"CAST({day} AS TIMESTAMP) + INTERVAL 22 HOUR AS {column}"
        changed = f" REPLACE ({late})" if file.stem == table else ""
        return f"SELECT *{changed} FROM read_csv('{file}', all_varchar = true)"

    rewritten(data, "parquet", query)
    found = refusal(data)
    assert {(each.code, str(each.place).rpartition(" ")[2]) for each in found} == {
        ("data-type", column)
    }


def test_short_history_may_be_allowed(data: Path) -> None:
    DAMAGES["no rows far enough back"][0](data)
    results = tierwise.evaluate(data, "2021-05", rules=carried_rules(), allow_short_history=True)
    assert [each.code for each in results.warnings] == ["data-history", "data-stale"]


def test_keys_that_have_the_same_hash_by_chance_are_compared(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def collide(table: Table, typed: ir.Table) -> ir.Table:
        asked.append(table.name)
        return typed.aggregate(n=typed.count())

    monkeypatch.setattr(check_among, "fewer_hashes", collide)
    assert tierwise.evaluate(data, "2021-05", rules=carried_rules()).options
    assert "associations" in asked
    DAMAGES["a key with an empty cell twice"][0](data)
    assert [finding.code for finding in refusal(data)] == ["data-key"]
