"""The functions that an expression may call; each has one meaning on all sides.

A function is one entry in one of these files; nothing else knows it by name.
"""

from __future__ import annotations

from tierwise.expression.functions.base import Function
from tierwise.expression.functions.dates import DATES
from tierwise.expression.functions.extremes import EXTREMES
from tierwise.expression.functions.presence import PRESENCE
from tierwise.expression.functions.rounding import ROUNDING

FUNCTIONS: dict[str, Function] = {
    function.name: function for function in (*PRESENCE, *EXTREMES, *ROUNDING, *DATES)
}
