"""The JSON Schema (2020-12) of each kind of rule file.

Editors use them to complete and explain, ``build`` to refuse what has the wrong shape. The parts
of measures and points rules come from their registries. ``python -m tierwise.model.write_schemas``
writes them to files.
"""

from __future__ import annotations

from functools import cache

from tierwise.expression.schema import EXPRESSION, NAME, Json
from tierwise.model import cases_schema, competency_schema, demo_schema, releases
from tierwise.model.schema_parts import (
    DATE,
    IN_FORCE,
    KEY,
    TITLE,
    field,
    file_schema,
    mapping,
    named,
    one_of,
    text,
    texts,
)  # fmt: skip


def _column() -> Json:
    """A column of a table."""
    column = mapping("Column", "One column of the table.", {"type": "text"}, {
        "type": field("Type", "What a cell holds. Decimals are exact; a month is YYYY-MM.", "text",
                      enum=["text", "boolean", "whole", "decimal", "date", "month"]),
        "optional": field("Optional", "Whether a cell may be empty.", True, type="boolean"),
        "references": field("References", "The table, or the catalogue, whose key stands here. "
                            "A value that is not among its keys is refused.", "buyers",
                            type="string"),
        "as": field("Name of the reference", "How a path names what is referred to; the column's "
                    "own name by default.", "buyer", **NAME),
        "values": texts("Values", "The only values that may stand in a column of texts.",
                        ["open", "closed"]),
        "minimum": field("Minimum", "The least number that may stand in a column of numbers.", 0,
                         type="number"),
    }, ("type",))  # fmt: skip
    column["allOf"] = [
        {"if": {"properties": {"type": {"enum": kinds}}, "required": ["type"]},
         "then": {"properties": {name: False}}}
        for name, kinds in (("values", ["boolean", "whole", "decimal", "date", "month"]),
                            ("minimum", ["text", "boolean", "date", "month"]),
                            ("references", ["boolean", "decimal", "date", "month"]))
    ] + [{"dependentRequired": {"as": ["references"]},
          "description": "Only a reference has a name beside its column's."}]  # fmt: skip
    return column


def contract() -> Json:
    """The schema of a data contract."""
    column = _column()
    check = mapping("Check", "A condition that every row must meet.",
                    {"that": "end >= start", "message": "it ends after it begins"}, {
        "that": field("Condition", "An expression over the row.", "end >= start", **EXPRESSION),
        "column": field("Column", "The column that a finding points at.", "end", type="string"),
        "message": text("Message", "What a row must be like.", {"en": "ends after it begins"}),
    }, ("that", "message"))  # fmt: skip
    period = mapping("Period", "The days on which a row is in effect.",
                     {"from": "starts", "through": "ends"}, {
        "from": field("First day", "The column of the first day.", "starts", type="string"),
        "through": field("Last day", "The column of the last day, inclusive; empty: no end.",
                         "ends", type="string"),
    }, ("from", "through"))  # fmt: skip
    derived = field("Derived column", "An expression over the row; it may follow references and name "
                    "other derived columns.", "amount > 1000", **EXPRESSION)  # fmt: skip
    table = mapping("Table", "One table: a file of that name, or a table of a database.",
                    {"key": ["id"], "columns": {"id": {"type": "text"}}}, {
        "title": TITLE,
        "key": texts("Key", "The columns that together are different in every row.", ["id"]),
        "columns": named("Columns", "Every column that rules may use. Others are ignored.",
                         {"id": {"type": "text"}}, column, NAME),
        "period": period,
        "dated_by": field("Dated by", "What says the month of a row: a date or a month, one of its "
                          "columns or along references; by default its column 'month'.",
                          "order.ordered_on", type="string", minLength=1, maxLength=400),
        "checks": field("Checks", "Conditions that every row must meet.",
                        [{"that": "end >= start", "message": "it ends after it begins"}],
                        type="array", items=check, uniqueItems=True),
        "derived": named("Derived columns", "Names for expressions over a row, to be used in rules "
                         "as if they were columns.", {"is_large": "amount > 1000"}, derived,
                         NAME),
    })  # fmt: skip
    schema = file_schema("contract", "Data contract", {
        "extends": field("Extends", "The contract whose tables this one takes over. Its own tables "
                         "are added; of a table that both have, columns are added or said anew.",
                         "sales-data", type="string"),
        "scored": field("Scored", "The table of which every row gets a score.", "sellers",
                        type="string"),
        "tables": named("Tables", "The tables of the data.",
                        {"sellers": {"key": ["id"], "columns": {"id": {"type": "text"}}}}, table,
                        NAME),
    }, ())  # fmt: skip
    return {**schema, "if": {"required": ["extends"]}, "else": {"required": ["scored", "tables"]}}


