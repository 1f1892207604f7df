"""Reading: what a file may be, and where every key and value of it stands."""

from __future__ import annotations

import time
from decimal import Decimal
from pathlib import Path

import pytest

from rule_files import GOOD, RULES, copy_of_good, findings
from tierwise.diagnostics import Span
from tierwise.source.document import Document, Mapping, Node, Scalar, Sequence, Written
from tierwise.source.read import MAX_DUPLICATES, MAX_VALUES, parse, read, walk

RULE_FILES = sorted([*RULES.rglob("*.yaml"), *GOOD.rglob("*.yaml")])


def _document(text: str) -> Document:
    outcome = parse(text, "file.yaml")
    assert outcome.value is not None, outcome.diagnostics
    return outcome.value


def _value(text: str) -> object:
    node = _document(f"key: {text}").root.get("key")
    assert isinstance(node, Scalar)
    return node.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("2021-05-31", "2021-05-31"), ("12:30", "12:30"),
        ("true", True), ("False", False), ("", None), ("~", None), ("null", None), ("'null'", "null"),
        ("10", 10), ("-3", -3), ("+4", 4), ("007", 7), ("0.10", Decimal("0.10")), (".5", Decimal("0.5")),
        ("5.", Decimal(5)), ("1e3", "1e3"), ("0x10", "0x10"), ("1_000", "1_000"), (".inf", ".inf"),
        (".nan", ".nan"), ("123456789012345678", 123456789012345678),
        ("1234567890123456789", "1234567890123456789"), ("'10'", "10"), ("<<", "<<"),
    ],
)  # fmt: skip
def test_values_are_read_as_json_means_them(text: str, value: object) -> None:
    assert _value(text) == value
    assert type(_value(text)) is type(value)


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda file: file.name)
def test_every_span_points_at_its_value(file: Path) -> None:
    document = read(file).value
    assert document is not None
    lines = document.text.splitlines(keepends=True)
    nodes = list(walk(document.root))
    assert nodes
    for node in nodes:
        _assert_span(node, lines)


def _slice(node: Node, lines: list[str]) -> str:
    span = node.span
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    first = lines[span.line - 1][span.column - 1 :]
    middle = lines[span.line : span.end_line - 1]
    last = lines[span.end_line - 1][: span.end_column - 1] if span.end_line <= len(lines) else ""
    return "".join([first, *middle, last])


def _assert_span(node: Node, lines: list[str]) -> None:
    if isinstance(node, Scalar):
        text = _slice(node, lines)
        assert text == node.raw
        assert _value(text) == node.value if "\n" not in text else text
    if isinstance(node, Mapping):
        for entry in node:
            key = entry.key_span
            written = lines[key.line - 1][key.column - 1 : key.end_column - 1]
            assert written in (entry.key, f"'{entry.key}'", f'"{entry.key}"')
    if isinstance(node, Sequence):
        assert _slice(node, lines)[0] in "[-"


WRITTEN = [
    ("plain", "key: ä weight é", 5 + 2),
    ("single quotes", "key: 'it''s weight'", 6 + 6),
    ("double quotes", 'key: "ä weight"', 6 + 2),
    ("escapes", r'key: "\u00e4\t\U0001F600weight"', 6 + 6 + 2 + 10),
    ("quoted pair", r'key: "\"\\ weight"', 6 + 5),
]


@pytest.mark.parametrize(("how", "text", "offset"), WRITTEN, ids=[each[0] for each in WRITTEN])
def test_a_word_is_found_on_one_line(how: str, text: str, offset: int) -> None:
    node = _document(text).root.get("key")
    assert isinstance(node, Scalar), how
    written = Written(node.text, node.span, node.raw)
    place = written.place(node.text.index("weight"), 6)
    assert (place.line, place.column) == (1, offset + 1)
    assert place.end_column == place.column + 6


