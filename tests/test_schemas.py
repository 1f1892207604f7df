"""The schemas and the language reference: written from one place, complete and right."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

import tierwise.measures
import tierwise.points
from rule_files import GOOD, RULES
from tierwise.expression.functions import FUNCTIONS
from tierwise.measures import MEASURES
from tierwise.model.schemas import KINDS, schema_of
from tierwise.model.write_language_reference import reference
from tierwise.points import POINTS

TOP = Path(__file__).parents[1]
SHARED = {
    "__init__",
    "amounts",
    "base",
    "certification",
    "held",
    "rows",
    "shared_fields",
    "totalled",
}


def _nodes(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema inside a schema, with its path."""
    if isinstance(schema, dict):
        yield path, schema
        for key, below in schema.items():
            if key not in ("examples", "const", "enum", "required"):
                yield from _nodes(below, f"{path}/{key}")
    elif isinstance(schema, list):
        for index, below in enumerate(schema):
            yield from _nodes(below, f"{path}/{index}")


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_is_what_the_registries_say(kind: str) -> None:
    file = TOP / "schemas" / f"{kind}.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == schema_of(kind)


def test_every_file_has_a_kind() -> None:
    files = {file.name.removesuffix(".schema.json") for file in (TOP / "schemas").iterdir()}
    assert files == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_a_schema(kind: str) -> None:
    Draft202012Validator.check_schema(schema_of(kind))


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_has_a_title_a_description_and_examples(kind: str) -> None:
    schema = schema_of(kind)
    bare = [
        f"{path}/{name}"
        for path, node in _nodes(schema)
        for name, field in node.get("properties", {}).items()
        if isinstance(field, dict) and "$ref" not in field and "enum" not in field.keys() - {"title"}
        and not {"title", "description", "examples"} <= set(field)
        and "/if" not in path
    ]  # fmt: skip
    assert bare == []
    definitions: Any = schema.get("$defs", {})
    for definition in definitions.values():
        assert {"title", "description", "examples"} <= set(definition)


@pytest.mark.parametrize("kind", KINDS)
def test_every_example_is_right(kind: str) -> None:
    schema = schema_of(kind)
    for path, node in _nodes(schema):
        for example in node.get("examples", []):
            whole = {**node, "$defs": schema.get("$defs", {})}
            wrong = [error.message for error in Draft202012Validator(whole).iter_errors(example)]
            assert not wrong, (path, example, wrong)


@pytest.mark.parametrize("key", MEASURES)
def test_the_example_of_a_measure_is_one(key: str) -> None:
    schema: Any = schema_of("competency")
    measure = schema["$defs"]["measure"]
    example = yaml.safe_load(MEASURES[key].example)
    assert list(Draft202012Validator(measure).iter_errors(example)) == []
    assert next(iter(example)) == key


@pytest.mark.thorough
def test_check_jsonschema_accepts_every_rule_file() -> None:
    by_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for file in [*RULES.rglob("*.yaml"), *GOOD.rglob("*.yaml")]:
        lines = file.read_text(encoding="utf-8").splitlines()
        kind = next(line.removeprefix("kind: ") for line in lines if line.startswith("kind: "))
        by_kind[kind].append(str(file))
    for kind, files in by_kind.items():
        command = [sys.executable, "-m", "check_jsonschema", "--schemafile",
                   str(TOP / "schemas" / f"{kind}.schema.json"), *files]  # fmt: skip
        if files:
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("file", sorted([*RULES.rglob("*.yaml"), *GOOD.rglob("*.yaml")]),
                         ids=lambda file: file.name)  # fmt: skip
def test_every_rule_file_names_its_schema_for_editors(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    first, kind = text.splitlines()[0], yaml.safe_load(text)["kind"]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (file.parent / named).resolve() == TOP / "schemas" / f"{kind}.schema.json"


@pytest.mark.parametrize(
    ("package", "keys"), [(tierwise.measures, MEASURES), (tierwise.points, POINTS)]
)
def test_every_sort_is_a_file_and_a_line_of_the_registry(package: Any, keys: Any) -> None:
    files = {file.stem for file in Path(package.__file__).parent.glob("*.py")} - SHARED
    assert files == set(keys)
    assert all(kind.key == key for key, kind in keys.items())


def test_the_language_reference_is_up_to_date() -> None:
    assert (TOP / "docs" / "language.md").read_text(encoding="utf-8") == reference()


def test_the_language_reference_has_a_section_for_everything() -> None:
    sections = [line[4:] for line in reference().splitlines() if line.startswith("### ")]
    assert sections[: sections.index("Functions") + 1] == [*KINDS, *MEASURES, *POINTS, "Functions"]
    for name in FUNCTIONS:
        assert f"| `{name}` |" in reference()
