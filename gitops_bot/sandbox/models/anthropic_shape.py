"""The published shape of a request to Anthropic's Messages API: what does not fit is refused as the provider does."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from gitops_bot.model.json import Json
from gitops_bot.sandbox.models.keywords import ShapeError, check_schema

VERSIONS = {"2023-06-01", "2026-10-21"}
_MOST_BREAKPOINTS = 4
Name = Annotated[str, Meta(pattern=r"^[a-zA-Z0-9_-]{1,128}$")]


class _Strict(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An object without other fields than these."""


class Cached(_Strict, frozen=True):
    """A point up to which the prompt is cached."""

    type: Literal["ephemeral"]
    ttl: Literal["5m", "1h"] = "5m"


class _Block(_Strict, frozen=True, tag_field="type"):
    """A piece of a message."""


class Text(_Block, frozen=True, tag="text"):
    """Plain text, never empty."""

    text: Annotated[str, Meta(min_length=1)]
    citations: list[Json] | None = None
    cache_control: Cached | None = None


class Thinking(_Block, frozen=True, tag="thinking"):
    """The model's thoughts, which come back unchanged."""

    thinking: str
    signature: str


class ToolUse(_Block, frozen=True, tag="tool_use"):
    """A call of a tool."""

    id: Name
    name: Name
    input: dict[str, Json]
    caller: dict[str, Json] | None = None
    cache_control: Cached | None = None


class ToolResult(_Block, frozen=True, tag="tool_result"):
    """What a tool answered."""

    tool_use_id: Name
    content: str | list[Text]
    is_error: bool = False
    cache_control: Cached | None = None


Block = Text | Thinking | ToolUse | ToolResult


class Message(_Strict, frozen=True):
    """One message."""

    role: Literal["user", "assistant"]
    content: str | list[Block]


class Tool(_Strict, frozen=True):
    """A tool that the model may call."""

    name: Name
    input_schema: dict[str, Json]
    description: str = ""
    strict: bool = False
    type: Literal["custom"] = "custom"
    cache_control: Cached | None = None


class Format(_Strict, frozen=True):
    """The shape of the answer."""

    type: Literal["json_schema"]
    schema: dict[str, Json]


class OutputConfiguration(_Strict, frozen=True):
    """How the answer is to be."""

    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    format: Format | None = None


class Choice(_Strict, frozen=True):
    """Whether tools may be called; no call can be forced on the newest models."""

    type: Literal["auto", "none"]
    disable_parallel_tool_use: bool = False


class AdaptiveThinking(_Strict, frozen=True):
    """How the model thinks."""

    type: Literal["adaptive", "disabled", "between_tools"]
    display: Literal["summarized", "omitted"] | None = None


class Body(_Strict, frozen=True):
    """A request. It has no sampling parameters: the version 2026-10-21 has removed them."""

    model: Annotated[str, Meta(min_length=1)]
    max_tokens: Annotated[int, Meta(ge=1, le=128_000)]
    messages: Annotated[list[Message], Meta(min_length=1)]
    system: str | list[Text] = ""
    tools: list[Tool] = []
    tool_choice: Choice | None = None
    output_config: OutputConfiguration | None = None
    cache_control: Cached | None = None
    thinking: AdaptiveThinking | None = None
    metadata: dict[str, str] | None = None
    stop_sequences: list[str] | None = None
    service_tier: Literal["auto", "standard_only"] | None = None
    stream: Literal[False] = False


