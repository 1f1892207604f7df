"""What is measured: tierwise and its peers as commands, and the data that they are given."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from measure import Program

HERE = Path(__file__).parent
TOP = HERE.parent
PEERS = HERE / "peers"
RULES = TOP / "rules"
AS_OF = "2021-05"
COMPETENCY = "small-and-midmarket-cloud-solutions"
TIERWISE, SQL, POLARS, PANDAS = "tierwise", "SQL by hand", "Polars", "pandas"
SQL_REFUSALS, SQL_METRICS = "SQL by hand, refusals only", "SQL by hand, metrics only"


@dataclass(frozen=True)
class Asked:
    """What was asked for: the folder to keep things in, runs, and what each process may take."""

    keep: Path
    runs: int
    threads: int
    memory_limit: str | None
    at_most: float
    peers: tuple[str, ...]

    @property
    def out(self) -> Path:
        """Where results go."""
        folder = self.keep / "out"
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def executable(environment: Path | None = None) -> str:
    """The program tierwise of an environment; by default of the one that this runs in."""
    if environment is not None:
        return str(environment / ("Scripts" if os.name == "nt" else "bin") / "tierwise")
    return shutil.which("tierwise", path=str(Path(sys.executable).parent)) or "tierwise"


def common(asked: Asked) -> tuple[str, ...]:
    """The options that tierwise and the SQL have both."""
    limit = ("--memory-limit", asked.memory_limit) if asked.memory_limit else ()
    return ("--threads", str(asked.threads), *limit)


def evaluate(
    asked: Asked, data: Path, *options: str, rules: Path = RULES, output: str = "tierwise",
    environment: Path | None = None,
) -> tuple[str, ...]:  # fmt: skip
    """The command tierwise evaluate, for the as-of month unless the options say months themselves."""
    months = () if "--from" in options else ("--as-of", AS_OF)
    return (executable(environment), "evaluate", str(data), *months, "--rules", str(rules), *options,
            *common(asked), "--output", str(asked.out / f"{output}.parquet"))  # fmt: skip


def peers(asked: Asked, data: Path, partners: int) -> dict[str, Program]:
    """The engine and every peer that was asked for, on the SMB option; the SQL is the base."""

    def script(name: str, *options: str, output: str = "") -> tuple[str, ...]:
        written = ("--output", str(asked.out / f"{output}.parquet")) if output else ()
        return (sys.executable, str(PEERS / name), str(data), "--as-of", AS_OF, *options, *written)

    both = common(asked)
    threads = ("--threads", str(asked.threads))
    found = {
        TIERWISE: Program(evaluate(asked, data, "--competency", COMPETENCY)),
        SQL: Program(script("hand_sql.py", *both, output="sql")),
        SQL_REFUSALS: Program(script("hand_sql.py", *both, "--only", "refusals")),
        SQL_METRICS: Program(script("hand_sql.py", *both, "--only", "metrics", output="metrics")),
    }
    slow = 3 if partners <= 100_000 else 1
    if "polars" in asked.peers:
        found[POLARS] = Program(script("polars_script.py", *threads, output="polars"), slow, True)
    if "pandas" in asked.peers:
        most = 3 if partners <= 10_000 else 1
        found[PANDAS] = Program(script("pandas_script.py", output="pandas"), most, True)
    return found


def demo_data(asked: Asked, name: str, partners: int, *options: str) -> Path:
    """A folder of data, made where it is not there yet."""
    data = asked.keep / name
    if not (data / "demo-data.json").exists():
        command = (executable(), "demo-data", str(data), "--partners", str(partners), "--seed", "1",
                   "--format", "parquet", *options)  # fmt: skip
        print(f"making {data}", file=sys.stderr, flush=True)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return data


def market(asked: Asked, partners: int) -> Path:
    """Data of the SMB option."""
    return demo_data(asked, str(partners), partners, "--rules", str(RULES),
                     "--contract", "partner-data")  # fmt: skip


def answer(script: str, *arguments: object) -> str:
    """What a script of this folder prints; in a process of its own, which may need memory."""
    command = (sys.executable, str(HERE / script), *map(str, arguments))
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
