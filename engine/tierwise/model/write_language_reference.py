"""``python -m tierwise.model.write_language_reference FILE`` writes docs/language.md.

All of it comes from the schemas and the registries, so that it says what the program does.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tierwise.codes import CODES
from tierwise.expression.functions import FUNCTIONS
from tierwise.measures import MEASURES
from tierwise.model.language_values import VALUES
from tierwise.model.schemas import KINDS, schema_of
from tierwise.points import POINTS

_HEADER = """# The rule language

<!-- Written by `python -m tierwise.model.write_language_reference docs/language.md`; do not edit. -->

Rules are YAML files below one folder. Each begins with its `kind` and the version of its `schema`;
a comment such as `# yaml-language-server: $schema=../schemas/competency.schema.json` makes an
editor complete and check it while you type. [The shapes of rules](shapes/README.md) shows sentences of
policy pages beside the rules that say them. `tierwise validate` says everything that is wrong,
each finding with its file, line and column.

YAML is read as JSON means it: `no` is a text, a date is a text, and a key stands once. Anchors,
aliases and tags are not part of rule files. A number has at most 18 digits, and 12 behind the
point; numbers are exact. A text that YAML would take for something else stands in quotes: one that
holds `: ` or ` #`, or begins with a quote, a bracket, `*`, `&`, `!`, `|`, `>`, `%` or `@`; and inside
`{...}` and `[...]`, where a comma or bracket would end it, also one that holds `,`, `[`, `]`, `{` or `}`:
`{when: "sort in ['a', 'b']"}`.
"""

_GRAMMAR = """## Expressions

Conditions and amounts are expressions, on one line or several.

| what | how | means |
| --- | --- | --- |
| column | `amount` | the row's own value |
| path | `order.buyer.region` | along the contract's references, by their names |
| list | `products.suites` | the list `suites` of the catalogue `products` |
| text | `'open'`, `"it's"` | in quotes of either sort; no backslashes |
| number | `12`, `0.5` | exact; at most 18 digits, and 12 behind the point; 90 % is `0.9` |
| condition | `true`, `false` | a column of true and false stands for itself: `paid` |
| date, month | `'2021-05-31'`, `'2021-05'` | a text beside a date or a month is one |
| calculation | `+` `-` `*` | of numbers. `/` only where scores and values are judged, by a number |
| comparison | `==` `!=` `<` `<=` `>` `>=` | also in chains: `0 <= age < 12`. Texts and conditions have no order |
| membership | `in`, `not in` | `channel in ['web', 'shop']`, `product in products.suites` |
| joining | `and` `or` `not` | `not` binds before `and`, `and` before `or`; brackets group |
| choice | `a if condition else b` | both sides of one type |
| function | `present(closed_on)` | those below; there are no others |

A comparison with a missing value does not hold, `!=` and `not in` neither; and a missing condition
does not hold. `not` turns what does not hold into what holds. Ask `present(...)` or
`missing(...)` where an empty cell should count.

There is nothing else: no attributes or methods of values, no powers, remainders or whole division,
no functions of one's own, no comprehensions, assignments, f-strings, comments or `None`. An
expression has at most 1,000 characters. A text that is compared with a column is checked against
the values that the contract or a catalogue allows there.

No name that an expression says, such as that of a column, an attribute of a catalogue or a value, may be
one of the words `and`, `or`, `not`, `in`, `if`, `else`, `true` and `false`, or a word of Python's, such as
`class`, `from`, `is`, `for`, `while`, `with`, `as`, `return` or `none`, in any capitals. Of values and
dimensions, `scored`, `as_of`, `value`, `score`, `lowest_points` and `points` are none either. A column of
the data whose header is such a word, or has a blank in it, gets a name in the contract, and the contract says
the header: `form: {{type: text, header: class}}`. Rules, cases and findings say the name.

What may be named:

| where | names |
| --- | --- |
| `eligible`, a measure's fields, a contract's checks and derived columns | the columns of the table, derived ones too, and paths along its references; catalogues' lists |
| `when` of a credit policy's way | those of the table of associations |
| values, a metric's thresholds, `requires` and points, and `when` of a level | values and metrics by their names, a measure's parts behind a point (`growth.then`), `points.METRIC`, `points.GROUP`, `score`, `lowest_points` (those of the metric that earns the fewest), `scored.` and a column of the scored one or a path along its references, `as_of`, catalogues' lists |
| in a metric besides | `value`, and the parts of its own measure: {parts} |
| what is told apart, besides | the name of the dimension: `region == 'north'` |
| a measure's fields besides | `as_of`, the last day of the as-of month |
| `during` of a measure | `month` (the fact's), `as_of`, `scored.`, and with a credit policy `credited_since` |
| `since` of a fold | `scored.`, `as_of` |
"""


_CREDITED = """## Who is credited

Rows of a table whose references lead to the scored one are that one's own: no policy is named. An
entity of such rows is each scored one's own too: a buyer of two sellers has a total with each of them,
from that seller's rows alone.

Other rows say what they are about, such as an order, and a credit policy says whose that is.
Then an entity has one total, of all its eligible rows, and everybody who is credited with it gets all
of it.

The rows may also be those of the table that the policy credits itself, as in `{sum: rooms, from: permits,
credit: claim}` where claims are on permits: each row is about itself. Without `over` it counts for
whoever is credited with it in the as-of month.

- An association is in effect in a month if it is on the month's last day.
- It counts if it, and every row that its references lead to, is what the option calls `eligible`. One
  that does not count credits nobody, and **displaces nobody** either.
- It counts in the first way whose `when` it meets, or not at all. Of those that count in a month on
  the same thing, one is displaced where `unless` names the way of another, be it of the same scored one.
  One that is displaced itself still displaces: `unless` asks whether the other counts, not whether it is
  credited in the end.
- A measure takes whoever is credited by any way of its policy. For some of the ways alone write another
  policy, in which the others say `credits: false`: they credit nobody, and displace all the same.
- Where `per` names something that several credited things lead to, such as the buyer of orders,
  **one association with one of them is enough**: it credits with the whole buyer, the rows of the other
  orders included, once. So `count` of a path along what is credited counts the whole buyer, whichever of
  the orders a row is about.

An empty cell identifies nothing: a row in which what `per` names is empty is left out.
"""

_DATA = """## Cells of the data

What a column's `type` takes. Text is read in this form wherever it stands; other types of a Parquet
file or a database are taken where nothing is lost. An empty cell is a missing one. What is not of
its type is refused, with its place.

| type | in text | in Parquet or a database |
| --- | --- | --- |
| `text` | anything but a NUL character | text |
| `boolean` | `true` or `false`, in any capitals; not `yes`, `1` or `t` | boolean |
| `whole` | digits and perhaps a sign, at most 18 of them | a whole number; a decimal without digits behind the point |
| `decimal` | at most 20 digits and 12 behind the point, perhaps a sign: `1234.50` | a decimal or whole number; never binary floating point |
| `month` | `2021-05`, or a date of that month | a date, a timestamp at midnight without a time zone |
| `date` | `2021-05-31` | a date, a timestamp at midnight without a time zone |
"""

_MONTHS = """## Months of the data

A month without rows counts as 0, and so does one that somebody forgot to deliver. So the data must begin
no later than the first month that a value looks at: that of a growth since 12 months ago is the month
a year before the as-of month. A table that begins later, or has no rows, is an error (`data-history`);
one that ends before the as-of month is a warning (`data-stale`). Nothing is said of months between.

- Where there was nothing earlier, or it is not to be had, `tierwise evaluate` and `explain` go on with
  `--allow-short-history`; then it is a warning. It holds for all tables of that run.
- Of a table whose rows are events that may not happen for months, such as complaints or penalties, the
  contract says `rare_events: true`. Neither is said of it then, in any run; so do not say it of a table
  that has rows of every month.
- A case may begin when it likes: nothing is missing in it.
"""

_CASES = """## Cases

A file of the kind `cases` stands beside a competency and shows by small tables what its rules give;
`tierwise test` evaluates them. A row says only the columns that matter. What it leaves out:

| column | is filled with |
| --- | --- |
| of a key, a text or whole number | one that no other row has, such as `order-1` |
| reference to a table | the first row of that table in the case; where there is none, one is added |
| days of the table's period | in effect always |
| optional | nothing: the cell is empty |
| with `values`, or of a catalogue | the first of them |
| number | 0, or the minimum above it |
| true or false | true |
| month, date | the as-of month, and its first day |
| other text | the column's name |

What leaves such a column of a key out is about **another thing than every other row**: two rows of exams
that do not say the person are of two people, who hold one each. Write the same key where the same thing
is meant. Columns are named as the contract names them, also where it gives the reference another name
with `as`.

A table that a case does not name gets a row for each key that others refer to; in one that it names,
those keys must stand. Cases see nothing of each other. Months before the first row count as 0.

A case is tested with the version in force in its month. A file that says `version` means one
version, which must be in force then; one that says `versions: [1.0.0, 2.0.0]` has every case tested
with each of them, whatever their months, and what fails names the version.

Numbers are compared exactly: `75/7` is a fraction, `10.71` another number. A metric of which no case
expects anything is a finding, and no error.
"""


_FUNCTIONS = """\
### Functions

What a function gives is missing where a value that it takes is missing, but for `present` and
`missing`. A text is no date beside a function: write `date('2021-05-31')`. Windows of the calendar
are conditions: `year(month) == year(as_of)` leaves the rows of the as-of month's calendar year.
"""


def reference() -> str:
    """The whole page."""
    parts = [_HEADER, *_kinds(), *_measures(), _CREDITED, *_points(), _DATA, _MONTHS]
    parts += [_GRAMMAR.format(parts=_parts()), _functions(), VALUES, _CASES, _findings()]
    return "\n".join(part.strip() + "\n" for part in parts)


def _kinds() -> Iterator[str]:
    yield "## Kinds of rule files\n"
    for kind in KINDS:
        schema = schema_of(kind)
        yield f"### {kind}\n\n{schema['description']} Its schema: `schemas/{kind}.schema.json`.\n"
        yield _table(_rows(schema, "", schema))


def _rows(schema: Mapping[str, Any], path: str, root: Mapping[str, Any]) -> Iterator[str]:
    """A row for every field, and below it those of what it holds."""
    needed = schema.get("required", [])
    for name, given in schema.get("properties", {}).items():
        each = _resolved(given, root)
        if not isinstance(each, dict):
            continue
        where = f"{path}{name}"
        must = "yes" if name in needed else ""
        yield f"| `{where}` | {_cell(each)} | {must} | {_example(each)} |"
        if each.get("title") == "Measure":
            continue  # measures have a chapter of their own
        yield from _rows(each, f"{where}.", root)
        below = each.get("additionalProperties")
        if isinstance(below, dict) and "properties" in (of := _resolved(below, root)):
            yield from _rows(of, f"{where}.NAME.", root)
        if isinstance(each.get("items"), dict) and "properties" in each["items"]:
            yield from _rows(each["items"], f"{where}[].", root)


def _resolved(schema: Any, root: Mapping[str, Any]) -> Any:
    if isinstance(schema, dict) and "$ref" in schema:
        return root["$defs"][schema["$ref"].rpartition("/")[2]]
    return schema


def _cell(schema: Mapping[str, Any]) -> str:
    text = str(schema.get("description", ""))
    if "enum" in schema:
        text += " One of " + ", ".join(f"`{each}`" for each in schema["enum"]) + "."
    return text.replace("|", "\\|")


def _example(schema: Mapping[str, Any]) -> str:
    examples = schema.get("examples", [])
    return f"`{_flow(examples[0])}`".replace("|", "\\|") if examples else ""


def _flow(value: object) -> str:
    """A value as YAML writes it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return value if isinstance(value, str) else json.dumps(value)


def _table(rows: Iterator[str]) -> str:
    return "| field | meaning | needed | example |\n| --- | --- | --- | --- |\n" + "\n".join(rows)


def _measures() -> Iterator[str]:
    yield "## Measures\n\nThe first field of a `measure` says what sort it is.\n"
    for key, kind in MEASURES.items():
        yield f"### {key}\n\n{kind.title}. {kind.help}\n\n```yaml\nmeasure: {kind.example}\n```\n"
        schema = {"properties": {key: kind.schema, **kind.properties},
                  "required": [key, *kind.required]}  # fmt: skip
        yield _table(_rows(schema, "", schema))


def _points() -> Iterator[str]:
    yield "## Points rules\n\nA metric's `points`; `proportional` where it is left out.\n"
    for key, kind in POINTS.items():
        example = f"points: {_flow(kind.example)}"
        yield f"### {key}\n\n{kind.title}. {kind.help}\n\n```yaml\n{example}\n```\n"
        if kind.schema is not None:
            schema = {"properties": {key: kind.schema, **(kind.properties or {})},
                      "required": [key, *(kind.properties or {})]}  # fmt: skip
            yield _table(_rows(schema, "", schema))


def _parts() -> str:
    named = {part: key for key, kind in MEASURES.items() for part in kind.part_names}
    others = [f"`{part}` ({key})" for part, key in named.items() if part != "value"]
    return ", ".join(others)


def _functions() -> str:
    lines = [_FUNCTIONS, "| function | means | example |", "| --- | --- | --- |"]
    for name, function in FUNCTIONS.items():
        means = ". ".join(filter(None, (function.help, function.note)))
        lines.append(f"| `{name}` | {means} | `{function.example}` |")
    return "\n".join(lines)


def _findings() -> str:
    lines = ["## Findings about rule files\n", "| code | means |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| `{code}` | {meaning} |" for code, meaning in CODES.items())])


def main(file: Path) -> None:
    """Write the page."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(reference(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
