"""Whatever is done to a rule file, there are findings that help, and at once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from rule_files import GOOD, copy_of_good, findings
from thorough import EVERYTHING
from tierwise.diagnostics import Span
from tierwise.source.document import Mapping, Scalar
from tierwise.source.read import read, walk

FILES = sorted(file.name for file in GOOD.glob("*.yaml"))
SIGNS = "\n\t :-[]{}'\"#&*!|>%@,0aZé\x00\u2028.()=<+"


def _cut(text: str, span: Span, end: int, by: str) -> str:
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: span.line - 1])) + span.column - 1
    return text[:start] + by + text[start + end :]


def _with_other_values(name: str) -> Iterator[str]:
    document = read(GOOD / name).value
    assert document is not None
    for number, node in enumerate(walk(document.root)):
        if isinstance(node, Scalar):
            by = ("[]", "{a: 1}", "x y", "", "-1.5", '"\\n"', "2021-01")[number % 7]
            yield _cut(document.text, node.span, len(node.raw), by)


def _with_other_keys(name: str) -> Iterator[str]:
    document = read(GOOD / name).value
    assert document is not None
    nodes = (node for node in walk(document.root) if isinstance(node, Mapping))
    for number, entry in enumerate(entry for node in nodes for entry in node):
        length = entry.key_span.end_column - entry.key_span.column
        yield _cut(
            document.text, entry.key_span, length, ("zzz", entry.key + "s", "''")[number % 3]
        )


def _with_slips(name: str) -> Iterator[str]:
    dice = random.Random(name)
    text = (GOOD / name).read_text(encoding="utf-8")
    for _ in range(60):
        letters = list(text)
        for _ in range(dice.choice([1, 1, 3])):
            at = dice.randrange(len(letters))
            letters[at : at + dice.randrange(2)] = dice.choice(SIGNS)
        yield "".join(letters)


@pytest.mark.parametrize("damage", [_with_other_values, _with_other_keys, _with_slips])
@pytest.mark.parametrize("name", FILES)
def test_no_damage_breaks_validation(
    name: str, damage: Callable[[str], Iterator[str]], tmp_path: Path
) -> None:
    rules = copy_of_good(tmp_path)
    one = several = 0
    for text in islice(damage(name), 0, None, 1 if EVERYTHING else 3):
        (rules / name).write_text(text, encoding="utf-8")
        start = time.monotonic()
        found = findings(rules)
        assert time.monotonic() - start < 2
        for each in found:
            assert each.hint
            assert (each.message + each.hint).isprintable()
            assert isinstance(each.place, Span)
        one += len(found) == 1
        several += len(found) > 1
    assert several <= one / 4
