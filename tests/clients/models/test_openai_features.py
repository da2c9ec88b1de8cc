"""Endpoints that lack something: what is told by a refusal is left out, and stays left out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from gitops_bot.clients.models import OpenAICompatible
from gitops_bot.clients.models.openai.features import Answers, Features, Tools
from gitops_bot.errors import ConfigurationError, ModelUnavailable
from gitops_bot.model.dialogue import Handed, Request, Said, Stop, ToolResult
from gitops_bot.model.json import dig
from gitops_bot.sandbox.models import Answer, Call, Called, Fail, ModelServer, Script, Write
from tests.clients.models.conftest import GIT_LOG, FakeClock

ANSWER = {"action": "escalate", "confidence": 60, "evidence": ["event-1"]}


@pytest.mark.parametrize(
    ("lacks", "refusals"),
    [
        ([], 0),
        (["schema"], 1),
        (["schema", "json"], 2),
        (["max_tokens"], 1),
        (["schema", "json", "max_tokens"], 3),
    ],
    ids=str,
)
def test_the_answers_shape_is_told_in_the_best_way_that_is_taken(
    question: Request, time: FakeClock, lacks: Sequence[str], refusals: int
) -> None:
    with (
        ModelServer.start(Script.of(Answer(json=ANSWER), for_ever=True), lacks=lacks) as server,
        OpenAICompatible("llama3", base_url=server.openai_url, clock=time.clock) as model,
    ):
        for _ in range(2):
            assert msgspec.json.decode(model.ask(question).heard.text) == ANSWER
        assert len(server.refused) == refusals
        told = server.requests[-1]
        assert ("fits this JSON schema" in told.instructions) == ("schema" in lacks)
        assert time.slept == []


def test_tools_without_native_calls_are_told_in_the_prompt(question: Request) -> None:
    call = Write(text='I look.\n{"calls": [{"tool": "git_log", "arguments": {"path": "apps"}}, {"tool": "x"}]}')
    script = Script.of(call, Write(text=f"<think>So.</think>\n```json\n{msgspec.json.encode(ANSWER).decode()}\n```"))
    question = msgspec.structs.replace(question, tools=(GIT_LOG,))
    with (
        ModelServer.start(script, lacks=["tools"]) as server,
        OpenAICompatible("mistral", base_url=server.openai_url) as model,
    ):
        first = model.ask(question)
        assert first.stop is Stop.TOOLS
        assert [(each.name, each.arguments) for each in first.heard.calls] == [
            ("git_log", {"path": "apps"}),
            ("x", None),
        ]
        results = tuple(ToolResult(identifier=each.identifier, text="abc123") for each in first.heard.calls)
        turns = (*question.turns, first.heard, Handed(results=results), Said(text="Go on."))
        second = model.ask(msgspec.structs.replace(question, turns=turns))
        assert second.stop is Stop.ANSWERED
        assert msgspec.json.decode(second.heard.text) == ANSWER
        assert len(server.refused) == 1
        assert "git_log" in server.requests[0].instructions
        assert server.requests[1].said[2].text == "Result of call 1:\nabc123\n\nResult of call 2:\nabc123"


def test_a_constrained_answer_waits_until_there_are_no_more_tools_where_both_exclude_each_other(
    question: Request,
) -> None:
    with (
        ModelServer.start(Script.of(Answer(json=ANSWER), for_ever=True)) as server,
        OpenAICompatible("qwen3", base_url=server.openai_url) as model,
    ):
        model.ask(msgspec.structs.replace(question, tools=(GIT_LOG,)))
        model.ask(question)
        with_tools, without = server.requests
        assert with_tools.schema is None
        assert "fits this JSON schema" in with_tools.instructions
        assert without.schema is not None


def test_a_reasoning_model_is_told_not_to_reason_where_it_cannot_with_tools(question: Request) -> None:
    with (
        ModelServer.start(Script.of(Call(calls=(Called(name="git_log"),)), for_ever=True)) as server,
        OpenAICompatible("gpt-6.1-sol", base_url=server.openai_url, effort="low") as model,
    ):
        model.ask(msgspec.structs.replace(question, tools=(GIT_LOG,)))
        model.ask(question)
        assert [each.body.get("reasoning_effort") for each in server.requests] == ["none", "low"]
        assert [each.body.get("max_completion_tokens") for each in server.requests] == [2000, 2000]


@pytest.mark.parametrize(("answers", "tools", "kind"), [("json", None, "json_object"), ("text", "text", None)])
def test_what_is_configured_is_not_tried_first(
    question: Request, answers: Answers, tools: Tools | None, kind: str | None
) -> None:
    with (
        ModelServer.start(Script.of(Answer(json=ANSWER)), lacks=["schema", "tools"]) as server,
        OpenAICompatible("phi", base_url=server.openai_url, answers=answers, tools=tools) as model,
    ):
        model.ask(question)
        assert server.refused == []
        assert dig(server.requests[0].body, "response_format", "type") == kind


def test_openais_own_server_has_all_from_the_start() -> None:
    own = Features.assumed("api.openai.com", effort="", answers=None, tools=None)
    assert (own.together, own.strict, own.limit) == (True, True, "max_completion_tokens")


@pytest.mark.parametrize(
    "said",
    ["max_tokens is too large: 200000", "This model's maximum context length is 8192 tokens", "tools are great", ""],
)
def test_words_that_name_no_missing_feature_take_none_away(said: str) -> None:
    features = Features.assumed("localhost", effort="low", answers=None, tools=None)
    assert features.without(said, with_tools=True) is None


def test_a_server_that_refuses_whatever_is_sent_is_left_in_the_end(question: Request) -> None:
    refusal = Fail(status=400, message="response_format, max_tokens, tools and reasoning_effort are not supported")
    with (
        ModelServer.start(Script.of(refusal, for_ever=True)) as server,
        OpenAICompatible("odd", base_url=server.openai_url, effort="low") as model,
        pytest.raises(ModelUnavailable, match="does not take the request"),
    ):
        model.ask(msgspec.structs.replace(question, tools=(GIT_LOG,)))


def test_parts_and_objects_of_other_servers_are_understood(question: Request) -> None:
    from gitops_bot.clients.models.openai.wire import interpret

    call = {"function": {"name": "git_log", "arguments": {"path": "apps"}}}
    message = {"content": [{"type": "text", "text": "One. "}, {"type": "text", "text": "Two."}], "tool_calls": [call]}
    features = Features.assumed("localhost", effort="", answers=None, tools=None)
    reply = interpret(
        msgspec.json.encode({"choices": [{"message": message, "finish_reason": "stop"}]}), question, features
    )
    assert reply.heard.text == "One. Two."
    assert reply.stop is Stop.TOOLS
    assert reply.heard.calls[0].identifier == "call_1_0"
    assert reply.heard.calls[0].arguments == {"path": "apps"}


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("https://api.openai.com/v1", True),
        ("http://localhost:11434/v1", True),
        ("http://10.1.2.3:8000/v1", True),
        ("http://[::1]:8000/v1", True),
        ("http://vllm.models.svc:8000/v1", True),
        ("http://vllm.models.svc.cluster.local/v1", True),
        ("http://models.example.com/v1", False),
        ("http://8.8.8.8/v1", False),
        ("ftp://models.example.com", False),
        ("models.example.com/v1", False),
        ("https://key@models.example.com/v1", False),
        ("https://models.example.com/v1?key=1", False),
        ("http://[::1", False),
    ],
)
def test_only_addresses_that_keep_what_is_asked_private_are_used(address: str, allowed: bool) -> None:
    if allowed:
        OpenAICompatible("m", base_url=address).close()
        return
    with pytest.raises(ConfigurationError, match="OPENAI_BASE_URL"):
        OpenAICompatible("m", base_url=address)
