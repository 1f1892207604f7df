"""What an expression may name: the columns of a row, what its references reach, and lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tierwise.expression.kinds import Kind
from tierwise.program.program import Catalogue, Table


@dataclass(frozen=True)
class TableNames:
    """The names that a row of ``table`` gives."""

    table: Table
    tables: Mapping[str, Table]
    catalogues: Mapping[str, Catalogue]

    def kind_of(self, path: str) -> Kind | None:
        """The kind of a column, of a column along references, or of a catalogue's list."""
        first, _, rest = path.partition(".")
        if not rest:
            column = self.table.columns.get(first)
            return column.kind if column else None
        reference = self.table.reference(first)
        if reference is not None and reference.references in self.tables:
            return self._below(reference.references).kind_of(rest)
        if reference is not None and reference.references in self.catalogues:
            return self.catalogues[reference.references].attributes.get(rest)
        if first in self.catalogues and rest in self.catalogues[first].lists:
            return Kind.TEXTS
        return None

    def known(self, path: str) -> Iterable[str]:
        """The names in the place of ``path``."""
        first, _, rest = path.partition(".")
        reference = self.table.reference(first)
        if rest and reference is not None and reference.references in self.tables:
            return [f"{first}.{name}" for name in self._below(reference.references).known(rest)]
        if rest and reference is not None and reference.references in self.catalogues:
            return [f"{first}.{name}" for name in self.catalogues[reference.references].attributes]
        if rest and first in self.catalogues:
            return [f"{first}.{name}" for name in self.catalogues[first].lists]
        references = [each.alias for each in self.table.columns.values() if each.references]
        if rest:
            return [f"{name}.{rest}" for name in (*references, *self.catalogues)]
        return [*self.table.columns, *references, *self.catalogues]

    def _below(self, table: str) -> TableNames:
        return TableNames(self.tables[table], self.tables, self.catalogues)


@dataclass(frozen=True)
class NumberNames:
    """Names that all stand for numbers: a score, a value and its parts."""

    names: frozenset[str]

    def kind_of(self, path: str) -> Kind | None:
        """A number, for the names there are."""
        return Kind.DECIMAL if path in self.names else None

    def known(self, path: str) -> Iterable[str]:
        """All names."""
        del path  # whatever stands there, the same names are meant
        return self.names
