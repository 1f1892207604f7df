"""The JSON Schema (2020-12) of each kind of rule file.

Editors use them to complete and explain, ``build`` to refuse what has the wrong shape. The parts
of measures and points rules come from their registries. ``python -m tierwise.model.write_schemas``
writes them to files.
"""

from __future__ import annotations

from functools import cache

from tierwise.expression.schema import EXPRESSION, Json
from tierwise.measures import MEASURES
from tierwise.measures.shared_fields import OVER
from tierwise.model import cases_schema, contract_schema, demo_schema, releases
from tierwise.model.schema_parts import (
    DATE,
    HELP,
    ID,
    IN_FORCE,
    KEY,
    MONTH,
    MOST_POINTS,
    NAME,
    SEMVER,
    THRESHOLD,
    TITLE,
    field,
    file_schema,
    mapping,
    named,
    one_of,
    text,
    texts,
)  # fmt: skip
from tierwise.points import POINTS


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


_MEASURE = {"sum": "amount", "from": "orders", "over": "12 months"}
_METRIC = {"measure": _MEASURE, "threshold": "30000 EUR", "max_points": 10}
_OPTION = {"metrics": {"sales": _METRIC}, "levels": {"gold": {"when": "score >= 8"}}}


def measure() -> Json:
    """The schema of a measure: its kind is chosen by the field that names it."""
    chooser = {
        key: {"title": kind.title, "description": kind.help, "examples": kind.schema["examples"]}
        for key, kind in MEASURES.items()
    }
    shapes: dict[str, Json] = {
        key: {"properties": {key: kind.schema, **kind.properties}, "required": list(kind.required),
              **({"oneOf": [{"required": [each]} for each in kind.either]} if kind.either else {})}
        for key, kind in MEASURES.items()
    }  # fmt: skip
    return field("Measure", "How rows become the metric's value. Its kind is the field it begins "
                 "with.", _MEASURE, type="object", properties=chooser, **one_of(shapes))  # fmt: skip


def points() -> Json:
    """The schema of a points rule: a word, or a mapping that begins with one."""
    words = [key for key, kind in POINTS.items() if kind.schema is None]
    shapes: dict[str, Json] = {
        key: {"properties": {key: kind.schema, **(kind.properties or {})},
              "required": list(kind.properties or {})}
        for key, kind in POINTS.items() if kind.schema is not None
    }  # fmt: skip
    chooser = {key: {"title": POINTS[key].title, "description": POINTS[key].help,
                     "examples": [example]}
               for key in shapes if isinstance(example := POINTS[key].example, dict)}  # fmt: skip
    return field("Points rule", "How a value becomes points: " + ", ".join(POINTS) + "; "
                 "proportional where it is left out.", "proportional", type=["string", "object"],
                 **{"if": {"type": "object"},
                    "then": one_of(shapes),
                    "else": {"enum": words}}, properties=chooser)  # fmt: skip


_QUANTITY: Json = {"type": ["number", "string"], "pattern": THRESHOLD, "exclusiveMinimum": 0}
_SOURCES = ("measure", "is", "months_with")


def _value_fields() -> dict[str, Json]:
    """The fields that say where a value comes from."""
    return {
        "title": TITLE,
        "help": HELP,
        "measure": {"$ref": "#/$defs/measure"},
        "is": field("Is", "What the value is: an expression over other values and 'scored'.",
                    "(this_year - last_year) / last_year", **EXPRESSION),
        "months_with": field("Months with", "A condition over values: the value is the number of "
                             "months at whose end it held, the as-of month and those before it.",
                             "experts >= 50", **EXPRESSION),
        "over": field("Over", "How many months 'months_with' looks at.", "24 months",
                      type="string", pattern=OVER["pattern"]),
        "unit": field("Unit", "The value's unit where no threshold says it: % or a currency.",
                      "%", type="string", pattern="^(%|[A-Za-z]{1,20})$"),
    }  # fmt: skip


def _with_source(schema: Json) -> Json:
    """A mapping with exactly one of the fields that say where a value comes from."""
    one: Json = {"oneOf": [{"required": [key]} for key in _SOURCES]}
    return {**schema, "allOf": [{"if": {"type": "object"}, "then": one}],
            "dependentRequired": {"months_with": ["over"], "over": ["months_with"]}}  # fmt: skip


def _value() -> Json:
    """A named value of an option."""
    return _with_source(mapping("Value", "A value with a name, which earns nothing itself.",
                                {"is": "value_of_orders >= 1000"}, _value_fields()))  # fmt: skip


def _threshold() -> Json:
    """A threshold: one, or a list of which the first that applies counts."""
    one = mapping("Threshold", "A threshold, and when it is the one.",
                  {"when": "large_market", "is": "30000 EUR"}, {
        "when": field("When", "A condition over values and 'scored'; the last of the list has "
                      "none.", "large_market", **EXPRESSION),
        "is": field("Is", "The threshold: a number, with a currency or %, above 0.", "30000 EUR",
                    **_QUANTITY),
    }, ("is",))  # fmt: skip
    return field("Threshold", "The value that earns all points: a number, with a currency or %, "
                 "above 0; or a list of such, each with a condition, of which the first that "
                 "holds counts.", "30000 EUR",
                 anyOf=[_QUANTITY, {"type": "array", "items": one, "minItems": 2}])  # fmt: skip


