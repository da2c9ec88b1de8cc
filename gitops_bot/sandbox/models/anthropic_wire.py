"""What a scripted model says in the form of Anthropic's Messages API, and what it is asked in it."""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from gitops_bot.model.json import Json
from gitops_bot.sandbox.http import Response
from gitops_bot.sandbox.models.anthropic_shape import (
    Block,
    Body,
    Message,
    Text,
    Thinking,
    ToolUse,
    blocks,
    signature,
)
from gitops_bot.sandbox.models.steps import Answer, Asked, Call, Empty, Huge, Refuse, Spoken, Truncate, Write
from gitops_bot.sandbox.models.usage import PromptCache, tokens

_ERRORS = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}
Speech = Answer | Write | Call | Refuse | Truncate | Empty | Huge


def error(status: int, message: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return an error in the provider's form."""
    kind = _ERRORS.get(status, "api_error")
    told = {"type": kind, "message": message}
    return Response.json(status, {"type": "error", "error": told, "request_id": "req_sandbox"}, headers)


def asked(body: Body, raw: dict[str, Json]) -> Asked:
    """Return what was asked."""
    system = body.system if isinstance(body.system, str) else "\n".join(each.text for each in body.system)
    form = body.output_config.format if body.output_config else None
    return Asked(
        wire="anthropic",
        model=body.model,
        instructions=system,
        said=tuple(_spoken(message) for message in body.messages),
        tools=tuple(tool.name for tool in body.tools),
        schema=form.schema if form else None,
        body=raw,
    )


def _spoken(message: Message) -> Spoken:
    return Spoken(message.role, "\n".join(_text(piece) for piece in blocks(message)))


def _text(piece: Block) -> str:
    if isinstance(piece, Text):
        return piece.text
    if isinstance(piece, Thinking):
        return ""
    if isinstance(piece, ToolUse):
        return f"{piece.name}({json.dumps(piece.input)})"
    return piece.content if isinstance(piece.content, str) else "\n".join(each.text for each in piece.content)


def reply(step: Speech, body: Body, number: int, cache: PromptCache) -> dict[str, Json]:
    """Return the JSON of an answer; `number` tells answers apart."""
    content: list[Json] = []
    thinking = getattr(step, "thinking", "")
    if thinking:
        content.append({"type": "thinking", "thinking": thinking, "signature": signature(body.model, thinking)})
    text, stop = _said(step)
    if text:
        content.append({"type": "text", "text": text, "citations": None})
    if isinstance(step, Call):
        content += [
            {"type": "tool_use", "id": f"toolu_{number}_{place}", "name": each.name, "input": each.arguments}
            for place, each in enumerate(step.calls)
        ]
    message: dict[str, Json] = {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": body.model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "stop_details": {"type": "refusal", "category": None, "explanation": step.text}
        if isinstance(step, Refuse)
        else None,
    }
    usage = _usage(body, json.dumps(content), cache)
    return {**message, "usage": usage} if getattr(step, "usage", True) else message


def _said(step: Speech) -> tuple[str, str]:
    """The text of a step, and why the model stopped."""
    match step:
        case Answer():
            return json.dumps(step.json, ensure_ascii=False), "end_turn"
        case Write():
            return step.text, "end_turn"
        case Call():
            return step.text, "tool_use"
        case Refuse():
            return "", "refusal"
        case Truncate():
            return step.text, "max_tokens"
        case Empty():
            return "", "end_turn"
        case Huge():
            return "a" * step.size, "end_turn"


def _usage(body: Body, written: str, cache: PromptCache) -> dict[str, Json]:
    prompt, points = _prompt(body)
    counted = cache.up_to_points(body.model, prompt, points)
    return {
        "input_tokens": counted.fresh,
        "cache_read_input_tokens": counted.read,
        "cache_creation_input_tokens": counted.written,
        "output_tokens": tokens(written),
        "service_tier": "standard",
    }


def _prompt(body: Body) -> tuple[str, list[int]]:
    """The prompt in the order in which it is cached, and the ends of its parts that are marked."""
    prompt, points = "", []
    system = [Text(text=body.system)] if isinstance(body.system, str) and body.system else body.system
    pieces = [*body.tools, *system, *(each for message in body.messages for each in blocks(message))]
    for piece in pieces:
        marked = None if isinstance(piece, str | Thinking) else piece.cache_control
        known = piece if isinstance(piece, Thinking | str) else msgspec.structs.replace(piece, cache_control=None)
        prompt += msgspec.json.encode(known).decode()
        if marked:
            points.append(len(prompt))
    if body.cache_control:
        points.append(len(prompt))
    return prompt, points
