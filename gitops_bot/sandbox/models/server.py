"""A loopback server that speaks Anthropic's and OpenAI's wire formats and plays scripted models."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from gitops_bot.sandbox.http import Json, Request, Response, RunningServer, serve
from gitops_bot.sandbox.models import anthropic_shape, anthropic_wire, openai_shape, openai_wire
from gitops_bot.sandbox.models.anthropic_wire import Speech
from gitops_bot.sandbox.models.keywords import ShapeError
from gitops_bot.sandbox.models.steps import Asked, Drop, Fail, Hang, Raw, Script, Stall, Steps
from gitops_bot.sandbox.models.usage import PromptCache, tokens

EVERY_MODEL = "*"
_OVER = Fail(status=500, message="the script of this model is over")
_FEDERATED = "sandbox-federated-token"


class ModelServer:
    """Plays a script for each model on 127.0.0.1, strictly: what a provider would not take is refused with its words.

    `requests` are those that were taken, `refused` the words for those that were not. A context manager.
    """

    def __init__(self, scripts: Mapping[str, Script], *, key: str, lacks: frozenset[str], port: int) -> None:
        self._scripts = dict(scripts)
        self._key = key
        self._lacks = lacks
        self._guard = threading.Lock()
        self._played: dict[str, int] = {}
        self._count = 0
        self._cache = PromptCache()
        self._released = threading.Event()
        self.requests: list[Asked] = []
        self.refused: list[str] = []
        self._server: RunningServer = serve(self.handle, port)
        self.url = self._server.url
        self.openai_url = f"{self.url}/v1"

    @classmethod
    def start(
        cls, script: Script | Mapping[str, Script], *, key: str = "", lacks: Sequence[str] = (), port: int = 0
    ) -> ModelServer:
        """Serve a script for every model, or one for each by its name (`*`: all others), on `port` (0: a free one).

        `key` is the only credential that is taken; without one, any is. `lacks` are features that the endpoint refuses:
        schema, json, strict, tools, max_tokens, max_completion_tokens, effort. Raises OSError where the port is taken.
        """
        scripts = {EVERY_MODEL: script} if isinstance(script, Script) else script
        return cls(scripts, key=key, lacks=frozenset(lacks), port=port)

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a client at this server."""
        key = self._key or "sandbox"
        return {
            "ANTHROPIC_BASE_URL": self.url,
            "ANTHROPIC_API_KEY": key,
            "OPENAI_BASE_URL": self.openai_url,
            "OPENAI_API_KEY": key,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving; questions that hang end without an answer."""
        self._released.set()
        self._server.close()

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        routes: dict[tuple[str, str], Callable[[Request], Response]] = {
            ("POST", "/v1/messages"): self._messages,
            ("POST", "/v1/chat/completions"): self._completions,
            ("POST", "/v1/embeddings"): self._embeddings,
            ("POST", "/v1/oauth/token"): self._token,
            ("GET", "/v1/models"): self._models,
        }
        route = routes.get((request.method, request.path))
        return route(request) if route else openai_wire.error(404, f"Invalid URL ({request.method} {request.path})")

    def _messages(self, request: Request) -> Response:
        headers = request.headers
        # The SDK sends a key as a bearer token since its version 2, curl users still as x-api-key.
        credential = headers.get("x-api-key") or _bearer(request)
        federated = credential == _FEDERATED and "oauth" in headers.get("anthropic-beta", "")
        if not federated and not self._accepted(credential):
            return anthropic_wire.error(401, "invalid x-api-key")
        try:
            anthropic_shape.check_headers(headers)
            body = anthropic_shape.parse(request.body)
            self._check_claude(body)
        except ShapeError as error:
            self.refused.append(str(error))
            return anthropic_wire.error(400, str(error))
        step, number = self._step(anthropic_wire.asked(body, msgspec.json.decode(request.body)))
        if isinstance(step, Fail):
            return anthropic_wire.error(step.status, step.message, headers=_retry_after(step))
        return self._play(step, lambda speech: anthropic_wire.reply(speech, body, number, self._cache))

    def _check_claude(self, body: anthropic_shape.Body) -> None:
        configuration = body.output_config
        if "schema" in self._lacks and configuration and configuration.format:
            raise ShapeError("output_config.format: structured outputs are not supported by this model")
        if "effort" in self._lacks and configuration and configuration.effort:
            raise ShapeError("This model does not support the effort parameter.")
        if "strict" in self._lacks and any(tool.strict for tool in body.tools):
            raise ShapeError("tools.0.custom.strict: Extra inputs are not permitted")

    def _completions(self, request: Request) -> Response:
        if not self._accepted(_bearer(request)):
            return openai_wire.error(401, "Incorrect API key provided.", code="invalid_api_key")
        try:
            body = openai_shape.parse(request.body, self._lacks)
        except ShapeError as error:
            self.refused.append(str(error))
            return openai_wire.error(400, str(error), field=error.field)
        step, number = self._step(openai_wire.asked(body, msgspec.json.decode(request.body)))
        if isinstance(step, Fail):
            return openai_wire.error(step.status, step.message, code=step.code, headers=_retry_after(step))
        return self._play(step, lambda speech: openai_wire.reply(speech, body, number, self._cache))

    def _accepted(self, credential: str) -> bool:
        return credential == self._key if self._key else True

    def _step(self, asked: Asked) -> tuple[Steps, int]:
        """The next step of the model's script, and a number for the answer."""
        with self._guard:
            self.requests.append(asked)
            self._count += 1
            number = self._count
            name = asked.model if asked.model in self._scripts else EVERY_MODEL
            script = self._scripts.get(name, Script(steps=()))
            place = self._played.get(name, 0)
            self._played[name] = place + 1
        if place >= len(script.steps) and not (script.for_ever and script.steps):
            return _OVER, number
        move = script.steps[min(place, len(script.steps) - 1)]
        return (move(asked) if callable(move) else move), number

    def _play(self, step: Speech | Raw | Hang | Stall | Drop, speak: Callable[[Speech], object]) -> Response:
        match step:
            case Raw():
                return Response.text(step.status, step.body, step.content_type)
            case Hang():
                self._released.wait()
                return Response(500, drop=True)
            case Stall():
                return Response(200, {"content-type": "application/json", "content-length": "4096"}, b'{"id":')
            case Drop():
                return Response(500, drop=True)
        return Response(200, {"content-type": "application/json"}, msgspec.json.encode(speak(step)))

    def _models(self, _: Request) -> Response:
        names = [name for name in self._scripts if name != EVERY_MODEL]
        listed: list[Json] = [{"id": name, "object": "model", "created": 0, "owned_by": "sandbox"} for name in names]
        return Response.json(200, {"object": "list", "data": listed})

    def _embeddings(self, request: Request) -> Response:
        try:
            asked = msgspec.json.decode(request.body, type=_Embed)
        except msgspec.DecodeError as error:
            return openai_wire.error(400, str(error))
        texts = [asked.input] if isinstance(asked.input, str) else asked.input
        data: list[Json] = [
            {"object": "embedding", "index": place, "embedding": openai_wire.embedding(text, asked.dimensions)}
            for place, text in enumerate(texts)
        ]
        used = sum(map(tokens, texts))
        usage = {"prompt_tokens": used, "total_tokens": used}
        return Response.json(200, {"object": "list", "data": data, "model": asked.model, "usage": usage})

    def _token(self, request: Request) -> Response:
        try:
            exchange = msgspec.json.decode(request.body, type=_Exchange)
        except msgspec.DecodeError as error:
            return Response.json(400, {"error": "invalid_request", "error_description": str(error)})
        if self._key and exchange.assertion != self._key:
            return Response.json(401, {"error": "invalid_grant", "error_description": "no rule matches"})
        return Response.json(200, {"access_token": _FEDERATED, "token_type": "Bearer", "expires_in": 600})


class _Embed(Struct, frozen=True, forbid_unknown_fields=True):
    model: str
    input: str | list[str]
    encoding_format: str = "float"
    dimensions: int = openai_wire.DIMENSIONS
    user: str = ""


class _Exchange(Struct, frozen=True, forbid_unknown_fields=True):
    """The exchange of an identity token (RFC 7523); the sandbox's `key` is the identity token that it knows."""

    grant_type: str
    assertion: str
    federation_rule_id: str
    organization_id: str
    service_account_id: str = ""
    workspace_id: str = ""


def _bearer(request: Request) -> str:
    return request.headers.get("authorization", "").removeprefix("Bearer ")


def _retry_after(step: Fail) -> dict[str, str]:
    return {} if step.retry_after is None else {"retry-after": f"{step.retry_after:g}"}
