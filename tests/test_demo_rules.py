"""What rule files may not say of demo data: each mistake has one finding, at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from rule_files import RULES
from test_demo_data import LIBRARY, MARKET, MARKET_DEMO, TOWNS, rule_set
from tierwise import pipeline
from tierwise.diagnostics import Diagnostic, Span
from tierwise.program.bind_demo import bind_demos

LISTS = TOWNS.replace("entries", "lists: {coast: {values: [east]}}\nentries")

# The mistake: what stands in MARKET_DEMO, what is put in its place; the finding's code, message and
# hint, and the text at its place.
REFUSED: dict[str, tuple[str, str, str, str, str, str]] = {
    "unknown contract": (
        "contract: market\n",
        "contract: markt\n",
        "unknown-contract",
        "there is no data contract 'markt'",
        "did you mean 'market'?",
        "markt",
    ),
    "unknown table": (
        "  crowns:\n    rows",
        "  crown:\n    rows",
        "unknown-table",
        "there is no table 'crown'",
        "did you mean 'crowns'?",
        "crown",
    ),
    "hidden table of the contract": (
        "hidden:\n",
        "hidden:\n  Goods: {rows: {total: 1}}\n",
        "duplicate-name",
        "'goods' is a table of the contract",
        "give the hidden table another name",
        "Goods",
    ),
    "unknown per": (
        "per: readers, number: 2",
        "per: reader, number: 2",
        "unknown-table",
        "there is no table 'reader'",
        "did you mean 'readers'?",
        "reader",
    ),
    "unknown column": (
        "note: {words",
        "notes: {words",
        "unknown-column",
        "there is no column 'notes'",
        "did you mean 'note'?",
        "notes",
    ),
    "trait like a column": (
        "width: {between: [1.5, 2.5]}",
        "width: {between: [1.5, 2.5]}\n      Name: {one_of: [1]}",
        "duplicate-name",
        "there is a column 'name' already",
        "give the trait another name, or say it under 'columns'",
        "Name",
    ),
    "trait twice": (
        "keen: {chance: 40%}",
        "keen: {chance: 40%}\n      Keen: {chance: 4%}",
        "duplicate-name",
        "there is a trait 'keen' already",
        "give it a name that differs in more than capitals",
        "Keen",
    ),
    "trait named nth": (
        "keen: {chance: 40%}",
        "keen: {chance: 40%}\n      nth: {chance: 4%}",
        "reserved-name",
        "'nth' means something else in an expression",
        "give the trait another name",
        "nth",
    ),
    "trait named parent": (
        "opened: {between: [2024-01, 2024-06]}",
        "opened: {between: [2024-01, 2024-06]}\n      parent: {chance: 40%}",
        "reserved-name",
        "'parent' means something else in an expression",
        "give the trait another name",
        "parent",
    ),
    "months backwards": (
        "from: 2024-03, through: 2025-02",
        "from: 2025-03, through: 2025-02",
        "wrong-value",
        "the last month lies before the first",
        "write them as from: 2020-04, through: 2021-05",
        "{from: 2025-03, through: 2025-02",
    ),
    "too many months": (
        "from: 2024-03, through: 2025-02",
        "from: 1924-03, through: 2025-02",
        "wrong-value",
        "there are more than 240 months",
        "write them as from: 2020-04, through: 2021-05",
        "{from: 1924-03, through: 2025-02",
    ),
    "unknown name": (
        "pieces * parent.price",
        "piece * parent.price",
        "unknown-name",
        "there is no 'piece' here",
        "did you mean 'pieces'?",
        "piece",
    ),
    "unknown name of the parent": (
        "pieces * parent.price",
        "pieces * parent.prise",
        "unknown-name",
        "there is no 'parent.prise' here",
        "did you mean 'parent.price'?",
        "parent.prise",
    ),
    "unknown text of the parent": (
        "parent.size == 'big', between",
        "parent.size == 'bigg', between",
        "unknown-value",
        "'bigg' is none of the values of 'parent.size'",
        "did you mean 'big'?",
        "'bigg'",
    ),
    "unknown text of a column": (
        "fresh: {is: sort == 'fish'}",
        "fresh: {is: sort == 'fisch'}",
        "unknown-value",
        "'fisch' is none of the values of 'sort'",
        "did you mean 'fish'?",
        "'fisch'",
    ),
    "number may not name the row": (
        "each_month: {from: parent.opened",
        "each_month: {from: month",
        "unknown-name",
        "there is no 'month' here",
        "known here: parent.fresh, parent.goal, parent.good, parent.opened, parent.pace, parent.price, parent.since, parent.sort, ...",
        "month",
    ),
    "wrong kind of an expression": (
        "fresh: {is: sort == 'fish'}",
        "fresh: {is: sort}",
        "wrong-type",
        "'fresh' is a condition, this gives a text",
        "give the value another way",
        "{is: sort",
    ),
    "wrong kind of a way": (
        "fresh: {is: sort == 'fish'}",
        "fresh: {words: [[Yes, No]]}",
        "wrong-type",
        "'fresh' is a condition, this gives a text",
        "give the value another way",
        "{words: [[Yes, No]]",
    ),
    "a list as a value": (
        "home: {inherit: stalls}",
        "home: {inherit: stalls}\n      coast: {is: towns.coast}",
        "wrong-type",
        "'towns.coast' is a list",
        "write 'one_of: towns.coast'",
        "{is: towns.coast",
    ),
    "one of, not a value of the column": (
        "sort: {one_of: [fruit, fish]}",
        "sort: {one_of: [fruit, fisch]}",
        "unknown-value",
        "'fisch' is none of the values of 'sort'",
        "did you mean 'fish'?",
        "sort",
    ),
    "one of, not a key of the catalogue": (
        "town: {one_of: towns, missing: 25%}",
        "town: {one_of: [est]}",
        "unknown-value",
        "'est' is none of the values of 'town'",
        "did you mean 'west'?",
        "town",
    ),
    "one of, not of the kind": (
        "rank: {one_of: [1]}",
        "rank: {one_of: [first]}",
        "wrong-type",
        "'first' is not a whole number",
        "write a value of that type",
        "first",
    ),
    "one of an unknown list": (
        "one_of: towns,",
        "one_of: town,",
        "unknown-reference",
        "there is no catalogue or list 'town'",
        "did you mean 'towns'?",
        "town",
    ),
    "all weights 0": (
        "{small: 3, big: 1}",
        "{small: 0, big: 0}",
        "wrong-value",
        "every weight is 0",
        "give one of them more",
        "{one_of: {small: 0, big: 0}",
    ),
    "below the minimum": (
        "price: {between: [1.00, 9.99], skew: 3}",
        "price: {one_of: [-1]}",
        "wrong-value",
        "-1 lies below the minimum of 'price'",
        "the least is 0",
        "price",
    ),
    "another way than one of": (
        "sort: {one_of: [fruit, fish]}",
        "sort: {words: [[fruit, fish]]}",
        "wrong-value",
        "'sort' holds one of fruit, fish",
        "write 'one_of', or 'is' with one of them",
        "{words: [[fruit, fish]]",
    ),
    "between backwards": (
        "[1.00, 9.99]",
        "[9.99, 1.00]",
        "wrong-value",
        "9.99 lies above 1.00",
        "write the lower one first",
        "{between: [9.99, 1.00], skew: 3",
    ),
    "between texts": (
        "width: {between: [1.5, 2.5]}",
        "width: {between: [one, two]}",
        "wrong-type",
        "nothing lies between these",
        "write two numbers, dates or months",
        "{between: [one, two]",
    ),
    "between huge numbers": (
        "[1.00, 9.99]",
        "[1.00, 999999999999]",
        "wrong-type",
        "'999999999999' is above 100,000,000,000, the most that values are made from",
        "write a value of that type",
        "999999999999",
    ),
    "after what is no date": (
        "after: since, days",
        "after: price, days",
        "wrong-type",
        "'price' is not the name of a date or a month",
        "name one, such as parent.start",
        "price",
    ),
    "after an expression": (
        "after: since, days",
        "after: since if fresh else since, days",
        "wrong-type",
        "'since if fresh else since' is not the name of a date or a month",
        "name one, such as parent.start",
        "since if fresh else since",
    ),
    "after backwards": (
        "days: [10, 20]",
        "days: [20, 10]",
        "wrong-value",
        "20 lies above 10",
        "write the lower one first",
        "{after: since, days: [20, 10], only_if: sort == 'fruit'",
    ),
    "reference made another way": (
        "stall: {is: parent.home}",
        "stall: {id: S}",
        "wrong-reference",
        "'stall' holds a key of 'stalls'",
        "write 'pick: stalls', or 'inherit: stalls'",
        "{id: S",
    ),
    "reference from elsewhere": (
        "stall: {is: parent.home}",
        "stall: {is: parent.card}",
        "wrong-reference",
        "'parent.card' need not be a key of 'stalls'",
        "write 'pick: stalls', or 'inherit: stalls'",
        "{is: parent.card",
    ),
    "reference to another table": (
        "good: {pick: goods}",
        "good: {pick: stalls}",
        "wrong-reference",
        "'good' holds a key of 'goods'",
        "name goods",
        "stalls",
    ),
    "pick of an unknown table": (
        "good: {pick: goods}",
        "good: {pick: god}",
        "unknown-table",
        "there is no table 'god'",
        "did you mean 'goods'?",
        "god",
    ),
    "pick of a table without such a key": (
        "card: {is: parent.card}",
        "card: {pick: sales}",
        "reference-key",
        "the table 'sales' has no key of one column",
        "name a table with such a key",
        "sales",
    ),
    "inherit from what is not above": (
        "good: {pick: goods}",
        "good: {inherit: goods}",
        "wrong-reference",
        "these rows are not made for rows of 'goods'",
        "write 'pick: goods'; they are made for: stalls",
        "goods",
    ),
    "ramp without months": (
        "rank: {one_of: [1]}",
        "rank: {ramp: {from: 1, to: 2, start: crown, months: 3}}",
        "no-month",
        "a ramp goes by the row's month, and these rows have none",
        "write 'each_month' under 'rows'",
        "{ramp: {from: 1, to: 2, start: crown, months: 3}",
    ),
    "ramp from what is no month": (
        "start: parent.opened, months",
        "start: parent.price, months",
        "wrong-type",
        "'parent.price' is not a month or a date",
        "name one, such as parent.start",
        "parent.price",
    ),
    "cases of two kinds": (
        "width: {between: [1.5, 2.5]}",
        "width: {cases: [{when: size == 'big', one_of: [1]}, {one_of: [two]}]}",
        "wrong-type",
        "one case gives a whole number, another a text",
        "all cases give values of one type",
        "{cases: [{when: size == 'big', one_of: [1]}, {one_of: [two]}]",
    ),
    "case behind otherwise": (
        "width: {between: [1.5, 2.5]}",
        "width: {cases: [{one_of: [1]}, {one_of: [2]}]}",
        "wrong-value",
        "a case follows one that always holds",
        "give every case but the last a condition: 'when'",
        "{cases: [{one_of: [1]}, {one_of: [2]}]",
    ),
    "no case may hold": (
        "rank: {one_of: [1]}",
        "rank: {cases: [{when: crown == 'tin', one_of: [2]}]}",
        "wrong-value",
        "'rank' is never empty, and no case may hold",
        "add a last case without 'when'",
        "{cases: [{when: crown == 'tin', one_of: [2]}]",
    ),
    "within of a text": (
        "note: {words: [[Fine]], missing",
        "note: {words: [[Fine]], within: 5%, missing",
        "wrong-type",
        "'note' is a text, and only a number can be off by a share",
        "remove 'within'",
        "{words: [[Fine]], within: 5%, missing: 50%, only_if: nth == 2",
    ),
    "missing where nothing may be": (
        "name: {words: [[Red, Blue], [Door, Gate, Wall]]}",
        "name: {words: [[Red]], missing: 5%}",
        "wrong-value",
        "'name' is never empty, the contract says",
        "remove 'missing' and 'only_if', or make the column optional",
        "{words: [[Red]], missing: 5%",
    ),
    "only if where nothing may be": (
        "fresh: {is: sort == 'fish'}",
        "fresh: {chance: 5%, only_if: sort == 'fish'}",
        "wrong-value",
        "'fresh' is never empty, the contract says",
        "remove 'missing' and 'only_if', or make the column optional",
        "{chance: 5%, only_if: sort == 'fish'",
    ),
    "values in a circle": (
        "width: {between: [1.5, 2.5]}",
        "width: {is: depth}\n      depth: {is: height}\n      height: {is: width * 2}",
        "wrong-reference",
        "no value can be made first: 'width' needs 'depth', which needs 'height', which needs 'width'",
        "name a value of the parent, or a trait that needs neither",
        "width",
    ),
    "a value of itself": (
        "opened: {between: [2024-01, 2024-06]}",
        "opened: {after: opened, months: [1, 2]}",
        "wrong-reference",
        "no value can be made first: 'opened' needs 'opened'",
        "name a value of the parent, or a trait that needs neither",
        "opened",
    ),
    "tables in a circle": (
        "      per: stalls\n      number:\n        cases:",
        "      per: visits\n      number:\n        cases:",
        "wrong-reference",
        "no table can be made first: 'readers' needs 'visits', which needs 'readers'",
        "make one of them without the other: 'inherit' instead of 'pick', or leave the reference empty",
        "readers",
    ),
    "picks in a circle": (
        "      rank: {one_of: [1]}",
        "      rank: {one_of: [1]}\n    traits:\n      good: {pick: goods}",
        "wrong-reference",
        "no table can be made first: 'crowns' needs 'goods', which needs 'crowns'",
        "make one of them without the other: 'inherit' instead of 'pick', or leave the reference empty",
        "crowns",
    ),
    "rows of the scored": (
        "    traits:\n      size:",
        "    rows: {number: 2}\n    traits:\n      size:",
        "wrong-value",
        "there are as many stalls as are asked for",
        "remove 'rows'",
        "{number: 2",
    ),
    "total and per": (
        "{per: readers, number: 2}",
        "{per: readers, total: 2}",
        "wrong-value",
        "there cannot be a total, and so many for each row of another table",
        "write 'per' or 'total'",
        "{per: readers, total: 2",
    ),
    "a number that varies without per": (
        "{total: 2, each",
        "{number: {one_of: [1, 2]}, each",
        "wrong-value",
        "without 'per' the number of rows is a plain number",
        "say for which rows these are made: 'per'",
        "{one_of: [1, 2]",
    ),
    "a number that is a key": (
        "number: 2}\n    columns:\n      stall",
        "number: {pick: goods}}\n    columns:\n      stall",
        "wrong-value",
        "a key is not a number of rows",
        "write a number, or how one arises",
        "{pick: goods",
    ),
    "a number that is a text": (
        "number: 2}\n    columns:\n      stall",
        "number: {one_of: [two]}}\n    columns:\n      stall",
        "wrong-type",
        "'two' is not a whole number",
        "write a value of that type",
        "two",
    ),
    "each month without a month": (
        "{total: 2, each",
        "{total: 2, each_month: {}, each",
        "no-month",
        "this table has no column for a month",
        "remove 'each_month'",
        "each_month",
    ),
    "each month from what is none": (
        "each_month: {from: parent.opened",
        "each_month: {from: parent.price",
        "wrong-type",
        "'parent.price' is not a month or a date",
        "name one, such as parent.start",
        "parent.price",
    ),
    "each of an unknown column": (
        "each: {crown:",
        "each: {crowns:",
        "unknown-column",
        "there is no column 'crowns'",
        "did you mean 'crown'?",
        "crowns",
    ),
    "each of a reference": (
        "each: {place: [market, door]}",
        "each: {place: [market, door], good: ['7']}",
        "wrong-reference",
        "'good' holds a key of 'goods'",
        "write 'per: goods'",
        "good",
    ),
    "each of a value that is none": (
        "each: {place: [market, door]}",
        "each: {place: [market, dor]}",
        "unknown-value",
        "'dor' is none of the values of 'place'",
        "did you mean 'door'?",
        "dor",
    ),
    "each of another kind": (
        "each: {crown: [gold, tin]}}\n    columns:\n      rank: {one_of: [1]}",
        "each: {rank: [one]}}",
        "wrong-type",
        "'one' is not a whole number",
        "write a value of that type",
        "one",
    ),
    "made for, and said": (
        "      pieces:\n",
        "      place: {one_of: [door]}\n      pieces:\n",
        "wrong-value",
        "'place' is what the rows are made for",
        "say how it arises in one place",
        "place",
    ),
    "a condition on rows": (
        "only_if: place == 'market' or",
        "only_if: places == 'market' or",
        "unknown-name",
        "there is no 'places' here",
        "did you mean 'place'?",
        "places",
    ),
    "after without days or months": (
        "after: since, days: [10, 20]",
        "after: since",
        "wrong-value",
        "one of days, months is needed here",
        "it says what the other fields are",
        "{",
    ),
    "after with days and months": (
        "after: since, days: [10, 20]",
        "after: since, days: [10, 20], months: [1, 2]",
        "wrong-value",
        "only one of days, months may stand here",
        "it says what the other fields are",
        "months",
    ),
    "a value without a way": (
        "note: {words: [[Fine]], missing",
        "note: {missing",
        "wrong-value",
        "one of is, one_of, between, after, chance, words, id, pick, inherit, ramp, cases is needed here",
        "did you mean 'one_of'?",
        "{",
    ),
    "a value with two ways": (
        "rank: {one_of: [1]}",
        "rank: {one_of: [1], is: 2}",
        "wrong-value",
        "only one of is, one_of, between, after, chance, words, id, pick, inherit, ramp, cases may stand here",
        "it says what the other fields are",
        "is",
    ),
    "a field of another way": (
        "rank: {one_of: [1]}",
        "rank: {one_of: [1], skew: 2}",
        "unknown-field",
        "there is no field 'skew' here",
        "known here: missing, only_if, within",
        "skew",
    ),
    "a share above all": (
        "missing: 25%",
        "missing: 125%",
        "wrong-value",
        "'125%' is not of the form that is needed here",
        "The share of the cells that is left empty. Example: 5%",
        "125%",
    ),
    "more rows than a row may have": (
        "per: readers, number: 2}",
        "per: readers, number: 2000}",
        "wrong-value",
        "'2000' is above 1,000",
        "There are at most 1,000 for each. Example: 2",
        "2000",
    ),
    "gaps without a sign": (
        "gaps: 10%",
        "gaps: 10",
        "wrong-type",
        "a text is needed here, not '10'",
        "put a text that looks like a number in quotes",
        "10",
    ),
}


def findings(folder: Path, demo: str) -> tuple[Diagnostic, ...]:
    """What is wrong with a file about the market's demo data."""
    for number, text in enumerate((MARKET, LISTS, demo)):
        (folder / f"{number}.yaml").write_text(text, encoding="utf-8")
    loaded = pipeline.load(folder)
    assert loaded.value is not None
    return loaded.diagnostics or bind_demos(loaded.value)


