"""Text → ``Document``: YAML as JSON means it, with the place of every key and value.

PyYAML's ``safe_load`` lets a second key win in silence, reads ``no`` as false and makes dates
objects; so its events are composed here. Only what JSON can say is taken: no aliases, no tags.
The limits keep a hostile file from costing more than a moment.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import yaml

from tierwise.diagnostics import Diagnostic, Outcome, Span, is_utf8, shown
from tierwise.source.document import Document, Entry, Mapping, Node, Scalar, Sequence

MAX_BYTES = 1_000_000
MAX_VALUES = 30_000
MAX_DEPTH = 40
MAX_DUPLICATES = 100
_KEPT = 256
"""How many files are kept composed: whoever loads rules again has changed next to none of them."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?([0-9]{1,18}\.[0-9]{0,12}|\.[0-9]{1,12})")
_REFUSED = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd"
    "\U00010000-\U0010ffff]"
)
"""What YAML refuses, and what makes a line look other than it is: line ends that few editors
show, marks that turn the direction of writing, a byte-order mark inside the text."""
_WORDS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip


_PLAIN_HEAD = re.compile(rb"(?:(?:#[^\n]*|[a-z_]+: +[A-Za-z0-9][^\n]*)?\r?\n)*")
"""The lines at a file's beginning that no quoted text can reach over."""
_PLAIN_KIND = re.compile(rb"^kind: ([a-z]+)\r?$", re.MULTILINE)
_PLAIN_ID = re.compile(rb"^id: ([a-z0-9_-]+)\r?$", re.MULTILINE)
_HEAD = 4_096


Without = Callable[[str, str], bool]
"""Is told the kind of a file and its id, "" where it does not say that plainly; gives whether it is passed over."""


@dataclass
class _Open:
    """A list or mapping whose end has not been read yet."""

    span: Span
    is_mapping: bool
    items: list[Node] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    key: Scalar | None = None
    is_flow: bool = False
    last: Scalar | None = None
    """What stood before in a list or mapping on one line, where it is a plain text."""


class _Wrong(Exception):
    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.message)
        self.diagnostic = diagnostic


def read(
    path: Path,
    name: str | None = None,
    relative: str | None = None,
    without: Without = lambda kind, name: False,
) -> Outcome[Document]:
    """Read one rule file.

    Args:
        path: the file.
        name: how findings name it; the path itself by default.
        relative: its path inside the folder of rules; its file name by default.
        without: which files are passed over, unread, of those that say plainly what they are.

    Returns:
        The document, nothing of a file that is passed over, or what keeps the file from being one: ``file-unreadable``,
        ``file-too-large``, ``file-encoding``, ``yaml-syntax``, ``yaml-duplicate-key``,
        ``yaml-alias``, ``yaml-nesting``, ``yaml-tag``, ``yaml-key``, ``yaml-shape``.
    """
    label = name or str(path)
    start = Span(label)
    if not is_utf8(relative or path.name):  # it stands in the stamp of all that comes of the file
        return _failed("file-encoding", "the file's name is not UTF-8", start, "rename it")
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        return _failed("file-unreadable", error.strerror or "cannot be read", start,
                       "check the path and who may read it")  # fmt: skip
    plain = _PLAIN_HEAD.match(raw, 0, _HEAD)
    head = plain[0] if plain is not None else b""
    kind, own = _PLAIN_KIND.search(head), _PLAIN_ID.search(head)
    if kind is not None and without(kind[1].decode(), own[1].decode() if own is not None else ""):
        return Outcome(None)
    if len(raw) > MAX_BYTES:
        return _failed("file-too-large", f"a rule file has at most {MAX_BYTES:,} bytes", start,
                       "move what is data into a table, or split the file")  # fmt: skip
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = _place_of(raw[: error.start].decode("utf-8-sig", errors="replace"), label)
        return _failed("file-encoding", "the file is not UTF-8", where, "save it as UTF-8")
    return parse(text, label, relative or path.name, hashlib.sha256(raw).hexdigest())


