"""Requests and answers in the form of Anthropic's Messages API."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from gitops_bot.clients.models.plain import answer_in, schema_words
from gitops_bot.clients.models.schemas import restricted
from gitops_bot.model.dialogue import Handed, Heard, Reply, Request, Said, Stop, ToolCall, ToolDescription, Turn, Usage
from gitops_bot.model.json import Json, dig, mapping, sequence, text

_CACHED: dict[str, Json] = {"type": "ephemeral"}
_NOTHING = "(nothing)"
_STOPS = {
    "tool_use": Stop.TOOLS,
    "max_tokens": Stop.TRUNCATED,
    "model_context_window_exceeded": Stop.TRUNCATED,
    "pause_turn": Stop.TRUNCATED,
    "refusal": Stop.REFUSED,
}
_THOUGHTS = ("thinking", "redacted_thinking")


class ClaudeFeatures(Struct, frozen=True, kw_only=True):
    """What the model takes: older ones and gateways lack some. `effort` is empty where none is sent."""

    constrained: bool = True
    strict: bool = True
    caching: bool = True
    effort: str = ""

    def without(self, said: str) -> ClaudeFeatures | None:
        """Return the features without the one that a refusal's words name, None where they name none that can go."""
        words = said.lower()
        change = msgspec.structs.replace
        if self.effort and "effort" in words:
            return change(self, effort="")
        if self.strict and re.search(r"strict|too complex|grammar", words):
            return change(self, strict=False)
        if self.caching and re.match(r"cache_control\b", words):
            return change(self, caching=False)
        if self.constrained and re.search(r"output_config|output format|structured output|grammar|too complex", words):
            return change(self, constrained=False)
        return None


def compose(model: str, request: Request, features: ClaudeFeatures) -> dict[str, Json]:
    """Return the body of a request; no sampling parameters, which newer models refuse.

    Instructions and tools end in one point of caching, the conversation's end in another that moves with it.
    """
    instructions = request.instructions
    configuration: dict[str, Json] = {"effort": features.effort} if features.effort else {}
    if features.constrained:
        configuration["format"] = {"type": "json_schema", "schema": restricted(request.schema)}
    else:
        instructions = f"{instructions}\n\n{schema_words(request.schema)}"
    cached: dict[str, Json] = {"cache_control": _CACHED} if features.caching else {}
    body: dict[str, Json] = {
        "model": model,
        "max_tokens": request.longest_answer,
        "system": [{"type": "text", "text": instructions, **cached}],
        "messages": _messages(model, request.turns),
        **cached,
    }
    if configuration:
        body["output_config"] = configuration
    if request.tools:
        body["tools"] = [_tool(tool, strict=features.strict) for tool in request.tools]
    elif called := _called(request.turns):
        # A conversation with calls in it needs the tools described, also where no more calls are wanted.
        body["tools"] = [{"name": name, "input_schema": {"type": "object"}} for name in called]
        body["tool_choice"] = {"type": "none"}
    return body


def _called(turns: tuple[Turn, ...]) -> list[str]:
    return sorted({call.name for turn in turns if isinstance(turn, Heard) for call in turn.calls})


def _tool(tool: ToolDescription, *, strict: bool) -> dict[str, Json]:
    described: dict[str, Json] = {"name": tool.name, "description": tool.description}
    if strict:
        return {**described, "input_schema": restricted(tool.parameters), "strict": True}
    return {**described, "input_schema": tool.parameters}


def _messages(model: str, turns: tuple[Turn, ...]) -> list[Json]:
    """Return the turns as messages whose roles alternate."""
    messages: list[Json] = []
    for turn in turns:
        role = "assistant" if isinstance(turn, Heard) else "user"
        blocks = _blocks(model, turn)
        if messages and dig(messages, -1, "role") == role:
            sequence(dig(messages, -1, "content")).extend(blocks)
        else:
            messages.append({"role": role, "content": blocks})
    return messages


def _blocks(model: str, turn: Turn) -> list[Json]:
    if isinstance(turn, Said):
        return [{"type": "text", "text": turn.text or _NOTHING}]
    if isinstance(turn, Handed):
        return [
            {
                "type": "tool_result",
                "tool_use_id": result.identifier,
                "content": result.text or _NOTHING,
                **({"is_error": True} if result.failed else {}),
            }
            for result in turn.results
        ]
    if dig(turn.state, "model") == model:
        return list(sequence(dig(turn.state, "content")))
    # What another model said: its thoughts mean nothing to this one.
    said: list[Json] = [{"type": "text", "text": turn.text}] if turn.text.strip() else []
    calls: list[Json] = [
        {"type": "tool_use", "id": call.identifier, "name": call.name, "input": call.arguments or {}}
        for call in turn.calls
    ]
    return [*said, *calls] or [{"type": "text", "text": _NOTHING}]


class _Usage(Struct, frozen=True):
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None


class _Message(Struct, frozen=True):
    content: list[dict[str, Json]]
    stop_reason: str | None = None
    stop_details: dict[str, Json] | None = None
    usage: _Usage | None = None


_DECODER = msgspec.json.Decoder(_Message)


def interpret(model: str, body: bytes) -> Reply:
    """Return what a message says. Raises msgspec.DecodeError where it is none."""
    message = _DECODER.decode(body)
    stop = _STOPS.get(message.stop_reason or "", Stop.ANSWERED)
    written = "".join(text(block.get("text")) for block in message.content if block.get("type") == "text")
    calls = tuple(_call(block) for block in message.content if block.get("type") == "tool_use")
    if stop is Stop.TOOLS and not calls:
        stop = Stop.ANSWERED
    if stop is Stop.REFUSED:
        written = text(mapping(message.stop_details).get("explanation")) or written
    heard = Heard(
        text=answer_in(written) if stop is Stop.ANSWERED else written,
        calls=calls if stop is Stop.TOOLS else (),
        state=_state(model, message.content) if stop in {Stop.TOOLS, Stop.ANSWERED} else None,
    )
    return Reply(heard=heard, stop=stop, usage=_usage(message.usage))


def _state(model: str, content: list[dict[str, Json]]) -> Json:
    """What the server wants back unchanged: all blocks, thoughts with their signatures among them."""
    blocks = [block for block in content if block.get("type") != "text" or text(block.get("text")).strip()]
    if all(block.get("type") in _THOUGHTS for block in blocks):
        return None
    return {"model": model, "content": [*blocks]}


def _call(block: dict[str, Json]) -> ToolCall:
    arguments = block.get("input")
    return ToolCall(
        identifier=text(block.get("id")),
        name=text(block.get("name")),
        arguments=arguments if isinstance(arguments, dict) else None,
    )


def _usage(usage: _Usage | None) -> Usage | None:
    if usage is None:
        return None
    return Usage(
        fresh=usage.input_tokens,
        read=usage.cache_read_input_tokens or 0,
        written=usage.cache_creation_input_tokens or 0,
        answered=usage.output_tokens,
    )