def catalogue() -> Json:
    """The schema of a catalogue."""
    attribute = mapping("Attribute", "What an entry says.", {"type": "decimal"}, {
        "type": field("Type", "What it holds.", "decimal",
                      enum=["text", "boolean", "whole", "decimal"]),
        "title": TITLE,
    }, ("type",))  # fmt: skip
    values = mapping("List", "A named list of values.", {"values": ["one", "two"]}, {
        "title": TITLE,
        "values": texts("Values", "The values of the list.", ["one", "two"]),
    }, ("values",))  # fmt: skip
    entry = field("Entry", "The attributes of one entry.", {"rate": 1}, type="object",
                  properties={"title": TITLE},
                  additionalProperties={"type": ["string", "number", "boolean"]})  # fmt: skip
    return file_schema("catalogue", "Catalogue", {
        "in_force": IN_FORCE,
        "attributes": named("Attributes", "What every entry says about itself.",
                            {"rate": {"type": "decimal"}}, attribute, NAME),
        "entries": named("Entries", "The entries by their key.", {"EUR": {"rate": 1}}, entry, KEY),
        "lists": named("Lists", "Lists that conditions can name, as catalogue.list.",
                       {"suites": {"values": ["one"]}}, values, NAME),
    }, ())  # fmt: skip


def certifications() -> Json:
    """The schema of a catalogue of certifications."""
    several: Json = {"type": "array", "items": {"$ref": "#/$defs/requirement"}, "minItems": 1,
                     "uniqueItems": True}  # fmt: skip
    every = field("All", "Every part must be held.", ["A-1", "B-1"], **several)
    either = field("Any", "One part is enough.", ["B-1", "B-2"], **several)
    least = field("At least", "So many of the parts in 'of'.", 1, type="integer", minimum=1)
    parts = field("Of", "The parts of which so many must be held.", ["B-1", "B-2"], **several)
    known = {"all": every, "any": either, "at_least": least, "of": parts}
    requirement: Json = {
        "title": "Requirement",
        "description": "An exam, or a combination: all, any, or at least so many of its parts.",
        "examples": [{"all": ["A-1", {"any": ["B-1", "B-2"]}]}],
        "if": {"type": "object"},
        "then": one_of({
            "all": {"properties": {"all": every}},
            "any": {"properties": {"any": either}},
            "at_least": {"properties": {"at_least": least, "of": parts}, "required": ["of"]},
        }),
        "else": {"type": "string"},
        "properties": {
            key: {name: each[name] for name in ("title", "description", "examples")}
            for key, each in known.items()
        },
    }  # fmt: skip
    exam = mapping("Exam", "One exam.", {"title": "Sales"}, {
        "title": TITLE,
        "retired": field("Retired", "The last day on which it could be passed. Passed later, it "
                         "does not count.", "2020-12-31", **DATE),
        "counts_through": field("Counts through", "The last day on which an exam that is retired "
                                "counts, passed in time.", "2021-12-31", **DATE),
    })  # fmt: skip
    exam["dependentRequired"] = {"counts_through": ["retired"]}
    certification = mapping("Certification", "What must be held.", {"requires": "A-1"}, {
        "title": TITLE, "requires": {"$ref": "#/$defs/requirement"},
    }, ("requires",))  # fmt: skip
    schema = file_schema("certifications", "Certifications", {
        "in_force": IN_FORCE,
        "exams": named("Exams", "Every exam that a certification may ask for.",
                       {"A-1": {"title": "Basics"}}, exam, KEY),
        "certifications": named("Certifications", "The certifications by name.",
                                {"expert": {"requires": "A-1"}}, certification, NAME),
    }, ("exams", "certifications"))  # fmt: skip
    schema["$defs"] = {"requirement": requirement}
    return schema


def credit() -> Json:
    """The schema of a file of credit policies."""
    way = mapping("Way", "One kind of association that credits.", {"when": "type == 'reseller'"}, {
        "when": field("When", "Which associations are of this kind.", "type == 'reseller'",
                      **EXPRESSION),
        "unless": texts("Unless", "The ways that displace this one where both hold the same thing "
                        "in the same month.", ["reseller"]),
    }, ("when",))  # fmt: skip
    example = {"through": "claims", "to": "seller", "of": "order",
               "ways": {"reseller": {"when": "type == 'reseller'"}}}  # fmt: skip
    policy = mapping("Policy", "Who is credited.", example, {
        "title": TITLE,
        "through": field("Through", "The table of associations; it has a period.", "claims",
                         type="string"),
        "to": field("To", "Its reference to the scored one.", "seller", type="string"),
        "of": field("Of", "Its reference to what is credited; measured rows have one of the same "
                    "name.", "order", type="string"),
        "ways": named("Ways", "The kinds of associations that credit.",
                      {"reseller": {"when": "type == 'reseller'"}}, way, NAME),
    }, ("through", "to", "of", "ways"))  # fmt: skip
    return file_schema("credit", "Credit policies", {
        "contract": field("Contract", "The id of the data contract.", "sales-data",
                          type="string"),
        "policies": named("Policies", "The policies by name.", {"sales_claim": example}, policy,
                          NAME),
    }, ("contract", "policies"))  # fmt: skip


KINDS = {
    "contract": contract,
    "catalogue": catalogue,
    "certifications": certifications,
    "credit": credit,
    "competency": competency_schema.schema,
    "demo": demo_schema.schema,
    "cases": cases_schema.schema,
    "releases": releases.schema,
}


@cache
def schema_of(kind: str) -> Json:
    """The schema of one kind of rule file."""
    return KINDS[kind]()
