"""Results as a table for a terminal."""

from __future__ import annotations

import io
import itertools
import shlex
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tierwise.months import format_month
from tierwise.program.program import Metric, Option
from tierwise.run.results import OptionResults, Results
from tierwise.source.fields import in_language
from tierwise_cli.render.amounts import amount, threshold

MOST_ROWS = 200
"""A table of more rows is for no reader; the rest is left out, with a word."""

_STYLES = ("bold yellow", "bold white", "cyan", "magenta")


def writer(results: Results) -> Callable[[BinaryIO], None]:
    """A function that writes the results to a file or the terminal."""

    def write(out: BinaryIO) -> None:
        terminal = out is sys.stdout.buffer and sys.stdout.isatty()
        text = io.StringIO()
        width = shutil.get_terminal_size((120, 50)).columns
        console = Console(file=text, force_terminal=terminal, width=width, no_color=not terminal,
                          highlight=False, legacy_windows=False)  # fmt: skip
        for option in results.options:
            _option(console, option)
        for warning in results.warnings:
            console.print(f"warning: {warning.place}: {warning.message}", style="yellow")
        stamp = results.stamp
        console.print(
            f"made by tierwise {stamp.engine_version} on {stamp.backend} from rules "
            f"{stamp.rules_digest[:12]} and data {stamp.data_digest[:12]}", style="dim")  # fmt: skip
        out.write(text.getvalue().encode())

    return write


def _option(console: Console, results: OptionResults) -> None:
    program, option = results.program, results.option
    title = in_language(program.title, "en", program.competency)
    name = in_language(option.title, "en", option.id)
    console.print(Text(f"{title}: {name}", style="bold"))
    console.print(f"version {program.version}, as of {format_month(program.as_of)}", style="dim")
    console.print()
    console.print(_legend(option))
    console.print()
    console.print(_scores(results))
    if len(results) > MOST_ROWS:
        console.print(f"... and {len(results) - MOST_ROWS:,} more; --format csv gives all")
    console.print()


def _legend(option: Option) -> Table:
    """The metrics with the number of their column: what all points are earned for."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for justify in ("right", "left", "right", "left"):
        table.add_column(justify=justify, no_wrap=justify == "right")
    for number, metric in enumerate(option.metrics, 1):
        table.add_row(f"({number})", Text(in_language(metric.title, "en", metric.id)),
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
    styles = {level.id: _STYLES[min(place, len(_STYLES) - 1)]
              for place, level in enumerate(option.levels)}  # fmt: skip
    for score in itertools.islice(results.scores(), MOST_ROWS):
        points = [amount(each.points) for each in score.metrics]
        level = Text(score.level or "-", style=styles.get(score.level, "dim"))
        table.add_row(Text(score.scored), Text(amount(score.score), style="bold"), level, *points)
    return table


def what_next(
    results: Results, data: Path, as_of: str, competency: str | None, version: str | None
) -> str:
    """What to type next, with a partner of the results; of the same version if one was named."""
    first = next((score for option in results.options for score in option.scores()), None)
    if first is None:
        return ""
    named = "" if version is None else f" --version {version}"
    if version is not None and competency is not None:
        named = f" --competency {competency}{named}"
    folder, partner = shlex.quote(str(data)), shlex.quote(first.scored)
    if not (folder + partner).isprintable():
        return ""  # no terminal could be trusted with it
    return (
        f"next: tierwise explain {folder} --as-of {as_of}{named} --partner {partner}\n"
        f"      tierwise evaluate {folder} --as-of {as_of}{named} --output scores.csv\n"
    )
