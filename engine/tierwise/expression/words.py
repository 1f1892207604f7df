"""The words that an expression is made of; what Python would read and rules must not is refused.

Python reads more than the rule language says: comments that swallow a line, texts side by side
that become one, letters that look like others. So an expression is first taken apart here, and
Python only sees it when every word of it is one of ours.
"""

from __future__ import annotations

import itertools
import keyword
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tierwise.diagnostics import printable, shown

MAX_DEPTH = 40

LANGUAGE_WORDS = frozenset({"and", "or", "not", "in", "if", "else", "true", "false"})
RESERVED = LANGUAGE_WORDS | {word.lower() for word in keyword.kwlist}
"""Names that no expression can use, in any mix of capitals."""

NUMBER = re.compile(r"[0-9]{1,18}(\.[0-9]{1,12})?")

_WORD = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<text>'[^'\\\r\n]*'|"[^"\\\r\n]*")
      | (?P<number>[0-9][0-9A-Za-z_.]*|\.[0-9][0-9A-Za-z_.]*)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>==|!=|<=|>=|\*\*|//|:=|&&|\|\||<>|<<|>>|.)""",
    re.VERBOSE | re.DOTALL,
)
_SIGNS = frozenset(("==", "!=", "<=", ">=", *"<>+-*/()[],."))
_NOT_PART = {
    "**": "powers", "//": "whole division", "%": "remainders", ":=": "assignments",
    "{": "mappings", "}": "mappings", ";": "statements", "#": "comments", "\\": "backslashes",
    "lambda": "functions of one's own", "for": "comprehensions", "async": "comprehensions",
}  # fmt: skip
_INSTEAD = {
    "=": "'=='", "&": "'and'", "&&": "'and'", "|": "'or'", "||": "'or'", "~": "'not'",
    "!": "'not'", "<>": "'!='", "≠": "'!='", "≥": "'>='", "≤": "'<='", "×": "'*'", "÷": "'/'",
    "−": "'-'", "–": "'-'", "‘": "a straight quote", "’": "a straight quote",
    "“": "a straight quote", "”": "a straight quote", "\xa0": "an ordinary space",
    "is": "'==' or '!=', and of an empty cell missing(...) or present(...)", "none": "missing(...) or present(...)",
    "null": "missing(...) or present(...)", "nil": "missing(...) or present(...)",
}  # fmt: skip
_OPENS, _CLOSES = {"(": ")", "[": "]"}, {")": "(", "]": "["}


