"""What is made of a contract and the types of data is kept: the next data set mostly has the same.

Who scores one data set does not notice. Who tests cases, or scores again and again in one process, would
spend most of the time on making the same queries and on printing them, which takes longer than to run one
over little data.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar, cast

import ibis.expr.types as ir

Given = ParamSpec("Given")
Made = TypeVar("Made")
_KEPT = 1024
"""How many are kept of each function."""


@dataclass(frozen=True)
class _Said:
    """A table, which is another one that says the same: Ibis compares only their nodes."""

    node: Hashable
    table: ir.Table = field(compare=False)


def kept(make: Callable[Given, Made]) -> Callable[Given, Made]:
    """A function that is not asked twice for the same.

    Its arguments are Ibis' tables, which are the same where they say the same, and what can be hashed.
    """

    @functools.lru_cache(_KEPT)
    def known(*arguments: Hashable) -> Made:
        given = (each.table if isinstance(each, _Said) else each for each in arguments)
        return cast("Callable[..., Made]", make)(*given)

    @functools.wraps(make)
    def asked(*arguments: Given.args, **named: Given.kwargs) -> Made:
        assert not named, "what is asked for stands in order"
        return known(*(_Said(each.op(), each) if isinstance(each, ir.Table) else each
                       for each in arguments))  # fmt: skip

    return asked
