"""Requests that the providers would not take are refused, each with words that name what is wrong."""

from __future__ import annotations

from typing import TypeAlias

import httpx
import pytest

from gitops_bot.sandbox.models import Answer, ModelServer, Script

Body: TypeAlias = dict[str, object]
USER = {"role": "user", "content": "hello"}
HEADERS = {"anthropic-version": "2026-10-21", "x-api-key": "k"}
CLAUDE: Body = {"model": "m", "max_tokens": 100, "messages": [USER]}
OPENAI: Body = {"model": "m", "messages": [USER]}
TOOL = {"name": "t", "input_schema": {"type": "object"}}
FUNCTION = {"type": "function", "function": {"name": "t", "parameters": {"type": "object"}}}
USE = {"type": "tool_use", "id": "c1", "name": "t", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "c1", "content": "ok"}
OPEN_SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
CLOSED_SCHEMA = {**OPEN_SCHEMA, "additionalProperties": False}
CALLED = {
    "role": "assistant",
    "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "t", "arguments": "{}"}}],
}


def claude_turns(*turns: object) -> Body:
    """A conversation that begins with our text; turns are the contents of alternating roles."""
    roles = ("assistant", "user")
    rest = [{"role": roles[number % 2], "content": turn} for number, turn in enumerate(turns)]
    return {"messages": [USER, *rest], "tools": [TOOL]}


def format_of(schema: object, **more: object) -> Body:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema, **more}}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"temperature": 0}, "unknown field `temperature`"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"stream": True}, "stream"),
        ({"messages": []}, "messages"),
        ({"messages": [USER, USER]}, "roles must alternate"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, "first message"),
        ({"messages": [USER, {"role": "assistant", "content": "{"}]}, "prefill"),
        ({"messages": [{"role": "system", "content": "hi"}]}, "role"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]}, "text"),
        ({"messages": [{"role": "user", "content": [{"type": "image", "text": "x"}]}]}, "Invalid value 'image'"),
        ({"tools": [TOOL, TOOL]}, "unique"),
        ({"tools": [{"name": "a b", "input_schema": {"type": "object"}}]}, "name"),
        ({"tools": [{"name": "t", "input_schema": OPEN_SCHEMA, "strict": True}]}, "additionalProperties"),
        ({"tool_choice": {"type": "any"}}, "any"),
        ({"output_config": {"format": {"type": "json_schema", "schema": OPEN_SCHEMA}}}, "additionalProperties"),
        (
            {"output_config": {"format": {"type": "json_schema", "schema": {"type": "integer", "minimum": 1}}}},
            "property 'minimum' is not supported",
        ),
        (claude_turns([USE], "no result"), "without `tool_result`"),
        (claude_turns([USE], [{"type": "text", "text": "first"}, RESULT]), "must come first"),
        (claude_turns("hi", [RESULT]), "unexpected `tool_use_id`"),
        (claude_turns([USE], [RESULT, RESULT]), "single result"),
        (claude_turns([USE, USE], [RESULT]), "unique"),
        ({**claude_turns([USE], [RESULT]), "tools": []}, "must define tools"),
        (claude_turns([{"type": "thinking", "thinking": "x", "signature": "forged"}, USE], [RESULT]), "signature"),
        ({"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral"}}] * 5}, "maximum of 4"),
    ],
)
def test_claude_refuses(change: Body, words: str) -> None:
    with ModelServer.start(Script.of(Answer(json={}), for_ever=True)) as server:
        answer = httpx.post(f"{server.url}/v1/messages", json={**CLAUDE, **change}, headers=HEADERS)
        assert answer.status_code == 400, answer.text
        assert words in answer.json()["error"]["message"]
        assert server.requests == []
        assert len(server.refused) == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"temperature": 0}, "unknown field `temperature`"),
        ({"max_tokens": 1, "max_completion_tokens": 1}, "at the same time"),
        ({"model": "gpt-5.4", "max_tokens": 1}, "Use 'max_completion_tokens'"),
        ({"model": "gpt-6-sol", "tools": [FUNCTION]}, "set reasoning_effort to 'none'"),
        ({"tools": []}, "tools"),
        (format_of(OPEN_SCHEMA, strict=True), "additionalProperties"),
        (format_of({**CLOSED_SCHEMA, "required": []}, strict=True), "Missing 'a'"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"response_format": {"type": "json_object"}}, "must contain the word 'json'"),
        ({"messages": [{"role": "tool", "tool_call_id": "c1", "content": "ok"}]}, "must be a response to a preceding"),
        ({"messages": [USER, CALLED, USER]}, "must be followed by tool messages"),
        ({"messages": [USER, CALLED]}, "must be followed by tool messages"),
        ({"messages": [USER, {"role": "assistant"}]}, "'content'"),
        ({"messages": [{"role": "model", "content": "hi"}]}, "Invalid value 'model'"),
    ],
)
def test_openai_refuses(change: Body, words: str) -> None:
    with ModelServer.start(Script.of(Answer(json={}), for_ever=True)) as server:
        answer = httpx.post(f"{server.openai_url}/chat/completions", json={**OPENAI, **change})
        assert answer.status_code == 400, answer.text
        assert words in answer.json()["error"]["message"]
        assert server.requests == []


@pytest.mark.parametrize(
    "change",
    [
        claude_turns([USE], [RESULT, {"type": "text", "text": "go on"}]),
        {"output_config": {"effort": "low", "format": {"type": "json_schema", "schema": CLOSED_SCHEMA}}},
        {"tools": [{"name": "t", "input_schema": CLOSED_SCHEMA, "strict": True}], "tool_choice": {"type": "none"}},
    ],
)
def test_claude_takes(change: Body) -> None:
    with ModelServer.start(Script.of(Answer(json={}))) as server:
        answer = httpx.post(f"{server.url}/v1/messages", json={**CLAUDE, **change}, headers=HEADERS)
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "change",
    [
        {"messages": [USER, CALLED, {"role": "tool", "tool_call_id": "c1", "content": "ok"}, USER]},
        format_of(CLOSED_SCHEMA, strict=True),
        {"model": "gpt-6-sol", "tools": [FUNCTION], "reasoning_effort": "none", "max_completion_tokens": 9},
    ],
)
def test_openai_takes(change: Body) -> None:
    with ModelServer.start(Script.of(Answer(json={}))) as server:
        answer = httpx.post(f"{server.openai_url}/chat/completions", json={**OPENAI, **change})
        assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"x-api-key": "right", "anthropic-version": "2026-10-21"}, 200),
        ({"authorization": "Bearer right", "anthropic-version": "2023-06-01"}, 200),
        ({"x-api-key": "right"}, 400),
        ({"x-api-key": "right", "anthropic-version": "1999-01-01"}, 400),
        ({"x-api-key": "wrong", "anthropic-version": "2026-10-21"}, 401),
        ({"anthropic-version": "2026-10-21"}, 401),
    ],
)
def test_claude_wants_its_headers(headers: dict[str, str], status: int) -> None:
    with ModelServer.start(Script.of(Answer(json={})), key="right") as server:
        assert httpx.post(f"{server.url}/v1/messages", json=CLAUDE, headers=headers).status_code == status
