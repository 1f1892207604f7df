"""Several months in one run: of each of them exactly what an evaluation of that month gives."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import small_programme
import tierwise
from reference.datasets import merge, random_dataset
from reference.files import write_csv
from reference.worlds import merged, written
from rule_files import EVERY_SHAPE, SHAPES
from shapes.worlds import world
from thorough import mostly
from tierwise import pipeline
from tierwise.months import format_month, parse_month
from tierwise_cli.app import app

TOP = Path(__file__).parents[1]
RULES = TOP / "rules"
CONTOSO = TOP / "examples" / "contoso"
IDENTIFIERS = {"shop_id", "customer_id", "person_id", "order_id", "activity_id", "rating_id", "claim_id",
               "payment_id", "currency"}  # fmt: skip


def months_of(first: str, last: str) -> Iterator[str]:
    start, end = parse_month(first), parse_month(last)
    assert start is not None
    assert end is not None
    yield from map(format_month, range(start, end + 1))


def compared(
    data: Path, first: str, last: str, rules: Path = RULES, **asked: str
) -> tierwise.MonthlyResults:
    """The months in one run, after each has been compared with an evaluation of it alone."""
    several = tierwise.evaluate_months(
        data, first, last, rules=rules, allow_short_history=True, **asked
    )
    assert [each.stamp.as_of for each in several.months] == [*months_of(first, last)]
    for month in several.months:
        alone = tierwise.evaluate(
            data, month.stamp.as_of, rules=rules, allow_short_history=True, **asked
        )
        assert month.stamp == alone.stamp
        assert month.warnings == alone.warnings
        assert month.notes == alone.notes
        assert month.competency_levels == alone.competency_levels
        assert len(month.options) == len(alone.options)
        for own, other in zip(month.options, alone.options, strict=True):
            assert [each.scored for each in own.scores()] == [
                each.scored for each in other.scores()
            ]
            for score, wanted in zip(own.scores(), other.scores(), strict=True):
                got = (score.score, score.level, score.groups, score.values)
                assert got == (wanted.score, wanted.level, wanted.groups, wanted.values)
                for metric, same in zip(score.metrics, wanted.metrics, strict=True):
                    place = (month.stamp.as_of, own.option.id, score.scored, metric.metric.id)
                    assert (metric.value, metric.points, metric.parts, metric.reason) == (
                        same.value, same.points, same.parts, same.reason), place  # fmt: skip
        assert month.to_arrow().equals(alone.to_arrow())
    return several


@pytest.fixture(scope="module")
def partners(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many small data sets in one, of all tables that two of the shipped programmes read."""
    folder = tmp_path_factory.mktemp("months")
    write_csv(merge([random_dataset(seed) for seed in range(30)]), folder)
    lines = (folder / "partners.csv").read_text("utf-8").splitlines()
    days = ("", "2021-03-31", "2021-04-01", "2020-12-15")
    renewed = [f"{line},{days[number % 4]}" for number, line in enumerate(lines[1:])]
    text = "\n".join([f"{lines[0]},renewal_date", *renewed]) + "\n"
    (folder / "partners.csv").write_text(text, "utf-8")
    return folder


SMALL = ("small-and-midmarket-cloud-solutions", "1.0.0")


@pytest.mark.parametrize(
    ("competency", "version"),
    mostly([SMALL], [SMALL, ("cloud-business-applications", "2.0.0")]),
)
def test_each_month_is_what_it_is_alone(partners: Path, competency: str, version: str) -> None:
    several = compared(partners, "2021-02", "2021-05", competency=competency, version=version)
    scores = {(each.score, each.level) for month in several.months for option in month.options
              for each in option.scores()}  # fmt: skip
    assert len(scores) > 10, "the data must tell months and partners apart"


@pytest.mark.thorough
def test_every_shape_of_a_rule(tmp_path: Path) -> None:
    data = written(merged([world(seed) for seed in range(12)], IDENTIFIERS), tmp_path)
    several = compared(data, "2021-05", "2021-06", rules=SHAPES)
    assert {each.program.competency for each in several.months[0].options} == {*EVERY_SHAPE}


