"""The SMB option as a person who knows DuckDB would write it: the peer that tierwise is held to.

    python benchmarks/peers/hand_sql.py DATA --as-of 2021-05 --output scores.parquet

The same six metrics and the same refusals over a folder of Parquet files, for this one option only.
Each form was chosen because it is fast: one scan a table, duplicate keys by bits of months within a
subscription, associations as intervals of months, customers' months as bits of one number.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb

PRODUCTS = """('Sales', 'Marketing', 'Customer Service', 'Field Service', 'Project Service', 'Plan 1',
 'Automation', 'Microsoft Relationship Sales', 'Business Central', 'Capacity and Storage',
 'Finance and Operations', 'Fraud Protection', 'Operations', 'Retail', 'Human Resources', 'Plan 2',
 'Mixed Reality', 'Team Member')"""
EXAMS = ("PL-200", "MB-210", "MB-220", "MB-230", "MB-240", "MB-300", "MB-310", "MB-320", "MB-330",
         "MB-800", "PL-400", "MB-500", "MB-700")  # fmt: skip
CONSULTANT = """(x_PL_200 AND (x_MB_210 OR x_MB_220 OR x_MB_230 OR x_MB_240))
 OR (x_MB_300 AND (x_MB_310 OR x_MB_320 OR x_MB_330)) OR x_MB_800"""
DEVELOPER = "x_PL_400 OR (x_MB_300 AND (x_MB_500 OR x_MB_700))"
MONTH = "(year(month) * 12 + month(month) - 1)"
FIRST_BIT = 24192  # 2016-01: a month's bit fits into 128 until 2026

REFUSALS = {
    "partners: key": "SELECT count(*) - count(DISTINCT partner_id) FROM {partners}",
    "customers: key": "SELECT count(*) - count(DISTINCT customer_id) FROM {customers}",
    "subscriptions: key, empty cells, agreement": """
        SELECT count(*) - count(DISTINCT subscription_id) + count(*) FILTER (paid IS NULL
            OR channel IS NULL OR product IS NULL OR tenant_id IS NULL OR start_date IS NULL
            OR (channel = 'EA') <> (agreement_start IS NOT NULL)) FROM {subscriptions}""",
    "subscriptions: customer":
        "SELECT count(*) FROM {subscriptions} ANTI JOIN {customers} USING (customer_id)",
    "associations: values, claims, periods": """
        SELECT count(*) FILTER (type IS NULL OR type NOT IN ('CSP', 'CPOR', 'DPOR')
            OR (type = 'CPOR') <> (incentive IS NOT NULL) OR incentive NOT IN ('OSA', 'OSU')
            OR from_date IS NULL OR to_date < from_date) FROM {associations}""",
    "associations: key": """
        SELECT count(*) FROM (SELECT 1 FROM {associations}
            GROUP BY partner_id, subscription_id, type, incentive, from_date HAVING count(*) > 1)""",
    "associations: partner":
        "SELECT count(*) FROM {associations} ANTI JOIN {partners} USING (partner_id)",
    "associations: subscription":
        "SELECT count(*) FROM {associations} ANTI JOIN {subscriptions} USING (subscription_id)",
    "billings: cells": """
        SELECT count(*) FILTER (kind IS NULL OR kind NOT IN ('billing', 'credit')
            OR amount IS NULL OR amount < 0 OR currency IS NULL OR currency <> 'USD'
            OR month IS NULL) FROM {billings}""",
    "billings: subscription": """
        SELECT count(*) FROM (SELECT DISTINCT subscription_id FROM {billings})
            ANTI JOIN {subscriptions} USING (subscription_id)""",
    "seats: cells, key, subscription": """
        SELECT coalesce(sum(bad), 0) + count(*) FILTER (n <> bit_count(bits))
            + count(*) FILTER (s.subscription_id IS NULL)
        FROM (SELECT subscription_id, count(*) AS n,
                bit_or(1::HUGEINT << ({month} - {first_bit})::INT) AS bits,
                count(*) FILTER (paid_seats IS NULL OR paid_seats < 0 OR month IS NULL) AS bad
            FROM {seats} GROUP BY ALL) LEFT JOIN {subscriptions} s USING (subscription_id)""",
    "usage: cells, key, subscription": """
        SELECT coalesce(sum(bad), 0) + count(*) FILTER (n <> bit_count(p) + bit_count(s))
            + count(*) FILTER (t.subscription_id IS NULL)
        FROM (SELECT subscription_id, count(*) AS n,
                coalesce(bit_or(1::HUGEINT << ({month} - {first_bit})::INT)
                    FILTER (environment = 'production'), 0) AS p,
                coalesce(bit_or(1::HUGEINT << ({month} - {first_bit})::INT)
                    FILTER (environment = 'sandbox'), 0) AS s,
                count(*) FILTER (monthly_active_users IS NULL OR monthly_active_users < 0
                    OR month IS NULL OR environment IS NULL
                    OR environment NOT IN ('production', 'sandbox')) AS bad
            FROM {usage} GROUP BY ALL) LEFT JOIN {subscriptions} t USING (subscription_id)""",
    "exams: cells and key": """
        SELECT count(*) FROM (SELECT 1 FROM {exams} GROUP BY partner_id, person_id, exam, passed_on
            HAVING count(*) > 1 OR person_id IS NULL OR exam IS NULL OR passed_on IS NULL)""",
    "exams: partner": "SELECT count(*) FROM {exams} ANTI JOIN {partners} USING (partner_id)",
}  # fmt: skip

ELIGIBLE = """CREATE TEMP TABLE eligible AS SELECT subscription_id AS sid, customer_id AS cid,
        tenant_id AS tid, CASE WHEN channel = 'EA'
            THEN year(agreement_start) * 12 + month(agreement_start) - 1 END AS agreement
    FROM {subscriptions}
    WHERE paid AND channel IN ('EA', 'CSP', 'Web Direct') AND product IN {products}"""

ASSOCIATED = """CREATE TEMP TABLE associated AS SELECT partner_id AS p, sid, cid, tid, type, incentive,
        (year(from_date) * 12 + month(from_date) - 1)::INT AS f,
        coalesce(year(to_date + 1) * 12 + month(to_date + 1) - 2, 99999)::INT AS l
    FROM {associations} JOIN eligible ON sid = subscription_id
    WHERE f <= l AND f <= {as_of} AND l >= {as_of} - 12"""

CREDIT = """CREATE TEMP TABLE credit_{claim} AS
    WITH way AS (SELECT * FROM associated WHERE type <> 'CPOR' OR incentive = '{claim}'),
    several AS (SELECT sid FROM way GROUP BY sid HAVING count(*) > 1),
    meeting AS (SELECT * FROM way SEMI JOIN several USING (sid)),
    cut AS (SELECT sid, f AS x FROM meeting UNION SELECT sid, l + 1 FROM meeting),
    piece AS (SELECT sid, x, lead(x) OVER (PARTITION BY sid ORDER BY x) AS y FROM cut),
    covered AS (SELECT w.p, w.sid, cid, tid, type, x AS f, y - 1 AS l
        FROM meeting w JOIN piece ON w.sid = piece.sid AND w.f <= x AND w.l >= y - 1
        WHERE y IS NOT NULL),
    judged AS (SELECT *, bool_or(type = 'CPOR') OVER (PARTITION BY sid, f) AS claimed FROM covered)
    SELECT p, sid, cid, tid, f, l FROM way ANTI JOIN several USING (sid)
    UNION ALL SELECT DISTINCT p, sid, cid, tid, f, l FROM judged WHERE NOT (claimed AND type = 'DPOR')"""

REVENUE = """CREATE TEMP TABLE revenue AS
    SELECT p, sum(CASE WHEN kind = 'billing' THEN amount ELSE -amount END) AS v
    FROM (SELECT subscription_id, {month} AS m, kind, amount FROM {billings}
        WHERE month BETWEEN {first_day} AND {last_day}) b
    JOIN eligible ON eligible.sid = subscription_id
    JOIN credit_OSA c ON c.sid = subscription_id AND m BETWEEN f AND l
    WHERE agreement IS NULL OR m - agreement BETWEEN 0 AND 11 GROUP BY p"""

ADDS = """CREATE TEMP TABLE adds AS
    WITH months AS (SELECT cid, bit_or(1::BIGINT << ({month} - ({as_of} - 12))::INT) AS b
        FROM {seats} JOIN eligible ON sid = subscription_id
        WHERE paid_seats > 0 AND month BETWEEN {base_day} AND {last_day} GROUP BY cid),
    change AS (SELECT cid, b & ~(b << 1) & 8190 AS won, b & ~(b >> 1) & 4095 AS lost FROM months),
    event AS (SELECT cid, {as_of} - 12 + i::INT AS m, 1 AS s FROM change, range(1, 13) t(i)
            WHERE won > 0 AND (won >> i) & 1 = 1
        UNION ALL SELECT cid, {as_of} - 12 + i::INT, -1 FROM change, range(0, 12) t(i)
            WHERE lost > 0 AND (lost >> i) & 1 = 1)
    SELECT p, sum(s) AS v FROM (SELECT DISTINCT p, e.cid, m, s FROM event e
        JOIN credit_OSA c ON c.cid = e.cid AND m BETWEEN f AND l) GROUP BY p"""

PEOPLE = """CREATE TEMP TABLE {name} AS SELECT p, count(*) AS v FROM (
        SELECT partner_id AS p, person_id, {held} FROM {exams}
        WHERE passed_on <= {last_day} AND (expires_on IS NULL OR expires_on >= {last_day})
        GROUP BY ALL) WHERE {condition} GROUP BY p"""

USERS = """CREATE TEMP TABLE users AS SELECT tid, {month} AS m, sum(monthly_active_users) AS u
    FROM {usage} JOIN eligible ON sid = subscription_id
    WHERE environment = 'production' AND month BETWEEN {base_day} AND {last_day} GROUP BY ALL"""

DEPLOYED = """CREATE TEMP TABLE deployed AS SELECT p, count(*) AS v FROM (
        SELECT DISTINCT p, x.tid FROM (SELECT tid, min(m) AS m FROM users
            WHERE m >= {as_of} - 11 AND u >= 5 GROUP BY tid HAVING min(m) > {as_of} - 11) x
        JOIN credit_OSU c ON c.tid = x.tid AND x.m BETWEEN f AND l) GROUP BY p"""

GROWN = """CREATE TEMP TABLE grown AS SELECT p, sum(u) FILTER (m = {as_of}) AS n,
        sum(u) FILTER (m = {as_of} - 12) AS o
    FROM (SELECT DISTINCT p, users.tid, m, u FROM users
        JOIN credit_OSU c ON c.tid = users.tid AND m BETWEEN f AND l
        WHERE m IN ({as_of}, {as_of} - 12)) GROUP BY p"""

# Points are exact: counts times 1,000,000 x 7 x baseline, so that no division is left.
SCORES = """COPY (
    WITH v AS (SELECT partner_id, coalesce(r.v, 0) AS r, coalesce(a.v, 0) AS a,
            coalesce(c.v, 0) AS c, coalesce(d.v, 0) AS d, coalesce(e.v, 0) AS e,
            coalesce(n, 0)::HUGEINT AS n, coalesce(o, 0)::HUGEINT AS o
        FROM {partners} LEFT JOIN revenue r ON r.p = partner_id LEFT JOIN adds a ON a.p = partner_id
        LEFT JOIN consultants c ON c.p = partner_id LEFT JOIN developers d ON d.p = partner_id
        LEFT JOIN deployed e ON e.p = partner_id LEFT JOIN grown g ON g.p = partner_id),
    w AS (SELECT *, greatest(0, least(30000, r)) AS rc, greatest(0, least(10, a)) AS ac,
            least(5, c) AS cc, least(2, d) AS dc, least(10, e) AS ec,
            CASE WHEN o < 50 OR n <= o THEN 0 WHEN (n - o) * 100 >= 35 * o THEN 0.35::DECIMAL(3, 2) END
                AS fixed FROM v),
    s AS (SELECT *, ((rc * 100)::HUGEINT + (ac * 300000 + cc * 1800000 + dc * 750000 + ec * 600000))
            AS known FROM w)
    SELECT partner_id,
        CASE WHEN fixed IS NULL THEN (known / 300000.0) + 500.0 * (n - o) / (7 * o)
            ELSE (known / 300000.0) + fixed * 500 / 7 END AS score,
        CASE WHEN (CASE WHEN fixed IS NOT NULL THEN (known + fixed * 500 / 7 * 300000) >= 24000000
                ELSE known * 7 * o + 150000000 * (n - o) >= 24000000 * 7 * o END) THEN 'gold'
            WHEN (CASE WHEN fixed IS NOT NULL THEN (known + fixed * 500 / 7 * 300000) >= 18000000
                ELSE known * 7 * o + 150000000 * (n - o) >= 18000000 * 7 * o END) THEN 'silver'
        END AS level, r, a, c, d, e, n, o
    FROM s ORDER BY partner_id) TO '{output}' (FORMAT parquet)"""


def main() -> None:
    """Refuse, score, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--only", choices=["metrics", "refusals"])
    parser.add_argument("--threads", type=int, default=2)
    asked = parser.parse_args()
    year, month = map(int, asked.as_of.split("-"))
    last = f"last_day(DATE '{year}-{month:02d}-01')"
    names = {
        path.stem: f"read_parquet('{path}')" for path in asked.data.glob("*.parquet")
    } | {
        "as_of": str(year * 12 + month - 1), "month": MONTH, "first_bit": str(FIRST_BIT),
        "products": PRODUCTS, "last_day": last, "output": str(asked.output),
        "first_day": f"DATE '{year}-{month:02d}-01' - INTERVAL 11 MONTH",
        "base_day": f"DATE '{year}-{month:02d}-01' - INTERVAL 12 MONTH",
        "held": ", ".join(f"bool_or(exam = '{exam}') AS x_{exam.replace('-', '_')}"
                          for exam in EXAMS),
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        config: dict[str, str | bool | int | float | list[str]] = {"threads": asked.threads}
        with duckdb.connect(config={**config, "temp_directory": folder}) as database:
            database.execute("SET preserve_insertion_order = false")
            if asked.only != "metrics":
                refuse(database, names)
            if asked.only != "refusals":
                score(database, names)


def refuse(database: duckdb.DuckDBPyConnection, names: dict[str, str]) -> None:
    """Stop where a table is not as the contract says."""
    wrong = {}
    for what, sql in REFUSALS.items():
        row = database.execute(sql.format(**names)).fetchone()
        if row is not None and row[0]:
            wrong[what] = row[0]
    if wrong:
        sys.exit(f"refused: {wrong}")


def score(database: duckdb.DuckDBPyConnection, names: dict[str, str]) -> None:
    """Calculate the six metrics and write a row a partner."""
    people = {"consultants": CONSULTANT, "developers": DEVELOPER}
    statements = [
        ELIGIBLE, ASSOCIATED, *(CREDIT.replace("{claim}", claim) for claim in ("OSA", "OSU")),
        REVENUE, ADDS,
        *(PEOPLE.replace("{name}", name).replace("{condition}", condition)
          for name, condition in people.items()),
        USERS, DEPLOYED, GROWN, SCORES,
    ]  # fmt: skip
    for sql in statements:
        database.execute(sql.format(**names))


if __name__ == "__main__":
    main()
