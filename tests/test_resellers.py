"""The programme of docs/tutorial.md against a plain reference: exactly the same results."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tierwise
from reference.choices import Chooser, HypothesisChooser, RandomChooser
from reference.resellers import Reseller, last_day, score
from thorough import examples, mostly

RULES = Path(__file__).parents[1] / "examples" / "resellers" / "rules"
AS_OF = 2025 * 12 + 11
VERSIONS = ("1.0.0", "2.0.0")
BUYERS = ("Hill Farm", "City Park", "Mill House", "Port Hotel", "Bay School", "Old Mill")
PEOPLE = ("Ann", "Ben", "Cas", "Dee", "Eli")
AGO = (0, 0, 1, 3, 5, 6, 10, 11, 12, 13, -1)


def day(choose: Chooser, ago: Sequence[int] = AGO) -> date:
    """The first, the last or another day of a month so long ago."""
    last = last_day(AS_OF - choose.one_of(ago))
    return last.replace(day=choose.one_of((last.day, 1, 15, last.day - 1)))


def made(choose: Chooser) -> Reseller:
    """A reseller with rows near every bound."""
    one = Reseller("R", choose.one_of(("north", "south", "skerries")))
    many = (0, 1, 2, 3, 5, 8)
    for at in range(choose.one_of(many)):
        lines = [
            {
                "line": line,
                "machine": choose.one_of(("mower", "trimmer", "tractor")),
                "pieces": choose.one_of((1, 2, 5, 30, -1, -4)),
                "price": choose.one_of(("1000", "0", "0.01", "999.99", "2500.005", "8333.333333")),
            }
            for line in range(1, choose.one_of((2, 3, 4)))
        ]
        one.orders.append({
            "order": f"O{at}", "buyer": choose.one_of(BUYERS), "ordered_on": day(choose),
            "status": choose.one_of(("paid", "paid", "paid", "open", "cancelled")), "lines": lines,
        })  # fmt: skip
    for buyer in BUYERS[: choose.one_of(many)]:
        for ago in (0, 12, *(choose.one_of(AGO) for _ in range(choose.one_of((0, 2, 4))))):
            one.service[buyer, AS_OF - ago] = choose.one_of((5, 6, 4, 1, 0, 10, 12))
    for _ in range(choose.one_of(many)):
        month = AS_OF - choose.one_of((0, 1, 5, 5, 6, -1))
        grade = choose.one_of(("8", "8.5", "7.5", "9", "7.999999", "1"))
        one.answers.append({"month": month, "grade": grade})
    for at in range(choose.one_of((0, 0, 1, 2, 5, 10))):
        opened = day(choose)
        later = last_day(opened.year * 12 + opened.month - 1 + choose.one_of((0, 1, 1, 2)))
        closed = choose.one_of((later, later, later, opened, None))
        sort = choose.one_of(("question", "question", "breakdown"))
        one.tickets.append(
            {"ticket": f"T{at}", "opened_on": opened, "closed_on": closed, "sort": sort}
        )
    seen = set()
    for person in PEOPLE[: choose.one_of((0, 1, 2, 3, 4, 5))]:
        for course in (
            "basics",
            choose.one_of(("blades", "batteries")),
            choose.one_of(("blades", "basics")),
        ):
            passed = day(choose, (30, 30, 13, 5, 6, 0, -1))
            ends = choose.one_of((None, None, None, day(choose, (-9, 0, 0, 3, 5, 6, -1))))
            if (person, course, passed) not in seen and (ends is None or ends >= passed):
                seen.add((person, course, passed))
                one.trainings.append({
                    "person": person, "course": course, "passed_on": passed, "valid_through": ends,
                })  # fmt: skip
    return one


def flourishing(choose: Chooser) -> Reseller:
    """One that is near the best level, but for some of its rows."""
    one = made(choose)
    line = {"line": 1, "machine": "mower", "pieces": 1, "price": choose.one_of(("50000", "49000"))}
    for buyer in BUYERS[: choose.one_of((2, 5, 1))]:
        one.orders.append({
            "order": f"good {buyer}", "buyer": buyer, "ordered_on": day(choose, (0, 5, 11)),
            "status": "paid", "lines": [line],
        })  # fmt: skip
    one.service[BUYERS[0], AS_OF - 12] = 20
    one.service[BUYERS[0], AS_OF] = choose.one_of((60, 80))
    one.answers = [{"month": AS_OF, "grade": choose.one_of(("8", "8.5"))} for _ in range(3)]
    one.tickets = choose.one_of(([], [], one.tickets))
    one.trainings = [
        {"person": person, "course": course, "valid_through": None,
         "passed_on": last_day(AS_OF - choose.one_of((5, 5, 5, 6, 9, 4)))}
        for person in PEOPLE[: choose.one_of((2, 3, 4))]
        for course in ("basics", "blades")
    ]  # fmt: skip
    return one


@st.composite
def resellers(draw: st.DrawFn) -> Reseller:
    """A reseller by Hypothesis's choices."""
    choose = HypothesisChooser(draw)
    return choose.one_of((made, made, flourishing))(choose)


