"""Claude, through Anthropic's SDK, which is loaded with the first question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self, cast

import msgspec

from gitops_bot.clients.models.addresses import checked_address
from gitops_bot.clients.models.claude.federation import Federation, credentials
from gitops_bot.clients.models.claude.wire import ClaudeFeatures, compose, interpret
from gitops_bot.clients.models.failures import Failures, LastingFailure, error_text, is_passing
from gitops_bot.clients.models.patience import LARGEST_ANSWER, Clock, Deadline, asked_wait, passing
from gitops_bot.errors import ConfigurationError
from gitops_bot.model.dialogue import Price, Reply, Request
from gitops_bot.model.json import Json

if TYPE_CHECKING:
    import anthropic
    import httpx2
    from anthropic.types import MessageParam, OutputConfigParam, TextBlockParam, ToolChoiceParam, ToolParam

ANTHROPIC = "https://api.anthropic.com"
_MOST_LESSONS = 5


class Claude:
    """One Claude model, asked with a key or with our workload's identity. Close it, or use it as a context manager.

    `proxy` is a URL: the environment's proxies are not read. No credential shows in a message or a repr. Raises
    ConfigurationError where there is no credential or the address may not be used.

    The SDK's own retries wait as long as a server's `retry-after` says, so they are off: ours stay within the patience.
    """

    def __init__(
        self,
        name: str,
        *,
        key: str = "",
        federation: Federation | None = None,
        base_url: str = ANTHROPIC,
        price: Price | None = None,
        effort: str = "",
        proxy: str = "",
        largest_answer: int = LARGEST_ANSWER,
        clock: Clock | None = None,
    ) -> None:
        if not key and not federation:
            raise ConfigurationError(
                f"there is no credential for {name}",
                where="environment",
                expected="ANTHROPIC_API_KEY, or ANTHROPIC_FEDERATION_RULE_ID and ANTHROPIC_ORGANIZATION_ID",
            )
        checked_address(base_url, "ANTHROPIC_BASE_URL")
        self._name = name
        self._key = key
        self._federation = federation
        self._base_url = base_url
        self._price = price
        self._features = ClaudeFeatures(effort=effort)
        setting = "ANTHROPIC_API_KEY" if key else "ANTHROPIC_FEDERATION_RULE_ID"
        self._failures = Failures(
            name,
            base_url,
            address_setting="the base URL",
            credential_setting=setting,
            secret=key or (federation.token if federation else ""),
        )
        self._proxy = proxy
        self._largest = largest_answer
        self._clock = clock or Clock()
        self._client: anthropic.Anthropic | None = None
        self._http: httpx2.Client | None = None

    def __repr__(self) -> str:
        return f"Claude({self._name!r}, {self._base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            self._http.close()

    @property
    def name(self) -> str:
        """The model's name at Anthropic."""
        return self._name

    @property
    def price(self) -> Price | None:
        """What it costs; None where it is not known."""
        return self._price

    def ask(self, request: Request) -> Reply:
        """Return the model's next turn, within `request.patience`. Raises ModelUnavailable."""
        import anthropic

        deadline = Deadline(request.patience, self._clock)
        for _ in range(_MOST_LESSONS):
            body = compose(self._name, request, self._features)
            try:
                return deadline.retrying(lambda: self._once(body, deadline))  # noqa: B023 (called at once)
            except anthropic.BadRequestError as error:
                lesser = self._features.without(error_text(error.response.content))
                if lesser is None:
                    raise self._failures.of_status(error.status_code, error.response.content) from error
                self._features = lesser
        raise AssertionError("unreachable: there are fewer features to leave out than lessons")

    def _once(self, body: dict[str, Json], deadline: Deadline) -> Reply:
        answer, content_type = self._exchange(body, deadline)
        try:
            return interpret(self._name, answer)
        except msgspec.DecodeError as error:
            raise self._failures.undecodable(answer, content_type) from error  # not asked again: it was paid for

    def _exchange(self, body: dict[str, Json], deadline: Deadline) -> tuple[bytes, str]:
        """Send one request; the answer's body and content type."""
        import anthropic
        import httpx2

        left = max(deadline.left, 0.001)
        try:
            client = self._connected(left)
            with client.messages.with_streaming_response.create(
                model=self._name,
                max_tokens=cast("int", body["max_tokens"]),
                messages=cast("list[MessageParam]", body["messages"]),
                system=cast("list[TextBlockParam]", body["system"]),
                tools=cast("list[ToolParam]", body["tools"]) if "tools" in body else anthropic.omit,
                tool_choice=cast("ToolChoiceParam", body["tool_choice"]) if "tool_choice" in body else anthropic.omit,
                output_config=cast("OutputConfigParam", body["output_config"])
                if "output_config" in body
                else anthropic.omit,
                cache_control={"type": "ephemeral"} if "cache_control" in body else anthropic.omit,
                timeout=anthropic.Timeout(left, connect=min(left, 10.0)),
            ) as response:
                deadline.hasten(response.http_response.request.extensions)
                answer = deadline.read(response.iter_bytes(), self._failures, self._largest)
                return answer, response.headers.get("content-type", "")
        except anthropic.BadRequestError:
            raise
        except (anthropic.AnthropicError, httpx2.HTTPError) as error:
            raise self._failure(error, deadline) from error

    def _connected(self, left: float) -> anthropic.Anthropic:
        """The SDK's client; what it sends to get a token may take `left` seconds."""
        import anthropic

        if self._http is None:
            self._http = anthropic.DefaultHttpxClient(
                follow_redirects=False, trust_env=False, proxy=self._proxy or None
            )
        self._http.timeout = left
        if self._client is None:
            federation = self._federation if not self._key else None
            self._client = anthropic.Anthropic(
                api_key=self._key or None,
                credentials=credentials(federation, self._http) if federation else None,
                base_url=self._base_url,
                max_retries=0,
                http_client=self._http,
                open_telemetry=False,
            )
        return self._client

    def _failure(self, error: Exception, deadline: Deadline) -> Exception:
        import anthropic
        import httpx2

        causes = [error, error.__cause__]
        if lasting := next((cause for cause in causes if isinstance(cause, LastingFailure)), None):
            return lasting
        if isinstance(error, anthropic.APIStatusError):
            failure = self._failures.of_status(error.status_code, error.response.content)
            headers = error.response.headers
            wait = asked_wait(headers.get("retry-after", ""), headers.get("date", ""))
            return passing(failure, wait) if is_passing(error.status_code) else failure
        if any(isinstance(cause, httpx2.ReadTimeout | httpx2.WriteTimeout) for cause in causes):
            return self._failures.too_late(deadline.patience)
        if isinstance(error, anthropic.APIConnectionError | httpx2.TransportError | httpx2.DecodingError):
            return passing(self._failures.unreachable(error))
        return self._failures.unauthorized(error)