def _metric() -> Json:
    """A metric of an option."""
    requirement = mapping("Requirement", "A condition without which the metric earns no points.",
                          {"that": "value >= 1", "otherwise": "nothing was sold"}, {
        "that": field("Condition", "An expression over 'value', the parts of the measure, other "
                      "values and 'scored'.",
                      "then >= 50", **EXPRESSION),
        "otherwise": text("Otherwise", "What to say where it does not hold.",
                          {"en": "fewer than 50 a year ago"}),
    }, ("that", "otherwise"))  # fmt: skip
    metric = mapping("Metric", "One metric: what its value is, and what it earns.",
                     _METRIC, {
        **_value_fields(),
        "group": field("Group", "The group it is shown in.", "performance", type="string"),
        "requires": field("Requires", "Conditions without which it earns no points.",
                          [{"that": "value >= 1", "otherwise": "nothing was sold"}],
                          type="array", items=requirement, minItems=1, uniqueItems=True),
        "points": points(),
        "threshold": _threshold(),
        "max_points": field("Maximum", "The most points that the metric earns.", 10,
                            type="number", exclusiveMinimum=0, maximum=MOST_POINTS),
    }, ("max_points",))  # fmt: skip
    # A points rule that is written as a mapping says itself what it needs.
    metric["if"] = {"properties": {"points": {"type": "object"}}, "required": ["points"]}
    about = {key: each for key, each in _threshold().items() if key != "anyOf"}
    metric["else"] = {"required": ["threshold"], "properties": {"threshold": about}}
    return _with_source(metric)


def competency() -> Json:
    """The schema of a competency."""
    metric = _metric()
    level = mapping("Level", "A level and the condition for it.", {"when": "score >= 80"}, {
        "title": TITLE,
        "when": field("When", "An expression over 'score', 'lowest_points', 'points.METRIC', "
                      "values and 'scored'. The first level that holds is given.",
                      "score >= 80", **EXPRESSION),
    }, ("when",))  # fmt: skip
    group = mapping("Group", "A group of metrics.", {"title": "Performance"}, {"title": TITLE})
    conditions = {
        "description": "Conditions that must all hold.",
        "type": "array",
        "items": EXPRESSION,
        "minItems": 1,
        "uniqueItems": True,
    }
    option = mapping("Option", "One way to attain the competency.", _OPTION, {
        "title": TITLE,
        "help": HELP,
        "eligible": named("Eligible", "By table, the conditions that its rows must meet to count: "
                          "for every metric that reads or reaches them, and for credit.",
                          {"orders": ["paid"]}, conditions, NAME),
        "groups": named("Groups", "The groups that metrics are shown in.",
                        {"performance": {"title": "Performance"}}, group, NAME),
        "values": named("Values", "Values that earn nothing themselves, by the name that "
                        "expressions call them.", {"loyal": {"is": "years >= 2"}}, _value(), NAME),
        "metrics": named("Metrics", "The metrics, in the order of the result.", {"sales": _METRIC},
                         metric, NAME),
        "max_score": field("Maximum score", "The points of all metrics together; the maxima must "
                           "add up to it.", 100, type="number", exclusiveMinimum=0,
                           maximum=MOST_POINTS),
        "levels": named("Levels", "The levels, best first. None of them: no level.",
                        {"gold": {"when": "score >= 80"}}, level, ID),
    }, ("metrics", "levels"))  # fmt: skip
    in_force = mapping("In force", "The months in which this version holds.", {"from": "2021-01"}, {
        "from": field("From", "The first month.", "2021-01", **MONTH),
        "through": field("Through", "The last month; left out while a later version does not "
                         "follow.", "2021-12", **MONTH),
    }, ("from",))  # fmt: skip
    schema = file_schema("competency", "Competency", {
        "version": field("Version", "The version of this competency's rules.", "1.0.0", **SEMVER),
        "in_force": in_force,
        "contract": field("Contract", "The id of the data contract.", "sales-data",
                          type="string"),
        "options": named("Options", "The ways to attain the competency.", {"sales": _OPTION},
                         option, ID),
    }, ("version", "in_force", "contract", "options"))  # fmt: skip
    schema["$defs"] = {"measure": measure()}
    return schema


KINDS = {
    "contract": contract_schema.schema,
    "catalogue": catalogue,
    "certifications": certifications,
    "credit": credit,
    "competency": competency,
    "demo": demo_schema.schema,
    "cases": cases_schema.schema,
    "releases": releases.schema,
}


@cache
def schema_of(kind: str) -> Json:
    """The schema of one kind of rule file."""
    return KINDS[kind]()
