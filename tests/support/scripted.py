"""A language model that plays a script, and tools that say what they are told: the ports' doubles for pure tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from decimal import Decimal

from gitops_bot.errors import GitopsBotError, ModelUnavailable
from gitops_bot.model.dialogue import Heard, Price, Reply, Request, Stop, ToolCall, ToolDescription, Usage
from gitops_bot.model.json import Json

CHEAP = Price(fresh=Decimal(1), read=Decimal("0.1"), written=Decimal(1), answered=Decimal(5))
USED = Usage(fresh=1_000, answered=200)  # $0.002 at the price above

Step = Reply | ModelUnavailable | Callable[[Request], Reply]


class ScriptedModel:
    """Plays its steps in order, the last one again and again, and keeps what it was asked."""

    def __init__(self, *steps: Step, name: str = "scripted-large", price: Price | None = CHEAP) -> None:
        self.name = name
        self.price = price
        self.steps = list(steps)
        self.requests: list[Request] = []

    def ask(self, request: Request) -> Reply:
        """Return the script's next reply, or raise it."""
        step = self.steps[min(len(self.requests), len(self.steps) - 1)]
        self.requests.append(request)
        if isinstance(step, ModelUnavailable):
            raise step
        return step if isinstance(step, Reply) else step(request)


def says(text: str | dict[str, Json], stop: Stop = Stop.ANSWERED, usage: Usage | None = USED) -> Reply:
    """Return a reply of text, or of an object as JSON."""
    return Reply(heard=Heard(text=text if isinstance(text, str) else json.dumps(text)), stop=stop, usage=usage)


def calls(*wanted: tuple[str, dict[str, Json] | None], usage: Usage | None = USED) -> Reply:
    """Return a reply that calls tools, each with its arguments."""
    found = tuple(
        ToolCall(identifier=f"call-{number}", name=name, arguments=arguments)
        for number, (name, arguments) in enumerate(wanted)
    )
    return Reply(heard=Heard(text="", calls=found), stop=Stop.TOOLS, usage=usage)


class ScriptedTool:
    """Answers `query` with the text that it is made with, or raises what it is made with; keeps what it was asked."""

    def __init__(self, name: str, answer: str | GitopsBotError, required: Iterable[str] = ("query",)) -> None:
        parameters: dict[str, Json] = {
            "type": "object",
            "properties": {"query": {"type": "string"}, "limit": {"type": "integer"}},
            "required": list(required),
            "additionalProperties": False,
        }
        self.description = ToolDescription(name=name, description=f"answers {name}", parameters=parameters)
        self.answer = answer
        self.asked: list[dict[str, Json]] = []

    def run(self, arguments: dict[str, Json]) -> str:
        """Return or raise the answer."""
        self.asked.append(arguments)
        if isinstance(self.answer, GitopsBotError):
            raise self.answer
        return self.answer
