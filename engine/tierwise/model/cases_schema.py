"""The JSON Schema of a file of cases."""

from __future__ import annotations

from tierwise.expression.schema import NAME, Json
from tierwise.model.schema_parts import (
    ID,
    KEY,
    MONTH,
    SEMVER,
    TITLE,
    field,
    file_schema,
    mapping,
    named,
)

_NUMBER = "-?[0-9]{1,18}(\\.[0-9]{1,12})?"
_FRACTION = "/[1-9][0-9]{0,17}"
_EXACT: Json = {"type": ["number", "string"], "pattern": f"^{_NUMBER}({_FRACTION})?$"}
_VALUE: Json = {
    "type": ["number", "string", "null"],
    "pattern": f"^{_NUMBER}({_FRACTION}| ?%| [A-Za-z]{{1,20}})?$",
}
_CELL: Json = {
    "description": "A cell: a text, a number, true or false; null for an empty one.",
    "type": ["string", "number", "boolean", "null"],
}
_ROW = {"order": "O1", "amount": 15000}
_EXPECTED = {"metrics": {"sales": {"value": 15000, "points": 5}}, "score": 5, "level": None}
_CASE = {"as_of": "2021-05", "tables": {"bills": [_ROW]}, "expect": _EXPECTED}


def schema() -> Json:
    """The schema of a file of cases."""
    case = mapping("Case", "Small tables, and what comes of them.", _CASE, {
        "title": TITLE,
        "as_of": field("As of", "The month; its last day is meant.", "2021-05", **MONTH),
        "tables": field("Tables", "Rows by table. A row has only the columns that matter; the "
                        "others are filled with what the contract allows. A table that does not "
                        "stand here gets the rows that others refer to.", {"bills": [_ROW]},
                        type="object", propertyNames=NAME, additionalProperties=_rows()),
        "expect": _expect(),
    }, ("as_of", "expect"))  # fmt: skip
    whole = file_schema("cases", "Cases", {
        "competency": field("Competency", "The id of the competency that is tested.",
                            "sales", **ID),
        "version": field("Version", "The version that is tested, in force in every case's month; "
                         "by default the one that is.", "1.0.0", **SEMVER),
        "versions": field("Versions", "Several versions, in the place of one: every case is tested "
                          "with each, also where another one is in force in its month.",
                          ["1.0.0", "2.0.0"], type="array", items=SEMVER, minItems=1,
                          uniqueItems=True),
        "option": field("Option", "The option that is tested; not needed where there is only one.",
                        "sales", **ID),
        "cases": named("Cases", "The cases by name.", {"half the threshold": _CASE}, case, KEY),
    }, ("competency", "cases"), has_id=False)  # fmt: skip
    either = [{"required": ["version"]}, {"required": ["versions"]}]
    return {**whole, "if": {"anyOf": either}, "then": {"oneOf": either}}


def _rows() -> Json:
    row = field("Row", "The cells that matter, by column.", _ROW, type="object",
                propertyNames=NAME, additionalProperties=_CELL)  # fmt: skip
    return field("Rows", "The rows of one table.", [_ROW], type="array", items=row)


def _expect() -> Json:
    """What is expected of the case's only scored row; or of several, by their keys."""
    metric = mapping("Metric", "What is expected of one metric.", {"value": 15000, "points": 5}, {
        "value": field("Value", "The exact value: a number, a fraction such as 75/7, or with the "
                       "threshold's unit; null where there is nothing to compare with.", "75/7",
                       **_VALUE),
        "points": field("Points", "The exact points: a number, or a fraction such as 75/7.", 5,
                        **_EXACT),
    })  # fmt: skip
    metric["minProperties"] = 1
    properties: dict[str, object] = {
        "metrics": named("Metrics", "What is expected of metrics, by their ids.",
                         {"sales": {"value": 15000, "points": 5}}, metric, NAME),
        "values": named("Values", "What is expected of named values: an exact number as of a "
                        "metric, true or false, a text, or a date; null where there is none.",
                        {"loyal": True}, {"type": ["number", "string", "boolean", "null"]}, NAME),
        "groups": named("Groups", "The exact points that are expected of groups.",
                        {"performance": 10}, _EXACT, NAME),
        "score": field("Score", "The exact score: a number, or a fraction such as 75/7.", 60,
                       **_EXACT),
        "level": field("Level", "The id of the level; null for none of them.", "silver",
                       type=["string", "null"]),
    }  # fmt: skip
    only: Json = {"properties": dict.fromkeys(properties, True), "additionalProperties": False}
    of_one = mapping("Expected of one", "What is expected of the scored row with this key.",
                     _EXPECTED, properties)  # fmt: skip
    of_one["minProperties"] = 1
    return field("Expect", "What comes of the tables: of the case's only scored row; or of several, "
                 "each by its key.", _EXPECTED, type="object", minProperties=1,
                 properties=properties,
                 **{"if": {"anyOf": [{"required": [name]} for name in properties]},
                    "then": only, "else": {"additionalProperties": of_one}})  # fmt: skip
