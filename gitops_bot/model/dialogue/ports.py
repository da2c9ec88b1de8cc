"""What reasoning asks of the outside: models, tools and a library of runbooks. Adapters in `clients` fulfil it."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from gitops_bot.model.dialogue.turns import Price, Reply, Request, ToolDescription
from gitops_bot.model.json import Json


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
