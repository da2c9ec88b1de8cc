from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Literal

import pytest

from gitops_bot.clients.models import Claude, OpenAICompatible
from gitops_bot.clients.models.patience import Clock
from gitops_bot.model.dialogue import LanguageModel, Request, Said, ToolDescription
from gitops_bot.model.json import Json
from gitops_bot.sandbox.models import ModelServer, Script

Wire = Literal["anthropic", "openai"]
KEY = "sk-very-secret-0123456789"

SCHEMA: dict[str, Json] = {
    "type": "object",
    "properties": {
        "action": {"type": "string", "enum": ["commit", "escalate"]},
        "confidence": {"type": "integer", "minimum": 0, "maximum": 100},
        "evidence": {"type": "array", "items": {"type": "string", "maxLength": 20}, "minItems": 1, "maxItems": 9},
    },
    "required": ["action", "confidence", "evidence"],
    "additionalProperties": False,
}
GIT_LOG = ToolDescription(
    name="git_log",
    description="What was committed to a path.",
    parameters={
        "type": "object",
        "properties": {"path": {"type": "string", "pattern": "^[a-z/]+$"}},
        "required": ["path"],
        "additionalProperties": False,
    },
)


class FakeClock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    @property
    def clock(self) -> Clock:
        return Clock(now=lambda: self.time, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@pytest.fixture
def time() -> FakeClock:
    return FakeClock()


@pytest.fixture
def question() -> Request:
    return Request(instructions="Judge the incident.", turns=(Said(text="A pod is down."),), schema=SCHEMA, patience=20)


@pytest.fixture(params=["anthropic", "openai"])
def wire(request: pytest.FixtureRequest) -> Wire:
    found: Wire = request.param
    return found


class Connected:
    """A server with its script, and a model that asks it."""

    def __init__(self, server: ModelServer, model: LanguageModel) -> None:
        self.server = server
        self.model = model


Connect = Callable[..., Connected]


@pytest.fixture
def connect(wire: Wire, time: FakeClock) -> Iterator[Connect]:
    """Returns what starts a server and the model of this format; `clock` is the test's, which does not run."""
    with ExitStack() as stack:

        def start(
            script: Script, *, clock: Clock | None = None, lacks: tuple[str, ...] = (), key: str = KEY
        ) -> Connected:
            server = stack.enter_context(ModelServer.start(script, key=key, lacks=lacks))
            used = clock or time.clock
            if wire == "anthropic":
                claude = Claude("claude-sonnet-5-5", key=KEY, base_url=server.url, clock=used, largest_answer=100_000)
                return Connected(server, stack.enter_context(claude))
            other = OpenAICompatible("gpt-4o", key=KEY, base_url=server.openai_url, clock=used, largest_answer=100_000)
            return Connected(server, stack.enter_context(other))

        yield start