class Refusal(Exception):
    """Why a text is no expression of the rule language, and which of its characters say so."""

    def __init__(
        self, message: str, offset: int, length: int = 1, hint: str = "",
        code: str = "expression-syntax",
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.message, self.offset, self.length = message, offset, length
        self.hint, self.code = hint, code


@dataclass(frozen=True)
class Word:
    """A word of an expression: its sort (space, text, number, name, sign) and its place."""

    sort: str
    text: str
    offset: int

    @property
    def is_operand(self) -> bool:
        """Whether it stands for a value."""
        return self.sort in ("text", "number") or (
            self.sort == "name" and self.text not in LANGUAGE_WORDS - {"true", "false"}
        )


_NOTHING = Word("", "", -1)


def words(text: str) -> list[Word]:
    """The words of an expression, without white space.

    Raises:
        Refusal: a word is none of the rule language, or two do not fit side by side.
    """
    found = [word for word in _all(text) if word.sort != "space"]
    _check_numbers(found)
    for word in found:
        _check(word, text)
    for before, word in itertools.pairwise(found):
        _check_side_by_side(before, word)
    _check_brackets(found)
    return found


def _check_numbers(found: list[Word]) -> None:
    """Refuse what people write for numbers and days elsewhere: units, percentages, separators."""
    depth = 0
    for place, word in enumerate(found):
        depth += (word.text in _OPENS) - (word.text in _CLOSES)
        after = [*found[place + 1 : place + 5], *4 * [_NOTHING]]
        sign, behind = after[0], after[1]
        if word.sort != "number" or not NUMBER.fullmatch(word.text):
            continue
        joined = _touch(word, sign) and _touch(sign, behind) and behind.sort == "number"
        if sign.text == "%" and not behind.is_operand and behind.text not in _OPENS:
            share = f"{Decimal(word.text) / 100:f}"
            raise Refusal("a percentage is written as a number here", word.offset,
                          sign.offset + 1 - word.offset, f"write {share}")  # fmt: skip
        if sign.sort == "name" and sign.text.lower() not in LANGUAGE_WORDS:
            raise Refusal(f"nothing joins {shown(sign.text)} to the number before it", sign.offset,
                          len(sign.text), "write the number alone: numbers in expressions have no "
                          "unit")  # fmt: skip
        if sign.text == "," and joined and not depth:
            raise Refusal("a number has a point, and nothing between its thousands", word.offset,
                          behind.offset + len(behind.text) - word.offset,
                          "write 1234.5, not 1,234.5 or 1.234,5")  # fmt: skip
        if sign.text == "-" and joined and len(word.text) == 4 and len(behind.text) == 2:
            _refuse_day(word, behind, *after[2:4])


def _refuse_day(year: Word, month: Word, sign: Word, day: Word) -> None:
    """A day or month that stands there as it is would be a subtraction."""
    is_day = sign.text == "-" and _touch(month, sign) and _touch(sign, day) and len(day.text) == 2
    text = f"{year.text}-{month.text}" + (f"-{day.text}" if is_day else "")
    if not is_day and not month.text.startswith(("0", "1")):
        return
    hint = f"write date('{text}'), or '{text}' beside a date" if is_day else f"write '{text}'"
    raise Refusal(
        f"a {'day' if is_day else 'month'} stands in quotes", year.offset, len(text), hint
    )


def _touch(one: Word, other: Word) -> bool:
    return one.offset + len(one.text) == other.offset


def on_one_line(text: str) -> str:
    """The text with white space between words as spaces; every character keeps its offset."""
    return "".join(
        " " * len(word.text) if word.sort == "space" else word.text for word in _all(text)
    )


def _all(text: str) -> Iterator[Word]:
    for match in _WORD.finditer(text):
        yield Word(str(match.lastgroup), match[0], match.start())


def _check(word: Word, expression: str) -> None:
    text, size = word.text, len(word.text)
    if word.sort == "number" and not NUMBER.fullmatch(text):
        raise Refusal(f"{shown(text)} is not a number of the rule language", word.offset, size,
                      "digits, at most 18, with at most 12 more behind a point",
                      "expression-forbidden")  # fmt: skip
    if word.sort == "name" and text not in LANGUAGE_WORDS | {"True", "False"}:
        _check_name(word)
    if word.sort == "sign" and text not in _SIGNS:
        if text in ("'", '"'):
            raise _unfinished(word, expression)
        raise _forbidden(word)


def _unfinished(quote: Word, expression: str) -> Refusal:
    """A quote that begins no text: nothing closes it, or what it holds may not stand there."""
    rest = expression[quote.offset + 1 :]
    if quote.text not in rest:
        return Refusal("the text that begins here does not end", quote.offset, 1,
                       f"close it with {quote.text}")  # fmt: skip
    backslash = quote.offset + 1 + (rest.find("\\") if "\\" in rest else -1)
    if backslash > quote.offset:
        return _forbidden(Word("sign", "\\", backslash))
    return Refusal(
        "a text stands on one line", quote.offset, 1, "close it on the line it begins on"
    )


def _check_name(word: Word) -> None:
    lower = word.text.lower()
    if lower in LANGUAGE_WORDS:
        raise Refusal(f"{shown(word.text)} is not a word of the rule language", word.offset,
                      len(word.text), f"write '{lower}'", "expression-forbidden")  # fmt: skip
    if lower in _INSTEAD or keyword.iskeyword(word.text):
        raise _forbidden(word)


def _forbidden(word: Word) -> Refusal:
    key = word.text.lower()
    if key in _NOT_PART:
        message = f"{_NOT_PART[key]} are not part of the rule language"
        if key == "//":
            message = "whole division is not part of the rule language"
    elif word.text.isascii():
        message = f"{shown(word.text)} is not part of the rule language"
    else:
        sign = f"{shown(word.text)} (U+{ord(word.text):04X})"
        message = f"the character {sign} is not part of the rule language"
    hint = f"write {_INSTEAD[key]}" if key in _INSTEAD else "docs/language.md says what is"
    return Refusal(message, word.offset, len(word.text), hint, "expression-forbidden")


def _check_side_by_side(before: Word, word: Word) -> None:
    touching = before.offset + len(before.text) == word.offset
    if before.sort == "name" and word.sort == "text" and touching:
        raise Refusal(f"{shown(before.text)} before a text is not part of the rule language",
                      before.offset, len(before.text), "write the text in plain quotes",
                      "expression-forbidden")  # fmt: skip
    ends = before.is_operand or before.text in _CLOSES
    if ends and word.is_operand:
        hint = "a text that holds a quote stands in quotes of the other sort" if (
            touching and before.sort == word.sort == "text") else "add an operator, or a comma"  # fmt: skip
        this = printable(word.text[:40]) if word.sort == "text" else shown(word.text)
        raise Refusal(f"nothing joins {this} to what stands before it", word.offset,
                      len(word.text), hint)  # fmt: skip


def _check_brackets(found: list[Word]) -> None:
    open_: list[Word] = []
    for word in found:
        if word.sort == "sign" and word.text in _OPENS:
            open_.append(word)
            if len(open_) > MAX_DEPTH:
                raise Refusal("the expression is nested too deeply", word.offset, 1,
                              "name a part of it, or split it", "expression-too-long")  # fmt: skip
        elif word.text in _CLOSES and (not open_ or open_.pop().text != _CLOSES[word.text]):
            raise Refusal(f"nothing is open that '{word.text}' could close", word.offset, 1,
                          "remove it, or open a bracket before it")  # fmt: skip
    if open_:
        raise Refusal(f"'{open_[-1].text}' is never closed", open_[-1].offset, 1,
                      f"add '{_OPENS[open_[-1].text]}'")  # fmt: skip
