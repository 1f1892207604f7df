"""What an expression may name: the columns of a row, what its references reach, and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tierwise.expression.kinds import Kind
from tierwise.expression.unfold import Definition
from tierwise.program.program import Catalogue, Column, Table


@dataclass(frozen=True)
class TableNames:
    """The names that a row of ``table`` gives.

    ``as_of``: whether the last day of the as-of month may be named too.
    """

    table: Table
    tables: Mapping[str, Table]
    catalogues: Mapping[str, Catalogue]
    as_of: bool = False

    def kind_of(self, path: str) -> Kind | None:
        """The kind of a column, of a column along references, or of a catalogue's list."""
        first, _, rest = path.partition(".")
        if self.as_of and path == "as_of" and path not in self.own_names():
            return Kind.DATE
        if self.table.reference(first) is not None or not rest:
            return self._column_kind(first, rest)
        is_list = first in self.catalogues and rest in self.catalogues[first].lists
        return Kind.TEXTS if is_list else None

    def _column_kind(self, first: str, rest: str) -> Kind | None:
        """The kind of one of the row's own columns, or of one along its references."""
        if not rest:
            column = self.table.columns.get(first) or self.table.derived.get(first)
            return column.kind if column else None
        reference = self.table.reference(first)
        if reference is None:
            return None
        if reference.references in self.tables:
            step, _, further = rest.partition(".")
            below = self._below(reference)
            return TableNames._column_kind(below, step, further)
        return self.catalogues[reference.references].attributes.get(rest)

    def unknown(self, path: str) -> tuple[str, Iterable[str]]:
        """Of a path that has no kind: the part of it that there is not, and what there is."""
        first, _, rest = path.partition(".")
        reference = self.table.reference(first)
        if reference is not None and reference.references in self.tables:
            below = self._below(reference)
            if not rest:
                itself = [reference.name] if reference.name != first else []
                return path, [*(f"{first}.{name}" for name in below.own_names()), *itself]
            step = rest.partition(".")[0]
            if step in self.catalogues and below.table.reference(step) is None:
                meant = below.through_references(rest)
                if meant:
                    return path, [f"{first}.{name}" for name in meant]
                return path, [rest]  # a list is named by itself, not through a reference
            part, known = below.unknown(rest)
            return f"{first}.{part}", [f"{first}.{name}" for name in known]
        if reference is not None and reference.references in self.catalogues:
            attributes = self.catalogues[reference.references].attributes
            itself = [reference.name] if not rest and reference.name != first else []
            return path, [*(f"{first}.{name}" for name in attributes), *itself]
        if first in self.catalogues:
            meant = self.through_references(path)
            return path, meant or [f"{first}.{name}" for name in self.catalogues[first].lists]
        meant = self.through_references(path)
        if meant:
            return path, meant
        references = [each.alias for each in self.table.columns.values() if each.references]
        if rest:
            own = self.table.columns.get(first)
            called = [own.alias] if own is not None and own.references else []
            return first, called or [*references, *self.catalogues]
        return first, self.own_names()

    def through_references(self, path: str, passed: frozenset[str] = frozenset()) -> list[str]:
        """The paths that somebody may mean who names only what references lead to, in fewest steps.

        Such as ``weight`` or ``products.weight`` where it is ``product.weight``, or ``item.product.weight``.
        ``passed``: the tables that lead here, which are not looked into again.
        """
        first, _, rest = path.partition(".")
        leading = [column for column in self.table.columns.values() if column.references]
        near = [
            f"{column.alias}.{rest or first}"
            for column in leading
            if (not rest or column.references == first)
            and self._column_kind(column.alias, rest or first) is not None
        ]  # fmt: skip
        passed |= {self.table.name}
        further = [
            f"{column.alias}.{each}"
            for column in leading
            if column.references in self.tables.keys() - passed
            for below in [self._below(column)]
            for each in ([path] if below.kind_of(path) else below.through_references(path, passed))
        ]
        return near or further

    def own_names(self) -> list[str]:
        """The columns of the row, and what is derived from them."""
        return [*self.table.columns, *self.table.derived]

    def values_of(self, path: str) -> Iterable[str] | None:
        """The values that a column declares, the keys of the catalogue that it refers to, or its texts."""
        first, _, rest = path.partition(".")
        if rest:
            reference = self.table.reference(first)
            if reference is None:
                return None
            if reference.references in self.tables:
                return self._below(reference).values_of(rest)
            return self._texts_of(self.catalogues[reference.references], rest)
        column = self.table.columns.get(first)
        if column is None or column.values is not None:
            return column.values if column else None
        catalogue = self.catalogues.get(column.references)
        return catalogue.entries if catalogue else None

    def definition_of(self, path: str) -> Definition | None:
        """What a derived column stands for, of the row or along its references."""
        first, _, rest = path.partition(".")
        if not rest:
            derived = self.table.derived.get(first)
            if derived is None:
                return None
            own = (name for name in derived.names if self.kind_of(name) is not Kind.TEXTS)
            return Definition(derived.tree, frozenset(own))
        reference = self.table.reference(first)
        if reference is None or reference.references not in self.tables:
            return None
        definition = self._below(reference).definition_of(rest)
        return definition.under(f"{first}.") if definition is not None else None

    @staticmethod
    def _texts_of(catalogue: Catalogue, attribute: str) -> Iterable[str] | None:
        """What the entries of a catalogue say of a text, where any does."""
        said = (entry.get(attribute) for entry in catalogue.entries.values())
        return {each for each in said if isinstance(each, str)} or None

    def _below(self, reference: Column) -> TableNames:
        return TableNames(self.tables[reference.references], self.tables, self.catalogues)
