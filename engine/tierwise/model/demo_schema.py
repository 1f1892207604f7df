"""The JSON Schema of a rule file about data to try things with."""

from __future__ import annotations

from collections.abc import Mapping

from tierwise.expression.schema import EXPRESSION, NAME, Json
from tierwise.model import schema_parts as schemas
from tierwise.model.schema_parts import file_schema

MOST_ROWS_EACH = 1_000
"""Of one table, the most rows for one row of another."""

MOST_SKEW = 8

_SHARE: Json = {"type": "string", "pattern": "^(100|[0-9]{1,2}(\\.[0-9]{1,4})?) ?%$"}
_SCALAR: Json = {"type": ["string", "number", "boolean"]}
_VALUE = {"one_of": {"small": 3, "big": 1}}
_HIDDEN = {"rows": {"per": "buyers", "number": 2}, "traits": {"size": _VALUE}}
_TABLE = {"rows": {"per": "buyers", "number": 2}, "columns": {"colour": {"one_of": ["red"]}}}


def _range(title: str, description: str, example: object, items: Json) -> Json:
    return schemas.field(title, description, example, type="array", items=items, minItems=2,
                         maxItems=2)  # fmt: skip


def _ways() -> dict[str, Json]:
    """By the field that names a way: that field."""
    field = schemas.field
    weights = {"type": "object", "minProperties": 1,
               "additionalProperties": {"type": "integer", "minimum": 0, "maximum": 1_000_000}}  # fmt: skip
    several = {"type": "array", "items": _SCALAR, "minItems": 1}
    text_list = schemas.texts("List of words", "One of these words.", ["Blue", "Green"])
    return {
        "is": field("Is", "What an expression gives. It may name the row's other columns and "
                    "traits, 'parent.' and those of the row that it is made for, and 'nth': which "
                    "of that one's rows this is, from 1. A number for a whole column is rounded.",
                    "parent.size * 3", **EXPRESSION),
        "one_of": field("One of", "One of these values, each with its weight; or of all that a "
                        "catalogue, or a catalogue's list, names.", {"red": 3, "blue": 1},
                        anyOf=[weights, several, {"type": "string", "minLength": 1}]),
        "between": _range("Between", "A number, date or month from the first to the second.",
                          [1, 50], {"type": ["string", "number"]}),
        "after": field("After", "A date or month that lies so many 'days' or 'months' after "
                       "another one; negative: before it.", "opened_on", type="string",
                       minLength=1),
        "chance": field("Chance", "True for this share of the rows, else false.", "95%", **_SHARE),
        "words": field("Words", "A word from each list, side by side.", [["Blue"], ["Harbour"]],
                       type="array", items=text_list, minItems=1, maxItems=8),
        "id": field("Id", "This and the row's own number, so that no two rows have the same; for "
                    "a whole column only the number.", "B", type="string", maxLength=40),
        "pick": field("Pick", "The key of any row of this table.", "buyers", type="string"),
        "inherit": field("Inherit", "The key of the row of this table that the row is made for, "
                         "or that the one it is made for is made for, and so on.", "buyers",
                         type="string"),
        "ramp": schemas.mapping("Ramp", "By the row's month: 0 before 'start', then evenly from "
                                "one number to another, which it reaches after 'months'.",
                                {"from": 1, "to": "parent.size", "start": "parent.opened",
                                 "months": 6}, {
            "from": field("From", "The number in the first month.", 1, **EXPRESSION),
            "to": field("To", "The number in the last month and after it.", "parent.size",
                        **EXPRESSION),
            "start": field("Start", "The month, or a date in it, that it starts in.",
                           "parent.opened", **EXPRESSION),
            "months": field("Months", "How many months it takes.", 6, **EXPRESSION),
        }, ("from", "to", "start", "months")),
    }  # fmt: skip


def _beside() -> dict[str, dict[str, object]]:
    """By the field that names a way: the other fields that go with it."""
    skew = schemas.field("Skew", "How much low values (of a table: its first rows) outnumber high "
                         "ones; 1: not at all.", 2, type="integer", minimum=1, maximum=MOST_SKEW)  # fmt: skip
    whole = {"type": "integer", "minimum": -100_000, "maximum": 100_000}
    return {
        "between": {"skew": skew},
        "pick": {"skew": skew},
        "after": {
            "days": _range("Days", "The least and the most days after it.", [0, 30], whole),
            "months": _range("Months", "The least and the most months after it.", [0, 6], whole),
            "skew": skew,
        },
    }


