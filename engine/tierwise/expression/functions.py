"""The functions that an expression may call; each has one meaning on both sides."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.expression.kinds import Kind


@dataclass(frozen=True)
class Function:
    """A function: the kinds it takes (None: any), the kind it gives, and its help.

    ``constant``: its argument is a text that stands there, so that it is checked with the rules.
    """

    name: str
    takes: tuple[tuple[Kind, ...] | None, ...]
    gives: Kind
    help: str
    example: str
    constant: bool = False


_TIME = (Kind.DATE, Kind.MONTH)

FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        Function("present", (None,), Kind.BOOLEAN, "whether the value is there: not an empty cell",
                 "present(closed_on)"),
        Function("missing", (None,), Kind.BOOLEAN, "whether the value is not there: an empty cell",
                 "missing(closed_on)"),
        Function(
            "months_between", (_TIME, _TIME), Kind.WHOLE,
            "calendar months from the first month to the second; 0 in the same month",
            "months_between(opened_on, month) < 12",
        ),
        Function("date", ((Kind.TEXT,),), Kind.DATE, "the day that a text writes",
                 "date('2021-05-31')", constant=True),
    )
}  # fmt: skip
