"""The two tiers of models from the configuration and the credentials at hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import httpx
from msgspec import Struct

from gitops_bot.clients.models.addresses import checked_address, is_inside
from gitops_bot.clients.models.claude import ANTHROPIC, Claude
from gitops_bot.clients.models.claude.federation import Federation
from gitops_bot.clients.models.fallback import Fallback
from gitops_bot.clients.models.openai import OPENAI, OpenAICompatible
from gitops_bot.clients.models.patience import Clock
from gitops_bot.clients.models.prices import FREE, price_of
from gitops_bot.configuration import Model, ModelPrice, Models
from gitops_bot.model.dialogue import Price

# The small one filters and ranks, the large one diagnoses within ten cents; what they think counts as answered.
_CLAUDE = (Model(name="claude-haiku-5-5", effort="low"), Model(name="claude-sonnet-5-5", effort="low"))
_OPENAI = (Model(name="gpt-6-luna", effort="low"), Model(name="gpt-6.1-sol", effort="low"))


class Access(Struct, frozen=True, kw_only=True):
    """Credentials and the servers that they are for; empty where there is none.

    A key goes to no other server than its own, whatever the configuration file says.
    """

    anthropic_key: str = ""
    anthropic_base_url: str = ANTHROPIC
    federation: Federation | None = None
    openai_key: str = ""
    openai_base_url: str = OPENAI
    proxy: str = ""

    def __repr__(self) -> str:
        given = ("anthropic_key", "federation", "openai_key", "proxy")
        return f"Access({', '.join(name for name in given if getattr(self, name))})"


class Tiers(Struct, frozen=True, kw_only=True):
    """The models of a run: None where there is none to ask. `absent` says which were left out and why."""

    small: Fallback | None
    large: Fallback | None
    absent: tuple[str, ...] = ()
    opened: tuple[Claude | OpenAICompatible, ...] = ()

    def close(self) -> None:
        """Close the connections of all models."""
        for model in self.opened:
            model.close()


def tiers(models: Models, access: Access, clock: Clock | None = None) -> Tiers:
    """Return the models that the configuration names, or those that the credentials at hand suggest.

    A tier that is not configured takes the other's models: nobody is asked whom the configuration does not name.
    Raises ConfigurationError for an address that may not be used.
    """
    if not models.enabled:
        return Tiers(small=None, large=None, absent=("models are switched off (`models.enabled`)",))
    suggested = _suggested(access)
    if not (models.small or models.large or suggested):
        why = "no model is configured, and neither ANTHROPIC_API_KEY, identity federation nor OPENAI_API_KEY is there"
        return Tiers(small=None, large=None, absent=(why,))
    named = (models.small or models.large, models.large or models.small)
    small, large = named if any(named) else ((suggested[0],), (suggested[1],))
    prices = {name: _price(price) for name, price in models.prices.items()}
    absent: list[str] = []
    built = [[_build(each, prices, access, absent, clock) for each in tier] for tier in (small, large)]
    asked = [[model for model in tier if model is not None] for tier in built]
    return Tiers(
        small=Fallback(asked[0], clock) if asked[0] else None,
        large=Fallback(asked[1], clock) if asked[1] else None,
        absent=tuple(dict.fromkeys(absent)),
        opened=(*asked[0], *asked[1]),
    )


def _suggested(access: Access) -> Sequence[Model]:
    if access.anthropic_key or access.federation:
        return _CLAUDE
    return _OPENAI if access.openai_key and _server(access.openai_base_url) == _server(OPENAI) else ()


def _build(
    model: Model, prices: Mapping[str, Price], access: Access, absent: list[str], clock: Clock | None
) -> Claude | OpenAICompatible | None:
    """Return the adapter for one model; None, with a line in `absent`, where its credential is missing."""
    is_claude = (model.provider or ("anthropic" if model.name.startswith("claude") else "openai")) == "anthropic"
    home = access.anthropic_base_url if is_claude else access.openai_base_url
    address = model.base_url or home
    at_home = _server(address) == _server(home)
    price = _price(model.price) if model.price else price_of(model.name, prices)
    if price is None and is_inside(checked_address(address, "models").host):
        price = FREE
    if is_claude:
        if not at_home or not (access.anthropic_key or access.federation):
            absent.append(f"{model.name}: no credential of Anthropic's for {address}")
            return None
        return Claude(
            model.name,
            key=access.anthropic_key,
            federation=access.federation,
            base_url=address,
            price=price,
            effort=model.effort or "",
            proxy=access.proxy,
            clock=clock,
        )
    if not access.openai_key and _server(address) == _server(OPENAI):
        absent.append(f"{model.name}: OPENAI_API_KEY is not set")
        return None
    return OpenAICompatible(
        model.name,
        base_url=address,
        key=access.openai_key if at_home else "",
        price=price,
        effort=model.effort or "",
        answers=model.answers,
        tools=model.tools,
        proxy="" if is_inside(checked_address(address, "models").host) else access.proxy,
        clock=clock,
    )


def _server(address: str) -> tuple[str, str, int | None]:
    url = httpx.URL(address)
    return url.scheme, url.host, url.port


def _price(price: ModelPrice) -> Price:
    def exactly(dollars: float | None) -> Decimal:
        return Decimal(str(price.input if dollars is None else dollars))

    return Price(
        fresh=exactly(price.input),
        read=exactly(price.cached_input),
        written=exactly(price.cache_write),
        answered=exactly(price.output),
    )
