"""Mistakes in files of cases, each with its code and place."""

from __future__ import annotations

from pathlib import Path

import pytest

from pear_cases import HEAD, MASTERS, expect, mistakes, rules

__all__ = ["rules"]


@pytest.mark.parametrize(
    ("tables", "code", "place", "message"),
    [
        ("{creates: [{}]}", "unknown-table", "8:14", "there is no table 'creates'"),
        ("{crates: [{crte: a}]}", "unknown-column", "8:24", "there is no column 'crte'"),
        ("{crates: [{crate: 1}]}", "wrong-type", "8:31", "'1' is not a text, as 'crate' is"),
        ("{crates: [{organic: yes}]}", "wrong-type", "8:33",
         "'yes' is not true or false, as 'organic' is"),
        ("{crates: [{picked: 2021-02-30}]}", "wrong-type", "8:32",
         "'2021-02-30' is not a date, as 'picked' is"),
        ("{deliveries: [{month: 2021-13}]}", "wrong-type", "8:35",
         "'2021-13' is not a month, as 'month' is"),
        ("{deliveries: [{pieces: 1.5}]}", "wrong-type", "8:36",
         "'1.5' is not a whole number, as 'pieces' is"),
        ("{deliveries: [{pieces: -1}]}", "wrong-value", "8:36", "-1 is below 0"),
        ("{deliveries: [{weight: null}]}", "wrong-value", "8:36", "'weight' may not be empty"),
        ("{crates: [{sort: jam}]}", "unknown-value", "8:30", "'jam' is no value of 'sort'"),
        ("{growers: [{region: east}]}", "unknown-value", "8:33", "'east' is no value of 'region'"),
        ('{crates: [{crate: "a\\0"}]}', "wrong-value", "8:31",
         "'a\\x00' has a character that no data has"),
        ("{crates: [{crate: a}], tenures: [{crate: b}]}", "unknown-row", "8:54",
         "there is no 'b' in crates"),
        ("{crates: [{crate: a}, {crate: a}]}", "duplicate-key", "8:35",
         "the key stands in an earlier row: 'a'"),
        ("{growers: [{}, {}]}", "several-rows", "9:13",
         "the case has 2 rows of growers, and this does not say which one is meant"),
        ("{crates: {}}", "wrong-type", "8:22", "a list is needed here, not a mapping"),
        ("{crates: [a]}", "wrong-type", "8:23", "a mapping is needed here, not 'a'"),
        ("{crates: [{crate: [a]}]}", "wrong-type", "8:31",
         "a text or a number or true or false or null is needed here, not a list"),
    ],
)  # fmt: skip
def test_a_mistake_in_tables(rules: Path, tables: str, code: str, place: str, message: str) -> None:
    assert mistakes(rules, expect(tables, "{score: 0}")) == [(code, place, message)]


@pytest.mark.parametrize(
    ("expected", "code", "place", "message"),
    [
        ("{metrics: {harvst: {points: 0}}}", "unknown-metric", "9:24",
         "there is no metric 'harvst'"),
        ("{level: slver}", "unknown-level", "9:21", "there is no level 'slver'"),
        ("{ann: {score: 0}}", "unknown-row", "9:14", "there is no 'ann' in growers"),
        ("{metrics: {harvest: {value: 5 t}}}", "wrong-value", "9:41", "'t' is not its unit"),
        ("{metrics: {harvest: {points: 5 kg}}}", "wrong-value", "9:42",
         "'5 kg' is not of the form that is needed here"),
        ("{metrics: {harvest: {}}}", "wrong-value", "9:33", "nothing stands here"),
        ("{metrics: {harvest: {pints: 1}}}", "unknown-field", "9:34",
         "there is no field 'pints' here"),
        ("{score: 0, levle: silver}", "unknown-field", "9:24", "there is no field 'levle' here"),
        ("{score: 1/0}", "wrong-value", "9:21", "'1/0' is not of the form that is needed here"),
        ("{scroe: 0}", "wrong-type", "9:21", "a mapping is needed here, not '0'"),
        ("{}", "wrong-value", "9:13", "nothing stands here"),
    ],
)  # fmt: skip
def test_a_mistake_in_what_is_expected(
    rules: Path, expected: str, code: str, place: str, message: str
) -> None:
    assert mistakes(rules, expect("{}", expected)) == [(code, place, message)]


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("competency: pear-grower", "competency: pear-growr", "unknown-competency", "4:13"),
        ("cases:", "version: 2.0.0\ncases:", "unknown-version", "5:10"),
        ("cases:", "option: modern\ncases:", "unknown-option", "5:9"),
        ("cases:", "cases: {}\n#", "wrong-value", "5:8"),
        ("schema: 1", "schema: 2", "unknown-value", "3:9"),
    ],
)
def test_a_mistake_in_the_head(rules: Path, old: str, new: str, code: str, place: str) -> None:
    body = () if "{}" in new else (MASTERS,)
    found = mistakes(rules, *body, head=HEAD.replace(f"\n{old}", f"\n{new}"))
    assert [each[:2] for each in found] == [(code, place)]


def test_a_month_without_a_version_in_force(rules: Path) -> None:
    (found,) = mistakes(rules, MASTERS.replace("2021-05", "2019-12"))
    assert found == ("no-version-in-force", "7:12", "no version is in force in 2019-12")
    later = (rules / "competency.yaml").read_text("utf-8").replace("version: 1", "version: 2")
    (rules / "later.yaml").write_text(later.replace("from: 2020-01", "from: 2021-05"), "utf-8")
    head = HEAD.replace("\ncases:", "\nversion: 1.0.0\ncases:")
    (found,) = mistakes(rules, MASTERS, head=head)
    assert found == ("no-version-in-force", "8:12",
                     "in 2021-05 the version 1.0.0 is not in force, but 2.0.0")  # fmt: skip