@pytest.mark.parametrize(
    "text",
    [
        "key: ä first\n  second weight", "key: 'ä\n\n  it''s weight'", 'key: "ä\n  \\\n  weight"',
        "key: |\n  ä first\n   weight", "key: >-\n\n  ä\n\n   more\n  weight", "key: |2-\n   ä\n  weight",
        "key:\n  - ä: >\n      weight\n", "# ä\r\nkey: first\r\n  ä weight\r\n",
    ],
)  # fmt: skip
def test_a_word_is_found_over_lines(text: str) -> None:
    nodes = [node for node in walk(_document(text).root) if isinstance(node, Scalar)]
    node = next(node for node in nodes if "weight" in node.text)
    place = Written(node.text, node.span, node.raw).place(node.text.index("weight"), 6)
    line = text.replace("\r\n", "\n").split("\n")[place.line - 1]
    assert line[place.column - 1 : place.end_column - 1] == "weight"


def test_a_place_in_a_text_that_stands_nowhere_is_its_span() -> None:
    assert Written("column", Span("table")).place(3) == Span("table")


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("file-encoding", "title: Grün".encode("latin-1")),
        ("file-encoding", "title: Grün".encode("utf-16")),
        ("file-too-large", b"#" + b"x" * 1_000_000),
        ("file-too-large", b"a: [" + b"1, " * MAX_VALUES + b"1]"),
    ],
)
def test_files_that_are_refused_unread(code: str, raw: bytes, tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    (rules / "extra.yaml").write_bytes(raw)
    assert [each.code for each in findings(rules)] == [code]


def test_the_place_of_a_byte_that_is_not_utf8(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes("a: 1\nbä: ".encode() + b"\xff")
    (finding,) = read(file).diagnostics
    assert str(finding.place) == f"{file}:2:5"


def test_a_byte_order_mark_is_no_part_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(b"\xef\xbb\xbfkind: catalogue\n")
    document = read(file).value
    assert document is not None
    assert document.root.entries[0].key == "kind"


def test_a_link_that_leads_nowhere_is_reported(tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    (rules / "lost.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (finding,) = findings(rules)
    assert finding.code == "file-unreadable"
    assert finding.hint


def test_many_duplicates_are_reported_as_a_hundred() -> None:
    outcome = parse("a: 1\n" * 5_000, "file.yaml")
    assert len(outcome.diagnostics) == MAX_DUPLICATES


HOSTILE = {
    "nested lists": "kind: " + "[" * 10_000 + "]" * 10_000,
    "nested mappings": "\n".join("  " * depth + "a:" for depth in range(1_500)),
    "nested flow mappings": "kind: " + "{a: " * 10_000 + "}" * 10_000,
    "nested sequences": "kind: " + "- " * 10_000,
    "alias bomb": "a: &a [x]\n" + "\n".join(
        f"{name}: &{name} [*{before}, *{before}, *{before}]"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)),
    "many keys": "\n".join(f"key{number}: 1" for number in range(40_000)),
    "one key again and again": "kind: catalogue\n" * 40_000,
    "a long text": "kind: " + "x" * 900_000,
    "a long key": "x" * 900_000 + ": 1",
    "open brackets": "kind: [" + "a, " * 100_000,
    "open quotes": "kind: '" + "a\n" * 400_000,
    "comments": "# remark\n" * 100_000,
    "quotes": "kind: " + "'" * 900_000,
    "complex keys": "? " * 10_000,
    "dashes": "---\n" * 100_000,
    "control characters": "kind: \x00\x01\x02",
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_cost_a_moment_and_give_a_finding(name: str, tmp_path: Path) -> None:
    rules = copy_of_good(tmp_path)
    (rules / "hostile.yaml").write_text(HOSTILE[name], encoding="utf-8")
    start = time.monotonic()
    found = findings(rules)
    assert time.monotonic() - start < 5
    assert found
    assert all(each.place.path.endswith("hostile.yaml") for each in found)
