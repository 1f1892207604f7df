"""Lists of released versions: their schema, how they are built and how they are written."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.expression.schema import Json
from tierwise.model.schema_parts import ID, SEMVER, field, file_schema, mapping
from tierwise.source.document import Written
from tierwise.source.fields import Fields

KIND = "releases"
FILE = "releases.yaml"
"""How the file is called; it lies beside the versions."""

_EXAMPLE = {"version": "1.0.0", "sha256": "0123456789abcdef" * 4}


@dataclass(frozen=True)
class ReleaseRule:
    """A version that has been released, and the digest that its file had then."""

    version: Written
    sha256: str


@dataclass(frozen=True)
class ReleasesRule:
    """The versions of one competency that have been released."""

    competency: Written
    releases: tuple[ReleaseRule, ...]


def schema() -> Json:
    """The schema of a list of releases."""
    release = mapping("Release", "One version that has been released.", _EXAMPLE, {
        "version": field("Version", "The version of the competency.", "1.0.0", **SEMVER),
        "sha256": field("Digest", "The SHA-256 of the bytes of the version's file: 64 hexadecimal "
                        "digits.", _EXAMPLE["sha256"], type="string", pattern="^[0-9a-f]{64}$"),
    }, ("version", "sha256"))  # fmt: skip
    return file_schema(KIND, "Releases", {
        "competency": field("Competency", "The id of the competency whose versions these are.",
                            "sales", **ID),
        "releases": field("Releases", "The versions that must stay as they are. `tierwise release` "
                          "adds to them.", [_EXAMPLE], type="array", items=release, minItems=1),
    }, ("competency", "releases"), has_id=False)  # fmt: skip


def parse_releases(fields: Fields) -> ReleasesRule:
    """Build the rule from a file that has the shape."""
    each = (Fields(item) for item in fields.items("releases"))
    releases = tuple(ReleaseRule(one.written("version"), one.text("sha256")) for one in each)
    return ReleasesRule(fields.written("competency"), releases)


def releases_text(head: str, competency: str, releases: tuple[tuple[str, str], ...]) -> str:
    """The text of a file of releases.

    Args:
        head: the comment by which editors know the schema, or "".
        competency: its id.
        releases: the versions, each with its digest, in the order of their release.
    """
    lines = (f"  - {{version: {version}, sha256: {sha256}}}" for version, sha256 in releases)
    return "\n".join([
        *([head] if head else []),
        "# Written by 'tierwise release'. A released version never changes: write a new one.",
        f"kind: {KIND}", "schema: 1", f"competency: {competency}", "releases:", *lines, "",
    ])  # fmt: skip
