"""The parts that the schemas of all kinds of rule files are made of."""

from __future__ import annotations

from collections.abc import Mapping

from tierwise.expression.schema import Json
from tierwise.quantity import PATTERN as QUANTITY

SCHEMA_VERSION = 1
MOST_POINTS = 1_000_000
BASE = "https://tierwise.dev/schemas/"

ID: Json = {
    "description": "An id is small letters and digits, with single - or _ between; a letter first.",
    "type": "string", "pattern": "^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", "maxLength": 80,
}  # fmt: skip
KEY: Json = {
    "description": "A key is any text without space around it.",
    "type": "string", "pattern": "^\\S(.*\\S)?$", "maxLength": 200,
}  # fmt: skip
MONTH: Json = {"type": "string", "pattern": "^[1-9][0-9]{3}-(0[1-9]|1[0-2])$"}
DATE: Json = {"type": "string",
              "pattern": "^[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"}  # fmt: skip
THRESHOLD = f"^(?!0+(\\.0+)?( ?%| |$)){QUANTITY.removeprefix('^-?')}"
SEMVER: Json = {"type": "string", "pattern": "^[0-9]{1,6}\\.[0-9]{1,6}\\.[0-9]{1,6}$"}


def field(title: str, description: str, example: object, /, **schema: object) -> Json:
    """A field with what an editor shows about it."""
    about: Json = {"title": title, "description": description, "examples": [example]}
    return {**about, **{key: value for key, value in schema.items() if key not in about}}


def mapping(
    title: str, description: str, example: object, properties: Mapping[str, object],
    required: tuple[str, ...] = (),
) -> Json:  # fmt: skip
    """A mapping that takes these fields and no others."""
    return field(title, description, example, type="object", properties=dict(properties),
                 required=list(required), additionalProperties=False)  # fmt: skip


def named(title: str, description: str, example: object, of: object, names: Json) -> Json:
    """A mapping from names to values of one shape."""
    return field(title, description, example, type="object", propertyNames=names,
                 additionalProperties=of, minProperties=1)  # fmt: skip


_LANGUAGE: Json = {
    "description": "A language is two small letters, such as en.",
    "type": "string", "pattern": "^[a-z]{2}$",
}  # fmt: skip
_ONE_TEXT: Json = {"type": "string", "minLength": 1}
_TEXT: Json = {
    "anyOf": [
        _ONE_TEXT,
        {"type": "object", "propertyNames": _LANGUAGE, "additionalProperties": _ONE_TEXT,
         "minProperties": 1},
    ]
}  # fmt: skip


def text(title: str, description: str, example: object) -> Json:
    """A text, or one text for each language."""
    return field(title, description, example, **_TEXT)


TITLE = text("Title", "What people call it: one text, or one for each language.", {"en": "Sales"})
HELP = text("Help", "A sentence that says what it means, by language.", {"en": "Sales of a year"})
SOURCE = field("Source", "The public page that states the rule.", "https://example.org/rules",
               type="string", format="uri", pattern="^https?://[^\\s]+$")  # fmt: skip


IN_FORCE = mapping("In force", "The months in which this file holds; left out: always. Several files "
                   "may have the same id if their months do not overlap.", {"from": "2021-01"}, {
    "from": field("From", "The first month.", "2021-01", **MONTH),
    "through": field("Through", "The last month; left out: until a later file begins.", "2021-12",
                     **MONTH),
}, ("from",))  # fmt: skip


_FILE_ID = field("Id", "The name by which other files refer to this one.", "sales", **ID)


def one_of(shapes: Mapping[str, Json]) -> Json:
    """A mapping with exactly one of these fields, which says what its others may be."""
    one: Json = {"oneOf": [{"required": [key]} for key in shapes]}
    below: Json = {}
    for key in reversed(tuple(shapes)):
        below = {"if": {"required": [key]},
                 "then": {**shapes[key], "additionalProperties": False}, "else": below}  # fmt: skip
    return {"if": one, "then": below, "else": one}


def texts(title: str, description: str, example: object) -> Json:
    """A list of texts, each of which stands in it once."""
    return field(title, description, example, type="array", items={"type": "string"}, minItems=1,
                 uniqueItems=True)  # fmt: skip


def file_schema(
    kind: str,
    title: str,
    properties: Mapping[str, object],
    required: tuple[str, ...],
    has_id: bool = True,
) -> Json:
    """The schema of a kind of file: the fields that all have, and its own.

    ``has_id``: whether other files can refer to it.
    """
    common: dict[str, object] = {
        "kind": field("Kind", "What this file holds.", kind, const=kind),
        "schema": field("Schema version", "The version of the rule language.", SCHEMA_VERSION,
                        const=SCHEMA_VERSION),
        **({"id": _FILE_ID} if has_id else {}),
        "title": TITLE,
        "source": SOURCE,
    }  # fmt: skip
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{BASE}{kind}.schema.json",
        "title": title,
        "description": f"A tierwise rule file of the kind '{kind}'.",
        "type": "object",
        "properties": {**common, **properties},
        "required": ["kind", "schema", *(["id"] if has_id else []), *required],
        "additionalProperties": False,
    }
