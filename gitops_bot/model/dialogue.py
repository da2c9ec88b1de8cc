"""What is said to a language model and what it answers, whichever provider speaks: the port between reason and clients.

All text that enters a `Request` is redacted and capped before; all text in a `Reply` is untrusted.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from gitops_bot.model.json import Json


class ToolDescription(Struct, frozen=True, kw_only=True):
    """One tool that the model may call; `parameters` is the JSON schema of its arguments (an object, closed)."""

    name: str
    description: str
    parameters: dict[str, Json]


class ToolCall(Struct, frozen=True, kw_only=True):
    """The model's wish to have a tool run. `arguments` is None where what it wrote is no JSON object."""

    identifier: str
    name: str
    arguments: dict[str, Json] | None


class ToolResult(Struct, frozen=True, kw_only=True):
    """What a tool answered to the call of this identifier; `failed` says that the text tells why it could not."""

    identifier: str
    text: str
    failed: bool = False


class Said(Struct, frozen=True, kw_only=True, tag="said"):
    """A turn of ours: plain text."""

    text: str


class Heard(Struct, frozen=True, kw_only=True, tag="heard"):
    """A turn of the model's: text and the tools it called; its provider wants `state`, opaque to us, back as it is."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    state: Json = None


class Handed(Struct, frozen=True, kw_only=True, tag="handed"):
    """A turn of ours: the results of all tools that the turn before called."""

    results: tuple[ToolResult, ...]


Turn = Said | Heard | Handed


class Request(Struct, frozen=True, kw_only=True):
    """One call of a model.

    `instructions` are ours alone, equal in all calls of one kind (the cached prefix). `schema` is the JSON schema of
    the final answer; `tools` may be called before it (none where empty). `longest_answer` is in tokens, `patience` in
    seconds for the whole call with its retries.
    """

    instructions: str
    turns: tuple[Turn, ...]
    schema: dict[str, Json]
    tools: tuple[ToolDescription, ...] = ()
    longest_answer: int = 2000
    patience: float = 60.0


class Usage(Struct, frozen=True, kw_only=True):
    """Tokens of one call. `read` came from the provider's cache and `written` went into it; neither is in `fresh`."""

    fresh: int = 0
    read: int = 0
    written: int = 0
    answered: int = 0


class Stop(StrEnum):
    """Why the model ended its turn."""

    ANSWERED = "answered"
    TOOLS = "tools"
    TRUNCATED = "truncated"
    REFUSED = "refused"


class Reply(Struct, frozen=True, kw_only=True):
    """What one call brought. `usage` is None where the provider told none."""

    heard: Heard
    stop: Stop
    usage: Usage | None = None


class Price(Struct, frozen=True, kw_only=True):
    """US dollars for a million tokens of each kind."""

    fresh: Decimal
    read: Decimal
    written: Decimal
    answered: Decimal

    def of(self, usage: Usage) -> Decimal:
        """Return what a call's usage costs, in US dollars."""
        parts = (
            (self.fresh, usage.fresh),
            (self.read, usage.read),
            (self.written, usage.written),
            (self.answered, usage.answered),
        )
        return sum((price * tokens for price, tokens in parts), Decimal(0)) / 1_000_000


class LanguageModel(Protocol):
    """One model of one provider."""

    @property
    def name(self) -> str:
        """Its name at the provider, for people and for the price."""

    @property
    def price(self) -> Price | None:
        """What it costs: zero for local models, None where nobody told (charged as the dearest that is known)."""

    def ask(self, request: Request) -> Reply:
        """Return the model's next turn. Raises ModelUnavailable; all retries are made inside."""


class Tool(Protocol):
    """One read-only tool, with the incident's own scope and caps built in."""

    @property
    def description(self) -> ToolDescription:
        """What the model is told of it."""

    def run(self, arguments: dict[str, Json]) -> str:
        """Return the (untrusted, not yet redacted) answer; raises GitopsBotError with what the model may correct."""


class Page(Struct, frozen=True, kw_only=True):
    """One runbook or past incident that was found: where it lies, its heading, how well it fits, and its text."""

    path: str
    heading: str
    score: float
    text: str = ""


class Library(Protocol):
    """Runbooks and confirmed incidents, whatever keeps them."""

    def search(self, query: str, most: int = 5) -> tuple[Page, ...]:
        """Return the pages that fit, best first; none where nothing does."""
