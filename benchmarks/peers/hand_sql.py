"""The SMB option as a person who knows DuckDB would write it: the peer that tierwise is held to.

    python benchmarks/peers/hand_sql.py DATA --as-of 2021-05 --output scores.parquet

The same six metrics and the same refusals over a folder of Parquet files, for this one option only.
Each form was chosen because it is fast: the three large tables are read once each, grouped by
subscription; what is checked and what is scored come out of the same pass. A month is a bit or a few of
a number; associations are intervals of months, cut up only where they can displace each other. Only
billings under an interval that does not cover the whole window are looked at again row by row.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb
from hand_sql_checks import BAD_BILLING, BAD_SEATS, BAD_USAGE, wrong_columns, wrong_rows

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
MOST_BITS = 62
FIVE = 3
"""Bits for a number up to 5."""

# One pass over each large table: (what is checked, what is scored) by subscription.
PASSES = {
    "billed": (
        f"bool_or({BAD_BILLING}) AS bad",
        """sum(CASE WHEN kind = 'billing' THEN amount ELSE -amount END)
            FILTER (month BETWEEN {first_day} AND {last_day}) AS total""",
        "billings", "month BETWEEN {first_day} AND {last_day}"),
    "held": (
        f"bool_or({BAD_SEATS}) AS bad, count(*) AS n, bit_or({{seat_bit}}) AS bits",
        """bit_or(CASE WHEN paid_seats > 0 AND month BETWEEN {base_day} AND {last_day}
            THEN 1::BIGINT << least(greatest({month} - ({as_of} - 12), 0), 12)::INT END) AS months""",
        "seats", "paid_seats > 0 AND month BETWEEN {base_day} AND {last_day}"),
    "used": (
        f"bool_or({BAD_USAGE}) AS bad, count(*) AS n, bit_or({{usage_bit}}) AS bits",
        """bit_or(CASE WHEN environment = 'production' AND month BETWEEN {first_day} AND {last_day}
                THEN least(monthly_active_users, 5) << (3 * least(greatest({month} - ({as_of} - 11), 0), 11))::INT
                END) AS reach,
            max(monthly_active_users) FILTER (environment = 'production'
                AND month BETWEEN {now_day} AND {last_day}) AS now,
            max(monthly_active_users) FILTER (environment = 'production'
                AND month BETWEEN {base_day} AND last_day({base_day})) AS before""",
        "usage", "environment = 'production' AND month BETWEEN {base_day} AND {last_day}"),
}  # fmt: skip

SUBSCRIPTIONS = """CREATE TEMP TABLE eligible AS SELECT subscription_id AS sid, customer_id AS cid,
        tenant_id AS tid, CASE WHEN channel = 'EA'
            THEN year(agreement_start) * 12 + month(agreement_start) - 1 END AS agreement
    FROM {subscriptions}
    WHERE paid AND channel IN ('EA', 'CSP', 'Web Direct') AND product IN {products}"""

ASSOCIATED = """CREATE TEMP TABLE associated AS SELECT partner_id AS p, sid, cid, tid, agreement,
        type = 'CPOR' AS cpor, type = 'DPOR' AS dpor,
        type <> 'CPOR' OR incentive = 'OSA' AS osa, type <> 'CPOR' OR incentive = 'OSU' AS osu,
        (year(from_date) * 12 + month(from_date) - 1)::INT AS f,
        coalesce(year(to_date + 1) * 12 + month(to_date + 1) - 2, 99999)::INT AS l
    FROM {associations} JOIN eligible ON sid = subscription_id
    WHERE f <= l AND f <= {as_of} AND l >= {as_of} - 12 AND (osa OR osu)"""

# Only where a claim may displace, or a partner stands twice, are intervals cut into pieces.
CREDIT = """CREATE TEMP TABLE credit AS
    WITH several AS (SELECT sid FROM associated GROUP BY sid HAVING count(*) > 2
        OR count(*) > 1 AND (min(p) = max(p) OR bool_or(cpor) AND bool_or(dpor))),
    meeting AS (SELECT * FROM associated SEMI JOIN several USING (sid)),
    cut AS (SELECT sid, f AS x FROM meeting UNION SELECT sid, l + 1 FROM meeting),
    piece AS (SELECT sid, x, lead(x) OVER (PARTITION BY sid ORDER BY x) AS y FROM cut),
    covered AS (SELECT w.*, x, y FROM meeting w
        JOIN piece ON w.sid = piece.sid AND w.f <= x AND w.l >= y - 1),
    claimed AS (SELECT sid, x, bool_or(cpor AND osa) AS by_osa, bool_or(cpor AND osu) AS by_osu
        FROM covered GROUP BY ALL)
    SELECT p, sid, cid, tid, agreement, f, l, osa, osu
        FROM associated ANTI JOIN several USING (sid)
    UNION ALL SELECT p, sid, any_value(cid), any_value(tid), any_value(agreement), x, any_value(y) - 1,
            bool_or(osa AND NOT (dpor AND by_osa)) AS osa, bool_or(osu AND NOT (dpor AND by_osu)) AS osu
        FROM covered JOIN claimed USING (sid, x) GROUP BY p, sid, x HAVING osa OR osu"""

REVENUE = """CREATE TEMP TABLE revenue AS
    WITH during AS (SELECT p, sid, greatest(f, {as_of} - 11, coalesce(agreement, 0)) AS f,
            least(l, {as_of}, coalesce(agreement, 99999) + 11) AS l
        FROM credit WHERE osa),
    part AS (SELECT * FROM during WHERE f <= l AND NOT (f = {as_of} - 11 AND l = {as_of}))
    SELECT p, sum(v) AS v FROM (
        SELECT p, total AS v FROM during JOIN billed ON sid = subscription_id
            WHERE f = {as_of} - 11 AND l = {as_of} AND total IS NOT NULL
        UNION ALL SELECT p, sum(v) FROM part JOIN (SELECT subscription_id, {month} AS m,
                CASE WHEN kind = 'billing' THEN amount ELSE -amount END AS v FROM {billings}
                WHERE month BETWEEN {first_day} AND {last_day})
            ON sid = subscription_id AND m BETWEEN f AND l GROUP BY p) GROUP BY p"""

ADDS = """CREATE TEMP TABLE adds AS
    WITH months AS (SELECT cid, bit_or(months) AS b FROM held JOIN eligible ON sid = subscription_id
        WHERE months > 0 GROUP BY cid),
    change AS (SELECT cid, b & ~(b << 1) & 8190 AS won, b & ~(b >> 1) & 4095 AS lost FROM months),
    event AS (SELECT cid, {as_of} - 12 + i::INT AS m, 1 AS s FROM change, range(1, 13) t(i)
            WHERE won > 0 AND (won >> i) & 1 = 1
        UNION ALL SELECT cid, {as_of} - 12 + i::INT, -1 FROM change, range(0, 12) t(i)
            WHERE lost > 0 AND (lost >> i) & 1 = 1)
    SELECT p, sum(s) AS v FROM (SELECT DISTINCT p, e.cid, m, s FROM event e
        JOIN credit c ON c.cid = e.cid AND m BETWEEN f AND l WHERE osa) GROUP BY p"""

PEOPLE = """CREATE TEMP TABLE people AS SELECT p, count(*) FILTER ({consultant}) AS consultants,
        count(*) FILTER ({developer}) AS developers FROM (
        SELECT partner_id AS p, person_id, {has} FROM {exams}
        WHERE passed_on <= {last_day} AND (expires_on IS NULL OR expires_on >= {last_day})
        GROUP BY ALL) GROUP BY p"""

# A tenant's month counts where its subscriptions' users, each up to 5, are 5 together.
TENANTS = """CREATE TEMP TABLE tenants AS
    SELECT tid, CASE {firsts} END AS m, sum(before) AS before, sum(now) AS now
    FROM used JOIN eligible ON sid = subscription_id
    WHERE reach > 0 OR now > 0 OR before > 0 GROUP BY tid"""

USERS = """CREATE TEMP TABLE users AS
    SELECT p, count(*) FILTER (reached) AS e, sum(now) FILTER (at_end) AS n,
        sum(before) FILTER (at_start) AS o
    FROM (SELECT p, tid, bool_or(m > {as_of} - 11 AND m BETWEEN f AND l) AS reached,
            bool_or({as_of} BETWEEN f AND l) AS at_end,
            bool_or({as_of} - 12 BETWEEN f AND l) AS at_start,
            any_value(now) AS now, any_value(before) AS before
        FROM credit JOIN tenants USING (tid) WHERE osu GROUP BY p, tid) GROUP BY p"""

# Points are whole numbers of 1/300,000: revenue is in cents, growth is left as a fraction.
SCORES = """COPY (
    WITH v AS (SELECT partner_id, coalesce(r.v, 0) AS r, coalesce(a.v, 0) AS a,
            coalesce(consultants, 0) AS c, coalesce(developers, 0) AS d, coalesce(e, 0) AS e,
            coalesce(n, 0)::HUGEINT AS n, coalesce(o, 0)::HUGEINT AS o
        FROM {partners} LEFT JOIN revenue r ON r.p = partner_id LEFT JOIN adds a ON a.p = partner_id
        LEFT JOIN people ON people.p = partner_id LEFT JOIN users g ON g.p = partner_id),
    w AS (SELECT *, (greatest(0, least(30000, r)) * 100)::HUGEINT
            + greatest(0, least(10, a)) * 300000 + least(5, c) * 1800000 + least(2, d) * 750000
            + least(10, e) * 600000 AS known,
        CASE WHEN o < 50 OR n <= o THEN 0 WHEN (n - o) * 100 >= 35 * o THEN 7500000 END AS fixed
        FROM v),
    s AS (SELECT *, CASE WHEN fixed IS NULL THEN known * 7 * o + 150000000 * (n - o)
            ELSE known + fixed END AS over, CASE WHEN fixed IS NULL THEN 7 * o ELSE 1 END AS under
        FROM w)
    SELECT partner_id, over / (under * 300000.0) AS score,
        CASE WHEN over >= 24000000 * under THEN 'gold' WHEN over >= 18000000 * under THEN 'silver'
            END AS level,
        r AS net_new_revenue, a AS net_customer_adds, c AS functional_consultants, d AS developers,
        e AS new_deployments, n AS users_now, o AS users_before
    FROM s ORDER BY partner_id) TO '{output}' (FORMAT parquet)"""


def main() -> None:
    """Refuse, score, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--as-of", required=True)
    parser.add_argument("--output", type=Path)
    parser.add_argument("--only", choices=["metrics", "refusals"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--memory-limit", help="such as 6GB; beyond it DuckDB goes on on disk")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": asked.threads, "temp_directory": folder}  # fmt: skip
        if asked.memory_limit:
            config["memory_limit"] = asked.memory_limit
        with duckdb.connect(config=config) as database:
            database.execute("SET preserve_insertion_order = false")
            run(database, asked)


def run(database: duckdb.DuckDBPyConnection, asked: argparse.Namespace) -> None:
    """All statements in order; exits where something is refused."""
    names = wordings(asked)
    checked, scored = asked.only != "metrics", asked.only != "refusals"
    wrong: dict[str, object] = {}
    if checked:
        wrong |= dict.fromkeys(wrong_columns(database, names), 1)
        if wrong:
            sys.exit(f"refused: {wrong}")
        wrong |= history(database, names)
    for name in PASSES:
        database.execute(one_pass(name, checked=checked, scored=scored).format(**names))
    if checked:
        wrong |= wrong_rows(database, names)
    if wrong:
        sys.exit(f"refused: {wrong}")
    if scored:
        for sql in (
            SUBSCRIPTIONS,
            ASSOCIATED,
            CREDIT,
            REVENUE,
            ADDS,
            PEOPLE,
            TENANTS,
            USERS,
            SCORES,
        ):
            database.execute(sql.format(**names))


def one_pass(name: str, *, checked: bool, scored: bool) -> str:
    """The one scan of a large table; with what is needed for the one, the other or both."""
    checks, metrics, table, where = PASSES[name]
    wanted = ", ".join([checks] * checked + [metrics] * scored)
    only = "" if checked else f" WHERE {where}"
    return (f"CREATE TEMP TABLE {name} AS SELECT subscription_id, {wanted} "
            f"FROM {{{table}}}{only} GROUP BY subscription_id")  # fmt: skip


def wordings(asked: argparse.Namespace) -> dict[str, str]:
    """What stands in braces in the statements."""
    year, month = map(int, asked.as_of.split("-"))
    now = f"DATE '{year}-{month:02d}-01'"
    last = f"last_day({now})"
    files = {path.stem: f"read_parquet('{path}')" for path in asked.data.glob("*.parquet")}
    fields = [f"sum((reach >> {FIVE * k}) & 7) >= 5" for k in range(12)]
    as_of = year * 12 + month - 1
    return files | {
        "as_of": str(as_of), "month": MONTH, "products": PRODUCTS, "output": str(asked.output),
        "now_day": now, "last_day": last,
        "first_day": f"({now} - INTERVAL 11 MONTH)", "base_day": f"({now} - INTERVAL 12 MONTH)::DATE",
        "firsts": " ".join(f"WHEN {field} THEN {as_of - 11 + k}" for k, field in enumerate(fields)),
        "consultant": CONSULTANT, "developer": DEVELOPER,
        "has": ", ".join(f"bool_or(exam = '{exam}') AS x_{exam.replace('-', '_')}"
                         for exam in EXAMS),
    }  # fmt: skip


def history(database: duckdb.DuckDBPyConnection, names: dict[str, str]) -> dict[str, object]:
    """Tables that begin too late. Sets ``seat_bit`` and ``usage_bit``, as the months allow."""
    wrong: dict[str, object] = {}
    as_of = int(names["as_of"])
    reach = {}
    for table, back in (("billings", 11), ("seats", 12), ("usage", 12)):
        days = database.execute(f"SELECT min(month), max(month) FROM {names[table]}").fetchone()
        months = f"SELECT {MONTH} FROM unnest($1::DATE[]) AS day(month)"
        first, last = (row[0] for row in database.execute(months, [list(days or ())]).fetchall())
        if first is None or first > as_of - back:
            wrong[f"{table}: history"] = 1
        reach[table] = (first or 0, last or 0)
    for name, table, wide, place in (
        ("seat_bit", "seats", 1, "({month} - {first})"),
        ("usage_bit", "usage", 2, "(2 * ({month} - {first}) + (environment = 'sandbox')::INT)"),
    ):
        first, last = reach[table]
        fits = (last - first + 1) * wide <= MOST_BITS
        bit = f"1::BIGINT << {place}::INT".replace("{month}", MONTH).replace("{first}", str(first))
        names[name] = bit if fits else "0::BIGINT"  # then it is asked otherwise, see SURE
    return wrong


if __name__ == "__main__":
    main()