@functools.lru_cache(_KEPT)
def parse(text: str, path: str, relative: str = "", digest: str = "") -> Outcome[Document]:
    """Compose the text of a rule file; as ``read``, for a text that is at hand."""
    found: list[Diagnostic] = []
    refused = _REFUSED.search(text)
    if refused is not None:
        message = f"the character U+{ord(refused[0]):04X} may not stand in a rule file"
        return _failed("yaml-syntax", message, _place_of(text[: refused.start()], path),
                       "remove the character")  # fmt: skip
    try:
        root = _compose(text, path, found)
    except _Wrong as wrong:
        return Outcome(None, (*found, wrong.diagnostic))
    except yaml.MarkedYAMLError as error:
        return Outcome(None, (*found, _syntax(path, text, error)))
    if found:
        return Outcome(None, tuple(found))
    if not isinstance(root, Mapping):
        empty = root is None or (isinstance(root, Scalar) and root.value is None)
        what = "is empty" if empty else "is not a mapping"
        return _failed("yaml-shape", f"the file {what}", Span(path),
                       "a rule file starts with its kind, such as 'kind: competency'")  # fmt: skip
    return Outcome(Document(path, relative, text, digest, root), ())


def _compose(text: str, path: str, found: list[Diagnostic]) -> Node | None:
    root: Node | None = None
    stack: list[_Open] = []
    documents = values = 0
    for event in yaml.parse(text, Loader=_LOADER):
        span = _span(path, event)
        node: Node | None = None
        values += isinstance(event, yaml.NodeEvent)
        _refuse(values > MAX_VALUES, "file-too-large",
                f"a rule file has at most {MAX_VALUES:,} values", span,
                "move what is data into a table, or split the file")  # fmt: skip
        _refuse(getattr(event, "anchor", None) is not None, "yaml-alias",
                "anchors and aliases are not part of rule files", span,
                "write the value out where it is needed")  # fmt: skip
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            _refuse(documents > 1, "yaml-shape", "a second document begins here", span,
                    "one file holds one document")  # fmt: skip
        elif isinstance(event, yaml.CollectionStartEvent):
            stack.append(_open(event, span, stack))
        elif isinstance(event, yaml.CollectionEndEvent):
            node = _close(stack.pop(), span)
        elif isinstance(event, yaml.ScalarEvent):
            _refuse(event.tag is not None, "yaml-tag", "tags are not part of rule files", span,
                    "remove the tag")  # fmt: skip
            node = _scalar(event, span, text)
        if node is not None and stack:
            _place(stack[-1], node, found)
        elif node is not None:
            root = node
    return root


def _open(event: yaml.CollectionStartEvent, span: Span, stack: list[_Open]) -> _Open:
    _refuse(event.tag is not None, "yaml-tag", "tags are not part of rule files", span,
            "remove the tag")  # fmt: skip
    _refuse(len(stack) >= MAX_DEPTH, "yaml-nesting", f"nested deeper than {MAX_DEPTH} levels", span,
            "no rule needs that depth")  # fmt: skip
    is_key = bool(stack) and stack[-1].is_mapping and stack[-1].key is None
    _refuse(is_key, "yaml-key", "a key is a text", span, "quote the key")
    return _Open(span, isinstance(event, yaml.MappingStartEvent), is_flow=bool(event.flow_style))


def _refuse(wrong: bool, code: str, message: str, span: Span, hint: str) -> None:
    if wrong:
        raise _Wrong(Diagnostic(code, message, span, hint))


