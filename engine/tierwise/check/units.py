"""Units of an option that look like one unit written in two ways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tierwise.diagnostics import Diagnostic, Related, Severity, Span
from tierwise.model.ruleset import CompetencyRule, OptionRule
from tierwise.points.every import Every
from tierwise.points.steps import Steps
from tierwise.quantity import Quantity

CODE = "similar-units"
LEAST = 3
"""Of shorter units a letter is half of the word: mm and cm, kg and mg are different."""


def check(rule: CompetencyRule) -> Iterable[Diagnostic]:
    """A warning for each unit that is almost another one of its option."""
    for option in rule.options:
        first: dict[str, Span] = {}
        for unit, span in _units(option):
            if unit in first:
                continue
            like = next((each for each in first if _are_alike(unit, each)), None)
            if like is not None:
                yield Diagnostic(CODE, f"is {unit} the same as {like}?", span,
                                 f"if so, write {like}; else give one of them another name",
                                 Severity.WARNING, (Related(first[like], like),))  # fmt: skip
            first[unit] = span


def _units(option: OptionRule) -> Iterator[tuple[str, Span]]:
    """The words that an option uses as units, in order, with their places."""
    for value in (*option.values, *(metric.value for metric in option.metrics)):
        if value.unit is not None:
            yield value.unit.text, value.unit.span
    for metric in option.metrics:
        quantities: list[Quantity] = [each.quantity for each in metric.thresholds]
        if isinstance(metric.points, Steps):
            quantities += [least for least, _ in metric.points.steps]
        if isinstance(metric.points, Every):
            quantities.append(metric.points.unit)
        for each in quantities:
            if each.unit and each.unit != "%" and each.span is not None:
                yield each.unit, each.span


def _are_alike(one: str, other: str) -> bool:
    """Whether two units are the same but for capitals, or but for one letter."""
    if one.lower() == other.lower():
        return True
    return min(len(one), len(other)) >= LEAST and _one_letter_apart(one, other)


def _one_letter_apart(one: str, other: str) -> bool:
    """Whether one letter, changed, added or left out, makes one word of the other."""
    short, long = sorted((one, other), key=len)
    same = next((at for at, each in enumerate(short) if each != long[at]), len(short))
    rest = short[same + 1 :] if len(short) == len(long) else short[same:]
    return len(long) - len(short) <= 1 and rest == long[same + 1 :]