@pytest.mark.parametrize("mistake", REFUSED)
def test_a_mistake_has_one_finding(tmp_path: Path, mistake: str) -> None:
    old, new, *expected = REFUSED[mistake]
    assert old in MARKET_DEMO
    text = MARKET_DEMO.replace(old, new, 1)
    if mistake == "picks in a circle":
        text = text.replace(
            "      pace: {is: 4}", "      pace: {is: 4}\n      crown: {pick: crowns}"
        )
    found = findings(tmp_path, text)
    assert [[each.code, each.message, each.hint] for each in found] == [expected[:3]]
    place = found[0].place
    assert isinstance(place, Span)
    line = text.splitlines()[place.line - 1]
    end = place.end_column - 1 if place.end_line == place.line else None
    assert line[place.column - 1 : end] == expected[3]


def test_what_is_right_has_none(tmp_path: Path) -> None:
    assert findings(tmp_path, MARKET_DEMO) == ()
    loaded = pipeline.load(RULES)
    assert loaded.value is not None
    assert bind_demos(loaded.value) == ()


def test_two_files_about_one_contract(tmp_path: Path) -> None:
    again = MARKET_DEMO.replace("id: market-demo", "id: other-demo")
    rules = rule_set(tmp_path, MARKET, TOWNS, MARKET_DEMO, again)
    (found,) = bind_demos(rules)
    assert str(found) == (
        f"{tmp_path / '3.yaml'}:5:11: error duplicate-id: the demo data of 'market' is described "
        "already (keep one of the files)"
    )
    assert [str(each.place) for each in found.related] == [f"{tmp_path / '2.yaml'}:5:11"]


