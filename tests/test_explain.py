"""Explanations: credited facts add up to the value, and every row near a partner has a verdict."""

from __future__ import annotations

import functools
import io
import json
import re
import shutil
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import ibis.expr.types as ir
import pyarrow as pa
import pytest

import small_programme
import tierwise
from reference.choices import AS_OF
from reference.datasets import merge, random_dataset
from reference.files import write_csv
from reference.tables import Data
from rule_files import carried_rules, replaced
from tierwise.run.embedded.database import Database, sql_of
from tierwise.tasks.explain import MetricExplanation
from tierwise_cli.render.explanation import WRITERS

ROOT = Path(__file__).parents[1]
CONTOSO = ROOT / "examples" / "contoso"
RESELLERS = ROOT / "examples" / "resellers"
SHAPES = ROOT / "examples" / "shapes"
COMPETENCY = "small-and-midmarket-cloud-solutions"

Explanation = dict[str, MetricExplanation]


@functools.cache
def explained(data: Path, partner: str, as_of: str = AS_OF) -> Explanation:
    report = tierwise.explain(data, as_of, partner, rules=carried_rules(), competency=COMPETENCY)
    return {each.result.metric.id: each for each in report.options[0].metrics}


def verdicts(data: Path, partner: str, metric: str) -> dict[str, int]:
    return dict(explained(data, partner)[metric].value.verdicts)


def rows_near(data: Data, partner: str) -> dict[str, int]:
    """How many rows touch a partner for each metric, told from the data alone."""
    by_subscription = {row["subscription_id"]: row for row in data["subscriptions"]}
    own = [row["subscription_id"] for row in data["associations"] if row["partner_id"] == partner]

    def count(table: str, column: str) -> int:
        things = {by_subscription[each][column] for each in own}
        rows: Iterable[dict[str, object]] = data[table]
        return sum(by_subscription[row["subscription_id"]][column] in things for row in rows)

    exams = sum(row["partner_id"] == partner for row in data["exams"])
    return {
        "net_new_revenue": count("billings", "subscription_id"),
        "net_customer_adds": count("seats", "customer_id"),
        "functional_consultants": exams,
        "developers": exams,
        "new_deployments": count("usage", "tenant_id"),
        "monthly_active_user_growth": count("usage", "tenant_id"),
    }


def test_counted_and_dropped_are_all_rows_near_a_partner(tmp_path: Path) -> None:
    data = merge([random_dataset(seed) for seed in range(6)])
    write_csv(data, tmp_path)
    partners = [str(row["partner_id"]) for row in data["partners"]][:4]
    for partner in partners:
        metrics = explained(tmp_path, partner)
        near = rows_near(data, partner)
        assert {name: len(each.value.rows) for name, each in metrics.items()} == near, partner
        for name, each in metrics.items():
            parts: dict[str, Fraction] = dict.fromkeys(each.result.parts, Fraction(0))
            for fact in each.value.facts:
                parts[fact.part] += fact.amount
            assert parts == each.result.parts, (partner, name)
            assert sum(count for _, count in each.value.verdicts) == len(each.value.rows)


def test_a_fact_says_what_it_came_through() -> None:
    (fact,) = explained(CONTOSO, "P04")["new_deployments"].value.facts
    (through,) = fact.through
    assert (fact.entity, fact.month, fact.amount) == ("T0402", "2021-03", 1)
    assert (through.way, through.target, through.leads_to) == (
        "DPOR", "S0402", {"customer_id": "C0402"})  # fmt: skip


@pytest.mark.parametrize(
    ("partner", "metric", "verdict"),
    [
        ("P04", "net_new_revenue", "displaced by CPOR"),
        ("P06", "new_deployments", "displaced by CPOR"),
        ("P10", "net_new_revenue", "not in 2020-06 to 2021-05"),
        ("P11", "new_deployments", "already at 5 or more in the first month of the window"),
        ("P11", "new_deployments", "not: environment == 'production'"),
        ("P15", "functional_consultants", "no longer valid"),
        ("P15", "functional_consultants", "not passed yet"),
        ("P17", "net_new_revenue", "no association in effect at the end of the month"),
        ("P19", "net_new_revenue", "not: paid"),
    ],
)
def test_a_row_that_did_not_count_says_why(partner: str, metric: str, verdict: str) -> None:
    assert verdict in verdicts(CONTOSO, partner, metric)


def test_a_metric_that_earns_nothing_says_why() -> None:
    growth = explained(CONTOSO, "P12")["monthly_active_user_growth"].result
    assert growth.reason == "fewer than 50 monthly active users 12 months ago"
    assert (growth.value, growth.points) == (1, 0)


def test_one_metric_alone() -> None:
    report = tierwise.explain(CONTOSO, AS_OF, "P04", metric="developers", rules=carried_rules())
    assert [each.result.metric.id for each in report.options[0].metrics] == ["developers"]


def test_one_metric_alone_has_the_rows_of_those_that_it_is_made_of(tmp_path: Path) -> None:
    rules, data = small_programme.written(tmp_path)
    replaced(rules / "competency.yaml", "        max_points: 100\n",
             "        max_points: 60\n      half:\n        title: {en: Half}\n        group: sales\n"
             "        is: taken / 2\n        threshold: 100\n        max_points: 40\n")  # fmt: skip
    report = tierwise.explain(data, small_programme.AS_OF, "ash", metric="half", rules=rules)
    (half,), (taken,) = report.options[0].metrics, report.options[0].values
    assert (half.value.calculation, half.value.facts) == ("taken / 2", ())
    assert taken.value.id == "taken"
    assert sum(fact.amount for fact in taken.facts) == taken.result == 2 * (half.result.value or 0)