def test_versions_and_what_is_in_force_change_within_the_months(tmp_path: Path) -> None:
    """One competency in force, then another version of it, then another one besides."""
    rules, data = small_programme.written(tmp_path)
    first = (rules / "competency.yaml").read_text("utf-8")
    first += first[first.index("  classic:") :].replace("classic:", "modern:")
    second = first.replace("1.0.0", "2.0.0").replace("threshold: 300", "threshold: 200")
    other = first.replace("id: trader", "id: upstart").replace("from: 2024-01", "from: 2025-06")
    for name, text in (("competency", first), ("other", other),
                       ("second", second.replace("from: 2024-01", "from: 2025-05"))):  # fmt: skip
        (rules / f"{name}.yaml").write_text(text, "utf-8")
    several = compared(data, "2025-04", "2025-06", rules)
    of_months = [[(each.program.competency, each.program.version) for each in month.options]
                 for month in several.months]  # fmt: skip
    assert of_months == [
        [("trader", "1.0.0")] * 2,
        [("trader", "2.0.0")] * 2,
        [("trader", "2.0.0")] * 2 + [("upstart", "1.0.0")] * 2,
    ]
    ash = [next(month.options[0].scores()) for month in several.months]
    assert len({each.score for each in ash}) == 3, "the data must tell months and versions apart"
    table = several.to_arrow()
    assert table["as_of"].to_pylist() == sorted(table["as_of"].to_pylist())


@pytest.mark.thorough
def test_versions_that_are_shipped_change_within_the_months(partners: Path) -> None:
    several = compared(partners, "2020-11", "2021-01")
    of_months = [[(each.program.competency[:5], each.program.version) for each in month.options]
                 for month in several.months]  # fmt: skip
    cloud, small = "cloud", "small"
    assert of_months == [
        [(cloud, "1.0.0")] * 2,
        [(cloud, "2.0.0")] * 2,
        [(cloud, "2.0.0")] * 2 + [(small, "1.0.0")],
    ]
    table = several.to_arrow()
    assert table["as_of"].to_pylist() == sorted(table["as_of"].to_pylist())


def test_months_with_the_same_rules_are_one_plan() -> None:
    rules = tierwise.load_rules(RULES)
    programs = pipeline.programs(rules, 2021 * 12 + 4, None, None, None, 6).value
    assert programs is not None
    assert [(each.competency[:5], each.version, each.months) for each in programs] == [
        ("cloud", "2.0.0", 6), ("small", "1.0.0", 5)] or programs is None  # fmt: skip


AS_OF_DEPENDS = """\
kind: competency
schema: 1
id: depends
version: 1.0.0
in_force: {from: 2019-01}
title: What depends on the month itself
source: https://example.org
contract: partner-data
options:
  all:
    title: All
    values:
      in_effect: {measure: {count: subscription_id, from: associations, on: as_of}}
      new: {measure: {sum: paid_seats, from: seats, over: 4 months, credit: revenue_claim,
                      where: 'months_between(subscription.start_date, as_of) < 24'}}
      changed: {measure: {changes: paid_seats, at_least: 1, per: subscription.customer_id, from: seats,
                          over: 4 months, credit: revenue_claim,
                          where: 'subscription.start_date >= add_months(as_of, -30)'}}
      since: {measure: {sum: amount, from: billings, over: 6 months, credit: revenue_claim,
                        during: 'months_between(credited_since, as_of) >= 2'}}
      after: {measure: {sum: amount, from: billings, over: 6 months, credit: revenue_claim,
                        during: 'month >= credited_since'}}
      largest: {measure: {largest: amount, from: billings, over: 3 months, credit: revenue_claim}}
      middle: {measure: {median: paid_seats, from: seats, over: 3 months, credit: revenue_claim}}
      held: {measure: {holders_of: [customer_engagement_developer], in: exam, per: person_id,
                       from: exams, on: "greatest(as_of, date('2021-03-15'))"}}
      by_kind: {measure: {average: amount, from: billings, over: 2 months, credit: revenue_claim,
                          by: {sort: kind}}}
      best: {highest: by_kind, over: sort}
      before: {highest: largest, over: 3 months}
      place: {percentile: largest}
    metrics:
      adding:
        measure: {changes: paid_seats, more_than: 0, per: subscription.customer_id, from: seats,
                  over: 4 months, credit: revenue_claim, losses: adder}
        threshold: 1
        max_points: 10
    levels: {some: {when: score > 0 and (missing(largest) or largest >= before)}}
"""


