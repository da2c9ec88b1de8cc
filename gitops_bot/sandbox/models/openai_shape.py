"""The published shape of a request to OpenAI's chat completions: what does not fit is refused as the provider does."""

from __future__ import annotations

import re
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from gitops_bot.model.json import Json
from gitops_bot.sandbox.models.keywords import ShapeError, check_schema

Name = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{1,64}$")]
_REASONS = re.compile(r"(?:o\d|gpt-[5-9])")
_NO_TOOLS_WITH_EFFORT = re.compile(r"gpt-(?:5\.[6-9]|[6-9])")


class _Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An object without other fields than these."""


class _Message(_Strict, frozen=True, tag_field="role"):
    """One message."""


class System(_Message, frozen=True, tag="system"):
    """Our instructions."""

    content: str


class Developer(_Message, frozen=True, tag="developer"):
    """Our instructions, as newer models call them."""

    content: str


class User(_Message, frozen=True, tag="user"):
    """What we say."""

    content: str


class CalledFunction(_Strict, frozen=True):
    """A function's name and its arguments as JSON text."""

    name: Name
    arguments: str


class ToolCall(_Strict, frozen=True):
    """A call of a tool."""

    id: Annotated[str, Meta(min_length=1)]
    type: Literal["function"]
    function: CalledFunction


class Assistant(_Message, frozen=True, tag="assistant"):
    """What the model said."""

    content: str | None = None
    refusal: str | None = None
    tool_calls: Annotated[list[ToolCall], Meta(min_length=1)] | None = None


class ToolResult(_Message, frozen=True, tag="tool"):
    """What a tool answered."""

    tool_call_id: str
    content: str


Message = System | Developer | User | Assistant | ToolResult


class Function(_Strict, frozen=True):
    """A function that the model may call."""

    name: Name
    description: str = ""
    parameters: dict[str, Json] = {}
    strict: bool | None = None


class Tool(_Strict, frozen=True):
    """A tool that the model may call."""

    type: Literal["function"]
    function: Function


class JsonSchema(_Strict, frozen=True):
    """The shape of the answer."""

    name: Name
    schema: dict[str, Json]
    description: str = ""
    strict: bool | None = None


class Format(_Strict, frozen=True):
    """How the answer is to be."""

    type: Literal["text", "json_object", "json_schema"]
    json_schema: JsonSchema | None = None


class Body(_Strict, frozen=True):
    """A request. It has no sampling parameters, which reasoning models refuse."""

    model: Annotated[str, Meta(min_length=1)]
    messages: Annotated[list[Message], Meta(min_length=1)]
    max_tokens: Annotated[int, Meta(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Meta(ge=1)] | None = None
    tools: Annotated[list[Tool], Meta(min_length=1)] | None = None
    tool_choice: Literal["auto", "none", "required"] | None = None
    parallel_tool_calls: bool | None = None
    response_format: Format | None = None
    reasoning_effort: Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"] | None = None
    prompt_cache_key: str | None = None
    store: bool | None = None
    stream: Literal[False] = False


def parse(raw: bytes, lacks: frozenset[str]) -> Body:
    """Return the request. Raises ShapeError with what the provider would say against it.

    `lacks` are features that this endpoint does not have: schema, json, strict, tools, max_tokens,
    max_completion_tokens, effort.
    """
    try:
        body = msgspec.json.decode(raw, type=Body)
    except msgspec.DecodeError as error:
        raise ShapeError(str(error)) from error
    _check_limits(body, lacks)
    _check_tools(body, lacks)
    _check_format(body, lacks)
    _check_effort(body, lacks)
    _check_conversation(body.messages)
    return body


def _check_limits(body: Body, lacks: frozenset[str]) -> None:
    reasons = _REASONS.match(body.model)
    if body.max_tokens is not None and (reasons or "max_tokens" in lacks):
        raise ShapeError(
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            "max_tokens",
        )
    if body.max_completion_tokens is not None and "max_completion_tokens" in lacks:
        message = "Unrecognized request argument supplied: max_completion_tokens"
        raise ShapeError(message, "max_completion_tokens")
    if body.max_tokens is not None and body.max_completion_tokens is not None:
        raise ShapeError("Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")


def _check_tools(body: Body, lacks: frozenset[str]) -> None:
    if body.tools and "tools" in lacks:
        raise ShapeError(f"{body.model} does not support tools", "tools")
    for number, tool in enumerate(body.tools or []):
        if tool.function.strict:
            if "strict" in lacks:
                raise ShapeError("Unsupported parameter: 'strict'", "strict")
            check_schema(tool.function.parameters, f"tools[{number}].function.parameters", all_required=True)


def _check_format(body: Body, lacks: frozenset[str]) -> None:
    form = body.response_format
    if form is None or form.type == "text":
        return
    if form.type == "json_schema":
        if "schema" in lacks:
            raise ShapeError(
                "'response_format' of type 'json_schema' is not supported with this model.", "response_format"
            )
        if form.json_schema is None:
            raise ShapeError("Missing required parameter: 'response_format.json_schema'.", "response_format")
        if form.json_schema.strict:
            if "strict" in lacks:
                raise ShapeError("Unsupported parameter: 'response_format.json_schema.strict'", "strict")
            check_schema(form.json_schema.schema, "response_format 'answer'", all_required=True)
        return
    if "json" in lacks:
        raise ShapeError("'response_format' of type 'json_object' is not supported with this model.", "response_format")
    if not any("json" in (getattr(each, "content", "") or "").lower() for each in body.messages):
        message = (
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'."
        )
        raise ShapeError(message, "messages")


def _check_effort(body: Body, lacks: frozenset[str]) -> None:
    effort = body.reasoning_effort
    if effort is not None and "effort" in lacks:
        raise ShapeError("Unrecognized request argument supplied: reasoning_effort", "reasoning_effort")
    if body.tools and effort != "none" and _NO_TOOLS_WITH_EFFORT.match(body.model):
        raise ShapeError(
            f"Function tools with reasoning_effort are not supported for {body.model} in /v1/chat/completions. To use "
            "function tools, use /v1/responses or set reasoning_effort to 'none'.",
            "reasoning_effort",
        )


def _check_conversation(messages: list[Message]) -> None:
    waiting: list[str] = []
    for number, message in enumerate(messages):
        if isinstance(message, ToolResult):
            if message.tool_call_id not in waiting:
                raise ShapeError(
                    "Invalid parameter: messages with role 'tool' must be a response to a preceding message with "
                    "'tool_calls'.",
                    f"messages.[{number}].role",
                )
            waiting.remove(message.tool_call_id)
            continue
        if waiting:
            raise ShapeError(
                "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                f"'tool_call_id'. The following tool_call_ids did not have response messages: {', '.join(waiting)}",
                "messages",
            )
        if isinstance(message, Assistant):
            if message.content is None and not message.tool_calls:
                raise ShapeError(f"Invalid value for 'content': expected a string, got null. ({number})", "messages")
            waiting = [call.id for call in message.tool_calls or []]
    if waiting:
        raise ShapeError("An assistant message with 'tool_calls' must be followed by tool messages", "messages")
