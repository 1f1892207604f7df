"""What the peer in SQL refuses: everything that the data contract of the SMB option refuses.

Each question is one number, 0 where the data is right. Rows of billings, seats and usage are read
once, grouped by subscription (see hand_sql.PASSES), and asked about afterwards. A key of a
subscription, a month and an environment is a bit of a number: rows are more than bits where one stands
twice.
"""

from __future__ import annotations

import duckdb

TEXT, DAY, WHOLE, DECIMAL, BOOLEAN = "text", "day", "whole", "decimal", "boolean"
COLUMNS = {
    "partners": {"partner_id": TEXT, "name": TEXT, "country": TEXT},
    "customers": {"customer_id": TEXT, "name": TEXT, "country": TEXT},
    "subscriptions": {
        "subscription_id": TEXT, "customer_id": TEXT, "tenant_id": TEXT, "product": TEXT,
        "channel": TEXT, "paid": BOOLEAN, "start_date": DAY, "agreement_start": DAY},
    "associations": {
        "partner_id": TEXT, "subscription_id": TEXT, "type": TEXT, "incentive": TEXT,
        "from_date": DAY, "to_date": DAY},
    "billings": {"subscription_id": TEXT, "month": DAY, "kind": TEXT, "amount": DECIMAL,
                 "currency": TEXT},
    "seats": {"subscription_id": TEXT, "month": DAY, "paid_seats": WHOLE},
    "usage": {"subscription_id": TEXT, "month": DAY, "environment": TEXT,
              "monthly_active_users": WHOLE},
    "exams": {"partner_id": TEXT, "person_id": TEXT, "exam": TEXT, "passed_on": DAY,
              "expires_on": DAY},
}  # fmt: skip
INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
TYPES = {TEXT: ("VARCHAR",), DAY: ("DATE",), WHOLE: INTEGERS, DECIMAL: ("DECIMAL", *INTEGERS),
         BOOLEAN: ("BOOLEAN",)}  # fmt: skip
