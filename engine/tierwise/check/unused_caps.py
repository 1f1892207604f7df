"""A group's max_points takes something away from somebody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from tierwise.diagnostics import Diagnostic, Severity, shown
from tierwise.program.option import Group, Option
from tierwise.program.program import Program
from tierwise.quantity import plain_decimal

CODE = "unused-cap"


def check(program: Program) -> Iterable[Diagnostic]:
    """A warning for each group whose members earn no more than it may without its max_points."""
    for option in program.options:
        for group in option.groups:
            if group.max_points is None or not option.members(group.id):
                continue
            most = _without_cap(option, group)
            if most <= group.max_points:
                how = "the best of its members earns" if group.best else "together its members earn"
                yield Diagnostic(CODE, f"the group {shown(group.id)} is never above its max_points of "
                                 f"{plain_decimal(group.max_points)}: {how} at most "
                                 f"{plain_decimal(most)}", group.span,
                                 "remove it, or correct a max_points", Severity.WARNING)  # fmt: skip


def _without_cap(option: Option, group: Group) -> Fraction:
    """The most that the members of a group can earn."""
    groups = tuple(replace(each, max_points=None) if each is group else each
                   for each in option.groups)  # fmt: skip
    return replace(option, groups=groups).most_points(group.id)