def signature(model: str, thinking: str) -> str:
    """Return what a model signs its thoughts with; another model's signature does not fit."""
    return base64.b64encode(hashlib.sha256(f"{model}\n{thinking}".encode()).digest()).decode()


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise ShapeError where a required header is missing or wrong; credentials are checked elsewhere."""
    if headers.get("anthropic-version") not in VERSIONS:
        raise ShapeError("anthropic-version: header is required", "anthropic-version")
    if "application/json" not in headers.get("content-type", ""):
        raise ShapeError("content-type: must be application/json", "content-type")


def parse(raw: bytes) -> Body:
    """Return the request. Raises ShapeError with what the provider would say against it."""
    try:
        body = msgspec.json.decode(raw, type=Body)
    except msgspec.DecodeError as error:
        raise ShapeError(str(error)) from error
    _check_conversation(body)
    _check_breakpoints(body)
    names = [tool.name for tool in body.tools]
    if len(names) != len(set(names)):
        raise ShapeError("tools: Tool names must be unique.", "tools")
    for number, tool in enumerate(body.tools):
        if tool.input_schema.get("type") != "object":
            raise ShapeError(f"tools.{number}.input_schema.type: must be 'object'", "tools")
        if tool.strict:
            check_schema(tool.input_schema, f"tools.{number}.custom.input_schema", all_required=False)
    if body.output_config and body.output_config.format:
        check_schema(body.output_config.format.schema, "output_config.format.schema", all_required=False)
    return body


def blocks(message: Message) -> list[Block]:
    """Return the pieces of a message."""
    return [Text(text=message.content)] if isinstance(message.content, str) else message.content


def _check_conversation(body: Body) -> None:
    if body.messages[0].role != "user":
        raise ShapeError('messages: first message must use the "user" role', "messages")
    if body.messages[-1].role != "user":
        raise ShapeError("This model does not support assistant message prefill.", "messages")
    called: list[str] = []
    for number, message in enumerate(body.messages):
        if number and message.role == body.messages[number - 1].role:
            raise ShapeError(f'messages.{number}: roles must alternate between "user" and "assistant"', "messages")
        pieces = blocks(message)
        if not pieces:
            raise ShapeError(f"messages.{number}: all messages must have non-empty content", "messages")
        if message.role == "assistant":
            called = _check_assistant(body, number, pieces)
        else:
            _check_results(number, pieces, called)
            called = []


def _check_assistant(body: Body, number: int, pieces: list[Block]) -> list[str]:
    for piece in pieces:
        if isinstance(piece, ToolResult):
            raise ShapeError(f"messages.{number}: `tool_result` blocks can only be in `user` messages", "messages")
        if isinstance(piece, Thinking) and piece.signature != signature(body.model, piece.thinking):
            raise ShapeError(f"messages.{number}: Invalid `signature` in `thinking` block", "messages")
    if isinstance(pieces[-1], Thinking):
        raise ShapeError(
            f"messages.{number}: The final block in an assistant message cannot be `thinking`.", "messages"
        )
    called = [piece.id for piece in pieces if isinstance(piece, ToolUse)]
    if called and not body.tools:
        raise ShapeError("Requests which include `tool_use` or `tool_result` blocks must define tools", "tools")
    if len(called) != len(set(called)):
        raise ShapeError(f"messages.{number}: `tool_use` ids must be unique", "messages")
    return called


def _check_results(number: int, pieces: list[Block], called: list[str]) -> None:
    if any(isinstance(piece, ToolUse | Thinking) for piece in pieces):
        raise ShapeError(f"messages.{number}: block is not allowed in `user` messages", "messages")
    kinds = [isinstance(piece, ToolResult) for piece in pieces]
    if kinds != sorted(kinds, reverse=True):
        raise ShapeError(f"messages.{number}: `tool_result` blocks must come first", "messages")
    results = [piece.tool_use_id for piece in pieces if isinstance(piece, ToolResult)]
    if missing := [each for each in called if each not in results]:
        raise ShapeError(
            f"messages.{number - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: "
            f"{', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` block in the next "
            "message.",
            "messages",
        )
    if unknown := [each for each in results if each not in called]:
        message = f"messages.{number}: unexpected `tool_use_id` found in `tool_result` blocks: {', '.join(unknown)}."
        raise ShapeError(message, "messages")
    if len(results) != len(set(results)):
        raise ShapeError(f"messages.{number}: each tool_use must have a single result.", "messages")


def _cached(body: Body) -> Iterator[Cached | None]:
    yield body.cache_control
    yield from (tool.cache_control for tool in body.tools)
    yield from (piece.cache_control for piece in body.system if isinstance(piece, Text))
    for message in body.messages:
        yield from (piece.cache_control for piece in blocks(message) if not isinstance(piece, Thinking))


def _check_breakpoints(body: Body) -> None:
    count = sum(each is not None for each in _cached(body))
    if count > _MOST_BREAKPOINTS:
        raise ShapeError(f"A maximum of 4 blocks with cache_control may be provided. Found {count}.", "cache_control")
