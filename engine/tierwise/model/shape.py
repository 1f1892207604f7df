"""What JSON Schema finds wrong with the shape of a file, said with places and in plain words."""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from tierwise.diagnostics import Diagnostic, Span, nearest, shown
from tierwise.expression.schema import EXPRESSION
from tierwise.measures import MEASURES
from tierwise.model.schemas import schema_of
from tierwise.source.document import Document, Entry, Mapping, Node, Scalar, locate, plain

MOST_FINDINGS = 100
_KEPT = 256
"""Of how many files it is known what is wrong with their shape: to look takes most of the time in which
rules are loaded, and whoever loads them again has changed next to none."""

_NO_MEANING = "None"
"""What an error is called where a field stands that may not."""
_TYPES = {"string": "a text", "number": "a number", "integer": "a whole number",
          "boolean": "true or false", "array": "a list", "object": "a mapping",
          "null": "null"}  # fmt: skip
_CODES = {"required": "missing-field", "type": "wrong-type", "enum": "unknown-value",
          "const": "unknown-value", "anyOf": "wrong-type", _NO_MEANING: "unknown-field"}  # fmt: skip
_MESSAGES = {
    "const": "{shown} is not {value}",
    "minItems": "nothing stands here",
    "minProperties": "nothing stands here",
    "minLength": "nothing stands here",
    "exclusiveMinimum": "{shown} is not above {value}",
    "minimum": "{shown} is below {value}",
    "maximum": "{shown} is above {value:,}",
    "maxLength": "longer than {value} characters",
    "uniqueItems": "{shown} stands in the list twice",
    _NO_MEANING: "this field has no meaning here",
}
_LOOKS_LIKE_NUMBER = re.compile(r"[-+]?[0-9][0-9_]*(\.[0-9]*)?([eE][-+]?[0-9]+)?")

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")

Errors = Iterator[ValidationError]


def _pattern(_: object, pattern: str, instance: object, __: object) -> Errors:
    """As JSON Schema means it: '$' is the end, not the place before a last line end."""
    if isinstance(instance, str) and ("\n" in instance or not re.search(pattern, instance)):
        yield ValidationError("not of the form that is needed")


def _unique(_: object, unique: bool, instance: object, __: object) -> Errors:
    """Each item that stood before is an error of its own; takes no longer for a long list."""
    seen: set[str] = set()
    for index, item in enumerate(instance if unique and isinstance(instance, list) else ()):
        key = json.dumps(item, sort_keys=True, default=str)
        if key in seen:
            yield ValidationError("stands twice", path=[index])
        seen.add(key)


def _properties(validator: Any, properties: dict[str, Any], instance: object, _: object) -> Errors:
    """Of a field that may not stand, the error knows which one it is, and nothing else is said of it."""
    fields = instance if isinstance(instance, dict) else {}
    for name, schema in properties.items():
        if name in fields and schema is False:
            yield ValidationError("may not stand here", validator=_NO_MEANING, path=[name])
        elif name in fields:
            yield from validator.descend(fields[name], schema, path=name, schema_path=name)


_extend: Any = extend
_Validator = _extend(Draft202012Validator, {
    "pattern": _pattern, "uniqueItems": _unique, "properties": _properties,
})  # fmt: skip


def shape_findings(document: Document, kind: str) -> tuple[Diagnostic, ...]:
    """What is wrong with the shape of one file, the first hundred of it.

    Codes: ``unknown-field``, ``missing-field``, ``wrong-type``, ``unknown-value``,
    ``wrong-value``.
    """
    errors = _errors(_Content(document.text, kind, document.root))
    wanted = _wanted(errors, document.root)
    found: list[Diagnostic] = []
    for error in _causes(errors, document.root, wanted):
        found.extend(_findings(document.root, error, schema_of(kind), wanted))
    return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class _Content:
    """What a file says, wherever it lies: its shape is looked at once."""

    text: str
    kind: str
    root: Mapping = field(compare=False)


