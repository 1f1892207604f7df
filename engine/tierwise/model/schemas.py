"""The JSON Schema (2020-12) of each kind of rule file.

Editors use them to complete and explain, ``build`` to refuse what has the wrong shape. The parts
of measures and points rules come from their registries. ``python -m tierwise.model.write_schemas``
writes them to files.
"""

from __future__ import annotations

from functools import cache

from tierwise.expression.schema import EXPRESSION, NAME, Json
from tierwise.model import (
    cases_schema,
    competency_schema,
    contract_schema,
    demo_schema,
    releases,
)
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
    texts,
)  # fmt: skip


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
        "else": {"type": "string", "description": "An exam; several stand below all or any, or "
                 "below of, with at_least.", "examples": ["A-1"]},
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
        "credits": field("Credits", "Whether it credits at all; by default it does. One that does not only "
                         "displaces others.", False, type="boolean"),
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
    "contract": contract_schema.schema,
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
