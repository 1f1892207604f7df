"""Results as a table for a terminal."""

from __future__ import annotations

import io
import itertools
import shlex
import shutil
from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tierwise.diagnostics import Diagnostic, printable
from tierwise.months import format_month
from tierwise.program.option import Metric, Option
from tierwise.run.results import OptionResults, Results, Stamp
from tierwise.source.fields import in_language
from tierwise_cli.colour import coloured_output
from tierwise_cli.render.amounts import amount, threshold

MOST_ROWS = 200
"""A table of more rows is for no reader; the rest is left out, with a word."""

_STYLES = ("bold yellow", "bold white", "cyan", "magenta")


def writer(results: Results) -> Callable[[BinaryIO], None]:
    """A function that writes the results to a file or the terminal."""

    def write(console: Console) -> None:
        for option in results.options:
            _option(console, option)
            if option is _last_of(results, option):
                _competency(console, results, option)
        print_end(console, results.warnings, results.stamp)

    return written(write)


def written(write: Callable[[Console], None]) -> Callable[[BinaryIO], None]:
    """A function that writes what is printed on a console to a file or the terminal."""

    def to_file(out: BinaryIO) -> None:
        colour = coloured_output(out)
        text = io.StringIO()
        width = shutil.get_terminal_size((120, 50)).columns
        write(Console(file=text, force_terminal=colour, width=width, no_color=not colour,
                      highlight=False, legacy_windows=False))  # fmt: skip
        lines = (line.rstrip() for line in text.getvalue().split("\n"))
        out.write("\n".join(lines).encode())

    return to_file


def print_options(console: Console, options: Sequence[OptionResults]) -> None:
    """The rows of some options, and nothing else."""
    for option in options:
        _option(console, option)


def print_end(console: Console, warnings: Iterable[Diagnostic], stamp: Stamp) -> None:
    """What stands below every table: warnings, and what it was made from."""
    for warning in warnings:
        text_of = printable(f"warning: {warning.place}: {warning.message}")
        console.print(Text(text_of, style="yellow"))  # in which brackets are no markup
    console.print(
        f"made by tierwise {stamp.engine_version} on {stamp.backend} from rules "
        f"{stamp.rules_digest[:12]} and data {stamp.data_digest[:12]}", style="dim")  # fmt: skip


def _last_of(results: Results, option: OptionResults) -> OptionResults:
    """The last option of the same competency."""
    own = [each for each in results.options if each.program.competency == option.program.competency]
    return own[-1]


def _competency(console: Console, results: Results, last: OptionResults) -> None:
    """The level of a competency that has several options: whom the better one gives which."""
    levels = results.competency_levels.get(last.program.competency)
    if levels is None:
        return
    title = printable(in_language(last.program.title, "en", last.program.competency))
    console.print(Text(f"{title}: by the better option", style="bold"))
    attained = [(scored, level) for scored, level in levels.items() if level]
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for scored, level in attained[:MOST_ROWS]:
        table.add_row(Text(printable(scored)), level)
    console.print(table if attained else "nobody has a level", highlight=False)
    console.print()


def _option(console: Console, results: OptionResults) -> None:
    program, option = results.program, results.option
    title = printable(in_language(program.title, "en", program.competency))
    name = printable(in_language(option.title, "en", option.id))
    console.print(Text(f"{title}: {name}", style="bold"))
    console.print(f"version {program.version}, as of {format_month(program.as_of)}", style="dim")
    console.print()
    console.print(legend(option))
    console.print()
    console.print(_scores(results))
    if len(results) > MOST_ROWS:
        console.print(f"... and {len(results) - MOST_ROWS:,} more; --format csv gives all")
    console.print()


def legend(option: Option) -> Table:
    """The metrics with the number of their column: what all points are earned for."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for justify in ("right", "left", "right", "left"):
        table.add_column(justify=justify, no_wrap=justify == "right")
    for number, metric in enumerate(option.metrics, 1):
        table.add_row(f"({number})", Text(printable(in_language(metric.title, "en", metric.id))),
                      amount(metric.max_points), _all_points_at(metric))  # fmt: skip
    return table


def _all_points_at(metric: Metric) -> str:
    """What all points are earned for."""
    if not metric.thresholds:
        return "points"
    return "points at " + " or ".join(threshold(each.quantity) for each in metric.thresholds)


def _scores(results: OptionResults) -> Table:
    option = results.option
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(results.program.contract.scored_key.removesuffix("_id"), overflow="fold")
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("level", no_wrap=True)
    for number, _ in enumerate(option.metrics, 1):
        table.add_column(f"({number})", justify="right", no_wrap=True)
    styles = level_styles(option)
    for score in itertools.islice(results.scores(), MOST_ROWS):
        points = [amount(each.points) for each in score.metrics]
        level = Text(score.level or "-", style=styles.get(score.level, "dim"))
        table.add_row(
            Text(printable(score.scored)), Text(amount(score.score), style="bold"), level, *points
        )
    return table


def level_styles(option: Option) -> dict[str, str]:
    """How each level is shown."""
    return {level.id: _STYLES[min(place, len(_STYLES) - 1)]
            for place, level in enumerate(option.levels)}  # fmt: skip


def what_next(
    results: Results,
    data: str,
    months: Sequence[str],
    options: Sequence[str],
    only: Sequence[str],
) -> str:
    """What to type next: the same once more, to a file, and why for a partner of the results.

    Args:
        results: what came of it.
        data, months: what was evaluated; several months, and then the results of the last of them.
        options: everything else that both commands need to give the same again, as it is typed.
        only: the partners that were asked for, if any.
    """
    scores = (score.scored for option in results.options for score in option.scores())
    partner = next((each for each in scores if each.isprintable()), None)
    folder = f"./{data}" if data.startswith("-") else data
    same = shlex.join([folder, "--as-of", months[-1], *options])
    again = same
    if len(months) > 1:
        again = shlex.join([folder, "--from", months[0], "--to", months[-1], *options])
    if partner is None or not same.isprintable():
        return ""  # no terminal could be trusted with it
    named = [word for each in only if each.isprintable() for word in ("--partner", each)]
    output = shlex.join([*named, "--output", "scores.csv"])
    return (
        f"next: tierwise explain {same} {shlex.join(['--partner', partner])}\n"
        f"      tierwise evaluate {again} {output}\n"
    )
