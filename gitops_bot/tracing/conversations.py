"""What models and tools do, by OpenTelemetry's semantic conventions for generative AI."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from gitops_bot.errors import GitopsBotError
from gitops_bot.model.diagnosis import ACTIONS, Advised, Diagnosis
from gitops_bot.model.dialogue import (
    Handed,
    Heard,
    LanguageModel,
    Price,
    Reply,
    Request,
    Said,
    Stop,
    Tool,
    ToolCall,
    ToolDescription,
    Turn,
    Usage,
)
from gitops_bot.model.json import Json
from gitops_bot.tracing.recorder import Recorder
from gitops_bot.tracing.spans import Attributes, Kind

AGENT = "gitops-bot"
# Far more than is recorded of it.
_LONGEST_READ = 65_536
_STOPS = {Stop.ANSWERED: "stop", Stop.TOOLS: "tool_call", Stop.TRUNCATED: "length", Stop.REFUSED: "content_filter"}


class Abstained(Protocol):
    """Why no diagnosis came of a conversation."""

    @property
    def reason(self) -> str:
        """The reason, for people."""


Outcome = TypeVar("Outcome", bound="Diagnosis | Abstained")


class Conversations:
    """Wraps models, tools and whole conversations so that each leaves a span.

    What is said and answered is recorded only where the recorder wants contents. `redact` takes out of a tool's answer
    what a model does not see of it either.
    """

    def __init__(self, recorder: Recorder, redact: Callable[[str], str]) -> None:
        self._recorder = recorder
        self._redact = redact
        self._contents = recorder.contents
        self._called: tuple[ToolCall, ...] = ()

    def model(self, model: LanguageModel) -> LanguageModel:
        """Return the model with a span for each call."""
        return _TracedModel(model, self)

    def tool(self, tool: Tool) -> Tool:
        """Return the tool with a span for each call."""
        return _TracedTool(tool, self)

    def about(self, diagnosis: Diagnosis, ask: Callable[[], Outcome]) -> Outcome:
        """Return what `ask` gives, with a span for the whole conversation about one incident."""
        incident = diagnosis.incident
        attributes: Attributes = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": AGENT,
            "gitops_bot.application": incident.application.name,
            "gitops_bot.resource": str(incident.resource),
            "gitops_bot.rule": diagnosis.rule,
        }
        with self._recorder.span(f"invoke_agent {AGENT}", attributes) as span:
            outcome = ask()
            if isinstance(outcome, Diagnosis):
                span.set(_concluded(outcome))
            else:
                said = f"abstained: {outcome.reason}"
                span.set({"gitops_bot.outcome": "abstained", "gitops_bot.reason": outcome.reason, "output.value": said})
        return outcome

    def asked(self, model: LanguageModel, request: Request) -> Reply:
        """Ask a model within a span."""
        attributes: Attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": provider(model.name),
            "gen_ai.request.model": model.name,
            "gen_ai.request.max_tokens": request.longest_answer,
            "gen_ai.output.type": "json",
        }
        if self._contents:
            attributes |= _input(request)
        with self._recorder.span(f"chat {model.name}", attributes, Kind.CLIENT) as span:
            reply = model.ask(request)
            # Of several models behind one, it is known only now which one answered.
            answered: Attributes = {
                "gen_ai.provider.name": provider(model.name),
                "gen_ai.response.model": model.name,
                "gen_ai.response.finish_reasons": [_STOPS[reply.stop]],
            }
            if reply.usage:
                answered |= _usage(reply.usage, model.price)
            if self._contents:
                answered["gen_ai.output.messages"] = [{**_message(reply.heard), "finish_reason": _STOPS[reply.stop]}]
            span.set(answered)
        self._called = reply.heard.calls
        return reply

    def ran(self, tool: Tool, arguments: dict[str, Json]) -> str:
        """Run a tool within a span."""
        description = tool.description
        attributes: Attributes = {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": description.name,
            "gen_ai.tool.type": "function",
            "gen_ai.tool.description": description.description,
            "gen_ai.tool.call.id": self._identifier(description.name, arguments),
        }
        if self._contents:
            attributes["gen_ai.tool.call.arguments"] = arguments
        with self._recorder.span(f"execute_tool {description.name}", attributes) as span:
            try:
                answer = tool.run(arguments)
            except GitopsBotError as error:
                # What it says may repeat what the tool read.
                span.fail(type(error).__name__, str(error) if self._contents else "")
                raise
            span.set({"gitops_bot.tool.answer_characters": len(answer)})
            if self._contents:
                span.set({"gen_ai.tool.call.result": self._redact(answer[:_LONGEST_READ])})
        return answer

    def _identifier(self, name: str, arguments: dict[str, Json]) -> str | None:
        """Return the id of the call in the model's last turn that a tool runs for."""
        return next((one.identifier for one in self._called if (one.name, one.arguments) == (name, arguments)), None)


