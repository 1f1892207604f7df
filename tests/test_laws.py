"""The laws that the source text itself must keep."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from rule_files import RULES
from tierwise.model.build import build
from tierwise.model.ruleset import RuleSet
from tierwise.source.document import Document
from tierwise.source.read import read
from tierwise_cli.app import app

TOP = Path(__file__).parents[1]
SOURCES = sorted([*(TOP / "engine").rglob("*.py"), *(TOP / "cli").rglob("*.py")])
ENGINE = TOP / "engine" / "tierwise"

LANGUAGE_WORDS = {
    # Words that the rule language defines itself, or that are plain English in a sentence, and
    # that rule files happen to use for something of theirs as well.
    "amount": "what facts carry, and the measure's field",
    "associations": "what a credit policy reads, in sentences about it",
    "certification": "what people hold, in the measure of it",
    "certifications": "a kind of rule file",
    "channel": "an example of a column in the grammar's description",
    "currency": "a unit that a threshold may have",
    "customer": "an example of a reference in descriptions",
    "country": "an example of a column in descriptions",
    "environment": "plain English",
    "exam": "a field of the kind 'certifications'",
    "exams": "a field of the kind 'certifications'",
    "kind": "a field of every rule file",
    "month": "the column by which the language knows a row's month",
    "name": "plain English",
    "paid": "an example of a condition",
    "partner": "what the product scores, in its own help",
    "partners": "what the product scores, in its own help",
    "partner_id": "an example of a scored table's key, in the description of results",
    "performance": "an example of a group",
    "product": "plain English for a multiplication",
    "products": "an example of a catalogue",
    "quantity": "what the rule language calls a number with a unit",
    "rate": "an example of an attribute of a catalogue",
    "sales": "an example of a title and an id",
    "subscription": "an example of a reference in descriptions",
    "type": "a field of a column",
    "usage": "plain English",
    "credit": "a kind of rule file",
}
VENDOR = re.compile(
    r"\b(microsoft|dynamics|azure|office ?365|power ?platform|cloud solution provider|enterprise "
    r"agreement|web direct|csp|cpor|dpor|os[au]|(mb|pl)-?[0-9]{3})\b", re.IGNORECASE,
)  # fmt: skip


def _rules() -> RuleSet:
    documents: list[Document] = []
    for file in sorted(RULES.rglob("*.yaml")):
        document = read(file).value
        assert document is not None
        documents.append(document)
    rules = build(documents).value
    assert rules is not None
    return rules


def _names(rules: RuleSet) -> Iterator[str]:
    """What rule files call things of theirs: names that the engine must not know."""
    for contract in rules.contracts:
        yield contract.id.text
        for table in contract.tables:
            yield table.name.text
            for column in table.columns:
                yield from (column.name.text, column.alias.text, *(column.values or ()))
    for catalogue in rules.catalogues:
        yield catalogue.id.text
        yield from (name.text for name, _ in catalogue.attributes)
        for name, values in catalogue.lists:
            yield from (name.text, *values)
    for certifications in rules.certifications:
        yield from (exam.name.text for exam in certifications.exams)
        yield from (each.name.text for each in certifications.certifications)
    for credit in rules.credits:
        for policy in credit.policies:
            yield from (policy.name.text, *(way.name.text for way in policy.ways))
    for competency in rules.competencies:
        yield competency.id.text
        for option in competency.options:
            yield option.id.text
            yield from (metric.value.id.text for metric in option.metrics)
            yield from (value.id.text for value in option.values)
            yield from (group.id.text for group in option.groups)


def test_the_engine_knows_no_name_of_a_rule_file() -> None:
    names = {name.lower() for name in _names(_rules())} - set(LANGUAGE_WORDS)
    words = re.compile(r"(?<![\w-])(" + "|".join(map(re.escape, sorted(names))) + r")(?![\w-])")
    found = [
        f"{file.relative_to(TOP)}:{number}: {match[0]}"
        for file in SOURCES
        for number, line in enumerate(file.read_text(encoding="utf-8").lower().splitlines(), 1)
        for match in words.finditer(line)
    ]
    assert found == []


def test_the_engine_knows_no_vendor() -> None:
    found = [
        f"{file.relative_to(TOP)}: {match[0]}"
        for file in SOURCES
        for match in VENDOR.finditer(file.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_every_word_that_is_let_through_is_needed() -> None:
    names = {name.lower() for name in _names(_rules())}
    text = "\n".join(file.read_text(encoding="utf-8").lower() for file in SOURCES)
    unneeded = [word for word in LANGUAGE_WORDS
                if word not in names or not re.search(rf"(?<![\w-]){word}(?![\w-])", text)]  # fmt: skip
    assert unneeded == []


# Purity: between source and run nothing reads or writes the world.

PURE = [file for room in ("expression", "measures", "points", "model", "program", "check", "plan")
        for file in sorted((ENGINE / room).rglob("*.py")) if not file.stem.startswith("write_")]  # fmt: skip
IMPURE_CALLS = {
    "print",
    "open",
    "input",
    "exec",
    "eval",
    "compile",
    "breakpoint",
    "globals",
    "exit",
}
IMPURE_MODULES = {"os", "random", "time", "subprocess", "socket", "tempfile", "shutil", "logging",
                  "secrets", "uuid", "pathlib", "io", "urllib", "threading", "locale"}  # fmt: skip
IMPURE_ATTRIBUTES = {"now", "today", "utcnow", "environ", "getenv", "read_text", "write_text",
                     "unlink", "mkdir"}  # fmt: skip


@pytest.mark.parametrize("file", PURE, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_stage_in_the_middle_is_pure(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in IMPURE_CALLS
        if isinstance(node, ast.Attribute):
            assert node.attr not in IMPURE_ATTRIBUTES
        if isinstance(node, ast.Import):
            assert not {each.name.partition(".")[0] for each in node.names} & IMPURE_MODULES
        if isinstance(node, ast.ImportFrom):
            assert (node.module or "").partition(".")[0] not in IMPURE_MODULES
        assert not isinstance(node, ast.Global | ast.Nonlocal)


def test_the_engine_never_prints_or_exits() -> None:
    for file in sorted(ENGINE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"print", "input", "exit", "quit"}, file
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                assert (node.value.id, node.attr) not in {("sys", "exit"), ("sys", "stdout"),
                                                          ("sys", "stderr")}, file  # fmt: skip


@pytest.mark.parametrize(
    ("room", "heavy"), [("source", False), ("expression", False), ("model", False)]
)
def test_rooms_before_the_plan_name_no_engine(room: str, heavy: bool) -> None:
    for file in sorted((ENGINE / room).rglob("*.py")):
        names = {
            alias.name.partition(".")[0]
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        assert heavy or file.name == "columns.py" or not names & {"ibis", "duckdb", "pyarrow"}


def test_imports_go_one_way() -> None:
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()",
               "--no-cache"]  # fmt: skip
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=TOP)
    assert ran.returncode == 0, ran.stdout


def test_every_room_is_in_the_contract_of_layers() -> None:
    text = (TOP / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("layers = [\n", 1)[1].split("]", 1)[0]
    listed = set(re.findall(r"\w+", block))
    rooms = {path.relative_to(ENGINE).parts[0].removesuffix(".py") for path in SOURCES
             if path.is_relative_to(ENGINE)}  # fmt: skip
    assert rooms - {"__init__", "__pycache__", "api", "rules", "schemas"} <= listed


def test_no_file_imports_itself_by_way_of_others() -> None:
    """Nor where only types are looked at, which the contract of layers passes over."""

    def module(file: Path) -> str:
        _, *parts = file.relative_to(TOP).with_suffix("").parts
        return ".".join(parts).removesuffix(".__init__")

    names = {module(file): file for file in SOURCES}
    imported: dict[str, set[str]] = {name: set() for name in names}
    for name, file in names.items():
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                below = {f"{node.module}.{each.name}" for each in node.names} & names.keys()
                imported[name] |= below or {node.module} & names.keys()
    assert len(imported["tierwise.pipeline"]) > 10
    TopologicalSorter(imported).prepare()


def test_one_file_knows_the_order_of_the_stages() -> None:
    stages = {
        "build": "model.build",
        "bind": "program.bind",
        "check": "check",
        "lower": "plan.lower",
    }
    for file in SOURCES:
        text = file.read_text(encoding="utf-8")
        for function, module in stages.items():
            if re.search(rf"from tierwise\.{re.escape(module)} import .*\b{function}\b", text):
                assert file.name == "pipeline.py", file


@pytest.mark.parametrize("file", SOURCES, ids=lambda file: str(file.relative_to(TOP)))
def test_rooms_are_small(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name


RULES_OF_ONE_KIND = [
    file
    for room in ("measures", "points")
    for file in sorted((ENGINE / room).glob("*.py"))
    if "KIND = " in file.read_text("utf-8")
]


@pytest.mark.parametrize("file", RULES_OF_ONE_KIND, ids=lambda file: file.stem)
def test_a_measure_or_points_rule_is_no_longer_than_150_lines(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= 150


def test_every_command_is_a_file_and_a_line_of_the_program() -> None:
    files = {file.stem for file in (TOP / "cli" / "tierwise_cli" / "commands").glob("*.py")}
    commands = {str(each.name).replace("-", "_") for each in app.registered_commands}
    groups = {str(each.name).replace("-", "_") for each in app.registered_groups}
    assert files - {"__init__"} == commands | groups