def written_month(month: int) -> str:
    return last_day(month).isoformat()[:7]


def write(all_of_them: Sequence[Reseller], folder: Path) -> None:
    """The tables as csv; buyers and people have the same names at all resellers."""
    tables: dict[str, list[dict[str, object]]] = {
        name: [] for name in ("resellers", "orders", "order_lines", "service", "answers", "tickets",
                              "trainings")
    }  # fmt: skip
    for at, one in enumerate(all_of_them):
        own = {"reseller": f"R{at}"}
        tables["resellers"].append({**own, "name": one.name, "region": one.region})
        for order in one.orders:
            key = f"{at}/{order['order']}"
            tables["orders"].append({**order, **own, "order": key})
            lines = order["lines"]
            assert isinstance(lines, list)
            tables["order_lines"] += [{**line, "order": key} for line in lines]
        tables["service"] += [
            {**own, "buyer": buyer, "month": written_month(month), "machines": machines}
            for (buyer, month), machines in one.service.items()
        ]
        tables["answers"] += [
            {**own, **row, "month": written_month(int(str(row["month"])))} for row in one.answers
        ]
        tables["tickets"] += [
            {**row, **own, "ticket": f"{at}/{row['ticket']}"} for row in one.tickets
        ]
        tables["trainings"] += [{**own, **row} for row in one.trainings]
    for name, columns in COLUMNS.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
            writer.writeheader()
            writer.writerows(tables[name])


COLUMNS = {
    "resellers": ("reseller", "name", "region"),
    "orders": ("order", "reseller", "buyer", "ordered_on", "status"),
    "order_lines": ("order", "line", "machine", "pieces", "price"),
    "service": ("reseller", "buyer", "month", "machines"),
    "answers": ("reseller", "month", "grade"),
    "tickets": ("ticket", "reseller", "opened_on", "closed_on", "sort"),
    "trainings": ("reseller", "person", "course", "passed_on", "valid_through"),
}


def compare(all_of_them: Sequence[Reseller], version: str, folder: Path) -> Counter[str | None]:
    """How many got which level, where the engine and the reference agree on everything."""
    write(all_of_them, folder)
    results = tierwise.evaluate(
        folder,
        written_month(AS_OF),
        rules=RULES,
        version=version,
        allow_short_history=True,
        threads=2,
    )
    (option,) = results.options
    seen = {
        each.scored: (
            {metric.metric.id: metric.value for metric in each.metrics},
            {metric.metric.id: metric.points for metric in each.metrics},
            each.score,
            each.level or None,
        )
        for each in option.scores()
    }
    for at, one in enumerate(all_of_them):
        wanted = score(one, AS_OF, version)
        total = sum(wanted.points.values())
        assert seen.pop(f"R{at}") == (wanted.values, wanted.points, total, wanted.level), one
    assert not seen
    return Counter(score(one, AS_OF, version).level for one in all_of_them)


@pytest.mark.parametrize("version", mostly(["2.0.0"], VERSIONS))
def test_five_hundred_resellers_without_a_difference(version: str, tmp_path: Path) -> None:
    some = [made(RandomChooser(seed)) for seed in range(400)]
    some += [flourishing(RandomChooser(seed)) for seed in range(100)]
    levels = compare(some, version, tmp_path)
    assert min(levels[each] for each in ("platinum", "gold", "silver", "bronze", None)) >= 5, levels


@settings(max_examples=examples(4), deadline=None, suppress_health_check=list(HealthCheck))
@given(some=st.lists(resellers(), min_size=1, max_size=8), version=st.sampled_from(VERSIONS))
def test_generated_resellers_without_a_difference(
    some: list[Reseller], version: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    compare(some, version, tmp_path_factory.mktemp("data"))
