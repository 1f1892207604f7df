"""What is wrong with names alone: there is no such thing, or there are two."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from tierwise.diagnostics import Diagnostic, Related, nearest, shown
from tierwise.expression.words import RESERVED
from tierwise.source.document import Written

MOST_HINTS = 50


def unknown(
    found: list[Diagnostic], code: str, what: str, name: Written, known: Collection[str]
) -> None:
    """Report a name that there is not, with the nearest one.

    Where there is none of the kind at all, that is what is wrong, whatever the name.
    """
    if not known:
        found.append(Diagnostic(code, f"there is no {what} among the rules at all", name.span,
                                f"add the {what}, or the file that holds it"))  # fmt: skip
        return
    hint = nearest(name.text, known) if len(found) < MOST_HINTS else "see the findings above"
    found.append(Diagnostic(code, f"there is no {what} {shown(name.text)}", name.span, hint))


def differ(found: list[Diagnostic], what: str, names: Iterable[Written]) -> None:
    """Report names that are the same, or the same but for capitals, which databases ignore."""
    first: dict[str, Written] = {}
    for name in names:
        other = first.setdefault(name.text.lower(), name)
        if other is not name:
            more = "another name" if name.text == other.text else (
                "a name that differs in more than capitals")  # fmt: skip
            found.append(Diagnostic("duplicate-name", f"there is a {what} {shown(other.text)} "
                                    "already", name.span, f"give it {more}",
                                    related=(Related(other.span, "the first one"),)))  # fmt: skip


def speakable(
    found: list[Diagnostic], names: Iterable[Written], besides: Collection[str] = (),
    hint: str = "give it another name",
) -> None:  # fmt: skip
    """Report each name that is a word of the expression language, so that none could name it.

    ``besides``: other names that mean something else there.
    """
    for name in {each.span: each for each in names}.values():
        if name.text.lower() in RESERVED or name.text.lower() in besides:
            found.append(Diagnostic("reserved-name", f"{shown(name.text)} is a word of the "
                                    "expression language, so no expression could name it",
                                    name.span, hint))  # fmt: skip
