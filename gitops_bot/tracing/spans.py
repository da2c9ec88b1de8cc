"""What is recorded of a run: spans that have ended, and where they go."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from gitops_bot.model.json import Json

# What outputs keep: numbers, texts and lists of texts, redacted and capped.
Plain = str | bool | int | float | tuple[str, ...]
# What is handed in; an object or a list of anything else than texts becomes JSON, None is left out.
Attributes = dict[str, Json]

_TRACEPARENT = re.compile(r"00-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-[0-9a-f]{2}")


class Kind(StrEnum):
    """Whether a span is work of our own or a question to another server."""

    INTERNAL = "internal"
    CLIENT = "client"


class Event(Struct, frozen=True, kw_only=True):
    """Something that happened within a span, at a time (UTC)."""

    name: str
    at: datetime
    attributes: dict[str, Plain]


class Ended(Struct, frozen=True, kw_only=True):
    """A span with its W3C ids in hexadecimal digits; `parent` is empty for the first of a trace, `remote` says that it
    is another process's. Times are in UTC.

    `failed` says that it ended in an error, which `message` tells.
    """

    trace: str
    span: str
    parent: str
    name: str
    kind: Kind
    start: datetime
    end: datetime
    attributes: dict[str, Plain]
    events: tuple[Event, ...] = ()
    remote: bool = False
    failed: bool = False
    message: str = ""


class Output(Protocol):
    """Where spans go. Nothing that goes wrong there may fail a run, or hold it up for more than a few seconds."""

    def take(self, span: Ended) -> None:
        """Keep a span that has ended."""

    def close(self) -> str:
        """Deliver what is left and return what a person must know of it, empty where all went well."""


class Place(Struct, frozen=True):
    """A span as another process names it: the trace's id and its own."""

    trace: str = ""
    span: str = ""


def read_traceparent(text: str) -> Place:
    """Return what a W3C `traceparent` names; nothing where it is none."""
    found = _TRACEPARENT.fullmatch(text)
    if not found or not (found["trace"].strip("0") and found["span"].strip("0")):
        return Place()
    return Place(found["trace"], found["span"])


def traceparent(trace: str, span: str) -> str:
    """Return the W3C `traceparent` of a span, empty for none."""
    return f"00-{trace}-{span}-01" if trace and span else ""
