"""A rule file as plain data in which every key and every value knows its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from tierwise.diagnostics import Span
from tierwise.source.positions import place_in

Plain = None | bool | int | Decimal | str | list["Plain"] | dict[str, "Plain"]


@dataclass(frozen=True)
class Written:
    """A text of a rule file, with the place where it stands there and how it is written there."""

    text: str
    span: Span
    raw: str = ""

    def place(self, offset: int, length: int = 1) -> Span:
        """The place in the file of some characters of the text."""
        return place_in(self.raw, self.text, self.span, offset, length)


@dataclass(frozen=True)
class Scalar:
    """A value that is not a list or a mapping: null, true or false, a number, a text.

    ``text`` is what is meant, so that ``0.10`` stays exact; ``raw`` is what stands in the file,
    with quotes, escapes and line ends.
    """

    value: bool | int | Decimal | str | None
    text: str
    span: Span
    raw: str


@dataclass(frozen=True)
class Sequence:
    """A list."""

    items: tuple[Node, ...]
    span: Span


@dataclass(frozen=True)
class Entry:
    """One line of a mapping: its key with the key's own place, and its value."""

    key: str
    key_span: Span
    node: Node


@dataclass(frozen=True)
class Mapping:
    """A mapping; its keys are texts and each stands once."""

    entries: tuple[Entry, ...]
    span: Span

    def get(self, key: str) -> Node | None:
        """The value of ``key``, or None where it does not stand."""
        return next((entry.node for entry in self.entries if entry.key == key), None)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


Node = Scalar | Sequence | Mapping


@dataclass(frozen=True, eq=False)
class Document:
    """One rule file: its path as findings name it, its text, its digest, its content.

    Reading the same text under the same name again mostly gives the same one.
    ``relative`` is the path inside the folder of rules, the same on every machine.
    """

    path: str
    relative: str
    text: str
    digest: str
    root: Mapping

    @property
    def kind(self) -> str | None:
        """The kind that the file says it is of, None where it says none."""
        return self.text_of("kind")

    def text_of(self, key: str) -> str | None:
        """The text of a field of the file, None where no single value stands there."""
        node = self.root.get(key)
        return node.text if isinstance(node, Scalar) else None


def plain(node: Node) -> Plain:
    """The node as JSON means it: dicts, lists, texts, ints, Decimals, booleans, None."""
    if isinstance(node, Mapping):
        return {entry.key: plain(entry.node) for entry in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return node.value


def locate(root: Node, path: list[str | int]) -> Node:
    """The node at a JSON path below ``root``; the nearest node above where it ends early."""
    node = root
    for step in path:
        below: Node | None = None
        if isinstance(node, Mapping) and isinstance(step, str):
            below = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            below = node.items[step]
        if below is None:
            return node
        node = below
    return node
