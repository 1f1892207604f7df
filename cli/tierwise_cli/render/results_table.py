"""Results as a table for a terminal."""

from __future__ import annotations

import io
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
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column(program.contract.scored_key.removesuffix("_id"), no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("level", no_wrap=True)
    for metric in option.metrics:
        heading = in_language(metric.title, "en", metric.id)
        table.add_column(Text(f"{heading}\nof {amount(metric.max_points)} at "
                              f"{threshold(metric.threshold)}"), justify="right")  # fmt: skip
    styles = {level.id: _STYLES[min(place, len(_STYLES) - 1)]
              for place, level in enumerate(option.levels)}  # fmt: skip
    for number, score in enumerate(results.scores()):
        if number == MOST_ROWS:
            break
        points = [amount(each.points) for each in score.metrics]
        level = Text(score.level or "-", style=styles.get(score.level, "dim"))
        table.add_row(Text(score.scored), Text(amount(score.score), style="bold"), level, *points)
    console.print(table)
    if len(results) > MOST_ROWS:
        console.print(f"... and {len(results) - MOST_ROWS:,} more; --format csv gives all")
    console.print()


def what_next(results: Results, data: Path, as_of: str) -> str:
    """What to type next, with a partner of the results."""
    first = next((score for option in results.options for score in option.scores()), None)
    if first is None:
        return ""
    return (
        f"next: tierwise explain {data} --as-of {as_of} --partner {first.scored}\n"
        f"      tierwise evaluate {data} --as-of {as_of} --output scores.csv\n"
    )