def test_two_files_with_one_id(tmp_path: Path) -> None:
    for number, text in enumerate((MARKET, TOWNS, MARKET_DEMO, MARKET_DEMO)):
        (tmp_path / f"{number}.yaml").write_text(text, encoding="utf-8")
    assert [each.code for each in pipeline.load(tmp_path).diagnostics] == ["duplicate-id"]


def test_a_catalogue_without_entries(tmp_path: Path) -> None:
    towns = "kind: catalogue\nschema: 1\nid: towns\nlists: {all: {values: [east]}}\n"
    rules = rule_set(tmp_path, MARKET, towns, "kind: demo\nschema: 1\nid: x\ncontract: market\n")
    assert [(each.code, each.message) for each in bind_demos(rules)] == [
        ("wrong-reference", "the catalogue 'towns' has no entries, so nothing can stand in 'town'")
    ]


def test_tables_in_a_circle_that_no_file_speaks_of(tmp_path: Path) -> None:
    demo = "kind: demo\nschema: 1\nid: x\ncontract: library\n"
    assert bind_demos(rule_set(tmp_path / "plain", LIBRARY, TOWNS, demo)) == ()
    check = "    checks: [{that: CHECK, message: x}]\n"
    checked = LIBRARY.replace("  shelves:\n", check.replace("CHECK", "number > 0") + "  shelves:\n")
    assert bind_demos(rule_set(tmp_path / "one", checked, TOWNS, demo)) == ()
    checked = checked.replace("  staff:\n", check.replace("CHECK", "chief > 0") + "  staff:\n")
    (found,) = bind_demos(rule_set(tmp_path / "both", checked, TOWNS, demo))
    assert found.message == (
        "no table can be made first: 'branches' needs 'staff', which needs 'branches'"
    )
    assert str(found.place) == f"{tmp_path / 'both' / '0.yaml'}:7:3"
