"""Numbers as people read them: with their unit, and never rounded up to what they are not."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from fractions import Fraction

from tierwise.program.cases.case import ValueResult
from tierwise.quantity import Quantity, plain_decimal


def amount(number: Fraction | None, unit: str = "", places: int = 2) -> str:
    """A number with thousands marked; cut behind ``places`` digits, with "..." where it is."""
    if number is None:
        return "-"
    shown = number * 100 if unit == "%" else number
    whole = Decimal(plain_decimal(shown, 18))
    cut = whole.quantize(Decimal(1).scaleb(-places), rounding=ROUND_DOWN)
    text = f"{cut:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    more = "…" if Fraction(cut) != shown else ""
    suffix = f" {unit}" if unit else ""
    return f"{text}{more}{suffix}"


def value_text(value: ValueResult, unit: str = "") -> str:
    """A value as people read it, whatever it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return amount(value, unit) if isinstance(value, Fraction | None) else str(value)


def threshold(quantity: Quantity) -> str:
    """A threshold as people read it."""
    return amount(quantity.number, quantity.unit)
