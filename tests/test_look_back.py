"""Looking back: one plan over several months says what an evaluation of each of them says."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import pytest

import tierwise
from reference.datasets import merge, random_dataset
from reference.files import write_csv
from rule_files import RULES
from thorough import EVERYTHING
from tierwise.months import format_month, parse_month

MONTHS = 7 if EVERYTHING else 4
"""How many are looked at, each of which is a plan of its own when it is evaluated alone: always those on
both sides of a new year, and of those mostly no more than tell the conditions apart."""
AS_OF = "2021-03"
CONDITIONS = {
    "revenue": "revenue >= 500",
    "adds": "adds >= 1",
    "adds_by_adder": "adds_by_adder < 0 or adds_by_adder >= 1",
    "people": "people >= 1",
    "deployments": "deployments >= 1",
    "growth": "growth > 0.1 or missing(growth)",
    "growth_then": "growth.then >= 20",
    "users": "users >= 10",
    "reached": "reached >= 1",
    "customers": "customers >= 1",
    "billed": "billed >= 1",
    "average": "average_bill >= 300",
    "mixed": "calculated > 1 and months_between(as_of, date('2021-01-15')) <= 0",
    "functions": "least(revenue / 300, users) > floor(adds / 2) and quarter(as_of) == 1",
    "later": "anniversary(add_months(as_of, floor(adds)), date('2021-03-15')) <= as_of",
}
COMPETENCY = """\
kind: competency
schema: 1
id: {id}
version: 1.0.0
in_force: {{from: 2019-01}}
title: Look back
source: https://example.org
contract: partner-data
options:
  all:
    title: All
    eligible: {{subscriptions: [paid]}}
    values:
      adds: {{measure: {{changes: paid_seats, at_least: 1, per: subscription.customer_id, from: seats,
                        over: 4 months, credit: revenue_claim}}}}
      adds_by_adder: {{measure: {{changes: paid_seats, more_than: 0, per: subscription.customer_id,
                                 from: seats, over: 4 months, credit: revenue_claim,
                                 losses: adder}}}}
      people: {{measure: {{holders_of: [business_central_functional_consultant], in: exam,
                          per: person_id, from: exams}}}}
      deployments: {{measure: {{first_reached: monthly_active_users, at_least: 5,
                               per: subscription.tenant_id, from: usage, over: 5 months,
                               credit: usage_claim}}}}
      growth: {{measure: {{growth: monthly_active_users, per: subscription.tenant_id, from: usage,
                          since: 3 months ago, credit: usage_claim}}}}
      users: {{measure: {{stock: monthly_active_users, per: subscription.tenant_id, from: usage,
                         ending: 1 month ago, credit: usage_claim}}}}
      reached: {{measure: {{reached: monthly_active_users, at_least: 5,
                           per: [subscription.tenant_id, subscription.product], from: usage,
                           over: 2 months, credit: usage_claim}}}}
      customers: {{measure: {{credited: customer_id, from: subscriptions, over: 2 months,
                             credit: revenue_claim}}}}
      billed: {{measure: {{count: subscription.customer_id, from: billings, over: 3 months,
                          credit: revenue_claim}}}}
      average_bill: {{measure: {{average: amount, from: billings, over: 3 months,
                                credit: revenue_claim}}}}
      calculated: {{is: (revenue / 1000 + adds) * 2 if scored.country != 'US' else users / deployments}}
{values}
    metrics:
      revenue:
        measure: {{sum: amount, from: billings, over: 2 months, ending: 1 month ago, credit: revenue_claim}}
        threshold: 1000 USD
        max_points: 1
    levels: {{some: {{when: score > 0}}}}
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    top = tmp_path_factory.mktemp("look-back")
    shutil.copytree(RULES, top / "rules")
    sources = {"each-month": 'when_{}: {{is: "{}"}}',
               "look-back": f'months_{{}}: {{{{number_with: "{{}}", over: {MONTHS} months}}}}'}  # fmt: skip
    for name, source in sources.items():
        lines = (f"      {source.format(*each)}" for each in CONDITIONS.items())
        text = COMPETENCY.format(id=name, values="\n".join(lines))
        (top / "rules" / f"{name}.yaml").write_text(text, encoding="utf-8")
    write_csv(merge([random_dataset(seed) for seed in range(12)]), top)
    return top / "rules", top


def test_months_are_those_in_which_it_holds(folders: tuple[Path, Path]) -> None:
    folder, data = folders
    rules = tierwise.load_rules(folder)
    held: dict[tuple[str, str], int] = {}
    month = parse_month(AS_OF)
    assert month is not None
    for back in range(MONTHS):
        results = tierwise.evaluate(data, format_month(month - back), rules=rules, competency="each-month",
                                    allow_short_history=True)  # fmt: skip
        for score in results.options[0].scores():
            for name in CONDITIONS:
                held.setdefault((score.scored, name), 0)
                held[score.scored, name] += score.values[f"when_{name}"] is True
    last = tierwise.evaluate(data, AS_OF, rules=rules, competency="look-back",
                             allow_short_history=True)  # fmt: skip
    looked = {(score.scored, name): score.values[f"months_{name}"]
              for score in last.options[0].scores() for name in CONDITIONS}  # fmt: skip
    assert looked == {key: Fraction(count) for key, count in held.items()}
    for name in CONDITIONS:  # the data must be able to show a difference
        assert len({count for (_, each), count in held.items() if each == name}) > 1, name


@pytest.mark.thorough
def test_the_months_are_explained(folders: tuple[Path, Path]) -> None:
    rules, data = folders
    results = tierwise.evaluate(data, AS_OF, rules=rules, competency="look-back",
                                allow_short_history=True)  # fmt: skip
    score = next(each for each in results.options[0].scores()
                 if each.values["months_adds"] not in (0, MONTHS))  # fmt: skip
    text = (rules / "look-back.yaml").read_text("utf-8")
    (rules / "look-back.yaml").write_text(
        text.replace("threshold: 1000 USD", "points: {all_when: months_adds >= 1}"), "utf-8"
    )
    report = tierwise.explain(data, AS_OF, score.scored, rules=rules, competency="look-back",
                              allow_short_history=True)  # fmt: skip
    values = {each.value.id: each for each in report.options[0].values}
    assert len(values["months_adds"].seen) == values["months_adds"].result
    assert set(values["months_adds"].named) == {"adds"}
    assert sum(fact.amount for fact in values["adds"].facts) == values["adds"].result
