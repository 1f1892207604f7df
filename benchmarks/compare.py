"""Whether two programs gave every partner the same. A process of its own: it may need memory.

python benchmarks/compare.py tierwise.parquet peer.parquet     # prints how many differ, as JSON
python benchmarks/compare.py --rows DATA                       # prints how many rows all tables have
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import duckdb

METRICS = ("net_new_revenue", "net_customer_adds", "functional_consultants", "developers",
           "new_deployments")  # fmt: skip
GROWTH = "monthly_active_user_growth"


def differing(ours: Path, peers: Path) -> dict[str, object]:
    """How many partners got another level, score or value; and the first few of them.

    Levels and values must be equal, scores to a billionth: peers write them as binary floating point.
    """
    with duckdb.connect() as database:
        database.execute(f"CREATE VIEW a AS FROM read_parquet('{ours}')")
        database.execute(f"CREATE VIEW b AS FROM read_parquet('{peers}')")
        columns = {row[0] for row in database.execute("DESCRIBE b").fetchall()}
        of_ours = {row[0] for row in database.execute("DESCRIBE a").fetchall()}
        wrong = ["a.partner_id IS NULL", "b.partner_id IS NULL",
                 "coalesce(a.level, '') <> coalesce(b.level, '')",
                 "(abs(a.score::DOUBLE - b.score::DOUBLE) < 1e-9) IS NOT TRUE"]  # fmt: skip
        wrong += [f'(abs(coalesce(a."{each}.value", 0)::DOUBLE - b.{each}::DOUBLE) < 1e-6) IS NOT TRUE'
                  for each in METRICS if each in columns and f"{each}.value" in of_ours]  # fmt: skip
        if "users_before" in columns and f"{GROWTH}.value" in of_ours:
            grown = "(b.users_now - b.users_before)::DOUBLE / nullif(b.users_before, 0)::DOUBLE"
            wrong.append(f"""(abs(coalesce(a."{GROWTH}.value"::DOUBLE, 0)
                - coalesce({grown}, 0)) < 1e-9) IS NOT TRUE""")  # fmt: skip
        found = database.execute(f"""
            SELECT coalesce(a.partner_id, b.partner_id) FROM a FULL JOIN b USING (partner_id)
            WHERE {" OR ".join(wrong)} ORDER BY 1""").fetchall()
        sums = database.execute("""SELECT count(*),
            count(*) FILTER (coalesce(a.level, '') <> coalesce(b.level, '')),
            max(abs(a.score::DOUBLE - b.score::DOUBLE))
            FROM a FULL JOIN b USING (partner_id)""").fetchone()
    partners, levels, most = sums or (0, 0, 0)
    return {"partners": partners, "differing": len(found), "other_levels": levels,
            "largest_difference": most, "first": [row[0] for row in found[:3]]}  # fmt: skip


def rows(data: Path) -> int:
    """How many rows all tables have."""
    sql = "SELECT sum(num_rows) FROM parquet_file_metadata(?)"
    with duckdb.connect() as database:
        row = database.execute(sql, [str(data / "*.parquet")]).fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    if sys.argv[1] == "--rows":
        print(rows(Path(sys.argv[2])))
    else:
        print(json.dumps(differing(Path(sys.argv[1]), Path(sys.argv[2]))))
