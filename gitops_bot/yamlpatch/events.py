"""A document's text → its flat list of parse events, by libyaml where PyYAML ships it, else by ruamel.yaml.

Measured (bench/yamlpatch.py): libyaml's events are 40 times faster than ruamel.yaml's pure parser, and faster than
tree-sitter with its walk; a flat list with skip indices is cheaper than a node tree.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, cast

from gitops_bot.yamlpatch.errors import PatchRefused, RefusalReason


class Mark(Protocol):
    """A position in the text, in characters from 0."""

    index: int


class Event(Protocol):
    """A parse event; which attributes it has beyond the marks depends on its kind."""

    start_mark: Mark
    end_mark: Mark
    anchor: str | None
    tag: str | None
    value: str
    style: str
    flow_style: bool


Signature = tuple[str | None, ...]
EventSource = Callable[[str], Iterator[Event]]


def _libyaml_events() -> tuple[EventSource, type[Exception]] | None:
    try:
        parser = importlib.import_module("yaml.cyaml").CParser
    except ImportError:
        return None
    error = cast("type[Exception]", importlib.import_module("yaml.error").YAMLError)
    return (lambda text: iter(parser(text).get_event, None)), error


def ruamel_events() -> tuple[EventSource, type[Exception]]:
    """The pure Python parser, for platforms where PyYAML has no libyaml."""
    main = importlib.import_module("ruamel.yaml")
    error = cast("type[Exception]", importlib.import_module("ruamel.yaml.error").YAMLError)
    return (lambda text: main.YAML(typ="safe", pure=True).parse(text)), error


_EVENTS, _PARSE_ERROR = _libyaml_events() or ruamel_events()

SCALAR, ALIAS, MAPPING, SEQUENCE, END = "=", "*", "{", "[", "}"
_KINDS = {
    "ScalarEvent": SCALAR,
    "AliasEvent": ALIAS,
    "MappingStartEvent": MAPPING,
    "SequenceStartEvent": SEQUENCE,
    "MappingEndEvent": END,
    "SequenceEndEvent": END,
}


@dataclass(slots=True)
class Document:
    """One parsed document, flat: node i's events run from i to close[i]; the root is node 0."""

    text: str
    events: list[Event]
    kinds: list[str]
    close: list[int]
    signatures: list[Signature]

    def children(self, node: int) -> list[int]:
        """The child nodes of a collection in order; of a mapping: key, value, key, value ..."""
        close, found, index, end = self.close, [], node + 1, self.close[node]
        while index < end:
            found.append(index)
            index = close[index] + 1
        return found

    def is_flow(self, node: int) -> bool:
        """Is the collection written in flow style?"""
        return bool(self.events[node].flow_style)

    def value(self, node: int) -> str:
        """The text of a scalar, unquoted."""
        return self.events[node].value

    def is_plain(self, node: int) -> bool:
        """Is the node a scalar without quotes that is no block scalar?"""
        return self.kinds[node] == SCALAR and not self.events[node].style

    def start(self, node: int) -> int:
        """Where the node starts, its anchor and tag included."""
        return self.events[node].start_mark.index


def check_syntax(text: str) -> list[Event]:
    """All events of the text, the stream's and the document's own included; raises PatchRefused for invalid YAML."""
    try:
        return list(_EVENTS(text))
    except _PARSE_ERROR as error:
        reason = RefusalReason.TEMPLATE if "{{" in text else RefusalReason.INVALID_YAML
        raise PatchRefused(reason, " ".join(str(error).split())) from error


def parse(text: str) -> Document:
    """Parse the text of exactly one document; raises PatchRefused for invalid YAML or a template."""
    return _index(text, check_syntax(text)[2:-2])


def _index(text: str, events: list[Event]) -> Document:
    kinds: list[str] = []
    close = list(range(len(events)))
    signatures: list[Signature] = []
    stack: list[int] = []
    anchors: set[str | None] = set()
    for index, event in enumerate(events):
        kind = _KINDS.get(event.__class__.__name__)
        if kind == SCALAR:
            signatures.append((event.value, event.style or None, event.tag, event.anchor))
            if event.anchor is not None:
                anchors.add(event.anchor)
        elif kind == END:
            close[stack.pop()] = index
            signatures.append((END,))
        elif kind == ALIAS:
            if event.anchor not in anchors:
                raise PatchRefused(RefusalReason.INVALID_YAML, f"the alias *{event.anchor} has no anchor before it")
            signatures.append((ALIAS, event.anchor))
        elif kind is None:
            raise PatchRefused(RefusalReason.INVALID_YAML, "more than one document where one was expected")
        else:
            stack.append(index)
            anchors.add(event.anchor)
            signatures.append((kind, event.tag, event.anchor))
        kinds.append(kind)
    document = Document(text, events, kinds, close, signatures)
    if "{{" in text:
        _refuse_template(document)
    return document


def _refuse_template(document: Document) -> None:
    """`{{ x }}` without quotes reads as a flow mapping whose key is a flow mapping: no one means that."""
    for index, kind in enumerate(document.kinds[:-1]):
        opens = document.events[index].start_mark.index
        if kind == MAPPING and document.text.startswith("{{", opens) and document.kinds[index + 1] == MAPPING:
            raise PatchRefused(RefusalReason.TEMPLATE, f"an unquoted template at character {opens}")