COUNTRIES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT
BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH
ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT
HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS
LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI
NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG
SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG
UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW
"""


def not_text(column: str) -> str:
    """A text that is empty, or holds a NUL character."""
    return f"({column} IS NULL OR {column} = '' OR contains({column}, chr(0)))"


def not_day(column: str) -> str:
    """A day that is missing, or beyond the calendar."""
    return f"({column} IS NULL OR {off_calendar(column)})"


def off_calendar(column: str) -> str:
    """A day beyond the calendar: infinity, or before the year 1."""
    return f"coalesce({column} NOT BETWEEN DATE '0001-01-01' AND DATE '9999-12-31', false)"


def not_whole(column: str) -> str:
    """A number that is missing, negative or beyond what is counted."""
    return f"(({column} BETWEEN 0 AND 999999999999999999) IS NOT TRUE)"


def not_among(column: str, *values: str) -> str:
    """A text that is none of a few."""
    return f"(({column} IN ({', '.join(repr(each) for each in values)})) IS NOT TRUE)"


COUNTRY = (
    f"(country <> '' AND country NOT IN ({', '.join(repr(each) for each in COUNTRIES.split())}))"
)
BAD_BILLING = f"""NOT (kind IN ('billing', 'credit') AND amount >= 0 AND currency = 'USD'
    AND NOT {not_day('month')}) IS TRUE"""  # fmt: skip
BAD_SEATS = f"({not_whole('paid_seats')} OR {not_day('month')})"
BAD_USAGE = f"""({not_whole('monthly_active_users')} OR {not_day('month')}
    OR {not_among('environment', 'production', 'sandbox')})"""  # fmt: skip

QUESTIONS = {
    "partners: cells": f"""
        SELECT count(*) FROM {{partners}}
        WHERE {not_text('partner_id')} OR {not_text('name')} OR {COUNTRY}""",
    "partners: key": "SELECT count(*) - count(DISTINCT partner_id) FROM {partners}",
    "customers: cells": f"""
        SELECT count(*) FROM {{customers}}
        WHERE {not_text('customer_id')} OR {not_text('name')} OR {COUNTRY}""",
    "customers: key": "SELECT count(*) - count(DISTINCT customer_id) FROM {customers}",
    "subscriptions: cells, agreement": f"""
        SELECT count(*) FROM {{subscriptions}} WHERE {not_text('subscription_id')}
            OR {not_text('tenant_id')} OR {not_text('product')} OR {not_text('channel')}
            OR coalesce(customer_id, '') = '' OR paid IS NULL OR {not_day('start_date')}
            OR {off_calendar('agreement_start')}
            OR (channel = 'EA') <> (agreement_start IS NOT NULL)""",
    "subscriptions: key":
        "SELECT count(*) - count(DISTINCT subscription_id) FROM {subscriptions}",
    "subscriptions: customer":
        "SELECT count(*) FROM {subscriptions} ANTI JOIN {customers} USING (customer_id)",
    "associations: cells, claims, periods": f"""
        SELECT count(*) FROM {{associations}} WHERE {not_among('type', 'CSP', 'CPOR', 'DPOR')}
            OR (type = 'CPOR') <> (coalesce(incentive, '') <> '')
            OR incentive NOT IN ('OSA', 'OSU', 'Presales', '')
            OR {not_day('from_date')} OR {off_calendar('to_date')} OR to_date < from_date""",
    "associations: key": """
        SELECT count(*) - count(DISTINCT hash(partner_id, subscription_id, type,
            coalesce(incentive, ''), from_date)) FROM {associations}""",
    "associations: partner":
        "SELECT count(*) FROM {associations} ANTI JOIN {partners} USING (partner_id)",
    "associations: subscription":
        "SELECT count(*) FROM {associations} ANTI JOIN {subscriptions} USING (subscription_id)",
    "exams: cells": f"""
        SELECT count(*) FROM {{exams}} WHERE {not_text('person_id')} OR {not_text('exam')}
            OR {not_day('passed_on')} OR {off_calendar('expires_on')}""",
    "exams: key": """
        SELECT count(*) - count(DISTINCT hash(partner_id, person_id, exam, passed_on))
        FROM {exams}""",
    "exams: partner": "SELECT count(*) FROM {exams} ANTI JOIN {partners} USING (partner_id)",
    "billings: cells": "SELECT count(*) FROM billed WHERE bad",
    "billings: subscription":
        "SELECT count(*) FROM billed ANTI JOIN {subscriptions} USING (subscription_id)",
    "seats: cells": "SELECT count(*) FROM held WHERE bad",
    "seats: key": "SELECT count(*) FROM held WHERE n <> bit_count(bits)",
    "seats: subscription":
        "SELECT count(*) FROM held ANTI JOIN {subscriptions} USING (subscription_id)",
    "usage: cells": "SELECT count(*) FROM used WHERE bad",
    "usage: key": "SELECT count(*) FROM used WHERE n <> bit_count(bits)",
    "usage: subscription":
        "SELECT count(*) FROM used ANTI JOIN {subscriptions} USING (subscription_id)",
}  # fmt: skip
"""By what is asked: how many rows are wrong."""

SURE = {
    "associations: key": """
        SELECT count(*) FROM (SELECT 1 FROM {associations} GROUP BY partner_id, subscription_id,
            type, coalesce(incentive, ''), from_date HAVING count(*) > 1)""",
    "exams: key": """
        SELECT count(*) FROM (SELECT 1 FROM {exams} GROUP BY partner_id, person_id, exam, passed_on
            HAVING count(*) > 1)""",
    "seats: key": """
        SELECT count(*) FROM (SELECT 1 FROM {seats} GROUP BY subscription_id, {month}
            HAVING count(*) > 1)""",
    "usage: key": """
        SELECT count(*) FROM (SELECT 1 FROM {usage} GROUP BY subscription_id, {month}, environment
            HAVING count(*) > 1)""",
}  # fmt: skip
"""What is asked to be sure, where a question by hashes or bits found something."""


def wrong_columns(database: duckdb.DuckDBPyConnection, names: dict[str, str]) -> list[str]:
    """Tables and columns that are missing or of another type; the rest cannot be asked then."""
    wrong = []
    for table, columns in COLUMNS.items():
        if table not in names:
            wrong.append(f"{table}: missing")
            continue
        rows = database.execute(f"DESCRIBE FROM {names[table]}").fetchall()
        found = {row[0]: str(row[1]).partition("(")[0] for row in rows}
        wrong += [f"{table}.{name}: {found.get(name, 'missing')}" for name, kind in columns.items()
                  if found.get(name) not in TYPES[kind]]  # fmt: skip
    return wrong


def wrong_rows(database: duckdb.DuckDBPyConnection, names: dict[str, str]) -> dict[str, int]:
    """By question, how many rows are wrong; only those of which some are."""
    wrong = {}
    for what, sql in QUESTIONS.items():
        count = _number(database, sql, names)
        if count and what in SURE:
            count = _number(database, SURE[what], names)
        if count:
            wrong[what] = count
    return wrong


def _number(database: duckdb.DuckDBPyConnection, sql: str, names: dict[str, str]) -> int:
    row = database.execute(sql.format(**names)).fetchone()
    return int(row[0] or 0) if row is not None else 0
