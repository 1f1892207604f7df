"""The plots of docs/performance.md, made of results.json: time and memory against rows.

python benchmarks/plots.py            # writes docs/images/performance-*.svg
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl
from tables import BILLION, MAIN, RESULTS, expectation, sizes

mpl.use("svg")
import matplotlib.pyplot as plt

IMAGES = Path(__file__).parents[1] / "docs" / "images"
COLOURS = {
    "tierwise": "#0b6e4f",
    "SQL by hand": "#1f3b73",
    "Polars": "#c1666b",
    "pandas": "#b08d2c",
}
MARKS = {"tierwise": "o", "SQL by hand": "s", "Polars": "^", "pandas": "D"}
FIELDS = {"seconds": ("time", "seconds"), "memory_gb": ("memory", "peak memory, GB")}


def points(results: dict[str, Any], name: str, field: str) -> list[tuple[int, float]]:
    """(rows, number) of a program at each size that it managed."""
    return [(own["rows"], own["programs"][name][field]) for _, own in sizes(results)
            if field in own["programs"].get(name, {})]  # fmt: skip


def plot(results: dict[str, Any], field: str) -> None:
    """One plot, both axes logarithmic."""
    what, label = FIELDS[field]
    figure, axes = plt.subplots(figsize=(7, 4.6))
    for name in MAIN:
        found = points(results, name, field)
        if found:
            rows, numbers = zip(*found, strict=True)
            axes.plot(rows, numbers, marker=MARKS[name], color=COLOURS[name], label=name)
    if field == "seconds":
        expected(axes, results)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("rows of all tables")
    axes.set_ylabel(label)
    axes.grid(visible=True, which="both", alpha=0.2)
    axes.legend(frameon=False)
    figure.tight_layout()
    IMAGES.mkdir(parents=True, exist_ok=True)
    figure.savefig(IMAGES / f"performance-{what}.svg", metadata={"Date": None})
    plt.close(figure)


def expected(axes: Any, results: dict[str, Any]) -> None:
    """A dotted line on to a billion rows: calculated, not measured."""
    known = [(own["rows"], own["programs"]["tierwise"]) for _, own in sizes(results)
             if "seconds" in own["programs"].get("tierwise", {})]  # fmt: skip
    if len(known) > 1:
        seconds = expectation(*known[-2:])["seconds"]
        axes.plot([known[-1][0], BILLION], [known[-1][1]["seconds"], seconds], linestyle=":",
                  color=COLOURS["tierwise"], label="tierwise, calculated")  # fmt: skip


def main() -> None:
    """Both plots; the same bytes for the same results."""
    mpl.rcParams["svg.hashsalt"] = "tierwise"
    results = json.loads(RESULTS.read_text("utf-8"))
    for field in FIELDS:
        plot(results, field)


if __name__ == "__main__":
    main()
