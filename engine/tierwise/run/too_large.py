"""Whose number it is that does not fit, where a plan stops because one is too large.

The database says only that some product has more than 38 digits. So the plan's tables are asked
column by column, in their order, until the first that cannot be calculated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tierwise.diagnostics import CannotRun
from tierwise.plan.plan import OptionPlan, Plan, Step
from tierwise.program.option import LOWEST_POINTS, SCORE, Option, points_of
from tierwise.run.backend import Backend, TooLarge

_SIDES = ("_n", "_d")
_VALUE = ":value"
_MOST_NAMED = 5
_HINT = ("the divisors of what is added up or compared are multiplied with each other: round what is "
         "divided, as in 'round(1000 * sales / goal) / 1000', or divide by the same in several of "
         "them")  # fmt: skip


def named(backend: Backend, plans: Sequence[Plan], made: Sequence[Step]) -> CannotRun | None:
    """What of some plans is too large; None where all that is there can be calculated.

    Args:
        backend: where the plans ran so far.
        plans: the plans.
        made: the steps that are there.
    """
    found = (_in_option(backend, plan, option, made) for plan in plans for option in plan.options)
    return next((each for each in found if each is not None), None)


def _in_option(
    backend: Backend, plan: Plan, option: OptionPlan, made: Sequence[Step]
) -> CannotRun | None:
    own = f"{plan.program.competency}:{option.option.id}:"
    texts = dict(_texts(option.option))
    fine: set[str] = set()
    for step in made:
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
    table = step.read()
    try:
        backend.rows(table.aggregate(largest=table[column].max()))
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
