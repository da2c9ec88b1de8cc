"""What is said to a language model and what it answers, whichever provider speaks.

All text that enters a `Request` is redacted and capped before; all text in a `Reply` is untrusted.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

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
