"""tierwise beside its peers on the same data, each as a whole process, in turn.

    python benchmarks/run.py                              # 100,000 partners, 43 million rows
    python benchmarks/run.py --partners 10000 --runs 5    # a tenth of that

Peers: SQL written by hand for DuckDB with the same metrics and the same refusals, and a pandas
script. Prints the median of several runs: seconds, peak memory, and the ratio to the SQL. All give
the same scores, or this says so and fails. Needs the extra "dev".
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
AS_OF = "2021-05"


@dataclass(frozen=True)
class Run:
    """One run of one process: wall seconds, and its peak memory in GB."""

    seconds: float
    memory: float


def measured(command: list[str]) -> Run:
    """Run a command to its end; raises where it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"failed: {' '.join(command)}")
    unit = 1e9 if platform.system() == "Darwin" else 1e6
    return Run(seconds, usage.ru_maxrss / unit)


def commands(data: Path, out: Path, threads: int) -> dict[str, list[str]]:
    """What is compared, by name; the first is tierwise, the second what it is compared with."""
    tierwise = shutil.which("tierwise", path=str(Path(sys.executable).parent)) or "tierwise"
    peers = HERE / "peers"
    common = [str(data), "--as-of", AS_OF]
    sql = [sys.executable, str(peers / "hand_sql.py"), *common, "--threads", str(threads)]
    return {
        "tierwise evaluate": [tierwise, "evaluate", *common, "--rules", str(HERE.parent / "rules"),
                              "--threads", str(threads), "--output", str(out / "tierwise.parquet")],
        "SQL by hand": [*sql, "--output", str(out / "sql.parquet")],
        "SQL by hand, refusals only": [*sql, "--only", "refusals"],
        "pandas, without refusals": [sys.executable, str(peers / "pandas_script.py"), *common,
                                     "--output", str(out / "pandas.parquet")],
    }  # fmt: skip


def rows_of(data: Path) -> int:
    """How many rows all tables have."""
    sql = "SELECT sum(num_rows) FROM parquet_file_metadata(?)"
    row = duckdb.execute(sql, [str(data / "*.parquet")]).fetchone()
    return int(row[0]) if row else 0


def differences(out: Path) -> int:
    """How many partners got another score or level from the SQL than from tierwise."""
    sql = """SELECT count(*) FROM read_parquet($1) a FULL JOIN read_parquet($2) b
             USING (partner_id) WHERE coalesce(a.level, '') IS DISTINCT FROM coalesce(b.level, '')
             OR abs(a.score::DOUBLE - b.score::DOUBLE) IS DISTINCT FROM 0
                AND NOT coalesce(abs(a.score::DOUBLE - b.score::DOUBLE) < 1e-9, false)"""
    files = [str(out / "tierwise.parquet"), str(out / "sql.parquet")]
    row = duckdb.execute(sql, files).fetchone()
    return int(row[0]) if row else -1


def main() -> None:
    """Make the data where it is not there, run everything in turn, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partners", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--data", type=Path, help="a folder of data that is there already")
    parser.add_argument("--no-pandas", action="store_true", help="leave the slowest peer out")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tierwise-benchmark-") as folder:
        out = Path(folder)
        data = asked.data or out / "data"
        if asked.data is None:
            made = measured(["tierwise", "demo-data", str(data), "--partners", str(asked.partners),
                             "--seed", "1", "--format", "parquet"])  # fmt: skip
            print(f"demo-data: {rows_of(data):,} rows in {made.seconds:.0f} s")
        compared = commands(data, out, asked.threads)
        if asked.no_pandas:
            compared.pop("pandas, without refusals")
        runs: dict[str, list[Run]] = {name: [] for name in compared}
        for number in range(asked.runs + 1):
            for name, command in compared.items():
                slow = name.startswith("pandas") and number > 1
                run = None if slow else measured(command)
                if run is not None and number:  # the first round fills the file cache
                    runs[name].append(run)
        report(runs, rows_of(data), asked.threads)
        wrong = differences(out)
        print(f"partners with another score or level from the SQL: {wrong}")
        sys.exit(1 if wrong else 0)


def report(runs: dict[str, list[Run]], rows: int, threads: int) -> None:
    """Print the medians, and each as a ratio to the SQL run by run."""
    print(f"{rows:,} rows, {threads} threads, Python {platform.python_version()}, "
          f"DuckDB {duckdb.__version__}, {platform.machine()}\n")  # fmt: skip
    print("| | seconds | peak GB | ratio to the SQL |\n| --- | ---: | ---: | ---: |")
    base = runs["SQL by hand"]
    for name, each in runs.items():
        pairs = zip(each, base, strict=False)
        ratio = statistics.median(run.seconds / other.seconds for run, other in pairs)
        seconds = statistics.median(run.seconds for run in each)
        memory = statistics.median(run.memory for run in each)
        print(f"| {name} | {seconds:.1f} | {memory:.2f} | {ratio:.2f} |")
    print()


if __name__ == "__main__":
    main()
