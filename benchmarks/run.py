"""tierwise beside its peers on the same data, each as a whole process, in turn.

    python benchmarks/run.py --sizes 0.1 1 --keep DIR --date 2026-01-31     # the main measurement
    python benchmarks/run.py --months 1 --keep DIR --date 2026-01-31        # and others, see --help

Sizes are millions of subscriptions: 0.1, 1 and 10 are 10,000, 100,000 and 1,000,000 partners and 4, 43
and 430 million rows. Data is made once and kept. What is found is put into benchmarks/results.json,
beside what other calls have found; tables and plots are made of that. Needs the extra "bench".

Fails where a peer that promises the same scores gives a partner another one.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import platform
import sys
from pathlib import Path

import further
from measure import in_turn, read_through, summary
from programs import (
    AS_OF,
    COMPETENCY,
    HERE,
    PANDAS,
    POLARS,
    RULES,
    SQL,
    SQL_METRICS,
    Asked,
    answer,
    common,
    market,
    peers,
)

RESULTS = HERE / "results.json"
FILES = {SQL: "sql", SQL_METRICS: "metrics", POLARS: "polars", PANDAS: "pandas"}
PACKAGES = ("tierwise", "duckdb", "ibis-framework", "pyarrow", "pandas", "polars", "zen-engine",
            "openfisca-core")  # fmt: skip


def arguments() -> argparse.Namespace:
    """What was asked for on the command line."""
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    size = {"type": float, "metavar": "MILLIONS"}
    parser.add_argument("--sizes", nargs="+", default=[], help="tierwise and its peers", **size)
    parser.add_argument("--months", help="twelve months against one", **size)
    parser.add_argument("--all-competencies", help="together against the slowest alone", **size)
    parser.add_argument("--one-partner", help="one partner out of everybody's data", **size)
    parser.add_argument("--spark", help="Spark on this machine against DuckDB", **size)
    parser.add_argument("--before", metavar="REV", help="a git revision against HEAD, at 1 million")
    parser.add_argument("--before-size", default=1.0, help="the size for --before", **size)
    parser.add_argument("--ready-made", action="store_true",
                        help="zen-engine and OpenFisca on 100,000 partners' values")  # fmt: skip
    parser.add_argument(
        "--date", required=True, help="the day of the measurement, to be written down"
    )
    parser.add_argument("--keep", type=Path, required=True, help="the folder for data and results")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-limit", help="for tierwise and the SQL; such as 6GB")
    parser.add_argument("--at-most", type=float, default=20.0, metavar="GB",
                        help="a process that takes more memory is ended")  # fmt: skip
    parser.add_argument("--peers", nargs="*", default=["polars", "pandas"],
                        choices=["polars", "pandas"])  # fmt: skip
    parser.add_argument("--results", type=Path, default=RESULTS)
    return parser.parse_args()


def main_measurement(asked: Asked, size: float) -> dict[str, object]:
    """The engine and its peers on the SMB option, for one size of data."""
    partners = partners_of(size)
    data = market(asked, partners)
    programs = peers(asked, data, partners)
    read_through(data)
    measured = in_turn(programs, asked.runs, asked.at_most)
    agreement = {}
    for name, file in FILES.items():
        if name in measured and not measured[name].failed:
            files = (asked.out / "tierwise.parquet", asked.out / f"{file}.parquet")
            agreement[name] = json.loads(answer("compare.py", *files))
    timed = [json.loads(answer("stages.py", data, "--as-of", AS_OF, "--rules", RULES,
                               "--competency", COMPETENCY, *common(asked)))
             for _ in range(min(asked.runs, 3))]  # fmt: skip
    shares = sorted(each["checking"] / each["whole"] for each in timed)
    return {
        "rows": int(answer("compare.py", "--rows", data)), "partners": partners, "base": SQL,
        "programs": summary(measured, SQL), "agreement": agreement,
        "refusals_share": round(shares[len(shares) // 2], 3),
    }  # fmt: skip


def partners_of(size: float) -> int:
    """How many partners make so many million subscriptions."""
    return round(size * 100_000)


def machine() -> dict[str, object]:
    """What it was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {"processor": platform.machine(), "cores": os.cpu_count(), "memory_gb": round(memory),
            "system": platform.system(), "python": platform.python_version()}  # fmt: skip


def versions() -> dict[str, str]:
    """The versions of everything that takes part and is installed."""
    found = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def keep(asked: argparse.Namespace, options: Asked, name: str, found: dict[str, object]) -> None:
    """Put one measurement into the file of results, beside the others."""
    results = json.loads(asked.results.read_text("utf-8")) if asked.results.exists() else {}
    results.setdefault("measurements", {})[name] = {
        "date": asked.date, "threads": options.threads, "memory_limit": options.memory_limit,
        "machine": machine(), "versions": versions(), **found,
    }  # fmt: skip
    text = json.dumps(results, indent=1, sort_keys=True) + "\n"
    asked.results.write_text(text, "utf-8")
    print(f"{name}: written to {asked.results}", file=sys.stderr)


def main() -> None:
    """Measure what was asked for, one after the other."""
    asked = arguments()
    options = Asked(asked.keep, asked.runs, asked.threads, asked.memory_limit, asked.at_most,
                    tuple(asked.peers))  # fmt: skip
    wrong = []
    for size in asked.sizes:
        found = main_measurement(options, size)
        keep(asked, options, f"smb {size:g}", found)
        wrong += [f"{name} at {size:g} million: {each}" for name, each in found["agreement"].items()
                  if each["differing"]]  # fmt: skip
    for name, size in (("months", asked.months), ("all-competencies", asked.all_competencies),
                       ("one-partner", asked.one_partner),
                       ("spark", asked.spark)):  # fmt: skip
        if size is not None:
            measure = getattr(further, name.replace("-", "_"))
            found = measure(options, partners_of(size)) | {"size": size}
            keep(asked, options, name, found)
            if name == "spark" and found.get("agreement", {}).get("differing"):
                wrong.append(f"Spark: {found['agreement']}")
    if asked.before:
        found = further.before(options, partners_of(asked.before_size), asked.before)
        keep(asked, options, "before", found | {"size": asked.before_size})
    if asked.ready_made:
        keep(asked, options, "ready-made", further.ready_made(options, 100_000))
    if wrong:
        raise SystemExit("not the same as tierwise:\n" + "\n".join(wrong))


if __name__ == "__main__":
    main()
