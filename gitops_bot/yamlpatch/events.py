"""A document's text → its flat list of parse events, by libyaml where PyYAML ships it, else by ruamel.yaml.

Measured (bench/bench_yamlpatch.py): libyaml's events are 40 times faster than ruamel.yaml's pure parser, and faster
than tree-sitter with its walk; a flat list with skip indices is cheaper than a node tree.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from operator import attrgetter
from typing import Protocol, cast

from gitops_bot.yamlpatch.errors import PatchRefused, RefusalReason


class Mark(Protocol):
    """A position in the text, in characters from 0."""

    index: int
    column: int


class Event(Protocol):
    """A parse event; which attributes it has beyond the marks depends on its kind."""

    start_mark: Mark
    end_mark: Mark
    anchor: str | None
    tag: str | None
    value: str
    style: str
    flow_style: bool


Signature = Callable[[Event], object]

SCALAR, ALIAS, MAPPING, SEQUENCE, END = "=", "*", "{", "[", "}"
_KIND_OF_NAME = {
    "ScalarEvent": SCALAR,
    "AliasEvent": ALIAS,
    "MappingStartEvent": MAPPING,
    "SequenceStartEvent": SEQUENCE,
    "MappingEndEvent": END,
    "SequenceEndEvent": END,
}
_SIGNATURES: dict[str, Signature] = {
    SCALAR: attrgetter("value", "style", "tag", "anchor"),
    ALIAS: attrgetter("__class__", "anchor"),
    MAPPING: attrgetter("__class__", "tag", "anchor"),
    SEQUENCE: attrgetter("__class__", "tag", "anchor"),
    END: attrgetter("__class__"),
}
_DEEPEST = 200
_MOST_EVENTS = 1_000_000
# Deep flow collections cost libyaml the square of their depth: it is looked at while they are read.
_AT_A_TIME = 1024
_SHORT = 4096
_OPENS = frozenset({MAPPING, SEQUENCE})


@dataclass(frozen=True, slots=True)
class Parser:
    """What turns text into events, the error it raises, and the kinds of its event classes."""

    events: Callable[[str], Iterator[Event]]
    error: type[Exception]
    kinds: dict[type[object], str]
    signatures: dict[type[object], Signature]


def _parser(read: Callable[[str], Iterator[Event]], error: str, module: str) -> Parser:
    package = importlib.import_module(error)
    events = importlib.import_module(module)
    kinds = {getattr(events, name): kind for name, kind in _KIND_OF_NAME.items()}
    signatures = {getattr(events, name): _SIGNATURES[kind] for name, kind in _KIND_OF_NAME.items()}
    return Parser(read, cast("type[Exception]", package.YAMLError), kinds, signatures)


def _libyaml() -> Parser | None:
    try:
        parser = importlib.import_module("yaml.cyaml").CParser
    except ImportError:
        return None
    return _parser(lambda text: iter(parser(text).get_event, None), "yaml.error", "yaml.events")


def ruamel() -> Parser:
    """The pure Python parser, for platforms where PyYAML has no libyaml."""
    main = importlib.import_module("ruamel.yaml")
    return _parser(lambda text: main.YAML(typ="safe", pure=True).parse(text), "ruamel.yaml.error", "ruamel.yaml.events")


_PARSER = _libyaml() or ruamel()


class Document:
    """One parsed document, flat: node i's events run from i to close[i]; the root is node 0.

    `signatures` hold all of each event that matters when two documents are compared.
    """

    def __init__(self, text: str, events: list[Event], parser: Parser) -> None:
        self.text = text
        self.events = events
        kinds, signatures = parser.kinds, parser.signatures
        try:
            self.kinds = [kinds[event.__class__] for event in events]
        except KeyError as error:
            raise PatchRefused(RefusalReason.INVALID_YAML, "another document where only one was expected") from error
        self.signatures = [signatures[event.__class__](event) for event in events]

    @cached_property
    def close(self) -> list[int]:
        """For each event the index of the one that ends its node; scalars and aliases end themselves."""
        close = list(range(len(self.kinds)))
        stack: list[int] = []
        for index, kind in enumerate(self.kinds):
            if kind in _OPENS:
                stack.append(index)
                if len(stack) > _DEEPEST:
                    raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, f"nested deeper than {_DEEPEST} levels")
            elif kind == END:
                close[stack.pop()] = index
        return close

    @cached_property
    def targets(self) -> dict[int, int]:
        """For each alias the node that it stands for: the last one before it with its anchor."""
        anchored: dict[str, int] = {}
        targets: dict[int, int] = {}
        for node, kind in enumerate(self.kinds):
            name = None if kind == END else self.events[node].anchor
            if name is None:
                continue
            if kind != ALIAS:
                anchored[name] = node
            elif name in anchored:
                targets[node] = anchored[name]
        return targets

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


def refuse_invalid(text: str) -> None:
    """Raise PatchRefused for invalid YAML or a template."""
    if "{{" in text:
        parse(text)
    else:
        _all_events(text)


def _all_events(text: str) -> list[Event]:
    """The stream's and the document's own events included."""
    try:
        return list(_PARSER.events(text)) if len(text) <= _SHORT else _bounded(_PARSER.events(text))
    except _PARSER.error as error:
        reason = RefusalReason.TEMPLATE if "{{" in text else RefusalReason.INVALID_YAML
        raise PatchRefused(reason, " ".join(str(error).split())) from error


def _bounded(source: Iterator[Event]) -> list[Event]:
    events: list[Event] = []
    kinds, depth = _PARSER.kinds, 0
    while batch := list(islice(source, _AT_A_TIME)):
        events += batch
        found = [kinds.get(event.__class__) for event in batch]
        depth += found.count(MAPPING) + found.count(SEQUENCE) - found.count(END)
        if depth > _DEEPEST:
            raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, f"nested deeper than {_DEEPEST} levels")
        if len(events) > _MOST_EVENTS:
            raise PatchRefused(RefusalReason.UNSUPPORTED_SHAPE, f"one document has more than {_MOST_EVENTS} parts")
    return events


def parse(text: str) -> Document:
    """Parse the text of exactly one document; raises PatchRefused for invalid YAML or a template."""
    document = Document(text, _all_events(text)[2:-2], _PARSER)
    if ALIAS in document.kinds:
        _refuse_unknown_alias(document)
    if "{{" in text:
        _refuse_template(document)
    return document


def _refuse_unknown_alias(document: Document) -> None:
    for node, kind in enumerate(document.kinds):
        if kind == ALIAS and node not in document.targets:
            name = document.events[node].anchor
            raise PatchRefused(RefusalReason.INVALID_YAML, f"the alias *{name} has no anchor before it")


def _refuse_template(document: Document) -> None:
    """`{{ x }}` without quotes reads as a flow mapping whose key is a flow mapping: no one means that."""
    for index, kind in enumerate(document.kinds[:-1]):
        opens = document.events[index].start_mark.index
        if kind == MAPPING and document.text.startswith("{{", opens) and document.kinds[index + 1] == MAPPING:
            raise PatchRefused(RefusalReason.TEMPLATE, f"an unquoted template at character {opens}")
