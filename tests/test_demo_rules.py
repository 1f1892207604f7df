"""What rule files may not say of demo data: each mistake has one finding, at its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from demo_market import LIBRARY, MARKET, MARKET_DEMO, TOWNS, rule_set
from demo_mistakes_of_names import NAMES
from demo_mistakes_of_values import VALUES
from rule_files import RULES
from tierwise import pipeline
from tierwise.diagnostics import Diagnostic, Span
from tierwise.program.demo_data.bind import bind_demos

LISTS = TOWNS.replace("entries", "lists: {coast: {values: [east]}}\nentries")
REFUSED = NAMES | VALUES


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
