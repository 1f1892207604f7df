"""Ready-made values of partners, the same for the same number of them.

    python benchmarks/ready_made.py DATA --partners 100000

Every other partner has round values, which often add up to exactly the border of a level.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

VALUES = """
COPY (
    WITH n AS (SELECT i, [(hash(i, k) % 1000003)::BIGINT FOR k IN range(8)] AS h
               FROM range(1, {partners} + 1) t(i))
    SELECT 'P' || lpad(i::VARCHAR, 7, '0') AS partner_id,
        CASE WHEN i % 2 = 0 THEN 300 * (h[1] % 120) ELSE (h[1] % 4500000) / 100 - 2000
            END::DECIMAL(18, 2) AS revenue,
        (h[2] % 16 - 3)::BIGINT AS adds,
        (h[3] % 7)::BIGINT AS consultants,
        (h[4] % 4)::BIGINT AS developers,
        (h[5] % 14)::BIGINT AS deployments,
        (h[6] % 400)::BIGINT AS users_before,
        CASE WHEN i % 2 = 0 THEN 0.014 * (h[7] % 32) ELSE (h[7] % 9000) / 10000 - 0.2
            END::DECIMAL(18, 4) AS growth
    FROM n) TO '{path}' (FORMAT parquet)"""


def main() -> None:
    """Write the one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--partners", type=int, required=True)
    asked = parser.parse_args()
    asked.data.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as database:
        path = asked.data / "partners.parquet"
        database.execute(VALUES.format(partners=asked.partners, path=path))


if __name__ == "__main__":
    main()
