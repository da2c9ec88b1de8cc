"""Any endpoint that speaks OpenAI's chat completions: OpenAI itself, vLLM, Ollama, gateways."""

from __future__ import annotations

from typing import Self

import httpx
import msgspec

from gitops_bot.clients.models.addresses import checked_address
from gitops_bot.clients.models.failures import Failures, error_text, is_passing
from gitops_bot.clients.models.openai.features import Answers, Features, Tools
from gitops_bot.clients.models.openai.wire import compose, interpret
from gitops_bot.clients.models.patience import LARGEST_ANSWER, Clock, Deadline, asked_wait, passing
from gitops_bot.errors import ModelUnavailable
from gitops_bot.model.dialogue import Price, Reply, Request
from gitops_bot.model.json import Json

OPENAI = "https://api.openai.com/v1"
_MOST_LESSONS = 8
_REFUSED_FEATURE = frozenset({400, 422, 501})


class _RequestRefused(Exception):
    """The server does not take the request as it is: its words, and what to report where nothing can be left out."""

    def __init__(self, said: str, error: ModelUnavailable) -> None:
        super().__init__(said)
        self.said = said
        self.error = error


class OpenAICompatible:
    """One model behind an OpenAI-compatible endpoint. Close it, or use it as a context manager.

    `base_url` ends before `/chat/completions`. `answers` and `tools` say what the endpoint can do where it is known;
    otherwise it is tried, and what a refusal teaches is kept. `proxy` is a URL: the environment's proxies are not read.
    The key shows in no message and no repr. Raises ConfigurationError for an address that may not be used.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str = OPENAI,
        key: str = "",
        price: Price | None = None,
        effort: str = "",
        answers: Answers | None = None,
        tools: Tools | None = None,
        proxy: str = "",
        largest_answer: int = LARGEST_ANSWER,
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._name = name
        self._price = price
        self._url = checked_address(base_url, "OPENAI_BASE_URL")
        self._features = Features.assumed(self._url.host, effort=effort, answers=answers, tools=tools)
        self._failures = Failures(
            name, base_url, address_setting="the base URL", credential_setting="OPENAI_API_KEY", secret=key
        )
        self._largest = largest_answer
        self._clock = clock or Clock()
        headers = {"User-Agent": "gitops-bot", "Accept": "application/json"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._client = httpx.Client(
            headers=headers, transport=transport, proxy=proxy or None, follow_redirects=False, trust_env=False
        )

    def __repr__(self) -> str:
        return f"OpenAICompatible({self._name!r}, {str(self._url)!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def name(self) -> str:
        """The model's name at the endpoint."""
        return self._name

    @property
    def price(self) -> Price | None:
        """What it costs; None where it is not known."""
        return self._price

    def ask(self, request: Request) -> Reply:
        """Return the model's next turn, within `request.patience`. Raises ModelUnavailable."""
        deadline = Deadline(request.patience, self._clock)
        for _ in range(_MOST_LESSONS):
            features = self._features
            body = compose(self._name, request, features)
            try:
                return deadline.retrying(lambda: self._once(body, request, features, deadline))  # noqa: B023 (called at once)
            except _RequestRefused as refusal:
                lesser = features.without(refusal.said, with_tools="tools" in body)
                if lesser is None:
                    raise refusal.error from None
                self._features = lesser
        raise AssertionError("unreachable: there are fewer features to leave out than lessons")

    def _once(self, body: dict[str, Json], request: Request, features: Features, deadline: Deadline) -> Reply:
        answer, content_type = self._exchange(msgspec.json.encode(body), deadline)
        try:
            return interpret(answer, request, features)
        except (msgspec.DecodeError, ValueError) as error:
            raise self._failures.undecodable(answer, content_type) from error  # not asked again: it was paid for

    def _exchange(self, body: bytes, deadline: Deadline) -> tuple[bytes, str]:
        """Send one request; the answer's body and content type."""
        left = max(deadline.left, 0.001)
        request = self._client.build_request(
            "POST",
            f"{str(self._url).rstrip('/')}/chat/completions",
            content=body,
            headers={"Content-Type": "application/json"},
            timeout=httpx.Timeout(left, connect=min(left, 10.0)),
        )
        try:
            response = self._client.send(request, stream=True)
            try:
                deadline.hasten(request.extensions)
                answer = deadline.read(response.iter_bytes(), self._failures, self._largest)
            finally:
                response.close()
        except (httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout) as error:
            raise self._failures.too_late(deadline.patience) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise passing(self._failures.unreachable(error)) from error
        if response.status_code != 200:
            raise self._failure(response, answer)
        return answer, response.headers.get("content-type", "")

    def _failure(self, response: httpx.Response, body: bytes) -> Exception:
        error = self._failures.of_status(response.status_code, body)
        if response.status_code in _REFUSED_FEATURE:
            return _RequestRefused(error_text(body), error)
        if not is_passing(response.status_code):
            return error
        return passing(error, asked_wait(response.headers.get("retry-after", ""), response.headers.get("date", "")))