class _TracedModel:
    def __init__(self, model: LanguageModel, conversations: Conversations) -> None:
        self._model = model
        self._conversations = conversations

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def price(self) -> Price | None:
        return self._model.price

    def ask(self, request: Request) -> Reply:
        return self._conversations.asked(self._model, request)


class _TracedTool:
    def __init__(self, tool: Tool, conversations: Conversations) -> None:
        self._tool = tool
        self._conversations = conversations

    @property
    def description(self) -> ToolDescription:
        return self._tool.description

    def run(self, arguments: dict[str, Json]) -> str:
        return self._conversations.ran(self._tool, arguments)


def provider(model: str) -> str:
    """Return whose wire format a model of this name is asked in, as the conventions call it."""
    return "anthropic" if model.startswith("claude") else "openai"


def _usage(usage: Usage, price: Price | None) -> Attributes:
    return {
        "gen_ai.usage.input_tokens": usage.fresh + usage.read + usage.written,
        "gen_ai.usage.cache_read.input_tokens": usage.read,
        "gen_ai.usage.cache_creation.input_tokens": usage.written,
        "gen_ai.usage.output_tokens": usage.answered,
        "gitops_bot.dollars": float(price.of(usage)) if price else None,
    }


def _concluded(diagnosis: Diagnosis) -> Attributes:
    outcome = ACTIONS[type(diagnosis.remedy)].value if type(diagnosis.remedy) in ACTIONS else "none"
    why = diagnosis.advice.reasoning if diagnosis.advice else ""
    attributes: Attributes = {
        # What collectors for language models show first of a span.
        "output.value": f"{outcome}: {diagnosis.cause}\n{why}".strip(),
        "gitops_bot.outcome": outcome,
        "gitops_bot.cause_class": diagnosis.cause_class,
        "gitops_bot.cause": diagnosis.cause,
        "gitops_bot.confidence": diagnosis.confidence,
    }
    return attributes | (_advice(diagnosis.advice) if diagnosis.advice else {})


def _advice(advice: Advised) -> Attributes:
    return {
        "gen_ai.response.model": advice.models[-1] if advice.models else None,
        "gitops_bot.reasoning": advice.reasoning,
        "gitops_bot.would_change": advice.would_change,
        "gitops_bot.cited": [f"{name} {row.signal}: {row.value}" for name, row in advice.cited.items()],
        "gitops_bot.confidence_claimed": advice.claimed,
        "gitops_bot.calls": advice.calls,
        "gitops_bot.tokens": advice.tokens,
        "gitops_bot.dollars": float(advice.dollars),
    }


def _input(request: Request) -> Attributes:
    tools: list[Json] = [
        {"type": "function", "name": one.name, "description": one.description, "parameters": one.parameters}
        for one in request.tools
    ]
    return {
        "gen_ai.system_instructions": [_text(request.instructions)],
        "gen_ai.input.messages": _messages(request.turns),
        "gen_ai.tool.definitions": tools or None,
    }


def _messages(turns: Sequence[Turn]) -> list[Json]:
    return [_message(turn) for turn in turns]


def _message(turn: Turn) -> dict[str, Json]:
    if isinstance(turn, Said):
        return {"role": "user", "parts": [_text(turn.text)]}
    if isinstance(turn, Handed):
        return {"role": "tool", "parts": [_result(one.identifier, one.text) for one in turn.results]}
    return {"role": "assistant", "parts": _spoken(turn)}


def _spoken(heard: Heard) -> list[Json]:
    calls: list[Json] = [
        {"type": "tool_call", "id": one.identifier, "name": one.name, "arguments": one.arguments} for one in heard.calls
    ]
    return [*([_text(heard.text)] if heard.text else []), *calls]


def _text(content: str) -> Json:
    return {"type": "text", "content": content}


def _result(identifier: str, content: str) -> Json:
    return {"type": "tool_call_response", "id": identifier, "response": content}
