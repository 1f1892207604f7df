"""Every shape of a rule in examples/shapes: its cases pass, its reference agrees, its page is right.

A shape is a folder of examples/shapes with one competency, its cases, and a page docs/shapes/NAME.md.
What the page shows is made from them: ``python tests/test_shapes.py`` writes it anew.
"""

from __future__ import annotations

import importlib
import re
import sys
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parent))

import tierwise
from reference.worlds import Tables, merged, name_in, written
from rule_files import OF_EACH_KIND
from shapes.base import Expected
from shapes.worlds import world
from thorough import EVERYTHING, mostly
from tierwise.model.ruleset import RuleSet
from tierwise.tasks.test import test as run_cases
from tierwise.tasks.validate import validate
from tierwise_cli.app import app

TOP = Path(__file__).parents[1]
SHAPES = TOP / "examples" / "shapes"
PAGES = TOP / "docs" / "shapes"
NAMES = sorted(path.parent.name for path in SHAPES.glob("*/1.0.0.yaml"))
WORLDS = 60
IDENTIFIERS = {"shop_id", "customer_id", "person_id", "order_id", "activity_id", "rating_id", "claim_id",
               "payment_id", "currency"}  # fmt: skip
OUTCOMES = ("level", "competency_level", "score")
RULE = re.compile(r"(<!-- the rule -->\n```yaml\n)(?:(?!```)[^\n]*\n)*(```\n)")
CONSOLE = re.compile(r"(```console\n\$ ([^\n]+)\n)(?:(?!```)[^\n]*\n)*(```\n)")


@pytest.fixture(scope="session")
def worlds() -> list[Tables]:
    """Data sets of shops."""
    return [world(seed) for seed in range(WORLDS)]


