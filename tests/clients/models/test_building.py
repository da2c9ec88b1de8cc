"""Which models a run has: the configuration's, or those that the credentials suggest; and where keys go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal

import pytest

from gitops_bot.clients.models import FREE, Access, Federation, Tiers, price_of, tiers
from gitops_bot.configuration import Model, ModelPrice, Models, parse_configuration
from gitops_bot.errors import ConfigurationError
from gitops_bot.model.dialogue import Price, Request
from gitops_bot.sandbox.http import Request as HttpRequest
from gitops_bot.sandbox.http import Response, serve
from gitops_bot.sandbox.models import Answer, ModelServer, Script
from tests.clients.models.conftest import KEY

NAMES = tuple[str, str]


@contextmanager
def built(models: Models, access: Access) -> Iterator[Tiers]:
    with ExitStack() as stack:
        found = tiers(models, access)
        stack.callback(found.close)
        yield found


@pytest.mark.parametrize(
    ("models", "access", "names"),
    [
        (Models(), Access(anthropic_key=KEY), ("claude-haiku-5-5", "claude-sonnet-5-5")),
        (Models(), Access(anthropic_key=KEY, openai_key=KEY), ("claude-haiku-5-5", "claude-sonnet-5-5")),
        (
            Models(),
            Access(federation=Federation(rule="r", organization="o", token="t")),
            ("claude-haiku-5-5", "claude-sonnet-5-5"),
        ),
        (Models(), Access(openai_key=KEY), ("gpt-6-luna", "gpt-6.1-sol")),
        (
            Models(large=(Model(name="llama3", base_url="http://localhost:11434/v1"),)),
            Access(anthropic_key=KEY),
            ("llama3", "llama3"),
        ),
        (Models(small=(Model(name="gpt-4o-mini"),)), Access(openai_key=KEY), ("gpt-4o-mini", "gpt-4o-mini")),
    ],
)
def test_the_tiers_are_the_configured_ones_or_those_of_the_credential(
    models: Models, access: Access, names: NAMES
) -> None:
    with built(models, access) as found:
        assert found.small is not None
        assert found.large is not None
        assert (found.small.name, found.large.name) == names
        assert found.absent == ()


@pytest.mark.parametrize(
    ("models", "access", "why"),
    [
        (Models(), Access(), "neither ANTHROPIC_API_KEY"),
        (Models(), Access(openai_key=KEY, openai_base_url="https://gateway.example.com/v1"), "no model is configured"),
        (Models(enabled=False), Access(anthropic_key=KEY), "switched off"),
        (Models(large=(Model(name="gpt-4o"),)), Access(anthropic_key=KEY), "gpt-4o: OPENAI_API_KEY is not set"),
        (Models(large=(Model(name="claude-opus-5-5"),)), Access(openai_key=KEY), "claude-opus-5-5: no credential"),
    ],
)
def test_without_a_model_the_reason_is_told(models: Models, access: Access, why: str) -> None:
    with built(models, access) as found:
        assert (found.small, found.large) == (None, None)
        assert why in found.absent[0]


def test_a_key_goes_to_its_own_server_alone(question: Request) -> None:
    seen: list[HttpRequest] = []

    def other(request: HttpRequest) -> Response:
        seen.append(request)
        return Response.json(200, {"choices": [{"message": {"content": "{}"}, "finish_reason": "stop"}]})

    with ModelServer.start(Script.of(Answer(json={})), key=KEY) as server, serve(other) as elsewhere:
        models = Models(small=(Model(name="phi", base_url=f"{elsewhere.url}/v1"),), large=(Model(name="gpt-4o"),))
        with built(models, Access(openai_key=KEY, openai_base_url=server.openai_url)) as found:
            assert found.small is not None
            assert found.large is not None
            found.large.ask(question)
            found.small.ask(question)
    assert "authorization" not in seen[0].headers
    with built(
        Models(large=(Model(name="claude-opus-5-5", base_url="https://gateway.example.com"),)),
        Access(anthropic_key=KEY),
    ) as found:
        assert found.large is None
        assert "no credential of Anthropic's for https://gateway.example.com" in found.absent[0]


def test_what_a_model_costs_is_published_configured_nothing_or_not_known() -> None:
    configured = Models(
        large=(
            Model(name="gpt-4o"),
            Model(name="llama3", base_url="http://localhost:11434/v1"),
            Model(name="new", base_url="https://models.example.com/v1"),
            Model(name="deal", price=ModelPrice(input=1, output=2, cached_input=0.1)),
        ),
        prices={"gpt-4o": ModelPrice(input=9, output=9)},
    )
    with built(configured, Access(openai_key=KEY)) as found:
        gpt, llama, new, deal = found.opened[:4]
        assert gpt.price == Price(fresh=Decimal(9), read=Decimal(9), written=Decimal(9), answered=Decimal(9))
        assert llama.price == FREE
        assert new.price is None
        expected = Price(fresh=Decimal(1), read=Decimal("0.1"), written=Decimal(1), answered=Decimal(2))
        assert deal.price == expected


@pytest.mark.parametrize(
    ("name", "answered"),
    [
        ("claude-haiku-4-5-20251001", "5"),
        ("claude-haiku-4-5", "5"),
        ("claude-opus-5-5", "20"),
        ("claude-opus-4-1@20250805", "75"),
        ("gpt-4o-2024-08-06", "10"),
        ("gpt-4o-mini-2024-07-18", "0.6"),
        ("gpt-4o-audio-preview", None),
        ("claude-fable-5-2", None),
        ("llama3", None),
    ],
)
def test_names_with_a_date_cost_what_their_family_costs(name: str, answered: str | None) -> None:
    price = price_of(name, {})
    assert (price and price.answered) == (answered and Decimal(answered))


def test_the_section_is_read_from_the_file() -> None:
    source = b"""models:
  small: [{name: qwen3, base-url: 'http://ollama.models.svc:11434/v1', answers: schema, tools: text}]
  large:
    - {name: claude-opus-5-5, effort: medium}
    - {name: gpt-4o, price: {input: 2.5, output: 10, cached-input: 1.25}}
  prices: {claude-opus-5-5: {input: 4, output: 20, cached-input: 0.2, cache-write: 5}}
budget: {incident: 0.25, run: 2}
"""
    read = parse_configuration(source, ".gitops-bot.yaml")
    assert [model.name for model in read.models.large] == ["claude-opus-5-5", "gpt-4o"]
    assert (read.budget.incident, read.budget.run) == (0.25, 2.0)
    with built(read.models, Access(anthropic_key=KEY, openai_key=KEY)) as found:
        assert found.absent == ()
        assert found.opened[0].price == FREE


def test_an_address_that_may_not_be_used_is_a_mistake_in_the_configuration() -> None:
    with pytest.raises(ConfigurationError, match="over https"):
        tiers(Models(large=(Model(name="llama3", base_url="http://models.example.com/v1"),)), Access())


def test_no_credential_shows() -> None:
    access = Access(anthropic_key=KEY, openai_key=KEY, proxy="http://user:pass@proxy:3128")
    assert KEY not in repr(access)
    assert "pass" not in repr(access)
