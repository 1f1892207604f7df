"""What JSON Schema finds wrong with the shape of a file, said with places and in plain words."""

from __future__ import annotations

from collections.abc import Iterable

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from tierwise.diagnostics import Diagnostic, Span, nearest
from tierwise.model.schemas import schema_of
from tierwise.source.document import Document, Mapping, Node, Scalar, locate, plain

_TYPES = {"string": "a text", "number": "a number", "integer": "a whole number",
          "boolean": "true or false", "array": "a list", "object": "a mapping"}  # fmt: skip
_CODES = {"required": "missing-field", "type": "wrong-type", "enum": "unknown-value",
          "const": "unknown-value"}  # fmt: skip

_MESSAGES = {
    "const": "{shown} is not '{value}'",
    "minItems": "nothing stands here",
    "minProperties": "nothing stands here",
    "exclusiveMinimum": "{shown} is not above {value}",
    "minimum": "{shown} is below {value}",
    "maxLength": "longer than {value} characters",
    "uniqueItems": "a value stands twice",
}


def shape_findings(document: Document, kind: str) -> tuple[Diagnostic, ...]:
    """Everything that is wrong with the shape of one file.

    Codes: ``unknown-field``, ``missing-field``, ``wrong-type``, ``unknown-value``,
    ``wrong-value``.
    """
    validator = Draft202012Validator(schema_of(kind))
    found: list[Diagnostic] = []
    for error in validator.iter_errors(plain(document.root)):
        found.extend(_findings(document.root, error))
    return tuple(dict.fromkeys(found))


def _findings(root: Mapping, error: ValidationError) -> Iterable[Diagnostic]:
    node = locate(root, list(error.absolute_path))
    rule = str(error.validator)
    if rule == "additionalProperties" and isinstance(node, Mapping):
        if isinstance(error.validator_value, bool):
            yield from _unknown_fields(node, error)
        return
    if rule == "propertyNames" and isinstance(node, Mapping):
        yield from _wrong_names(node, error)
        return
    if rule == "dependentRequired":
        rule = "required"
    yield Diagnostic(_CODES.get(rule, "wrong-value"), _message(rule, node, error),
                     _place(node), _hint(rule, error))  # fmt: skip


def _unknown_fields(node: Mapping, error: ValidationError) -> Iterable[Diagnostic]:
    known = set(error.schema.get("properties", {})) if isinstance(error.schema, dict) else set()
    missing = known - {entry.key for entry in node}
    for entry in node:
        if entry.key not in known:
            yield Diagnostic("unknown-field", f"there is no field '{_cut(entry.key)}' here",
                             entry.key_span, nearest(entry.key, missing))  # fmt: skip


def _wrong_names(node: Mapping, error: ValidationError) -> Iterable[Diagnostic]:
    for entry in node:
        if entry.key == error.instance:
            yield Diagnostic("wrong-value", f"'{_cut(entry.key)}' cannot be a name here",
                             entry.key_span,
                             "a name is letters, digits and _ between, and begins with a letter")  # fmt: skip


def _message(rule: str, node: Node, error: ValidationError) -> str:
    shown = f"'{_cut(node.text)}'" if isinstance(node, Scalar) else "this"
    value: object = error.validator_value
    choices = list(value) if isinstance(value, list) else [value]
    if rule == "required":
        return f"the field '{error.message.split(chr(39))[1]}' is missing"
    if rule == "type":
        kinds = " or ".join(_TYPES[str(kind)] for kind in choices)
        return f"{kinds} is needed here, not {_what(node)}"
    if rule == "enum":
        return f"{shown} is none of {', '.join(map(str, choices))}"
    if rule == "anyOf":
        keys = [
            each["required"][0]
            for each in choices
            if isinstance(each, dict) and list(each) == ["required"]
        ]
        if keys:
            return f"nothing here says what is measured: one of {', '.join(keys)}"
        return f"{_what(node)} is not what is needed here"
    pattern = _MESSAGES.get(rule, "{shown} is not of the form that is needed here")
    return pattern.format(shown=shown, value=value)


def _hint(rule: str, error: ValidationError) -> str:
    schema = error.schema if isinstance(error.schema, dict) else {}
    if rule == "enum" and isinstance(error.validator_value, list):
        return nearest(str(error.instance), map(str, error.validator_value))
    description = str(schema.get("description", ""))
    examples = schema.get("examples")
    if rule in ("required", "anyOf") or not isinstance(examples, list) or not examples:
        return description
    return f"{description} Example: {_example(examples[0])}".strip()


def _example(example: object) -> str:
    if isinstance(example, dict):
        return ", ".join(f"{key}: {_example(value)}" for key, value in example.items())
    if isinstance(example, list):
        return f"[{', '.join(map(_example, example))}]"
    return str(example)


def _what(node: Node) -> str:
    if isinstance(node, Mapping):
        return "a mapping"
    if not isinstance(node, Scalar):
        return "a list"
    return "nothing" if node.value is None else f"'{_cut(node.text)}'"


def _place(node: Node) -> Span:
    """A single value's place; of a list or mapping only its beginning."""
    span = node.span
    if isinstance(node, Scalar):
        return span
    return Span(span.path, span.line, span.column, span.line, span.column + 1)


def _cut(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
