"""What a scripted model says in the form of OpenAI's chat completions, and what it is asked in it."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping

import msgspec

from gitops_bot.model.json import Json
from gitops_bot.sandbox.http import Response
from gitops_bot.sandbox.models.anthropic_wire import Speech
from gitops_bot.sandbox.models.openai_shape import Assistant, Body, Developer, Message, System, ToolResult
from gitops_bot.sandbox.models.steps import Answer, Asked, Call, Called, Empty, Huge, Refuse, Spoken, Truncate, Write
from gitops_bot.sandbox.models.usage import PromptCache, tokens

DIMENSIONS = 256
_WORD = re.compile(r"[a-z0-9]+")


def error(
    status: int, message: str, *, code: str = "", field: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """Return an error in the provider's form."""
    kind = "invalid_request_error" if status < 429 else "server_error" if status >= 500 else "requests"
    body = {"error": {"message": message, "type": kind, "param": field or None, "code": code or None}}
    return Response.json(status, body, headers)


def asked(body: Body, raw: dict[str, Json]) -> Asked:
    """Return what was asked."""
    form = body.response_format.json_schema if body.response_format else None
    return Asked(
        wire="openai",
        model=body.model,
        instructions="\n".join(each.content for each in body.messages if isinstance(each, System | Developer)),
        said=tuple(_spoken(each) for each in body.messages if not isinstance(each, System | Developer)),
        tools=tuple(tool.function.name for tool in body.tools or ()),
        schema=form.schema if form else None,
        body=raw,
    )


def _spoken(message: Message) -> Spoken:
    if isinstance(message, Assistant):
        calls = [f"{call.function.name}({call.function.arguments})" for call in message.tool_calls or ()]
        return Spoken("assistant", "\n".join([message.content or "", *calls]).strip())
    return Spoken("tool" if isinstance(message, ToolResult) else "user", message.content)


def reply(step: Speech, body: Body, number: int, cache: PromptCache) -> dict[str, Json]:
    """Return the JSON of an answer; `number` tells answers apart."""
    content, finish = _said(step)
    thinking = getattr(step, "thinking", "")
    message: dict[str, Json] = {
        "role": "assistant",
        "content": f"<think>{thinking}</think>\n{content}" if thinking else content,
        "refusal": step.text if isinstance(step, Refuse) else None,
    }
    if isinstance(step, Call):
        message["tool_calls"] = [_call(each, f"call_{number}_{place}") for place, each in enumerate(step.calls)]
    completion: dict[str, Json] = {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": 1_795_392_000,
        "model": body.model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": finish}],
    }
    usage = _usage(body, json.dumps(message), cache)
    return {**completion, "usage": usage} if getattr(step, "usage", True) else completion


def _call(called: Called, identifier: str) -> Json:
    arguments = called.arguments if isinstance(called.arguments, str) else json.dumps(called.arguments)
    return {"id": identifier, "type": "function", "function": {"name": called.name, "arguments": arguments}}


def _said(step: Speech) -> tuple[str | None, str]:
    """The text of a step, and why the model stopped."""
    match step:
        case Answer():
            return json.dumps(step.json, ensure_ascii=False), "stop"
        case Write():
            return step.text, "stop"
        case Call():
            return step.text or None, "tool_calls"
        case Refuse():
            return None, "stop"
        case Truncate():
            return step.text, "length"
        case Empty():
            return None, "stop"
        case Huge():
            return "a" * step.size, "stop"


def _usage(body: Body, written: str, cache: PromptCache) -> dict[str, Json]:
    prompt = msgspec.json.encode([body.tools, *body.messages]).decode()
    counted, answered = cache.automatic(body.model, prompt), tokens(written)
    return {
        "prompt_tokens": counted.sent,
        "completion_tokens": answered,
        "total_tokens": counted.sent + answered,
        "prompt_tokens_details": {"cached_tokens": counted.read, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def embedding(text: str, dimensions: int = DIMENSIONS) -> list[float]:
    """Return a vector of length one: the words, hashed into its places, so that texts with equal words are near."""
    vector = [0.0] * dimensions
    for word in _WORD.findall(text.lower()):
        digest = hashlib.sha256(word.encode()).digest()
        vector[int.from_bytes(digest[:4], "big") % dimensions] += 1.0 if digest[4] % 2 else -1.0
    length = math.sqrt(sum(each * each for each in vector))
    return [each / length for each in vector] if length else [1.0, *vector[1:]]
