"""Who is credited: a credit policy with its names resolved."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.expression.parse import Expression
from tierwise.source.fields import Titles


@dataclass(frozen=True)
class Way:
    """A kind of association that credits, unless one of the displacing ways holds the same.

    ``credits``: whether it does; else it only displaces others.
    """

    name: str
    when: Expression
    unless: tuple[str, ...]
    credits: bool = True


@dataclass(frozen=True)
class Policy:
    """Who is credited, in the months in which an association is in effect on the last day.

    ``to``: the table's column with the scored one; ``of``: its column with what is credited,
    ``reference`` the name of that reference, ``target`` the table it leads to.
    """

    name: str
    title: Titles
    through: str
    to: str
    of: str
    reference: str
    target: str
    period: tuple[str, str]
    ways: tuple[Way, ...]
