"""Whose number it is that does not fit, where a plan stops because one is too large.

The database says only that some product has more than 38 digits. So the plan's tables are asked
column by column, in their order, until the first that cannot be calculated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import duckdb

from tierwise.diagnostics import CannotRun
from tierwise.plan.plan import OptionPlan, Plan
from tierwise.program.option import LOWEST_POINTS, SCORE, Option, points_of
from tierwise.run.database import Database, quoted
from tierwise.run.run import run_plan

_SIDES = ("_n", "_d")
_VALUE = ":value"
_MOST_NAMED = 5
_HINT = ("the divisors of what is added up or compared are multiplied with each other: round what is "
         "divided, as in 'round(1000 * sales / goal) / 1000', or divide by the same in several of "
         "them")  # fmt: skip


def run_and_name(database: Database, plan: Plan, progress: Callable[[str], None]) -> None:
    """Run a plan; where a number is too large, what is said names it.

    Raises:
        CannotRun: it does not run.
    """
    try:
        run_plan(database, plan, progress)
    except CannotRun as error:
        if not _is_too_large(error):
            raise
        known = next((each for option in plan.options if (each := _named(database, plan, option))),
                     None)  # fmt: skip
        raise known or error from error


def _is_too_large(error: BaseException | None) -> bool:
    """Whether a number that the database could not hold lies behind an error."""
    while error is not None:
        if isinstance(error, duckdb.OutOfRangeException | duckdb.ConversionException):
            return True
        error = error.__cause__
    return False


def _named(database: Database, plan: Plan, option: OptionPlan) -> CannotRun | None:
    """What of an option is too large; None where all that is there can be calculated."""
    own = f"{plan.program.competency}:{option.option.id}:"
    texts = dict(_texts(option.option))
    fine: set[str] = set()
    for step in plan.steps:
        if not step.name.startswith(own) or step.stored:
            continue
        columns = [name for name in step.table.columns if name not in fine and _of(name) in texts]
        try:
            wrong = next((name for name in columns if not _fits(database, step.name, name)), None)
        except duckdb.CatalogException:
            return None  # the plan did not come so far
        if wrong is not None:
            return CannotRun(f"option '{option.option.id}': {texts[_of(wrong)]} is a fraction of more "
                             "than 38 digits", _HINT)  # fmt: skip
        fine |= {*columns}
    return None


def _fits(database: Database, step: str, column: str) -> bool:
    try:
        database.execute(f"SELECT max({quoted(column)}) FROM {quoted(step)}").fetchall()
    except CannotRun as error:
        if _is_too_large(error):
            return False
        raise
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
