"""Embeddings from an OpenAI-compatible endpoint: what is sent, what is accepted, and what is tried again."""

from __future__ import annotations

import json
from collections.abc import Callable

import httpx
import pytest

from gitops_bot.clients.models.patience import Clock
from gitops_bot.clients.retrieval.embeddings import BATCH, LONGEST_TEXT, Embeddings
from gitops_bot.errors import ConfigurationError, ModelUnavailable
from gitops_bot.sandbox.models.server import ModelServer
from gitops_bot.sandbox.models.steps import Script

Answer = Callable[[httpx.Request], httpx.Response]


class Endpoint:
    """Plays answers in turn, the last one for ever, and keeps what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = answers
        self.requests: list[httpx.Request] = []
        self.waits: list[float] = []

    def client(self, *, dimensions: int | None = None, key: str = "sk-secret") -> Embeddings:
        return Embeddings(
            "small",
            redact=lambda text: text.replace("hunter2", "[redacted]"),
            base_url="https://models.example.com/v1",
            key=key,
            dimensions=dimensions,
            transport=httpx.MockTransport(self._handle),
            clock=Clock(now=lambda: sum(self.waits), sleep=self.waits.append),
        )

    def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._answers[min(len(self.requests), len(self._answers)) - 1](request)

    @property
    def bodies(self) -> list[dict[str, object]]:
        return [json.loads(request.content) for request in self.requests]


def vectors(request: httpx.Request) -> httpx.Response:
    texts = json.loads(request.content)["input"]
    data = [
        {"object": "embedding", "index": place, "embedding": [float(len(text)), 1]} for place, text in enumerate(texts)
    ]
    return httpx.Response(200, json={"object": "list", "data": data[::-1], "usage": {"prompt_tokens": 1}})


def given(*embeddings: object, status: int = 200) -> Answer:
    data = [{"index": place, "embedding": embedding} for place, embedding in enumerate(embeddings)]
    return lambda _: httpx.Response(status, json={"data": data})


def refused(status: int, **headers: str) -> Answer:
    return lambda _: httpx.Response(status, json={"error": {"message": "no, sk-secret"}}, headers=headers)


def test_vectors_come_in_the_order_of_the_texts_in_as_many_requests_as_it_takes() -> None:
    endpoint = Endpoint(vectors)
    with endpoint.client() as client:
        found = client.embed(["x" * (number + 1) for number in range(BATCH + 3)])
    assert [vector[0] for vector in found] == [number + 1 for number in range(BATCH + 3)]
    assert [len(json.loads(request.content)["input"]) for request in endpoint.requests] == [BATCH, 3]
    assert str(endpoint.requests[0].url) == "https://models.example.com/v1/embeddings"
    assert endpoint.requests[0].headers["authorization"] == "Bearer sk-secret"


def test_text_is_redacted_and_capped_before_it_leaves() -> None:
    endpoint = Endpoint(vectors)
    with endpoint.client(dimensions=2) as client:
        client.embed(["the password is hunter2", "y" * 3 * LONGEST_TEXT, "  "])
    [body] = endpoint.bodies
    assert body["input"] == ["the password is [redacted]", "y" * LONGEST_TEXT, "-"]
    assert body["dimensions"] == 2


def test_no_text_asks_nothing() -> None:
    endpoint = Endpoint(vectors)
    with endpoint.client() as client:
        assert client.embed([]) == ()
    assert endpoint.requests == []


def test_a_busy_server_is_asked_again_after_the_time_it_wishes() -> None:
    endpoint = Endpoint(refused(429, **{"retry-after": "7"}), refused(503), vectors)
    with endpoint.client() as client:
        assert len(client.embed(["a"])) == 1
    assert len(endpoint.waits) == 2
    assert endpoint.waits[0] == 7


@pytest.mark.parametrize("status", [400, 401, 404])
def test_a_refusal_is_not_asked_again_and_shows_no_key(status: int) -> None:
    endpoint = Endpoint(refused(status))
    with endpoint.client() as client, pytest.raises(ModelUnavailable) as failure:
        client.embed(["a"])
    assert len(endpoint.requests) == 1
    assert "sk-secret" not in f"{failure.value}{client!r}"


@pytest.mark.parametrize(
    "answer",
    [
        given(),
        given([1.0], [1.0]),
        given([]),
        given(["one"]),
        given(None),
        lambda _: httpx.Response(200, text='{"data": [{"index": 0, "embedding": [1e999]}]}'),
        lambda _: httpx.Response(200, json={"data": [{"index": 1, "embedding": [1.0]}]}),
        lambda _: httpx.Response(200, text="<html>log in</html>", headers={"content-type": "text/html"}),
        lambda _: httpx.Response(200, text="null"),
    ],
)
def test_an_answer_that_is_none_is_an_expected_failure(answer: Answer) -> None:
    with Endpoint(answer).client() as client, pytest.raises(ModelUnavailable, match="no answer that can be read"):
        client.embed(["a"])


def test_vectors_of_another_length_than_asked_or_before_are_refused() -> None:
    with Endpoint(given([1.0, 2.0])).client(dimensions=3) as client, pytest.raises(ConfigurationError, match="length"):
        client.embed(["a"])
    with Endpoint(given([1.0, 2.0]), given([1.0])).client() as client:
        client.embed(["a"])
        with pytest.raises(ConfigurationError, match="length"):
            client.embed(["b"])


def test_a_server_that_cannot_be_reached_is_an_expected_failure() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with Endpoint(gone).client() as client, pytest.raises(ModelUnavailable, match="cannot be reached"):
        client.embed(["a"])


def test_a_public_server_is_asked_over_https_alone() -> None:
    with pytest.raises(ConfigurationError, match="https"):
        Embeddings("small", redact=str, base_url="http://models.example.com/v1")


def test_a_real_exchange_over_loopback() -> None:
    with (
        ModelServer.start(Script(steps=())) as server,
        Embeddings("any", redact=str, base_url=server.openai_url, dimensions=16) as client,
    ):
        near, same, _ = client.embed(["disk is full", "disk is full", "certificate expired"])
    assert near == same
    assert len(near) == 16
