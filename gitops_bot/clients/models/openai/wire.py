"""Requests and answers in the form of OpenAI's chat completions, as it and those who imitate it speak them."""

from __future__ import annotations

import json

import msgspec
from msgspec import Struct

from gitops_bot.clients.models.openai.features import Features
from gitops_bot.clients.models.plain import (
    answer_in,
    calls_in,
    calls_text,
    results_text,
    schema_words,
    spoken,
    tool_words,
)
from gitops_bot.clients.models.schemas import is_strict, restricted
from gitops_bot.model.dialogue import Heard, Reply, Request, Said, Stop, ToolCall, ToolDescription, Turn, Usage
from gitops_bot.model.json import Json, mapping, sequence, text


class _Function(Struct, frozen=True):
    name: str = ""
    arguments: Json = None


class _Call(Struct, frozen=True):
    function: _Function
    id: str | None = None


class _Message(Struct, frozen=True):
    content: Json = None
    refusal: str | None = None
    tool_calls: tuple[_Call, ...] | None = None


class _Choice(Struct, frozen=True):
    message: _Message
    finish_reason: str | None = None


class _InputDetails(Struct, frozen=True):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class _Usage(Struct, frozen=True):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    prompt_tokens_details: _InputDetails | None = None


class _Completion(Struct, frozen=True):
    choices: tuple[_Choice, ...]
    usage: _Usage | None = None


_DECODER = msgspec.json.Decoder(_Completion)


def compose(model: str, request: Request, features: Features) -> dict[str, Json]:
    """Return the body of a request with what the endpoint can do; no sampling parameters, which many models refuse."""
    native = features.tools == "native"
    constrained = not request.tools or (features.together and native)
    answers = features.answers if constrained else "text"
    system = [request.instructions]
    if request.tools and not native:
        system.append(tool_words(request.tools))
    if answers != "schema":
        system.append(schema_words(request.schema))
    body: dict[str, Json] = {
        "model": model,
        "messages": [
            {"role": "system", "content": "\n\n".join(system)},
            *(message for turn in request.turns for message in _messages(turn, native=native)),
        ],
        features.limit: request.longest_answer,
    }
    if request.tools and native:
        body["tools"] = [_tool(tool, features) for tool in request.tools]
    if answers == "schema":
        schema = restricted(request.schema)
        described: dict[str, Json] = {"name": "answer", "schema": schema}
        if features.strict and is_strict(schema):
            described["strict"] = True
        body["response_format"] = {"type": "json_schema", "json_schema": described}
    elif answers == "json":
        body["response_format"] = {"type": "json_object"}
    effort = features.effort_with_tools if "tools" in body else features.effort
    if effort:
        body["reasoning_effort"] = effort
    return body


def _tool(tool: ToolDescription, features: Features) -> dict[str, Json]:
    function: dict[str, Json] = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    schema = restricted(tool.parameters)
    if features.strict and is_strict(schema):
        function |= {"parameters": schema, "strict": True}
    return {"type": "function", "function": function}


def _messages(turn: Turn, *, native: bool) -> list[dict[str, Json]]:
    if isinstance(turn, Said):
        return [{"role": "user", "content": turn.text}]
    if isinstance(turn, Heard):
        if not native or not turn.calls:
            return [{"role": "assistant", "content": calls_text(turn) or "(nothing)"}]
        calls: list[Json] = [
            {
                "id": call.identifier,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(call.arguments or {}, ensure_ascii=False)},
            }
            for call in turn.calls
        ]
        return [{"role": "assistant", "content": turn.text or None, "tool_calls": calls}]
    if not native:
        return [{"role": "user", "content": results_text(turn)}]
    return [
        {
            "role": "tool",
            "tool_call_id": result.identifier,
            "content": f"The call failed: {result.text}" if result.failed else result.text,
        }
        for result in turn.results
    ]


def interpret(body: bytes, request: Request, features: Features) -> Reply:
    """Return what a completion says. Raises msgspec.DecodeError where it is none, ValueError where it is empty."""
    completion = _DECODER.decode(body)
    if not completion.choices:
        raise ValueError("a completion without choices")
    choice = completion.choices[0]
    written = spoken(_content(choice.message.content))
    prefix = f"call_{len(request.turns)}"
    calls = tuple(_call(call, f"{prefix}_{number}") for number, call in enumerate(choice.message.tool_calls or ()))
    if not calls and request.tools and features.tools == "text":
        calls = calls_in(written, prefix)
    stop = _stop(choice, calls)
    if stop is not Stop.TOOLS:
        calls = ()
    elif features.tools == "text":
        written = ""
    if stop is Stop.REFUSED:
        written = choice.message.refusal or written
    heard = Heard(text=answer_in(written) if stop is Stop.ANSWERED else written, calls=calls)
    return Reply(heard=heard, stop=stop, usage=_usage(completion.usage))


def _stop(choice: _Choice, calls: tuple[ToolCall, ...]) -> Stop:
    if choice.message.refusal or choice.finish_reason == "content_filter":
        return Stop.REFUSED
    if choice.finish_reason == "length":
        return Stop.TRUNCATED
    return Stop.TOOLS if calls else Stop.ANSWERED


def _content(content: Json) -> str:
    """A message's text, which some servers give in parts."""
    if isinstance(content, str):
        return content
    return "".join(text(mapping(part).get("text")) for part in sequence(content))


def _call(call: _Call, otherwise: str) -> ToolCall:
    arguments = call.function.arguments
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments) if arguments.strip() else {}
        except (ValueError, RecursionError):
            arguments = None
    return ToolCall(
        identifier=call.id or otherwise,
        name=call.function.name,
        arguments=arguments if isinstance(arguments, dict) else None,
    )


def _usage(usage: _Usage | None) -> Usage | None:
    if usage is None:
        return None
    details = usage.prompt_tokens_details or _InputDetails()
    read, written = details.cached_tokens or 0, details.cache_write_tokens or 0
    return Usage(
        fresh=max(usage.prompt_tokens - read - written, 0),
        read=read,
        written=written,
        answered=usage.completion_tokens,
    )
