"""Where rules are found, and loading them."""

from __future__ import annotations

from pathlib import Path

from tierwise import pipeline
from tierwise.diagnostics import Outcome
from tierwise.model.ruleset import RuleSet

_LEVELS_UP = 4
_NOT_SCORED = ("cases", "demo")
"""Kinds of files that nothing is scored by."""


def rules_folder(rules: Path | None = None) -> Path:
    """The folder of rules: the one given, else ``./rules``, else the rules of the package."""
    if rules is not None:
        return rules
    here = Path("rules")
    if here.is_dir():
        return here
    package = Path(__file__).parents[1]
    carried = package / "rules"
    return carried if carried.is_dir() else package.parents[1] / "rules"


def load_rules(rules: Path | None = None) -> Outcome[RuleSet]:
    """Read and build the rules of a folder; see ``rules_folder`` for where they are by default."""
    return pipeline.load(rules_folder(rules))


def load_to_score(rules: Path | None, competency: str | None) -> Outcome[RuleSet]:
    """The same without the files that nothing is scored by, which may even be wrong.

    These are cases, what demo data is made by, and other competencies than the one asked for, which no rule
    refers to; where there is none of that name, all are read, to say what there is.
    """

    def without(kind: str, name: str) -> bool:
        is_other = competency is not None and name not in ("", competency)
        return kind in _NOT_SCORED or (kind == "competency" and is_other)

    loaded = pipeline.load(rules_folder(rules), without=without)
    if competency is None or loaded.value is None:
        return loaded
    is_there = competency in {each.id.text for each in loaded.value.competencies}
    return loaded if is_there else load_to_score(rules, None)


def rule_set_of(path: Path) -> Path | None:
    """The folder of the rule set that a file lies in, or that a folder is or lies in.

    That is the highest near it named ``rules``, else the nearest above it with a data contract;
    None: it stands alone.
    """
    above = [*([path] if path.is_dir() else []), *path.parents][:_LEVELS_UP]
    named = [folder for folder in above if folder.name == "rules"]
    if named:
        return named[-1]
    for folder in above:
        if any("kind: contract" in _head(each) for each in sorted(folder.glob("*.y*ml"))):
            return folder
    return None


def _head(file: Path) -> str:
    """How a file begins; nothing of what is no file or cannot be read."""
    if not file.is_file():
        return ""
    try:
        with file.open(encoding="utf-8", errors="replace") as opened:
            return opened.read(4_000)
    except OSError:
        return ""
