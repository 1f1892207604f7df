"""What is well formed and still cannot be meant; examples both ways."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

import pytest

from rule_files import copy_of_good, findings, replaced
from tierwise.check import CHECKS, WRITTEN_CHECKS, unused_eligibility

CHECK_FOLDER = Path(unused_eligibility.__file__).parent
LEVELS = "      gold: {when: score >= 80}\n      silver: {when: score >= 60}\n"


def _codes(rules: Path) -> list[str]:
    return [each.code for each in findings(rules)]


def _levels(tmp_path: Path, **levels: str) -> list[str]:
    rules = copy_of_good(tmp_path)
    lines = "".join(f"      {name}: {{when: '{when}'}}\n" for name, when in levels.items())
    replaced(rules / "competency.yaml", LEVELS, lines)
    return [each.message.split("'")[1] for each in findings(rules)]


REACHABLE = [
    {"gold": "score >= 80", "silver": "score >= 60"},
    {"gold": "score == 100"}, {"gold": "score == 0"}, {"gold": "true"},
    {"gold": "score * 2 >= 190", "silver": "score * 2 >= 180", "bronze": "true"},
    {"gold": "score + 10 >= 105.5", "silver": "score >= 95.4"},
    {"gold": "score / 3 > 33", "silver": "99 >= score > 98.99"},
    {"gold": "score in [99.5, 3]", "silver": "99.4 < score"},
    {"gold": "not score < 80", "silver": "60 <= score < 80"},
    {"gold": "(score - 60 if score >= 60 else 0) > 35", "silver": "score > 94"},
    {"gold": "(score >= 90) == (score <= 95)", "silver": "score > 80"},
    {"gold": "score * score > 9000", "silver": "score * score >= 10000 - score"},  # nothing is claimed
    {"gold": "-score <= -80", "silver": "score >= 60 and score != 70"},
]  # fmt: skip
UNREACHABLE = [
    ({"gold": "score > 100"}, ["gold"]), ({"gold": "score < 0"}, ["gold"]),
    ({"gold": "false"}, ["gold"]), ({"gold": "score >= 60", "silver": "score >= 80"}, ["silver"]),
    ({"gold": "true", "silver": "score >= 0", "bronze": "score > 1"}, ["silver", "bronze"]),
    ({"gold": "score * 2 >= 201"}, ["gold"]), ({"gold": "score >= 80 and score < 80"}, ["gold"]),
    ({"gold": "score - 20 > 80", "silver": "score >= 60"}, ["gold"]),
    ({"gold": "score in [101, -1]"}, ["gold"]),
    ({"gold": "score > 50", "silver": "score >= 50", "bronze": "score == 50"}, ["bronze"]),
]  # fmt: skip


@pytest.mark.parametrize("levels", REACHABLE)
def test_levels_that_some_score_gives(levels: dict[str, str], tmp_path: Path) -> None:
    assert _levels(tmp_path, **levels) == []


@pytest.mark.parametrize(("levels", "never"), UNREACHABLE)
def test_levels_that_no_score_gives(
    levels: dict[str, str], never: list[str], tmp_path: Path
) -> None:
    assert _levels(tmp_path, **levels) == never


@pytest.mark.parametrize(
    ("points", "most", "found"),
    [("40", "100", []), ("40.5", "100.5", []), ("40.1", "100", ["points-do-not-add-up"]),
     ("39.999999999999", "100", ["points-do-not-add-up"])],
)  # fmt: skip
def test_points_add_up(points: str, most: str, found: list[str], tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "max_points: 40", f"max_points: {points}")
    replaced(rules / "competency.yaml", "max_score: 100", f"max_score: {most}")
    assert _codes(rules) == found


def test_an_option_need_not_say_its_maximum(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "    max_score: 100\n", "")
    assert _codes(rules) == []


ALIVE = [
    "any: [PRUNE-1, GRAFT-1]", "any: [PRUNE-1, {all: [GRAFT-1, GRAFT-2]}]",
    "any: [{all: [PRUNE-1, GRAFT-1]}, {all: [PRUNE-1, GRAFT-2]}]",
    "any: [{at_least: 2, of: [PRUNE-1, GRAFT-1, GRAFT-2]}, SPRAY-1]", "all: [PRUNE-1, GRAFT-1]",
    "any: [PRUNE-1]",
]  # fmt: skip
DEAD = [
    "any: [PRUNE-1, {all: [PRUNE-1, GRAFT-1]}]", "any: [{all: [PRUNE-1, GRAFT-1]}, PRUNE-1]",
    "any: [{any: [PRUNE-1, GRAFT-1]}, GRAFT-1]", "any: [PRUNE-1, {all: [PRUNE-1]}]",
    "any: [{at_least: 2, of: [PRUNE-1, GRAFT-1, GRAFT-2]}, {all: [GRAFT-2, PRUNE-1, SPRAY-1]}]",
    "all: [PRUNE-1, {any: [GRAFT-1, {all: [GRAFT-1, SPRAY-1]}]}]",
]  # fmt: skip


@pytest.mark.parametrize(
    ("requires", "found"),
    [*((each, []) for each in ALIVE), *((each, ["dead-combination"]) for each in DEAD)],
)
def test_alternatives_of_a_certification(requires: str, found: list[str], tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "courses.yaml", "at_least: 2\n      of: [SPRAY-1, PRUNE-1, GRAFT-1]", requires)
    assert _codes(rules) == found


def test_strange_combinations_cost_a_moment(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    names = [f"E-{number}" for number in range(400)]
    exams = "".join(f"  {name}: {{}}\n" for name in names)
    replaced(rules / "courses.yaml", "certifications:\n", f"{exams}certifications:\n")
    every = ", ".join(names)
    pairs = ", ".join(f"{{any: [{one}, {two}]}}" for one, two in itertools.pairwise(names))
    replaced(rules / "courses.yaml", "at_least: 2\n      of: [SPRAY-1, PRUNE-1, GRAFT-1]",
             f"any: [{{at_least: 200, of: [{every}]}}, {{all: [{pairs}]}}, SPRAY-1]")  # fmt: skip
    start = time.monotonic()
    assert _codes(rules) == []
    assert time.monotonic() - start < 5


def test_groups_are_used_or_warned_about(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "        group: skill\n", "")
    (finding,) = findings(rules)
    assert (finding.code, finding.severity) == ("unused-group", "warning")


@pytest.mark.parametrize(
    ("table", "condition", "found"),
    [("leases", "present(last_day)", ["unused-eligibility"]), ("growers", "present(founded)", []),
     ("deliveries", "weight > 0", []), ("tenures", "role == ''owner''", []),
     ("sales", "month > ''2020-01''", ["unused-eligibility"])],
)  # fmt: skip
def test_conditions_on_tables_matter(
    table: str, condition: str, found: list[str], tmp_path: Path
) -> None:
    rules = copy_of_good(tmp_path)
    eligible = f"    eligible:\n      {table}: ['{condition}']\n"
    replaced(rules / "competency.yaml", "    eligible:\n", eligible)
    assert _codes(rules) == found


@pytest.mark.parametrize(
    ("window", "during", "found"),
    [("over: 13 months", "months_between(month, as_of) == 12", []),
     ("over: 12 months", "months_between(month, as_of) == 12", ["outside-window"]),
     ("over: 12 months", "12 == months_between(month, as_of) or month < '2020-01'", ["outside-window"]),
     ("over: 12 months", "months_between(month, as_of) < 12", []),
     ("over: 12 months", "months_between(month, as_of) <= 12", ["outside-window"]),
     ("over: 12 months", "0 <= months_between(month, as_of) < 13", ["outside-window"]),
     ("over: 12 months", "months_between(month, as_of) >= 6", []),
     ("over: 12 months", "months_between(month, as_of) >= 12", ["outside-window"]),
     ("over: 12 months", "months_between(as_of, month) == -11", []),
     ("over: 12 months", "months_between(as_of, month) >= -12", ["outside-window"]),
     ("over: 12 months", "months_between(month, as_of) in [0, 11]", []),
     ("over: 12 months", "months_between(month, as_of) in [0, 12]", ["outside-window"]),
     ("over: 1 month, ending: 12 months ago", "months_between(month, as_of) < 12", ["outside-window"]),
     ("over: 2 months, ending: 11 months ago", "months_between(month, as_of) == 12", []),
     ("over: 12 months", "months_between(scored.founded, month) == 30", [])],
)  # fmt: skip
def test_conditions_ask_for_months_that_are_read(
    window: str, during: str, found: list[str], tmp_path: Path
) -> None:
    rules = copy_of_good(tmp_path)
    measure = f'{{sum: weight, from: deliveries, {window}, credit: harvest, during: "{during}"}}'
    replaced(rules / "competency.yaml", "    metrics:\n",
             f"    values:\n      early: {{measure: {measure}}}\n    metrics:\n")  # fmt: skip
    assert [each for each in _codes(rules) if each != "unused-value"] == found


THRESHOLD = "        threshold: 10\n"
"""Of new_markets, which counts changes; it earns 20 points."""


def _with(tmp_path: Path, by: str, old: str = THRESHOLD) -> list[str]:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", old, by)
    return _codes(rules)


EARNED = [
    "{formula: 20 if value >= 5 else 7}", "{formula: 2 * value}", "{formula: -value}",
    "{formula: 20}", "{formula: 20.5 - opened}", "{formula: 20 / (masters + 1)}",
    "{formula: 40 * growth}", "{formula: growth.now - growth.then}", "{formula: 1 / opened * 20}",
    "{formula: opened * masters}", "{formula: 20 if scored.region.coastal else 0}",
    "{formula: 'months_between(scored.founded, as_of)'}", "{all_when: 'true'}",
    "{all_when: value > 5 or missing(growth)}", "{all_when: growth >= -1}",
    "{all_when: scored.founded < '2020-01-01'}", "{all_when: present(scored.founded)}",
    "{steps: [{at_least: 5, points: 20}, {at_least: 1, points: 4}]}",
    "{steps: [{at_least: -3, points: 4}, {at_least: 1, points: 20}, {at_least: 2, points: 20}]}",
    "{every: 5, earns: 0.5}", "all_or_nothing\n        threshold: 3",
]  # fmt: skip


@pytest.mark.parametrize("points", EARNED)
def test_points_that_can_be_earned(points: str, tmp_path: Path) -> None:
    assert _with(tmp_path, f"        points: {points}\n") == []


REQUIRED = [
    "value >= 1", "value < 11", "value != 3", "present(growth)", "growth >= -1", "growth.then > 0",
    "harvest > 0", "masters >= 1 and opened >= 1", "scored.region.hectares > 0",
    "scored.founded <= as_of", "masters in [1, 2, 3]", "value >= (5 if masters >= 2 else 3)",
    "scored.region == 'north' or value >= 12",
]  # fmt: skip


@pytest.mark.parametrize("that", REQUIRED)
def test_conditions_that_decide_something(that: str, tmp_path: Path) -> None:
    requires = f'        requires: [{{that: "{that}", otherwise: not met}}]\n{THRESHOLD}'
    assert _with(tmp_path, requires) == []


OPPOSED = "[{that: value >= 5, otherwise: few}, {that: masters >= 5, otherwise: fewer}]"


@pytest.mark.parametrize(
    "fields",
    ["threshold: [{when: masters >= 6, is: 12}, {when: masters >= 5, is: 11}, {is: 10}]",
     "threshold: [{when: masters > 5 and opened > 2, is: 12}, {when: masters > 5, is: 11}, {is: 1}]",
     f"threshold: 10\n        requires: {OPPOSED}",
     "points: {formula: 20 if value >= 8 else 10 if value >= 5 else 1}",
     "points: {steps: [{at_least: 5, points: 20}]}\n        requires: [{that: value < 6, otherwise: x}]"],
)  # fmt: skip
def test_conditions_behind_others_that_decide_something(fields: str, tmp_path: Path) -> None:
    assert _with(tmp_path, f"        {fields}\n") == []


@pytest.mark.parametrize(
    ("fields", "found"),
    [("points: proportional\n        threshold: 3\n        requires: [{that: value < 3, otherwise: x}]",
      ["points-never-earned"]),
     ("points: all_or_nothing\n        threshold: 3\n        requires: [{that: value < 3, otherwise: x}]",
      ["points-never-earned"]),
     ("points: {every: 5, earns: 2}\n        requires: [{that: value < 50, otherwise: x}]",
      ["points-never-earned"]),
     ("points: {every: 5, earns: 2}\n        requires: [{that: value < 51, otherwise: x}]", []),
     ("points: {steps: [{at_least: 5, points: 20}]}\n        requires: [{that: value < 5, otherwise: x}]",
      ["points-never-earned"]),
     ("points: {steps: [{at_least: 9, points: 4}, {at_least: 8, points: 20}]}",
      ["points-never-earned"]),
     ("points: {formula: value}\n        requires: [{that: value <= 19, otherwise: x}]",
      ["points-never-earned"]),
     ("points: {formula: 0 * harvest}", ["points-never-earned"]),
     ("points: {formula: 10 if opened < 0 else value}", ["constant-condition"]),
     ("points: {formula: value if present(opened) else 20}", ["constant-condition"]),
     ("threshold: [{when: masters > 5, is: 12}, {when: masters <= 5, is: 11}, {is: 10}]",
      ["constant-condition"]),
     ("threshold: 10\n        requires: [{that: masters > 5, otherwise: x}, {that: masters < 5, otherwise: y}]",
      ["constant-condition"])],
)  # fmt: skip
def test_rules_that_cannot_do_what_they_say(
    fields: str, found: list[str], tmp_path: Path
) -> None:  # fmt: skip
    assert _with(tmp_path, f"        {fields}\n") == found


def test_a_value_that_months_bound_never_reaches_more_of_them(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    text = (rules / "competency.yaml").read_text(encoding="utf-8")
    start, end = text.index("        measure:\n          changes"), text.index(THRESHOLD)
    months = "        number_with: masters >= 2\n        over: 9 months\n"
    replaced(rules / "competency.yaml", text[start:end], months)
    assert _codes(rules) == ["points-never-earned"]
    replaced(rules / "competency.yaml", "over: 9 months", "over: 10 months")
    assert _codes(rules) == []


GIVEN: list[dict[str, str]] = [
    {"gold": "score >= 80 and points.masters >= 10", "silver": "score >= 80"},
    {"gold": "points.masters >= 5", "silver": "points.masters < 7 and score >= 10"},
    {"gold": "score >= 95 and points.masters < 10"}, {"gold": "score == 100 and lowest_points == 10"},
    {"gold": "score >= 90 and points.harvest <= 30"}, {"gold": "points.masters > 0 and score <= 1"},
    {"gold": "scored.region == 'north'", "silver": "true"},
    {"gold": "growth >= 0", "silver": "growth < 0", "bronze": "missing(growth)"},
    {"gold": "masters >= 3 and score >= 60", "silver": "score >= 80", "bronze": "score >= 60"},
    {"gold": "present(growth) and score > 50", "silver": "score > 50"},
    {"gold": "score >= 80 and scored.region == 'north'", "silver": "score >= 80",
     "bronze": "scored.region == 'north' or score >= 60"},
    {"gold": "masters >= 3", "silver": "not masters >= 5 and masters >= 2"},
    {"gold": "score > 10 * masters and masters >= 9", "silver": "score > 9 * masters"},
]  # fmt: skip
NOT_GIVEN = [
    ({"gold": "points.masters > 10"}, ["gold"]), ({"gold": "points.masters >= 10.5"}, ["gold"]),
    ({"gold": "score >= 80 and points.masters >= 11", "silver": "score >= 80"}, ["gold"]),
    ({"gold": "score > 90 and points.masters == 0"}, ["gold"]),
    ({"gold": "score < 5 and points.masters > 5"}, ["gold"]),
    ({"gold": "points.masters + points.growth > 25"}, ["gold"]),
    ({"gold": "lowest_points >= 5 and points.masters < 5"}, ["gold"]),
    ({"gold": "lowest_points >= 1 and score < 1"}, ["gold"]),
    ({"gold": "masters < 0"}, ["gold"]), ({"gold": "masters > 4 and masters < 5"}, ["gold"]),
    ({"gold": "scored.region == 'north'", "silver": "scored.region == 'north' and score > 1"},
     ["silver"]),
    ({"gold": "masters >= 0 and score >= 0", "silver": "growth > 1", "bronze": "true"},
     ["silver", "bronze"]),
    ({"gold": "growth >= 0", "silver": "growth < 0", "bronze": "missing(growth)",
      "none": "score >= 1"}, ["none"]),
    ({"gold": "score * score > 9000", "silver": "score * score > 10001"}, ["silver"]),
    ({"gold": "score >= 60", "silver": "score >= 60 and points.masters >= 1"}, ["silver"]),
    ({"gold": "score >= 60 or masters >= 3", "silver": "masters >= 4 and score >= 20"}, ["silver"]),
    ({"gold": "score * 2 - score > 100", "silver": "score > 3"}, ["gold"]),
]  # fmt: skip


@pytest.mark.parametrize("levels", GIVEN)
def test_levels_that_somebody_may_get(levels: dict[str, str], tmp_path: Path) -> None:
    assert (
        _levels(tmp_path, **{name: when.replace("'", "''") for name, when in levels.items()}) == []
    )


@pytest.mark.parametrize(("levels", "never"), NOT_GIVEN)
def test_levels_that_nobody_gets(levels: dict[str, str], never: list[str], tmp_path: Path) -> None:
    quoted = {name: when.replace("'", "''") for name, when in levels.items()}
    assert _levels(tmp_path, **quoted) == never


def test_points_that_do_not_add_up_are_one_finding(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "max_score: 100", "max_score: 300")
    replaced(rules / "competency.yaml", "score >= 80", "score >= 280 and points.masters > 1")
    assert _codes(rules) == ["points-do-not-add-up"]


@pytest.mark.parametrize(
    ("fields", "old"),
    [("threshold: 50 %", "threshold: 35 %"), ("threshold: 30", "threshold: 3\n"),
     ("points: {all_when: value >= 0.5}\n        unit: '%'", "threshold: 35 %")],
)  # fmt: skip
def test_percentages_of_what_may_be_a_share(fields: str, old: str, tmp_path: Path) -> None:
    assert _with(tmp_path, f"{fields}\n", old) == []


def test_percentages_of_what_is_calculated(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    text = (rules / "competency.yaml").read_text(encoding="utf-8")
    start = text.index("        measure:\n          changes")
    end = text.index(THRESHOLD) + len(THRESHOLD)
    for value in ("masters / (opened + 1)", "1 if masters >= 3 else 0", "0.5 * masters"):
        share = f"        is: {value}\n        threshold: 100 %\n"
        (rules / "competency.yaml").write_text(text[:start] + share + text[end:], encoding="utf-8")
        assert _codes(rules) == []


@pytest.mark.parametrize(
    ("unit", "found"),
    [("kg", 0), ("g", 0), ("mg", 0), ("EUR", 0), ("%", 0), ("Kg", 1), ("KG", 1)],
)  # fmt: skip
def test_units_that_look_like_kg(unit: str, found: int, tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "        threshold: 35 %\n",
             f"        points: {{every: 5 {unit}, earns: 1}}\n")  # fmt: skip
    assert _codes(rules) == ["similar-units"] * found


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("EUR", "EURO", True), ("EUR", "EUT", True), ("EUR", "USD", False), ("crate", "crates", True),
     ("crates", "rates", True), ("cm", "mm", False), ("g", "kg", False), ("EUR", "EUROS", False),
     ("hours", "hoursx", True), ("abc", "acb", False), ("person", "persons", True)],
)  # fmt: skip
def test_which_units_are_alike(one: str, other: str, alike: bool, tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "        threshold: 10\n", f"        threshold: 10 {one}\n")
    replaced(rules / "competency.yaml", "        threshold: 5\n", f"        threshold: 5 {other}\n")
    assert _codes(rules) == ["similar-units"] * alike


MEANT = ["growth >= 0.7", "growth > 1.5 or masters > 70", "growth >= 4.99", "growth >= 7000 / 100",
         "growth * 100 >= 70", "70 <= masters", "growth.then >= 70", "-0.5 < growth"]  # fmt: skip
DOUBTED = [
    "growth >= 70",
    "70 <= growth",
    "growth == 5",
    "0.1 < growth < 70",
    "masters > 3 or growth > 70.5",
]


@pytest.mark.parametrize("when", [*MEANT, *DOUBTED])
def test_percentages_are_asked_for_as_shares(when: str, tmp_path: Path) -> None:
    """In a condition 70 % is 0.7; beyond 500 % a number was meant in %."""
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "{when: score >= 80}", f"{{when: '{when}'}}")
    assert _codes(rules) == ["percent-missing"] * (when in DOUBTED)


JOINED = [
    ("score >= 80 or points.masters >= 10", 0), ("score >= 80 or points.masters > 10", 1),
    ("score >= 80 and points.masters >= 0", 1), ("score >= 80 and (masters > 3 or masters < 0)", 1),
    ("not (score < 80 or masters < 0)", 1), ("score >= 80 or not present(masters)", 1),
    ("score >= 80 or true", 1), ("score >= 80 and growth >= -1", 0), ("score >= 0 or masters > 1", 1),
    ("score >= 90 or score >= 80", 0), ("masters > 3 and masters > 2", 0), ("score >= 0", 0),
    ("score >= 80 or masters > 4 and masters < 5 or masters < 0", 2), ("true and score > 3", 1),
    ("score > (90 if masters >= 0 and growth > 1 else 80)", 1), ("score > 80 or growth.then < 0", 1),
]  # fmt: skip


@pytest.mark.parametrize(("when", "found"), JOINED)
def test_what_is_joined_decides_something(when: str, found: int, tmp_path: Path) -> None:
    """Told is what is so by itself; what another condition makes superfluous may be said for clarity."""
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "{when: score >= 80}", f"{{when: '{when}'}}")
    replaced(rules / "competency.yaml", "      silver: {when: score >= 60}\n", "")
    assert _codes(rules) == ["constant-condition"] * found


@pytest.mark.parametrize(
    ("group", "cap", "found"),
    [("yield: {title: Yield", "89.9", 0), ("yield: {title: Yield", "90", 1),
     ("yield: {title: Yield, counts: best", "39", 0), ("yield: {title: Yield, counts: best", "40", 1)],
)  # fmt: skip
def test_caps_of_groups_take_something_away(
    group: str, cap: str, found: int, tmp_path: Path
) -> None:
    rules = copy_of_good(tmp_path)
    replaced(rules / "competency.yaml", "yield: {title: Yield", f"{group}, max_points: {cap}")
    replaced(rules / "competency.yaml", "    max_score: 100\n", "")
    replaced(rules / "competency.yaml", "    levels:\n      gold: {when: score >= 80}\n"
             "      silver: {when: score >= 60}\n", "    levels:\n      gold: {when: score >= 40}\n")  # fmt: skip
    assert _codes(rules) == ["unused-cap"] * found


USED = [
    ("twice: {is: 2 * masters}", "score >= 80", "score >= 80 and twice > 4"),
    ("twice: {is: 2 * masters}", "threshold: 5\n", "threshold: [{when: twice > 4, is: 6}, {is: 5}]\n"),
    ("twice: {is: 2 * masters}\n      more: {is: twice > 9}", "score >= 80", "score >= 80 and more"),
    ("average: {measure: {average: weight, from: deliveries, over: 1 month, credit: harvest}}",
     "score >= 80", "score >= 80 and average.rows > 4"),
    ("twice: {is: 2 * masters}", "that: then >= 50", "that: then >= twice"),
    ("twice: {is: 2 * masters}", "        threshold: 10\n", "        points: {formula: twice}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("values", "old", "new"), USED)
def test_values_that_something_names(values: str, old: str, new: str, tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    replaced(
        rules / "competency.yaml", "    metrics:\n", f"    values:\n      {values}\n    metrics:\n"
    )
    assert "unused-value" in _codes(rules)
    replaced(rules / "competency.yaml", old, new)
    assert _codes(rules) == []


def test_every_check_is_a_file_and_a_line_of_the_registry() -> None:
    files = {file.stem for file in CHECK_FOLDER.glob("*.py")} - {"__init__"}
    checks = [*CHECKS.values(), *WRITTEN_CHECKS.values()]
    assert {check.__module__.rpartition(".")[2] for check in checks} == files