@functools.lru_cache(_KEPT)
def _errors(content: _Content) -> tuple[ValidationError, ...]:
    errors = _Validator(schema_of(content.kind)).iter_errors(plain(content.root))
    return tuple(itertools.islice(errors, MOST_FINDINGS))


_ASKS = {"threshold": "points", "max_points": "points"}
"""By a field the one that says whether it is needed; where that is wrong, this is not known."""
Wanted = dict[tuple[str | int, ...], list[str]]
"""By where none of several fields stands of which one is needed: those, the fewest that are asked for."""


def _wanted(errors: Sequence[ValidationError], root: Mapping) -> Wanted:
    wanted: Wanted = {}
    for error in errors:
        node = locate(root, list(error.absolute_path))
        if error.validator == "oneOf" and isinstance(node, Mapping) and not _present(node, error):
            path, keys = tuple(error.absolute_path), _keys(error)
            wanted[path] = min(wanted.get(path, keys), keys, key=len)
    return wanted


def _causes(errors: Sequence[ValidationError], root: Mapping, wanted: Wanted) -> Errors:
    """The errors without those that another one brings about.

    A field under a wrong name is missing under the right one, or is one of several of which one is
    needed: its finding names that one. And what stands below a name that cannot be one need not be
    of the shape that a name asks for.
    """
    misnamed = {tuple(error.absolute_path): len(_unknown_keys(root, error))
                for error in errors if error.validator == "additionalProperties"}  # fmt: skip
    wrong = {(*error.absolute_path, error.instance)
             for error in errors if _is_of_a_name(error)}  # fmt: skip
    wrong |= {tuple(error.absolute_path) for error in errors if error.validator == _NO_MEANING}
    places = {tuple(error.absolute_path) for error in errors}
    for error in errors:
        path = tuple(error.absolute_path)
        is_missing = error.validator in ("required", "dependentRequired")
        if is_missing and misnamed.get(path, 0) > 0:
            misnamed[path] -= 1
            continue
        asked_by_what_is_wrong = is_missing and (*path, _ASKS.get(_missing(error), "")) in places
        named = error.validator == "oneOf" and path in misnamed and path in wanted
        is_wider = error.validator == "oneOf" and _keys(error) != wanted.get(path, _keys(error))
        below = error.validator != _NO_MEANING and any(path[:end] in wrong
                                                    for end in range(1, len(path) + 1))  # fmt: skip
        if not (asked_by_what_is_wrong or named or is_wider or below):
            yield error


def _is_of_a_name(error: ValidationError) -> bool:
    return "propertyNames" in list(error.absolute_schema_path)[-2:-1]


def _unknown_keys(root: Mapping, error: ValidationError) -> list[str]:
    node = locate(root, list(error.absolute_path))
    known = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
    return [each.key for each in node if each.key not in known] if isinstance(node, Mapping) else []


def _findings(
    root: Mapping, error: ValidationError, schema: dict[str, Any], wanted: Wanted
) -> Iterable[Diagnostic]:
    node = locate(root, list(error.absolute_path))
    rule = str(error.validator)
    if rule == "additionalProperties" and isinstance(node, Mapping):
        yield from _unknown_fields(node, error, wanted.get(tuple(error.absolute_path), []))
    elif _is_of_a_name(error) and isinstance(node, Mapping):
        yield from _wrong_names(node, error)
    elif rule == "anyOf" and (chosen := _chosen(error)) is not None:
        for below in chosen:
            yield from _findings(root, below, schema, wanted)
    else:
        rule = "required" if rule == "dependentRequired" else rule
        place = _place(node)
        if rule == _NO_MEANING:
            above = locate(root, list(error.absolute_path)[:-1])
            entries = above.entries if isinstance(above, Mapping) else ()
            place = next(each.key_span for each in entries if each.key == error.absolute_path[-1])
        if rule == "oneOf" and isinstance(node, Mapping) and len(_present(node, error)) > 1:
            place = _present(node, error)[1].key_span
        yield Diagnostic(_CODES.get(rule, "wrong-value"), _message(rule, node, error), place,
                         _hint(rule, node, error, schema))  # fmt: skip


