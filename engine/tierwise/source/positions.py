"""Where each character of a value stands in its file, however the value is written there.

A rule file writes a text plain, in quotes of either sort, or as a block; lines may be folded and
characters escaped. Folding touches only white space, so the n-th other character of the value is
the n-th other character of what stands in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from tierwise.diagnostics import Span

_ESCAPED = {"x": 2, "u": 4, "U": 8}
_WHITE = " \t\r\n\x85\u2028\u2029"
_SIMPLE = {"t": "\t", "n": "\n", "r": "\r", " ": " ", "N": "\x85", "_": "\xa0",
           "L": "\u2028", "P": "\u2029"}  # fmt: skip


def place_in(raw: str, text: str, span: Span, offset: int, length: int = 1) -> Span:
    """The place in the file of some characters of a value.

    Args:
        raw: what stands in the file, from the first character of ``span`` on; "" where unknown.
        text: the value.
        span: the value's place.
        offset: the first character that is meant, counted in the value.
        length: how many of them.

    Returns:
        Their place, ending at the end of its first line; all of ``span`` where it cannot be told.
    """
    offsets = _offsets(raw, text)
    if offsets is None or not text:
        return span
    first = min(max(offset, 0), len(text) - 1)
    last = min(max(offset + length - 1, first), len(text) - 1)
    beyond = max(0, offset - first)
    line, column = _line_and_column(raw, offsets[first], span)
    end_line, end_column = _line_and_column(raw, offsets[last], span)
    column, end_column = column + beyond, end_column + beyond + 1
    if end_line != line:
        end_column = column + len(_rest_of_line(raw, offsets[first]))
    return Span(span.path, line, column, line, max(end_column, column + 1))


def _line_and_column(raw: str, offset: int, span: Span) -> tuple[int, int]:
    before = raw[:offset].replace("\r\n", "\n").replace("\r", "\n")
    line = before.count("\n")
    if not line:
        return span.line, span.column + offset
    return span.line + line, len(before) - before.rfind("\n")


def _rest_of_line(raw: str, offset: int) -> str:
    return raw[offset:].splitlines()[0].rstrip()


@lru_cache(maxsize=64)
def _offsets(raw: str, text: str) -> tuple[int, ...] | None:
    """For every character of the value its offset in ``raw``; None where they do not agree."""
    written = list(_characters(raw))
    solid = [offset for character, offset in written if character not in _WHITE]
    meant = [character for character in text if character not in _WHITE]
    if meant != [character for character, _ in written if character not in _WHITE]:
        return None
    offsets: list[int] = []
    after = written[0][1] if written else 0
    standing = iter(solid)
    for character in text:
        offset = after if character in _WHITE else next(standing)
        offsets.append(offset)
        after = offset + 1
    return tuple(offsets)


def _characters(raw: str) -> Iterator[tuple[str, int]]:
    """The characters that stand in ``raw``, unescaped, with their offsets."""
    style = raw[:1]
    if style in ("|", ">"):
        header = len(raw.splitlines(keepends=True)[0])
        yield from ((character, header + at) for at, character in enumerate(raw[header:]))
    elif style in ("'", '"'):
        yield from _quoted(raw, style)
    else:
        yield from ((character, at) for at, character in enumerate(raw))


def _quoted(raw: str, quote: str) -> Iterator[tuple[str, int]]:
    at, end = 1, len(raw) - 1
    while at < end:
        if quote == "'" and raw[at] == "'":
            yield "'", at
            at += 2
        elif quote == '"' and raw[at] == "\\":
            letter = raw[at + 1]
            digits = _ESCAPED.get(letter, 0)
            if digits:
                yield chr(int(raw[at + 2 : at + 2 + digits], 16)), at
            else:
                yield _SIMPLE.get(letter, letter), at
            at += 2 + digits
        else:
            yield raw[at], at
            at += 1
