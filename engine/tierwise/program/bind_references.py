"""Whether references fit what they refer to: the columns of its key, each of the same kind."""

from __future__ import annotations

from collections.abc import Mapping

from tierwise.diagnostics import Diagnostic, shown
from tierwise.expression.kinds import Kind
from tierwise.model.ruleset import ColumnRule, TableRule
from tierwise.program.name_findings import unknown
from tierwise.program.program import Table
from tierwise.source.document import Written


def references_fit(
    rule: TableRule, tables: Mapping[str, Table], scored: str, found: list[Diagnostic]
) -> None:
    """A reference says what stands for each column of a key, or holds a catalogue's key.

    Findings: ``reference-key``, ``unknown-column``, ``wrong-type``.
    """
    for column in rule.columns:
        if column.references is None:
            continue
        target = tables.get(column.references.text)
        if target is not None and target.name == scored and len(target.key) != 1:
            continue  # reported where it is said to be scored
        others = [key.text for key, _ in column.beside]
        if target is None:  # the keys of a catalogue, or what there is not
            key = [] if others else [""]
        else:
            key = [each for each in target.key if each not in others]
        if _has_all(column, key, target, found):
            kind = _kind(target, key[0])
            _fits(column.name, Kind(column.type), kind, column.references, found)
            if target is not None:
                _others_fit(column, tables[rule.name.text], target, found)


def _kind(target: Table | None, key: str) -> Kind | None:
    """What stands in a column of a key; none where there is no such column, which is reported."""
    if target is None:
        return Kind.TEXT
    return target.columns[key].kind if key in target.columns else None


def _has_all(
    column: ColumnRule, key: list[str], target: Table | None, found: list[Diagnostic]
) -> bool:
    """Whether one column of the key is left for the reference itself to stand for."""
    assert column.references is not None, "only references are looked at"
    unknown_keys = [each for each, _ in column.beside
                    if target is not None and each.text not in target.key]  # fmt: skip
    for each in unknown_keys:
        assert target is not None, "they are keys of a table"
        unknown(found, "unknown-column", "column of the key", each, target.key)
    if unknown_keys or len(key) == 1:
        return not unknown_keys
    if target is None or not key:
        found.append(Diagnostic("reference-key", f"the reference itself stands for a column of the "
                                f"key of {shown(column.references.text)}, and none is left for it",
                                column.beside[-1][0].span, "remove it from 'with'"))  # fmt: skip
        return False
    if not target.key:
        message, hint = "has no key to refer to", "give it one, or refer to another table"
    else:
        left = ", ".join(f"{each}: ..." for each in key[1:] or key)
        message = f"has a key of several columns: {', '.join(target.key)}"
        hint = f"say which column stands for each of the others, such as 'with: {{{left}}}'"
    found.append(Diagnostic("reference-key", f"the table {shown(target.name)} {message}",
                            column.references.span, hint))  # fmt: skip
    return False


def _others_fit(column: ColumnRule, table: Table, target: Table, found: list[Diagnostic]) -> None:
    for key, own in column.beside:
        beside = table.columns.get(own.text)
        if beside is None and "." in own.text:
            found.append(Diagnostic("unknown-column", f"{shown(own.text)} is no column of this table",
                                    own.span, "only the row's own columns may stand here: add one that "
                                    "says it"))  # fmt: skip
            continue
        if beside is None:
            unknown(found, "unknown-column", "column", own, table.columns)
            continue
        _fits(own, beside.kind, _kind(target, key.text), own, found)
        if beside.optional and not column.optional:
            found.append(Diagnostic("reference-key", f"{shown(own.text)} may be empty, and then "
                                    f"{shown(column.name.text)} refers to nothing", own.span,
                                    "make the reference optional too, or remove 'optional' from "
                                    "what stands beside it"))  # fmt: skip


def _fits(
    own: Written, kind: Kind, wanted: Kind | None, place: Written, found: list[Diagnostic]
) -> None:
    if wanted in (None, kind) or (kind, wanted) == (Kind.DATE, Kind.MONTH):
        return
    assert wanted is not None, "it has been looked at"
    found.append(Diagnostic("wrong-type", f"{shown(own.text)} is {kind.phrase}, the key that it "
                            f"refers to is {wanted.phrase}", place.span,
                            "give both the same type"))  # fmt: skip