@pytest.mark.thorough
def test_what_depends_on_the_month_itself(partners: Path, tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    (tmp_path / "rules" / "depends.yaml").write_text(AS_OF_DEPENDS, "utf-8")
    several = compared(partners, "2021-02", "2021-05", tmp_path / "rules", competency="depends")
    seen: dict[str, set[object]] = {}
    for month in several.months:
        for score in month.options[0].scores():
            for name, value in score.values.items():
                seen.setdefault(name, set()).add(value)
    assert {name for name, values in seen.items() if len(values) < 2} == set()


# The command.


def run(*words: str, columns: int = 100) -> tuple[int, str, str]:
    ran = CliRunner().invoke(app, ["evaluate", str(CONTOSO), *words], env={"COLUMNS": str(columns)})
    return ran.exit_code, ran.stdout, ran.stderr


def test_a_line_a_month_says_how_many_have_which_level() -> None:
    code, out, err = run("--from", "2021-04", "--to", "2021-05", "--allow-short-history")
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    assert ["as", "of", "gold", "silver", "-"] in lines
    assert ["2021-05", "1", "1", "17"] in lines
    assert "--from 2021-04 --to 2021-05" in err


def test_a_line_a_month_of_a_partner() -> None:
    code, out, _ = run("--from", "2021-04", "--to", "2021-05", "--allow-short-history",
                       "--partner", "P01", "--partner", "P04")  # fmt: skip
    assert code == 0
    lines = [line.split() for line in out.splitlines()]
    assert ["P01", "2021-04", "53", "-", "10", "4", "30", "5", "4", "0"] in lines
    assert ["2021-05", "80", "gold", "10", "4", "30", "5", "6", "25"] in lines


def test_files_have_every_month(tmp_path: Path) -> None:
    asked = ("--from", "2021-04", "--to", "2021-05", "--allow-short-history", "--output")
    for name in ("out.csv", "out.parquet", "out.json"):
        code, out, err = run(*asked, str(tmp_path / name))
        assert (code, out) == (0, ""), err
    csv = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert len(csv) == 1 + 2 * 19
    assert [line.split(",")[4] for line in csv[1:]] == ["2021-04"] * 19 + ["2021-05"] * 19
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 2 * 19
    months = json.loads((tmp_path / "out.json").read_text("utf-8"))["months"]
    assert [each["stamp"]["as_of"] for each in months] == ["2021-04", "2021-05"]
    assert [len(each["results"]) for each in months] == [19, 19]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "name the month, or several with --from and --to"),
        (("--as-of", "2021-05", "--from", "2021-04"), "name one month, or --from and --to"),
        (("--from", "2021-04"), "--from and --to go together"),
        (("--to", "2021-04"), "--from and --to go together"),
        (("--from", "2021-05", "--to", "2021-04"), "2021-05 is after 2021-04"),
    ],
)
def test_months_that_are_not_said_as_meant(words: tuple[str, ...], says: str) -> None:
    code, _, err = run(*words)
    assert code == 2
    assert says in " ".join(err.replace("│", " ").split())


def test_months_without_a_version_are_told_together() -> None:
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate_months(CONTOSO, "2020-06", "2021-05", rules=RULES,
                                 competency="small-and-midmarket-cloud-solutions")  # fmt: skip
    (found,) = refused.value.diagnostics
    assert found.message == ("no version is in force in 2020-06, 2020-07, 2020-08 and 4 more of "
                             "these months")  # fmt: skip
    assert "--version" in found.hint


def test_data_that_begins_too_late_is_told_once_for_all_months() -> None:
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate_months(CONTOSO, "2021-02", "2021-05", rules=RULES,
                                 competency="small-and-midmarket-cloud-solutions")  # fmt: skip
    told = [each.message for each in refused.value.diagnostics]
    assert len(told) == 3
    assert all("looks back to 2020-0" in each for each in told)


def test_a_month_in_which_only_what_the_data_lacks_is_in_force_is_named() -> None:
    with pytest.raises(tierwise.Refused, match="renewal_date") as refused:
        tierwise.evaluate_months(
            CONTOSO, "2020-11", "2021-05", rules=RULES, allow_short_history=True
        )
    (found,) = (each for each in refused.value.diagnostics if each.is_error)
    assert found.hint == ("add it to partners.csv; or leave out 2020-11 to 2020-12, in which only "
                          "cloud-business-applications can be scored")  # fmt: skip
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.evaluate(CONTOSO, "2020-12", rules=RULES, allow_short_history=True)
    (found,) = (each for each in refused.value.diagnostics if each.is_error)
    assert found.hint == "add it to partners.csv"


def test_more_months_than_there_may_be() -> None:
    with pytest.raises(tierwise.Refused, match=r"are not 1 to 120 months.*at most 120 at once"):
        tierwise.evaluate_months(CONTOSO, "2000-01", "2021-05", rules=RULES)