def _value() -> tuple[Json, Json]:
    """The schemas of a value, and of a case of one."""
    field = schemas.field
    ways, beside = _ways(), _beside()
    when = field("When", "The condition of this case; left out: otherwise.", "parent.big",
                 **EXPRESSION)  # fmt: skip
    after = {
        "within": field("Within", "The share by which a number may be off.", "10%", **_SHARE),
        "missing": field("Missing", "The share of the cells that is left empty.", "5%", **_SHARE),
        "only_if": field("Only if", "The condition without which the cell stays empty.",
                         "parent.open", **EXPRESSION),
    }  # fmt: skip
    case_shapes = {name: _shape(name, way, beside, {"when": when}) for name, way in ways.items()}
    case = field("Case", "A way, and the condition for it.", {"when": "nth == 1", "is": 5},
                 type="object", properties=_chooser(case_shapes), **schemas.one_of(case_shapes))  # fmt: skip
    ways["cases"] = field("Cases", "The first whose condition holds.",
                          [{"when": "nth == 1", "is": 5}, {"between": [1, 4]}], type="array",
                          items={"$ref": "#/$defs/case"}, minItems=1, maxItems=50)  # fmt: skip
    shapes = {name: _shape(name, way, beside, after) for name, way in ways.items()}
    value = field("Value", "How a value arises: exactly one of the ways, and what is then done to "
                  "it.", _VALUE, type="object", properties=_chooser(shapes),
                  **schemas.one_of(shapes))  # fmt: skip
    return value, case


def _shape(
    name: str, way: Json, beside: Mapping[str, Mapping[str, object]], more: Mapping[str, object]
) -> Json:
    """The shape of a mapping whose way is the one of that name."""
    shape: Json = {"properties": {name: way, **beside.get(name, {}), **more}}
    if name == "after":
        shape["oneOf"] = [{"required": ["days"]}, {"required": ["months"]}]
    return shape


def _chooser(shapes: Mapping[str, Json]) -> Json:
    """All fields with what an editor shows about them; their shape is asked below."""
    about = ("title", "description", "examples")
    chosen: Json = {}
    for shape in shapes.values():
        properties = shape["properties"]
        assert isinstance(properties, dict), "made above"
        chosen |= {name: {key: given[key] for key in about} for name, given in properties.items()}
    return chosen


def _rows() -> Json:
    field, named, name = schemas.field, schemas.named, NAME
    number: Json = {"if": {"type": "object"}, "then": {"$ref": "#/$defs/value"},
                    "else": {"type": "integer", "minimum": 0, "maximum": MOST_ROWS_EACH,
                             "description": f"There are at most {MOST_ROWS_EACH:,} for each.",
                             "examples": [2]}}  # fmt: skip
    series = schemas.mapping("Each month", "A row for every month.", {"gaps": "2%"}, {
        "from": field("From", "The first month, or a date in it; by default the first of all.",
                      "parent.opened", **EXPRESSION),
        "through": field("Through", "The last month, or a date in it; by default the last of all.",
                         "parent.closed", **EXPRESSION),
        "gaps": field("Gaps", "The share of the months that have no row; the first and "
                      "the last month of all data have one.", "2%", **_SHARE),
    })  # fmt: skip
    return schemas.mapping("Rows", "How many rows there are, and for what.",
                           {"per": "buyers", "number": 2}, {
        "per": field("Per", "The table for each of whose rows the rows are made; without it, they "
                     "are so many for each scored one, but not made for it.", "buyers",
                     type="string"),
        "total": field("Total", "How many rows there are in all.", 12, type="integer", minimum=1,
                       maximum=1_000_000),
        "number": field("Number", "How many, or how that number arises; 1 by default.", 2,
                        **number),
        "each_month": series,
        "each": named("Each", "A row for each of these values of a column.",
                      {"sort": ["old", "new"]},
                      schemas.texts("Values", "The values.", ["old", "new"]), name),
        "only_if": field("Only if", "The condition without which there is no such row.",
                         "parent.open", **EXPRESSION),
    })  # fmt: skip


def schema() -> Json:
    """The schema of a file of demo data."""
    field, named, name = schemas.field, schemas.named, NAME
    value: Json = {"$ref": "#/$defs/value"}
    rows = _rows()
    values = {"traits": named("Traits", "Values that are not written, for others to name.",
                              {"size": _VALUE}, value, name)}  # fmt: skip
    columns = {"columns": named("Columns", "How the columns' values arise; those left out are "
                                "made as the contract types them.", {"colour": _VALUE}, value,
                                name)}  # fmt: skip
    hidden = schemas.mapping("Hidden table", "A table that is not written.", _HIDDEN,
                             {"rows": rows, **values}, ("rows",))  # fmt: skip
    table = schemas.mapping("Table", "A table of the contract.", _TABLE,
                            {"rows": rows, **values, **columns})  # fmt: skip
    months = schemas.mapping("Months", "The months that the data reaches over. Left out: 24 months, in the last of which rules of the contract are in force.",
                             {"from": "2020-04", "through": "2021-05"}, {
        "from": field("From", "The first.", "2020-04", **schemas.MONTH),
        "through": field("Through", "The last.", "2021-05", **schemas.MONTH),
    }, ("from", "through"))  # fmt: skip
    whole = file_schema("demo", "Demo data", {
        "default": field("Default", "Whether these data are made where no contract is named.",
                         True, type="boolean"),
        "contract": field("Contract", "The id of the data contract.", "sales-data",
                          type="string"),
        "months": months,
        "hidden": named("Hidden tables", "Tables that are not written, for rows of others to be "
                        "made for.", {"households": _HIDDEN}, hidden, name),
        "tables": named("Tables", "The contract's tables; one left out is made as the contract "
                        "says.", {"buyers": _TABLE}, table, name),
    }, ("contract",))  # fmt: skip
    whole["$defs"] = dict(zip(("value", "case"), _value(), strict=True))
    return whole
