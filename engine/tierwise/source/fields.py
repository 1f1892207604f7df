"""Typed access to a mapping whose shape a JSON Schema has already checked."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from tierwise.diagnostics import Span
from tierwise.quantity import Quantity, parse_quantity
from tierwise.source.document import Entry, Mapping, Node, Scalar, Sequence, Written

Titles = tuple[tuple[str, str], ...]
"""A text by language, such as ``(("en", "Partners"), ("nl", "Partners"))``."""


def in_language(titles: Titles, language: str, default: str = "") -> str:
    """The text in ``language``, else in English, else the first there is, else ``default``."""
    texts = dict(titles)
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), default)


class Fields:
    """The fields of one mapping. Reading a field that the schema requires cannot fail."""

    def __init__(self, node: Node) -> None:
        assert isinstance(node, Mapping), "the schema asks for a mapping here"
        self.mapping = node
        self.span = node.span

    def __contains__(self, key: str) -> bool:
        return self.mapping.get(key) is not None

    def node(self, key: str) -> Node:
        """The value of a field that must be there."""
        node = self.mapping.get(key)
        assert node is not None, f"the schema asks for {key}"
        return node

    def key_span(self, key: str) -> Span:
        """The place of a field's key."""
        return next(entry.key_span for entry in self.mapping if entry.key == key)

    def text(self, key: str, default: str = "") -> str:
        """A field's text as it stands in the file."""
        return written(self.node(key)).text if key in self else default

    def written(self, key: str) -> Written:
        """A field's text with its place."""
        return written(self.node(key))

    def maybe(self, key: str) -> Written | None:
        """A field's text with its place, or None where it does not stand."""
        return self.written(key) if key in self else None

    def many(self, key: str) -> tuple[Written, ...]:
        """One text or a list of texts; nothing where the field does not stand."""
        if key not in self:
            return ()
        node = self.node(key)
        return tuple(
            written(item) for item in (node.items if isinstance(node, Sequence) else (node,))
        )

    def items(self, key: str) -> tuple[Node, ...]:
        """The items of a list; nothing where the field does not stand."""
        node = self.mapping.get(key)
        return node.items if isinstance(node, Sequence) else ()

    def entries(self, key: str) -> tuple[Entry, ...]:
        """The entries of a mapping in the file's order; nothing where it does not stand."""
        node = self.mapping.get(key)
        return node.entries if isinstance(node, Mapping) else ()

    def below(self, key: str) -> Fields:
        """The fields of a mapping one level down."""
        return Fields(self.node(key))

    def flag(self, key: str) -> bool:
        """Whether a field stands and is true."""
        node = self.mapping.get(key)
        return isinstance(node, Scalar) and node.value is True

    def number(self, key: str) -> Fraction:
        """A field's number, exact."""
        return exact(self.node(key))

    def titles(self, key: str) -> Titles:
        """A text by language; a plain text is English."""
        node = self.mapping.get(key)
        if isinstance(node, Mapping):
            return tuple((entry.key, written(entry.node).text) for entry in node)
        return () if node is None else (("en", written(node).text),)


def written(node: Node) -> Written:
    """The text and place of a single value."""
    assert isinstance(node, Scalar), "the schema asks for a single value here"
    return Written(node.text, node.span, node.raw)


def exact(node: Node) -> Fraction:
    """The number that stands in a node."""
    assert isinstance(node, Scalar) and isinstance(node.value, int | Decimal)
    return Fraction(node.value)


def quantity_of(node: Node) -> Quantity:
    """The quantity that a field holds whose form a JSON Schema has checked."""
    assert isinstance(node, Scalar), "the schema asks for a single value"
    if isinstance(node.value, str):
        quantity = parse_quantity(node.text)
        assert quantity is not None, "the schema asks for a number, with or without a unit"
        return replace(quantity, span=node.span)
    assert isinstance(node.value, int | Decimal), "the schema asks for a number"
    return Quantity(Fraction(node.value), "", node.text, node.span)
