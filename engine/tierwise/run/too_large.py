"""Whose number it is that does not fit, where a plan stops because one is too large.

The database says only that some product has more than 38 digits. So the plan's tables are asked
column by column, in their order, until the first that cannot be calculated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import ibis

from tierwise.diagnostics import CannotRun, TooLarge
from tierwise.plan.plan import OptionPlan, Plan, Step
from tierwise.program.option import LOWEST_POINTS, SCORE, Option, points_of
from tierwise.run.backend import Backend
from tierwise.run.run import run_plans

_SIDES = ("_n", "_d")
_VALUE = ":value"
_MOST_NAMED = 5
_HINT = ("the divisors of what is added up or compared are multiplied with each other: round what is "
         "divided, as in 'round(1000 * sales / goal) / 1000', or divide by the same in several of "
         "them")  # fmt: skip


def run_and_name(
    backend: Backend, plans: Sequence[Plan], progress: Callable[[str], None]
) -> None:  # fmt: skip
    """Run plans; where a number is too large, what is said names it.

    Raises:
        CannotRun: they do not run.
    """
    try:
        run_plans(backend, plans, progress)
    except CannotRun as error:
        if not isinstance(error.__cause__, TooLarge):
            raise
        options = ((plan, option) for plan in plans for option in plan.options)
        known = (_named(backend, plan, option, str(error)) for plan, option in options)
        raise next(filter(None, known), error) from error


def _named(backend: Backend, plan: Plan, option: OptionPlan, said: str) -> CannotRun | None:
    """What of an option is too large; None where all that is there can be calculated."""
    own = f"{plan.program.competency}:{option.option.id}:"
    texts = dict(_texts(option.option))
    fine: set[str] = set()
    for step in plan.steps:
        if step.stored and said.startswith(f"{step.title}: "):
            return None  # the plans came no further
        if not step.name.startswith(own) or step.stored:
            continue
        columns = [name for name in step.table.columns if name not in fine and _of(name) in texts]
        wrong = next((name for name in columns if not _fits(backend, step, name)), None)
        if wrong is not None:
            return CannotRun(f"option '{option.option.id}': {texts[_of(wrong)]} is a fraction of more "
                             "than 38 digits", _HINT)  # fmt: skip
        fine |= {*columns}
    return None


def _fits(backend: Backend, step: Step, column: str) -> bool:
    table = ibis.table(step.table.schema(), name=step.name)
    try:
        backend.rows(table.aggregate(most=table[column].max()))
    except TooLarge:
        return False
    return True


def _of(column: str) -> str:
    """The name of what a column keeps one side of."""
    return column[: -len(_SIDES[0])] if column.endswith(_SIDES) else column


def _texts(option: Option) -> Iterator[tuple[str, str]]:
    """By the name of columns: how what they keep is called."""
    yield from ((f"{value.id}{_VALUE}", f"the value of '{value.id}'") for value in option.values)
    yield from ((points_of(each.id), f"what '{each.id}' earns") for each in option.metrics)
    for group in option.groups:
        what = "the best of" if group.best else "the sum of"
        members = _listed(option.members(group.id))
        yield points_of(group.id), f"what the group '{group.id}' earns, {what} {members},"
    yield SCORE, f"the score, the sum of {_listed(option.members(None))},"
    yield LOWEST_POINTS, "lowest_points"


def _listed(names: Sequence[str]) -> str:
    """Names one after the other; of many the first."""
    if len(names) > _MOST_NAMED:
        names = [*names[:_MOST_NAMED], f"{len(names) - _MOST_NAMED} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