@pytest.fixture(scope="session")
def data(worlds: list[Tables], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them in one folder."""
    return written(merged(worlds, IDENTIFIERS), tmp_path_factory.mktemp("shops"))


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    """The rules of all shapes."""
    return tierwise.load_rules(SHAPES)


def seen(name: str, rules: RuleSet, data: Path) -> dict[str, dict[str, object]]:
    """By shop, everything that the engine says of it."""
    results = tierwise.evaluate(
        data, "2021-06", rules=rules, competency=name, allow_short_history=True
    )
    found: dict[str, dict[str, object]] = {}
    for option in results.options:
        prefix = f"{option.option.id}." if len(results.options) > 1 else ""
        for score in option.scores():
            one: dict[str, object] = {
                **score.values,
                "score": score.score,
                "level": score.level or None,
            }
            one |= {f"points.{group}": points for group, points in score.groups.items()}
            for metric in score.metrics:
                one |= {metric.metric.id: metric.value, f"points.{metric.metric.id}": metric.points}
            own = found.setdefault(score.scored, {})
            own |= {f"{prefix}{key}": value for key, value in one.items()}
    for competency, levels in results.competency_levels.items():
        assert competency == name
        for shop, level in levels.items():
            found[shop]["competency_level"] = level or None
    return found


def reference_of(name: str) -> object:
    """The module of a shape's reference."""
    return importlib.import_module(f"shapes.shape_{name.replace('-', '_')}")


@pytest.mark.parametrize("name", mostly(OF_EACH_KIND[::2], NAMES))
def test_the_reference_agrees(name: str, worlds: list[Tables], rules: RuleSet, data: Path) -> None:
    reference = reference_of(name)
    found = seen(name, rules, data)
    different = []
    levels = set()
    for number, tables in enumerate(worlds):
        whole = getattr(reference, "together", None)
        for shop in tables["shops"]:
            if whole is not None:
                expected: Expected = whole(worlds)[name_in(number, shop["shop_id"])]
            else:
                expected = reference.expected(tables, shop)  # type: ignore[attr-defined]
            got = found[name_in(number, shop["shop_id"])]
            assert expected.keys() <= got.keys(), expected.keys() - got.keys()
            for key, value in expected.items():
                wanted = Fraction(value) if type(value) is int else value
                if got[key] != wanted:
                    different.append(f"{number}/{shop['shop_id']} {key}: {got[key]}, not {wanted}")
            levels.add(next(expected[key] for key in OUTCOMES if key in expected))
    assert different == []
    assert len(levels) > 1, "the data must tell scores apart, or anything would agree"


@pytest.mark.thorough
def test_the_cases_pass_and_leave_no_metric_out() -> None:
    outcome = run_cases(rules=SHAPES)
    assert outcome.value is not None, [str(each) for each in outcome.diagnostics]
    report = outcome.value
    failed = [each for file in report.files for case in file.cases for each in case.failures]
    assert [each.message for each in failed] == []
    assert [each.message for each in report.findings] == []
    assert {Path(file.path).parent.name for file in report.files} == {*NAMES}


def test_the_rules_have_no_findings() -> None:
    assert [each.message for each in validate([SHAPES]).findings] == []


def of_page(name: str, page: str, screens: bool = True) -> str:
    """A page with the rule as it is, and the screens."""
    rule = (SHAPES / name / "1.0.0.yaml").read_text("utf-8")
    body = rule[rule.index("options:") :].rstrip("\n")
    page = RULE.sub(lambda match: f"{match[1]}{body}\n{match[2]}", page)
    if not screens:
        return page
    return CONSOLE.sub(lambda match: f"{match[1]}{_printed(match[2])}{match[3]}", page)


def _printed(command: str) -> str:
    """What a command of a page prints, without the ends of lines."""
    run = CliRunner().invoke(app, command.split()[1:], env={"COLUMNS": "100"})
    assert run.exit_code == 0, run.output
    return "\n".join(line.rstrip() for line in run.stdout.splitlines()).rstrip() + "\n"


@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_the_rule(name: str) -> None:
    page = (PAGES / f"{name}.md").read_text("utf-8")
    assert "<!-- the rule -->" in page
    assert "$ tierwise explain" in page
    screens = EVERYTHING or name in OF_EACH_KIND[1::2]  # the others are those above
    assert page == of_page(name, page, screens), "python tests/test_shapes.py writes it anew"


NAMES_STAND_IN = {"options", "values", "metrics", "groups", "levels", "eligible", "by", "title"}


def words_of(rule: object, named: bool = False) -> set[str]:
    """The words of the language in a rule: its fields and functions; ``named``: what it calls things."""
    if isinstance(rule, dict):
        found = set() if named else {str(each) for each in rule}
        inner = (
            words_of(each, name in NAMES_STAND_IN and not named) for name, each in rule.items()
        )
        return found.union(*inner)
    if isinstance(rule, list):
        return set().union(*map(words_of, rule))
    return set(re.findall(r"\w+(?=\()", rule)) if isinstance(rule, str) else set()


def test_shapes_of_each_kind_use_every_word() -> None:
    """So that what looks at some shapes for all of them sees all that shapes are made of."""
    used = {name: words_of(yaml.safe_load((SHAPES / name / "1.0.0.yaml").read_text("utf-8")))
            for name in NAMES}  # fmt: skip
    assert {"highest", "median", "anniversary", "growth"} <= set().union(*used.values())
    some = set().union(*(used[name] for name in OF_EACH_KIND))
    assert set().union(*used.values()) - some == set()


def test_every_page_is_listed() -> None:
    index = (PAGES / "README.md").read_text("utf-8")
    assert sorted(path.stem for path in PAGES.glob("*.md") if path.stem != "README") == NAMES
    by_policy, by_concept = index.split("## Which concept gives which shape")
    for part in (by_policy, by_concept):
        assert [name for name in NAMES if part.count(f"({name}.md)") != 1] == []


if __name__ == "__main__":
    for each in sys.argv[1:] or NAMES:
        file = PAGES / f"{each}.md"
        file.write_text(of_page(each, file.read_text("utf-8")), "utf-8")
