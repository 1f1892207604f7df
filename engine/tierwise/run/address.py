"""DATA as a URL: its scheme, and how it is shown to people, which is never with a password."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_HIDDEN = "password"
"""What stands in the name of every parameter of a URL that is not shown."""
_SCHEMA = "?schema="
TABLE = "table:"
"""What stands before the name of a table: one of a catalogue, or one that results are written to."""


def scheme_of(text: str) -> str:
    """The scheme of a URL in small letters; "" for what is none, such as a path."""
    found = _SCHEME.match(text)
    return found[1].lower() if found is not None else ""


def file_of(url: str) -> str:
    """The path in a URL of a file, ``duckdb:///path`` or with a path below here ``duckdb://path``; a path as it is."""
    if not scheme_of(url):
        return url
    return unquote(_SCHEME.sub("", url, count=1).partition(_SCHEMA)[0])


def schema_of(url: str) -> str:
    """The schema that a URL of a file names behind ``?schema=``; "" where none is named."""
    return unquote(url.partition(_SCHEMA)[2]) if scheme_of(url) else ""


def shown_address(text: str) -> str:
    """A URL without its password; anything else as it is.

    What cannot be taken apart is cut behind its scheme: a password may be what is in the way.
    """
    scheme = scheme_of(text)
    if not scheme:
        return text
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return f"{scheme}://..."
    login, at, host = parts.netloc.rpartition("@")
    if "@" in f"{parts.path}{parts.query}{parts.fragment}":
        return f"{scheme}://..."
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True)
             if _HIDDEN not in name.lower()]  # fmt: skip
    netloc = f"{login.partition(':')[0]}{at}{host}"
    shown = urlunsplit((parts.scheme, netloc, parts.path, urlencode(query, safe="/", quote_via=quote),
                        parts.fragment))  # fmt: skip
    # Python drops the slashes of a URL without a host.
    return shown if scheme_of(shown) else shown.replace(":", "://", 1)


WRITTEN = "written by tierwise"
"""The comment by which a table in a database is known to be results, which others may replace."""


def table_of(target: str) -> tuple[str, ...]:
    """The parts of ``table:SCHEMA.NAME`` or ``table:NAME``."""
    return tuple(target.removeprefix(TABLE).split("."))


def place_of(target: str, schema: str) -> tuple[str, str]:
    """The schema and the name of a table that results are written to; ``schema``: where none is named."""
    *named, name = table_of(target)
    return named[0] if named else schema, name