def _chosen(error: ValidationError) -> list[ValidationError] | None:
    """Of several shapes the one whose type the value has, as what is wrong with it there."""
    for _, group in itertools.groupby(error.context or (), lambda each: each.schema_path[0]):
        below = list(group)
        if not any(not each.relative_path and each.validator in ("type", "required")
                   for each in below):  # fmt: skip
            return below
    return None


_FALLING = ("at_most", "less_than", "below", "up_to")


def _unknown_fields(
    node: Mapping, error: ValidationError, wanted: Sequence[str]
) -> Iterable[Diagnostic]:
    """A finding for each field that there is not; ``wanted``: those of which one is needed."""
    known = set(error.schema.get("properties", {})) if isinstance(error.schema, dict) else set()
    missing = known - {entry.key for entry in node}
    of_measure = [entry for entry in node if entry.key in MEASURES.keys() - known]
    of_measure = of_measure if "measure" in known else []
    for entry in of_measure or node.entries:
        if entry.key not in known:
            hint = nearest(entry.key, missing) if missing else (
                "remove it: all fields that there are stand here already")  # fmt: skip
            if entry.key in _FALLING and "at_least" in missing:
                hint = ("it is said from which value on: 'at_least'; where less is better, write a "
                        "list of cases with 'when' and 'is'")  # fmt: skip
            if wanted and not hint.startswith("did you"):
                hint = f"one of {', '.join(wanted)} is needed here"
            if of_measure:
                hint = f"write measure: {{{entry.key}: ...}}"
            yield Diagnostic("unknown-field", f"there is no field {shown(entry.key)} here",
                             entry.key_span, hint)  # fmt: skip


def _wrong_names(node: Mapping, error: ValidationError) -> Iterable[Diagnostic]:
    schema = error.schema if isinstance(error.schema, dict) else {}
    for entry in node:
        if entry.key == error.instance:
            if isinstance(entry.node, Scalar) and entry.node.value is None:
                yield Diagnostic("wrong-value", f"{shown(entry.key)} has no value", entry.key_span,
                                 "a text that holds a comma inside {...} stands in quotes")  # fmt: skip
                continue
            yield Diagnostic("wrong-value", f"{shown(entry.key)} cannot be a name here",
                             entry.key_span, str(schema.get("description", "")))  # fmt: skip


def _missing(error: ValidationError) -> str:
    return str(error.message).split("'")[1]


def _message(rule: str, node: Node, error: ValidationError) -> str:
    text = shown(node.text) if isinstance(node, Scalar) else "this"
    value: object = error.validator_value
    choices = list(value) if isinstance(value, list) else [value]
    if rule == "required":
        return f"the field '{_missing(error)}' is missing"
    if rule == "oneOf":
        keys = ", ".join(_keys(error))
        several = isinstance(node, Mapping) and len(_present(node, error)) > 1
        return f"only one of {keys} may stand here" if several else f"one of {keys} is needed here"
    if rule == "type":
        return f"{_needed(choices)} is needed here, not {_what(node)}"
    if rule == "enum":
        return f"{text} is none of {', '.join(map(str, choices))}"
    if rule == "anyOf":
        types = dict.fromkeys(
            _needed(each["type"] if isinstance(each["type"], list) else [each["type"]])
            for each in choices
            if isinstance(each, dict)
        )
        return f"{' or '.join(types)} is needed here, not {_what(node)}"
    pattern = _MESSAGES.get(rule, "{shown} is not of the form that is needed here")
    return pattern.format(shown=text, value=value)


