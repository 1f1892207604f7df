"""The SMB option in Polars: lazy frames, run by its streaming engine, without refusals.

    python benchmarks/peers/polars_script.py DATA --as-of 2021-05 --output scores.parquet

As a person would write it who knows Polars and the policy: amounts in cents, points as whole numbers,
so that scores and levels are exact.
"""

from __future__ import annotations

import argparse
import os
from datetime import date
from pathlib import Path


def main() -> None:
    """Read, score, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    os.environ["POLARS_MAX_THREADS"] = str(asked.threads)  # read when polars is imported
    from polars_option import scores

    year, month = map(int, asked.as_of.split("-"))
    first = date(year, month, 1)
    scores(asked.data, first).write_parquet(asked.output)


if __name__ == "__main__":
    main()
