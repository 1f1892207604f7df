"""Amounts with a unit, as rule files write them: ``30000 EUR``, ``35 %``, ``10``, ``12 months``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction

from tierwise.diagnostics import Span

_QUANTITY = re.compile(r"(-?[0-9]{1,18}(?:\.[0-9]{1,12})?)(?: ?(%)| ([A-Za-z]{1,20}))?")

FRACTION = "^[1-9][0-9]{0,8}/[1-9][0-9]{0,8}$"
"""A number of points that no decimal writes: 15/7."""
PATTERN = r"^-?[0-9]{1,18}(\.[0-9]{1,12})?( ?%| [A-Za-z]{1,20})?$"


@dataclass(frozen=True)
class Quantity:
    """An exact number with its unit: "" for a count, "%" for a share, or a currency.

    ``number`` is what the rules calculate with: of ``35 %`` it is 35/100. ``span``: where it
    stands, None where it stands in no file.
    """

    number: Fraction
    unit: str
    text: str
    span: Span | None = field(default=None, compare=False)


def parse_quantity(text: str) -> Quantity | None:
    """The quantity that a text writes, or None where it writes none."""
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        return None
    unit = match[2] or match[3] or ""
    number = Fraction(match[1])
    return Quantity(number / 100 if unit == "%" else number, unit, text.strip())


def plain_decimal(number: Fraction, places: int = 18) -> str:
    """A fraction as a plain decimal, exact where it ends within ``places``.

    A longer one is cut, never rounded up, so that 59.99... is not shown as 60.
    """
    numerator, denominator = number.numerator, number.denominator
    if denominator == 1:
        return str(numerator)
    digits = f"{abs(numerator) * 10**places // denominator:0{places + 1}d}"
    whole, rest = digits[:-places], digits[-places:].rstrip("0")
    shown = f"{whole}.{rest}" if rest else whole
    return f"-{shown}" if numerator < 0 and digits.strip("0") else shown


def plain(number: Fraction) -> str:
    """A number as rule files write it: a decimal where it ends, else a fraction."""
    text = plain_decimal(number)
    return text if Fraction(text) == number else str(number)
