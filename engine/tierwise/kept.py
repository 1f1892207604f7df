"""What is made of a contract and the types of data is kept: the next data set mostly has the same.

Who scores one data set does not notice. Who tests cases, or scores again and again in one process, would
spend most of the time on making the same queries and on printing them, which takes longer than to run one
over little data.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, ParamSpec, TypeVar

import ibis.expr.types as ir

Given = ParamSpec("Given")
Made = TypeVar("Made")
_KEPT = 1024
"""How many are kept of each function."""


@dataclass(frozen=True)
class _Place(Generic[Made]):
    """Where something is put by whoever asks for it first; others wait meanwhile."""

    making: threading.RLock = field(default_factory=threading.RLock)
    made: list[Made] = field(default_factory=list)


def kept(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """A function that is not asked twice for the same, also not by two threads.

    Its arguments are Ibis' tables, which are the same where their nodes say the same, and what can be hashed.
    """

    @functools.lru_cache(_KEPT)
    def place_of(*_: Hashable) -> _Place[Made]:
        return _Place()

    @functools.wraps(make)
    def asked(*arguments: Given.args, **named: Given.kwargs) -> Made:
        assert not named, "what is asked for stands in order"
        place = place_of(*(each.op() if isinstance(each, ir.Table) else each for each in arguments))
        with place.making:
            if not place.made:
                place.made.append(make(*arguments, **named))
            return place.made[0]

    return asked
