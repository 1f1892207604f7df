"""Whole processes, run in turn: wall seconds and peak memory of each, medians, ratios pair by pair."""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

UNIT = 1e9 if platform.system() == "Darwin" else 1e6
"""What the system counts memory in, as parts of a GB."""


@dataclass(frozen=True)
class Run:
    """One run of one process: wall and processor seconds, and its peak memory in GB."""

    seconds: float
    processor: float
    memory: float


@dataclass(frozen=True)
class Program:
    """A process to measure. ``most``: so many runs at most; ``may_fail``: a failure is a result."""

    command: tuple[str, ...]
    most: int = 1000
    may_fail: bool = False


@dataclass
class Measured:
    """The runs of one program, or why there are none."""

    runs: list[Run] = field(default_factory=list)
    failed: str = ""


def run_once(program: Program, memory: float) -> Run | str:
    """Run a program to its end; or say why that did not work.

    Args:
        memory: GB beyond which it is ended, so that it does not take everything else with it.
    """
    started = time.perf_counter()
    process = subprocess.Popen(program.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    over = threading.Event()
    ended = threading.Event()
    watch = threading.Thread(target=_watch, args=(process, memory, over, ended), daemon=True)
    watch.start()
    errors: list[bytes] = []
    reader = threading.Thread(target=lambda: errors.extend(process.stderr or ()), daemon=True)
    reader.start()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    ended.set()
    process.returncode = os.waitstatus_to_exitcode(status)
    reader.join(timeout=5)
    if over.is_set():
        return f"needs more than {memory:g} GB of memory"
    if process.returncode:
        said = b"".join(errors).decode(errors="replace").strip().splitlines()
        return f"exit code {process.returncode}: {said[-1] if said else ''}"
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / UNIT)


def _watch(
    process: subprocess.Popen[bytes], memory: float, over: threading.Event, ended: threading.Event
) -> None:
    """End a process that takes more memory than it may; where the system does not say, nothing."""
    status = Path(f"/proc/{process.pid}/statm")
    while not ended.wait(0.2):
        try:
            pages = int(status.read_text().split()[1])
        except (OSError, IndexError):
            return
        if pages * os.sysconf("SC_PAGE_SIZE") / 1e9 > memory:
            over.set()
            process.kill()
            return


def in_turn(programs: Mapping[str, Program], runs: int, memory: float) -> dict[str, Measured]:
    """Every program, one after the other, so many times: A B A B. Says on stderr how it goes."""
    measured = {name: Measured() for name in programs}
    for number in range(runs):
        for name, program in programs.items():
            own = measured[name]
            if own.failed or number >= program.most:
                continue
            run = run_once(program, memory)
            if isinstance(run, str):
                own.failed = run
                if not program.may_fail:
                    raise SystemExit(f"{name}: {run}\n  {' '.join(program.command)}")
                print(f"  {name}: {run}", file=sys.stderr, flush=True)
                continue
            own.runs.append(run)
            print(
                f"  {name}: {run.seconds:.2f} s, {run.memory:.2f} GB", file=sys.stderr, flush=True
            )
    return measured


def summary(measured: Mapping[str, Measured], base: str) -> dict[str, dict[str, object]]:
    """By program: the medians, and the median of its ratios to the base, run by run."""
    return {name: _summary(own, measured[base].runs) for name, own in measured.items()}


def _summary(own: Measured, base: Sequence[Run]) -> dict[str, object]:
    if own.failed or not own.runs:
        return {"failed": own.failed or "not run"}
    pairs = zip(own.runs, base, strict=False)
    ratios = [run.seconds / other.seconds for run, other in pairs]
    return {
        "seconds": round(statistics.median(run.seconds for run in own.runs), 3),
        "processor_seconds": round(statistics.median(run.processor for run in own.runs), 3),
        "memory_gb": round(statistics.median(run.memory for run in own.runs), 3),
        "ratio": round(statistics.median(ratios), 3),
        "ratios": [round(ratio, 3) for ratio in ratios],
        "runs": [round(run.seconds, 3) for run in own.runs],
    }


def read_through(folder: Path) -> None:
    """Read all files once, so that the first program does not fill the file cache for the others."""
    for path in sorted(folder.glob("*.parquet")):
        with path.open("rb") as file:
            while file.read(1 << 24):
                pass