def _place(parent: _Open, node: Node, found: list[Diagnostic]) -> None:
    """Put a finished node into the list or mapping that is open around it."""
    if parent.is_flow:
        plain = node if isinstance(node, Scalar) and node.raw[:1] not in ("'", '"') else None
        if plain is not None and parent.last is not None:
            _refuse(_unclosed(parent.last.text) > 0 > _unclosed(plain.text), "yaml-syntax",
                    "a comma separates what stands in {...} and [...], and this text ends at one",
                    parent.last.span, "put the whole text in quotes")  # fmt: skip
        parent.last = plain
    if not parent.is_mapping:
        parent.items.append(node)
    elif parent.key is None:
        if not isinstance(node, Scalar):
            raise _Wrong(Diagnostic("yaml-key", "a key is a text", node.span, "quote the key"))
        parent.key = node
    else:
        key, parent.key = parent.key, None
        if key.text in parent.entries:
            first = parent.entries[key.text].key_span
            if len(found) < MAX_DUPLICATES:
                found.append(Diagnostic("yaml-duplicate-key", f"{shown(key.text)} stands twice",
                                        key.span, f"it stands on line {first.line} already; "
                                        "keep one"))  # fmt: skip
            return
        parent.entries[key.text] = Entry(key.text, key.span, node)


def _unclosed(text: str) -> int:
    """How many brackets of calls are open at the end of a text; below 0: closed too often."""
    return text.count("(") - text.count(")")


def _close(opened: _Open, end: Span) -> Node:
    span = Span(opened.span.path, opened.span.line, opened.span.column, end.line, end.column)
    if opened.is_mapping:
        return Mapping(tuple(opened.entries.values()), span)
    return Sequence(tuple(opened.items), span)


def _scalar(event: yaml.ScalarEvent, span: Span, file: str) -> Scalar:
    assert event.start_mark is not None and event.end_mark is not None, "the parser marks events"
    raw = file[event.start_mark.index : event.end_mark.index]
    text: str = event.value
    value: bool | int | Decimal | str | None = text
    if event.implicit[0]:
        if text in _WORDS:
            value = _WORDS[text]
        elif _INTEGER.fullmatch(text):
            value = int(text)
        elif _NUMBER.fullmatch(text):
            value = Decimal(text)
    return Scalar(value, text, span, raw)


def _span(path: str, event: yaml.Event) -> Span:
    start, end = event.start_mark, event.end_mark
    assert start is not None, "the parser marks every event"
    assert end is not None, "the parser marks every event"
    return Span(path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


_HINTS = {
    "end of stream": "close the quote or the bracket that opens here",
    "mapping values": "indent the line like its neighbours, or quote a text that holds ': '",
    "start any token": "quote a text that begins with such a sign",
}
"""What to do, by what YAML says of it."""


def _syntax(path: str, text: str, error: yaml.MarkedYAMLError) -> Diagnostic:
    problem = error.problem or error.context or "cannot be read as YAML"
    mark = error.problem_mark or error.context_mark
    if "end of stream" in problem and error.context_mark:
        mark = error.context_mark  # where it begins, for at the end there is nothing to see
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    hint = next((hint for sign, hint in _HINTS.items() if sign in problem),
                "check indentation, colons and quotes around here; a text that holds a comma or a "
                "bracket inside {...} or [...] stands in quotes")  # fmt: skip
    if mark and text[mark.index : mark.index + 1] == "\t":
        hint = "indent with spaces, not with tabs"
    return Diagnostic("yaml-syntax", f"not valid YAML: {problem}",
                      Span(path, line, column, line, column + 1), hint)  # fmt: skip


def _place_of(before: str, path: str) -> Span:
    """The place of the character behind a text that the file begins with."""
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    return Span(path, line, column, line, column + 1)


def _failed(code: str, message: str, span: Span, hint: str) -> Outcome[Document]:
    return Outcome(None, (Diagnostic(code, message, span, hint),))


def walk(node: Node) -> Iterator[Node]:
    """The node and every node below it, in the file's order."""
    yield node
    if isinstance(node, Mapping):
        for entry in node.entries:
            yield from walk(entry.node)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from walk(item)
