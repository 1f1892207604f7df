"""Several months as a table for a terminal: a line a month.

Of everybody, how many have which level; of partners that were asked for, their score, level and
points.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import BinaryIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tierwise.diagnostics import printable
from tierwise.months import format_month
from tierwise.run.results import MonthlyResults, OptionResults
from tierwise.source.fields import in_language
from tierwise_cli.render.amounts import amount
from tierwise_cli.render.results_table import (
    MOST_ROWS,
    legend,
    level_styles,
    print_end,
    written,
)  # fmt: skip

NO_LEVEL = "-"


def writer(results: MonthlyResults, each: bool = False) -> Callable[[BinaryIO], None]:
    """A function that writes the results to a file or the terminal.

    Args:
        results: the results.
        each: whether there is a line for each partner and month, instead of one for each month.
    """

    def write(console: Console) -> None:
        for months in _alike(results):
            _title(console, months)
            if each:
                console.print(legend(months[-1].option))
                console.print()
            console.print(_of_each(months) if each else _of_all(months))
            rows = sum(map(len, months))
            if each and rows > MOST_ROWS:
                console.print(f"... and {rows - MOST_ROWS:,} more; --format csv gives all")
            console.print()
        for competency in _with_options(results):
            _competency(console, results, competency)
        print_end(console, results.warnings, results.months[-1].stamp)

    return written(write)


def _alike(results: MonthlyResults) -> Iterator[list[OptionResults]]:
    """By option and version, what its months give, in order."""
    alike: dict[tuple[str, str, str], list[OptionResults]] = {}
    for month in results.months:
        for each in month.options:
            key = (each.program.competency, each.option.id, each.program.version)
            alike.setdefault(key, []).append(each)
    for key in sorted(alike, key=lambda key: key[0]):  # options in the order of their rules
        yield alike[key]


def _title(console: Console, months: Sequence[OptionResults]) -> None:
    program, option = months[-1].program, months[-1].option
    title = printable(in_language(program.title, "en", program.competency))
    name = printable(in_language(option.title, "en", option.id))
    console.print(Text(f"{title}: {name}", style="bold"))
    first, last = (format_month(each.program.as_of) for each in (months[0], months[-1]))
    when = f"as of {first}" if first == last else f"as of {first} to {last}"
    console.print(f"version {program.version}, {when}", style="dim")
    console.print()


def _of_all(months: Sequence[OptionResults]) -> Table:
    """How many have which level, a line a month."""
    levels = [level.id for level in months[-1].option.levels]
    table = _table(["as of", *levels, NO_LEVEL])
    for each in months:
        _count(table, each.program.as_of, each.table["level"].to_pylist(), levels)
    return table


def _count(table: Table, as_of: int, attained: Sequence[str | None], levels: list[str]) -> None:
    counts = Counter(level or NO_LEVEL for level in attained)
    table.add_row(format_month(as_of), *(f"{counts[name]:,}" for name in [*levels, NO_LEVEL]))


def _of_each(months: Sequence[OptionResults]) -> Table:
    """The score, the level and the points of each partner, a line a month."""
    option, key = months[-1].option, months[-1].program.contract.scored_key
    numbers = [f"({number})" for number, _ in enumerate(option.metrics, 1)]
    table = _table([key.removesuffix("_id"), "as of", "score", "level", *numbers], left=(0, 1, 3))
    styles = level_styles(option)
    rows = [(score.scored, each.program.as_of, score) for each in months for score in each.scores()]
    rows.sort(key=lambda row: row[:2])
    before = ""
    for scored, as_of, score in rows[:MOST_ROWS]:
        level = Text(score.level or NO_LEVEL, style=styles.get(score.level, "dim"))
        name = Text(printable(scored) if scored != before else "")
        points = [amount(each.points) for each in score.metrics]
        table.add_row(name, format_month(as_of), Text(amount(score.score), style="bold"), level,
                      *points)  # fmt: skip
        before = scored
    return table


def _table(columns: Sequence[str], left: tuple[int, ...] = (0,)) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for number, name in enumerate(columns):
        table.add_column(name, justify="left" if number in left else "right", no_wrap=True)
    return table


def _with_options(results: MonthlyResults) -> list[str]:
    """The competencies that have several options in some month."""
    return sorted({name for month in results.months for name in month.competency_levels})


def _competency(console: Console, results: MonthlyResults, competency: str) -> None:
    """How many have which level by their better option, a line a month."""
    of_months: list[tuple[OptionResults, Mapping[str, str]]] = []
    for month in results.months:
        own = [each for each in month.options if each.program.competency == competency]
        if competency in month.competency_levels:
            of_months.append((own[-1], month.competency_levels[competency]))
    program = of_months[-1][0].program
    levels = list(dict.fromkeys(level.id for one, _ in of_months for option in one.program.options
                                for level in option.levels))  # fmt: skip
    title = printable(in_language(program.title, "en", competency))
    console.print(Text(f"{title}: by the better option", style="bold"))
    console.print()
    table = _table(["as of", *levels, NO_LEVEL])
    for one, attained in of_months:
        _count(table, one.program.as_of, list(attained.values()), levels)
    console.print(table)
    console.print()
