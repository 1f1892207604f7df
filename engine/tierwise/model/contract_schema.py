"""The JSON Schema of a data contract."""

from __future__ import annotations

from tierwise.expression.schema import EXPRESSION, NAME, Json
from tierwise.model.schema_parts import (
    TITLE,
    field,
    file_schema,
    mapping,
    named,
    text,
    texts,
)  # fmt: skip


def _column() -> Json:
    """A column of a table."""
    column = mapping("Column", "One column of the table.", {"type": "text"}, {
        "type": field("Type", "What a cell holds. Decimals are exact; a month is YYYY-MM, or a date in it.", "text",
                      enum=["text", "boolean", "whole", "decimal", "date", "month"]),
        "optional": field("Optional", "Whether a cell may be empty.", True, type="boolean"),
        "references": field("References", "The table, or the catalogue, whose key stands here; or "
                            "the file of certifications, one of whose exams does. Any other value "
                            "is refused.", "buyers", type="string"),
        "as": field("Name of the reference", "How a path, and a credit policy, names what is "
                    "referred to: buyer.country. The column's own name by default; keys, cases and "
                    "the data name the column all the same.", "buyer", **NAME),
        "header": field("Header", "How the data names the column, where expressions could not: a word such "
                        "as 'class', or one with a blank. The column's own name by default.", "class",
                        type="string", minLength=1, maxLength=200),
        "with": named("With", "Where the key referred to has several columns: by each of the others "
                      "the column of this row that stands for it. A date stands for its month where "
                      "the key has a month.", {"month": "ordered_on"},
                      field("Column", "A column of this row.", "ordered_on", type="string"), NAME),
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
    ] + [{"dependentRequired": {"as": ["references"], "with": ["references"]},
          "description": "Only a reference has a name beside its column's, or other columns."}]  # fmt: skip
    return column


def schema() -> Json:
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
        "rare_events": field("Rare events", "Whether rows are events that may not happen for months: "
                             "that there are none in the first or the last months is then no sign "
                             "that data is missing.", True, type="boolean"),
        "checks": field("Checks", "Conditions that every row must meet.",
                        [{"that": "end >= start", "message": "it ends after it begins"}],
                        type="array", items=check, uniqueItems=True),
        "derived": named("Derived columns", "Names for expressions over a row, to be used in rules "
                         "as if they were columns.", {"is_large": "amount > 1000"}, derived,
                         NAME),
    })  # fmt: skip
    whole = file_schema("contract", "Data contract", {
        "extends": field("Extends", "The contract whose tables this one takes over. Its own tables "
                         "are added; of a table that both have, columns are added or said anew.",
                         "sales-data", type="string"),
        "scored": field("Scored", "The table of which every row gets a score.", "sellers",
                        type="string"),
        "tables": named("Tables", "The tables of the data.",
                        {"sellers": {"key": ["id"], "columns": {"id": {"type": "text"}}}}, table,
                        NAME),
    }, ())  # fmt: skip
    return {**whole, "if": {"required": ["extends"]}, "else": {"required": ["scored", "tables"]}}
