"""What is said of results that a backend has written: where, how many, and the first of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from rich.console import Console
from rich.text import Text

from tierwise.diagnostics import printable
from tierwise.tasks.write_scores import WrittenScores
from tierwise_cli.render.results_table import print_end, print_options, written


def writer(scores: WrittenScores) -> Callable[[BinaryIO], None]:
    """A function that writes the summary to the terminal."""

    def write(console: Console) -> None:
        print_options(console, [each.first for each in scores.options])
        for each in scores.options:
            levels = ", ".join(f"{count:,} {level or 'without a level'}"
                               for level, count in each.levels.items())  # fmt: skip
            name = f"{each.first.program.competency}, {each.first.option.id}"
            console.print(Text(printable(f"{name}: {each.rows:,} rows: {levels}")), soft_wrap=True)
        console.print(Text(printable(f"written to {scores.target}")), soft_wrap=True)
        print_end(console, scores.warnings, scores.stamp)

    return written(write)
