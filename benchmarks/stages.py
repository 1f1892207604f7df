"""How much of a run of tierwise is spent on checking the data: timed between its lines of progress.

    python benchmarks/stages.py DATA --as-of 2021-05 --rules rules --competency ID     # prints JSON

``checking``: from the first line that says so to the first one after the last of them.
"""

from __future__ import annotations

import argparse
import json
import time

STARTED = time.perf_counter()


def main() -> None:
    """Evaluate, and print the seconds of the whole and of checking."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--rules", required=True)
    parser.add_argument("--competency", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-limit")
    asked = parser.parse_args()

    import tierwise

    said: list[tuple[float, str]] = []

    def told(what: object, *_: object) -> None:
        said.append((time.perf_counter() - STARTED, str(what)))

    results = tierwise.evaluate(
        asked.data, asked.as_of, rules=asked.rules, competency=asked.competency,
        threads=asked.threads, memory_limit=asked.memory_limit, progress=told,
    )  # fmt: skip
    results.to_arrow()
    whole = time.perf_counter() - STARTED
    print(json.dumps({"whole": whole, "checking": checking(said, whole)}))


def checking(said: list[tuple[float, str]], whole: float) -> float:
    """The seconds from the first line about checking to the first about something else."""
    about = [index for index, (_, what) in enumerate(said) if what.startswith("checking")]
    if not about:
        return 0.0
    after = about[-1] + 1
    return (said[after][0] if after < len(said) else whole) - said[about[0]][0]


if __name__ == "__main__":
    main()
