"""The tables of docs/performance.md, made of results.json; between marks, so that the rest stays.

python benchmarks/tables.py           # writes them into the page
python benchmarks/tables.py --check   # fails where the page has others
"""

from __future__ import annotations

import json
import math
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
PAGE = HERE.parent / "docs" / "performance.md"
MARKED = re.compile(r"(<!-- table: ([a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
MAIN = ("tierwise", "SQL by hand", "Polars", "pandas")
NOT_YET = "Not measured yet.\n"
BILLION = 1_000_000_000
Results = dict[str, Any]


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table in Markdown; all but the first column to the right."""
    heads = list(heads)
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1), *map(list, rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def sizes(results: Results) -> list[tuple[float, Results]]:
    """The main measurements by size, the smallest first."""
    found = [(float(name.split()[1]), own) for name, own in results["measurements"].items()
             if name.startswith("smb ")]  # fmt: skip
    return sorted(found, key=lambda pair: pair[0])


def cell(own: Results, field: str) -> str:
    """A number, or why there is none."""
    return f"{own[field]:.2f}" if field in own else "-"


def of_main(results: Results) -> str:
    """Seconds, memory and ratio of every program at every size."""
    rows = []
    for size, own in sizes(results):
        for name, each in own["programs"].items():
            wrong = own["agreement"].get(name)
            same = (
                "-"
                if wrong is None
                else "all"
                if not wrong["differing"]
                else f"{wrong['differing']:,} differ"
            )
            rows.append((size, [f"{own['rows']:,}", name, cell(each, "seconds"), cell(each, "memory_gb"),
                                cell(each, "ratio"), each.get("failed", same)]))  # fmt: skip
    order = {name: place for place, name in enumerate(MAIN)}
    rows.sort(key=lambda row: (row[0], order.get(row[1][1], 9), row[1][1]))
    heads = ("rows", "program", "seconds", "GB", "ratio to the SQL", "same as tierwise")
    return table(heads, (row for _, row in rows)) if rows else NOT_YET


def of_refusals(results: Results) -> str:
    """The share of checking the data, of tierwise and of the SQL."""
    rows = []
    for _, own in sizes(results):
        programs = own["programs"]
        alone = [programs.get(f"SQL by hand, {what} only", {}).get("seconds")
                 for what in ("refusals", "metrics")]  # fmt: skip
        share = f"{alone[0] / sum(alone):.0%}" if all(alone) else "-"
        rows.append([f"{own['rows']:,}", f"{own['refusals_share']:.0%}", share])
    heads = ("rows", "of tierwise, between its lines of progress", "of the SQL, run alone")
    return table(heads, rows) if rows else NOT_YET


def of_further(results: Results) -> str:
    """Months, competencies, one partner, two versions and Spark."""
    found = results["measurements"]
    rows = []
    for name in ("months", "all-competencies", "one-partner", "before", "spark"):
        if name not in found:
            continue
        own = found[name]
        for program, each in own["programs"].items():
            ratio = each.get("ratio_to_slowest")
            against = (
                f"{ratio:.2f} to {own['slowest']}"
                if ratio
                else f"{cell(each, 'ratio')} to {own['base']}"
            )
            rows.append([name, f"{own['rows']:,}", program, cell(each, "seconds"),
                         cell(each, "memory_gb"), against])  # fmt: skip
    heads = ("measurement", "rows", "program", "seconds", "GB", "ratio")
    return table(heads, rows) if rows else NOT_YET


def of_ready_made(results: Results) -> str:
    """Engines on ready-made values."""
    own = results["measurements"].get("ready-made")
    if own is None:
        return NOT_YET
    rows = []
    for name, each in own["programs"].items():
        agreed = own["agreement"].get(name)
        same = "-" if agreed is None else (
            "all" if not agreed["differing"] else f"scores to {_power(agreed['largest_difference'])}, "
            f"{agreed['other_levels']:,} other levels")  # fmt: skip
        rows.append([name, cell(each, "seconds"), cell(each, "memory_gb"), cell(each, "ratio"),
                     each.get("failed", same)])  # fmt: skip
    return table(("program", "seconds", "GB", "ratio to tierwise", "same as tierwise"), rows)


def _power(number: float) -> str:
    """The next higher power of ten."""
    return f"10^{math.ceil(math.log10(number))}" if number else "0"


def of_billion(results: Results) -> str:
    """What a billion rows would take, on one machine and on executors; calculated."""
    measured = sizes(results)
    known = [(own["rows"], own["programs"]["tierwise"]) for _, own in measured
             if "seconds" in own["programs"].get("tierwise", {})]  # fmt: skip
    if len(known) < 2:
        return NOT_YET
    expected = expectation(*known[-2:])
    threads = measured[-1][1]["threads"]
    said = (
        f"Calculated: on one machine with {threads} cores, {_time(expected['seconds'])}. Measured, time grew with "
        f"the rows to the power of {expected['power']:.2f} from {known[-2][0]:,} to {known[-1][0]:,} rows.\n"
    )
    spark = results["measurements"].get("spark")
    if spark is None or "seconds" not in spark["programs"]["Spark"]:
        return said + "Spark: not measured yet.\n"
    own = spark["programs"]["Spark"]
    work = own["seconds"] * spark["threads"] * BILLION / spark["rows"]
    rows = [[f"{executors} of 4 cores", _time(work / (4 * executors)), _time(work / (2 * executors))]
            for executors in (1, 4, 16, 64)]  # fmt: skip
    said += (f"\nCalculated: on Spark {work / 3600:.1f} hours of one core, as {own['seconds']:.0f} seconds on "
             f"{spark['threads']} cores were measured for {spark['rows']:,} rows.\n\n")  # fmt: skip
    heads = (
        "executors (calculated)",
        "where work divides evenly",
        "where half is lost to shuffles",
    )
    return said + table(heads, rows)


def expectation(smaller: tuple[int, Results], larger: tuple[int, Results]) -> dict[str, float]:
    """Seconds for a billion rows, on the line through two measurements in logarithms.

    Never less than in proportion: what is read once for all is small by then.
    """
    power = math.log(larger[1]["seconds"] / smaller[1]["seconds"]) / math.log(
        larger[0] / smaller[0]
    )
    seconds = larger[1]["seconds"] * (BILLION / larger[0]) ** max(power, 1.0)
    return {"power": power, "seconds": seconds}


def _time(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def of_machine(results: Results) -> str:
    """What everything was measured on, and with which versions."""
    with_what: dict[tuple[str, str], list[str]] = {}
    for name, own in sorted(results["measurements"].items()):
        machine, versions = own["machine"], own["versions"]
        shown = ", ".join(f"{each} {version}" for each, version in versions.items())
        limit = f", memory limit {own['memory_limit']}" if own["memory_limit"] else ""
        said = (f"{own['threads']} threads{limit}; {machine['processor']}, {machine['cores']} cores, "
                f"{machine['memory_gb']} GB, Python {machine['python']}; {shown}")  # fmt: skip
        with_what.setdefault((own["date"], said), []).append(name)
    lines = [[", ".join(names), date, said] for (date, said), names in with_what.items()]
    text = table(("measurement", "date", "with"), lines) if lines else NOT_YET
    return text.replace("---:", "---")


TABLES: dict[str, Callable[[Results], str]] = {
    "main": of_main, "refusals": of_refusals, "further": of_further, "ready-made": of_ready_made,
    "billion": of_billion, "machine": of_machine,
}  # fmt: skip


def with_tables(page: str, results: Results) -> str:
    """The page with the tables that the results give."""
    return MARKED.sub(lambda found: found[1] + TABLES[found[2]](results) + found[3], page)


def main() -> None:
    """Write the tables into the page, or check that they stand there."""
    page = PAGE.read_text("utf-8")
    made = with_tables(page, json.loads(RESULTS.read_text("utf-8")))
    if "--check" in sys.argv[1:]:
        if made != page:
            raise SystemExit(f"{PAGE} has other tables: run python benchmarks/tables.py")
        return
    PAGE.write_text(made, "utf-8")


if __name__ == "__main__":
    main()