def _needed(types: list[object]) -> str:
    if types == EXPRESSION["type"]:
        return "an expression"
    return " or ".join(_TYPES[str(kind)] for kind in types)


def _keys(error: ValidationError) -> list[str]:
    """The fields of which exactly one is needed."""
    choices = error.validator_value if isinstance(error.validator_value, list) else []
    return [each["required"][0] for each in choices if isinstance(each, dict)]


def _present(node: Mapping, error: ValidationError) -> list[Entry]:
    keys = _keys(error)
    return [entry for entry in node if entry.key in keys]


def _hint(rule: str, node: Node, error: ValidationError, schema: dict[str, Any]) -> str:
    own = error.schema if isinstance(error.schema, dict) else {}
    if rule == "enum" and isinstance(error.validator_value, list):
        return _hint_of_choice(error, [str(each) for each in error.validator_value])
    if rule == _NO_MEANING:
        return "remove it: what else stands here leaves no room for it"
    if rule == "uniqueItems":
        return "name it once"
    if rule == "type" and isinstance(node, Scalar) and _LOOKS_LIKE_NUMBER.fullmatch(node.text):
        return _hint_of_number(node, error, own.get("examples"))
    if rule == "oneOf" and isinstance(node, Mapping) and len(_present(node, error)) > 1:
        return f"keep one of {', '.join(entry.key for entry in _present(node, error))}"
    if rule == "oneOf" and isinstance(node, Mapping):
        near = [nearest(entry.key, _keys(error)) for entry in node]
        meant = next((hint for hint in near if hint.startswith("did you")), "")
        return meant or "it says what the other fields are"
    if rule in ("required", "dependentRequired"):
        whole = schema.get("properties", {}) if not error.absolute_path else {}
        own = own.get("properties", whole).get(_missing(error), own)
        if "$ref" in own:
            own = schema["$defs"][str(own["$ref"]).rpartition("/")[2]]
    if "description" not in own and isinstance(error.parent, ValidationError):
        own = error.parent.schema if isinstance(error.parent.schema, dict) else own
    return _about(own)


def _hint_of_choice(error: ValidationError, choices: list[str]) -> str:
    hint = nearest(str(error.instance), choices)
    is_formula = not hint.startswith("did you") and [*error.absolute_path][-1:] == ["points"]
    return f"points by a formula: {{formula: {error.instance}}}" if is_formula else hint


def _hint_of_number(node: Scalar, error: ValidationError, examples: object) -> str:
    """A hint where a number stands and something else is needed, or a number in quotes."""
    if "number" in str(error.validator_value):
        return "write plain digits without quotes: at most 18, and 12 more behind a point"
    if isinstance(examples, list) and examples[0] in ("12 months", "1.0.0"):
        return f"write it as in {examples[0]}"
    if isinstance(examples, list) and _MONTH.fullmatch(str(examples[0])):
        return f"write the month too: {node.text[:4]}-01"
    return "put a text that looks like a number in quotes"


def _about(schema: dict[str, Any]) -> str:
    """What a field means, with an example."""
    examples = schema.get("examples") or []
    example = f" Example: {_example(examples[0])}" if examples else ""
    return (
        f"{schema.get('description', '')}{example}".strip()
        or "docs/language.md says what can stand here"
    )


def _example(example: object) -> str:
    if isinstance(example, dict):
        return "{" + ", ".join(f"{key}: {_example(value)}" for key, value in example.items()) + "}"
    if isinstance(example, list):
        return f"[{', '.join(map(_example, example))}]"
    return str(example).lower() if isinstance(example, bool) else str(example)


def _what(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if not isinstance(node, Scalar):
        return "a list"
    return "nothing" if node.value is None else shown(node.text)


def _place(node: Node) -> Span:
    """A single value's place; of a list or mapping only its beginning."""
    span = node.span
    if isinstance(node, Scalar):
        return span
    return Span(span.path, span.line, span.column, span.line, span.column + 1)