@pytest.mark.parametrize(
    ("partner", "metric", "code", "hint"),
    [("P1", None, "unknown-partner", "did you mean 'P1"),
     ("P01", "developer", "unknown-metric", "did you mean 'developers'?")],
)  # fmt: skip
def test_what_there_is_not(partner: str, metric: str | None, code: str, hint: str) -> None:
    with pytest.raises(tierwise.Refused) as refused:
        tierwise.explain(CONTOSO, AS_OF, partner, metric=metric, rules=carried_rules())
    (finding,) = refused.value.diagnostics
    assert finding.code == code
    assert hint in finding.hint


def test_only_what_lies_near_a_partner_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """All the data is read once for each metric, to find the few rows that are judged; of facts only its own."""
    asked: list[str] = []
    arrow = Database.arrow

    def remembered(database: Database, table: ir.Table) -> pa.Table:
        asked.append(sql_of(table))
        return arrow(database, table)

    monkeypatch.setattr(Database, "arrow", remembered)
    tierwise.explain(CONTOSO, AS_OF, "P04", rules=carried_rules())
    scores, *near = asked
    assert ':scores"' in scores
    assert len(near) > 6
    assert all(
        re.search(r'(FROM|JOIN \(.*FROM) "[^"]*:near[^"]*"|"scored" = \'P04\'', sql) for sql in near
    )


def test_units_of_named_values_are_shown(tmp_path: Path) -> None:
    """Where the value stands for itself, and where another one is calculated from it."""
    rules = tmp_path / "rules"
    shutil.copytree(RESELLERS / "rules", rules)
    version = rules / "reseller" / "2.0.0.yaml"
    text = version.read_text(encoding="utf-8")
    text = text.replace("    values:\n", "    values:\n      done: {is: closed_in_time / tickets, unit: '%'}\n"
                        "      worth: {is: sales * done, unit: EUR}\n")  # fmt: skip
    text = text.replace("{when: score >= 25}", "{when: score >= 25 or worth > 9}")
    version.write_text(text, encoding="utf-8")
    report = tierwise.explain(RESELLERS / "data", "2026-06", "ash", rules=rules)
    written = {}
    for form in ("text", "json"):
        out = io.BytesIO()
        WRITERS[form](report, False)(out)
        written[form] = out.getvalue().decode()
    lines = written["text"].splitlines()
    assert "done: 100 %" in lines
    assert "worth: 0 EUR" in lines
    assert "  from: done 100 %, sales 0 EUR" in lines
    assert "tickets: 1" in lines
    values = json.loads(written["json"])["options"][0]["values"]
    assert {name: values[name]["unit"] for name in ("done", "worth", "tickets")} == {
        "done": "%", "worth": "EUR", "tickets": None}  # fmt: skip


def of_shape(name: str, shop: str, form: str = "text") -> str:
    """The explanation of a shop by a competency of examples/shapes."""
    report = tierwise.explain(SHAPES / "data", "2021-06", shop, rules=SHAPES, competency=name)
    out = io.BytesIO()
    WRITERS[form](report, False)(out)
    return out.getvalue().decode()


def test_a_percentile_says_how_many_have_less() -> None:
    """Two shops are of one country."""
    name = "percentile-within-a-country"
    assert "  1 of 1 other has less\n" in of_shape(name, "amsterdam")
    assert "  0 of 1 other have less\n" in of_shape(name, "utrecht")
    rank = json.loads(of_shape(name, "amsterdam", "json"))["options"][0]["metrics"]["rank"]
    assert (rank["less"], rank["others"]) == (1, 1)


def test_cases_are_printed_as_the_rule_file_says_them() -> None:
    lines = of_shape("product-of-two-look-ups", "amsterdam").splitlines()
    at = lines.index("Weight of the rating: 1")
    assert lines[at + 1 : at + 6] == [
        "  is, of these the first that holds:", "    when: rating >= 4, is: 1.5",
        "    when: rating >= 3, is: 1", "    is: 0", "  from: rating 3.66…"]  # fmt: skip
    whole = json.loads(of_shape("product-of-two-look-ups", "amsterdam", "json"))
    assert whole["options"][0]["values"]["weight"]["cases"] == [
        {"when": "rating >= 4", "is": "1.5"}, {"when": "rating >= 3", "is": "1"},
        {"when": None, "is": "0"}]  # fmt: skip


def test_values_stand_in_the_order_of_the_rule_file() -> None:
    """Whatever names them: 'repeated' before 'once_by_type', which 'once' is made of."""
    document = json.loads(of_shape("points-per-activity", "amsterdam", "json"))
    assert list(document["options"][0]["values"]) == ["repeated", "once_by_type", "once"]


@pytest.mark.parametrize(("partner", "part"), [("P08", "then"), ("P09", "now")])
def test_growth_says_of_each_fact_which_month_it_belongs_to(partner: str, part: str) -> None:
    """Also where only one of the two months has facts."""
    report = tierwise.explain(CONTOSO, AS_OF, partner, metric="monthly_active_user_growth",
                              rules=carried_rules(), competency=COMPETENCY)  # fmt: skip
    (fact,) = report.options[0].metrics[0].value.facts
    out = io.BytesIO()
    WRITERS["text"](report, False)(out)
    assert f" ({part})  {fact.entity}" in out.getvalue().decode()
