"""``postgresql://user@host:port/database?schema=...`` taken apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from tierwise.diagnostics import CannotRun
from tierwise.run.address import shown_address

FORM = "postgresql://USER@HOST:PORT/DATABASE?schema=SCHEMA"
SCHEMA = "public"
"""The schema whose tables are read where a URL names none."""
_PATIENCE = "10"
"""Seconds before a server that does not answer is given up."""
_ESCAPE = ("write :, /, @, ?, # and % in a name or password as %3A, %2F, %40, %3F, %23 and %25; or put "
           "the password into PGPASSWORD or ~/.pgpass")  # fmt: skip


@dataclass(frozen=True)
class Address:
    """Where a database is: what to connect with, and the schema whose tables are read."""

    options: dict[str, str] = field(repr=False)
    schema: str
    shown: str


def address_of(url: str) -> Address:
    """A URL taken apart.

    Raises:
        CannotRun: it cannot be; what is said shows nothing of it that may be a password.
    """
    shown = shown_address(url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise CannotRun(f"the URL {shown} cannot be read: its port is no number",
                        f"{FORM}; {_ESCAPE}") from None  # fmt: skip
    if shown.endswith("://...") or "/" in parts.path[1:] or parts.fragment:
        raise CannotRun("the URL cannot be read: a /, @, ? or # stands where none may be",
                        f"{FORM}; {_ESCAPE}") from None  # fmt: skip
    login, _, _ = parts.netloc.rpartition("@")
    user, _, password = login.partition(":")
    given = {"host": parts.hostname or "", "port": str(port or ""), "user": unquote(user),
             "password": unquote(password), "dbname": unquote(parts.path[1:])}  # fmt: skip
    options = {name: value for name, value in given.items() if value}
    query = dict(parse_qsl(parts.query))
    schema = query.pop("schema", SCHEMA)
    return Address({"connect_timeout": _PATIENCE, **options, **query}, schema, shown)


def first_line(error: BaseException) -> str:
    """The first line of what a server or driver says."""
    return re.sub(r"\s+", " ", (str(error).strip().splitlines() or [type(error).__name__])[0])
