"""The JSON Schema of a competency: its options, their values, metrics, groups and levels."""

from __future__ import annotations

from tierwise.expression.schema import EXPRESSION, NAME, Json
from tierwise.measures import MEASURES
from tierwise.measures.shared_fields import ENDING
from tierwise.model.schema_parts import (
    HELP,
    ID,
    MONTH,
    MOST_POINTS,
    SEMVER,
    THRESHOLD,
    TITLE,
    field,
    file_schema,
    mapping,
    named,
    one_of,
    text,
)  # fmt: skip
from tierwise.points import POINTS

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
        key: {"properties": {key: kind.schema, **(kind.properties or {}), **(kind.optional or {})},
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
FOLDS = ("number_with", "highest", "lowest", "total", "average")
"""The fields that make one value of several."""
_SOURCES = ("measure", "is", "percentile", *FOLDS)


def _value_fields() -> dict[str, Json]:
    """The fields that say where a value comes from."""
    return {
        "title": TITLE,
        "help": HELP,
        "measure": {"$ref": "#/$defs/measure"},
        "is": _is(),
        "number_with": field("Number with", "A condition over values: the value is the number of "
                             "months, or of what a dimension tells apart, in which it holds.",
                             "experts >= 50", **EXPRESSION),
        "highest": field("Highest", "An expression over values: the value is the highest that it "
                         "gives in any of the months, or in any part of the dimension.",
                         "points.sales", **EXPRESSION),
        "lowest": field("Lowest", "The lowest that an expression over values gives.", "sales",
                        **EXPRESSION),
        "total": field("Total", "The sum of what an expression over values gives.", "sales",
                       **EXPRESSION),
        "average": field("Average", "The average of what an expression over values gives, where "
                         "it gives something.", "sales", **EXPRESSION),
        "over": field("Over", "What is looked at: so many months at whose ends, the as-of month "
                      "and those before it, everything is as it was then; or the name of a "
                      "dimension, which a measure says in 'by'.", "24 months", type="string",
                      minLength=1, maxLength=80),
        "ending": ENDING,
        "since": field("Since", "No month is looked at that ends before this day: an expression "
                       "over 'scored' and 'as_of' that gives a date.", "scored.joined_on",
                       **EXPRESSION),
        "percentile": field("Percentile", "A number over values: the value is the share, from 0 to "
                            "1, of the others that have less. Alone, there is no value.",
                            "sales", **EXPRESSION),
        "within": field("Within", "Who the others are: those for which this expression gives the "
                        "same. Left out: all. For whom it is missing there is no value.", "scored.country", **EXPRESSION),
        "unit": field("Unit", "The value's unit where no threshold says it: % or a currency.",
                      "%", type="string", pattern="^(%|[A-Za-z]{1,20})$"),
    }  # fmt: skip


def _is() -> Json:
    """What a value is: an expression, or a list of which the first that applies counts."""
    one = mapping("Case", "What the value is, and when it is that.",
                  {"when": "sales >= 1000", "is": 2}, {
        "when": field("When", "A condition over values and 'scored'; the last of the list has "
                      "none.", "sales >= 1000", **EXPRESSION),
        "is": field("Is", "What the value is then: an expression over values.", 2, **EXPRESSION),
    }, ("is",))  # fmt: skip
    return field("Is", "What the value is: an expression over other values and 'scored'; or a list "
                 "of such, each with a condition, of which the first that holds counts.",
                 "(this_year - last_year) / last_year",
                 anyOf=[EXPRESSION, {"type": "array", "items": one, "minItems": 2}])  # fmt: skip


def _with_source(schema: Json) -> Json:
    """A mapping with exactly one of the fields that say where a value comes from."""
    one: Json = {"oneOf": [{"required": [key]} for key in _SOURCES]}
    folds: Json = {"oneOf": [{"required": [key]} for key in FOLDS]}
    return {**schema, "allOf": [{"if": {"type": "object"}, "then": one},
                                {"if": {"type": "object", "required": ["over"]}, "then": folds}],
            "dependentRequired": {**{fold: ["over"] for fold in FOLDS}, "ending": ["over"],
                                  "since": ["over"], "within": ["percentile"]}}  # fmt: skip


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
                            type="number", minimum=0, maximum=MOST_POINTS),
    })  # fmt: skip
    # A points rule that is written as a mapping says itself what it needs.
    free = [key for key, kind in POINTS.items() if not kind.earns]
    said = {"anyOf": [{"type": "object"}, {"enum": free}]}
    about = {key: each for key, each in _threshold().items() if key != "anyOf"}
    whole = _with_source(metric)
    several = whole["allOf"]
    assert isinstance(several, list), "it is a list above"
    several += [
        {"if": {"properties": {"points": said}, "required": ["points"]},
         "else": {"required": ["threshold"], "properties": {"threshold": about}}},
        {"if": {"properties": {"points": {"enum": free}}, "required": ["points"]},
         "then": {"properties": dict.fromkeys(("threshold", "max_points", "requires"), False)},
         "else": {"required": ["max_points"]}},
    ]  # fmt: skip
    return whole


def _group() -> Json:
    """A group of metrics."""
    return mapping("Group", "A group of metrics, and of other groups.", {"title": "Performance"}, {
        "title": TITLE,
        "counts": field("Counts", "Whether the points of all its members are added up, or only "
                        "those of the best member count.", "all", enum=["all", "best"]),
        "max_points": field("Maximum", "No more than so many points of the group count.", 40,
                            type="number", exclusiveMinimum=0, maximum=MOST_POINTS),
        "group": field("Group", "The group that it belongs to itself.", "skills",
                       type="string"),
    })  # fmt: skip


def schema() -> Json:
    """The schema of a competency."""
    metric = _metric()
    level = mapping("Level", "A level and the condition for it.", {"when": "score >= 80"}, {
        "title": TITLE,
        "when": field("When", "An expression over 'score', 'lowest_points', 'points.METRIC', "
                      "values and 'scored'. The first level that holds is given.",
                      "score >= 80", **EXPRESSION),
    }, ("when",))  # fmt: skip
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
        "groups": named("Groups", "The groups that metrics are shown in, and how their points count together.",
                        {"performance": {"title": "Performance"}}, _group(), NAME),
        "values": named("Values", "Values that earn nothing themselves, by the name that "
                        "expressions call them.", {"loyal": {"is": "years >= 2"}}, _value(), NAME),
        "metrics": named("Metrics", "The metrics, in the order of the result.", {"sales": _METRIC},
                         metric, NAME),
        "max_score": field("Maximum score", "The most points that metrics and groups give together; the maxima must "
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
    found = file_schema("competency", "Competency", {
        "version": field("Version", "The version of this competency's rules.", "1.0.0", **SEMVER),
        "in_force": in_force,
        "contract": field("Contract", "The id of the data contract.", "sales-data",
                          type="string"),
        "options": named("Options", "The ways to attain the competency.", {"sales": _OPTION},
                         option, ID),
    }, ("version", "in_force", "contract", "options"))  # fmt: skip
    found["$defs"] = {"measure": measure()}
    return found
