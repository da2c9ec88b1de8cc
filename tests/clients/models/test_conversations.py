"""What a healthy conversation sends and brings, in both formats; the server checks every request's shape."""

from __future__ import annotations

import msgspec
import pytest

from gitops_bot.model.dialogue import Handed, Heard, Request, Said, Stop, ToolCall, ToolResult, Usage
from gitops_bot.model.json import dig
from gitops_bot.sandbox.models import Answer, Call, Called, Script, Write
from tests.clients.models.conftest import GIT_LOG, KEY, Connect

ANSWER = {"action": "escalate", "confidence": 60, "evidence": ["event-1"]}


def test_an_answer_comes_back_as_json_with_its_usage(connect: Connect, question: Request) -> None:
    with_ = connect(Script.of(Answer(json=ANSWER, thinking="It may be the image.")))
    reply = with_.model.ask(question)
    assert msgspec.json.decode(reply.heard.text) == ANSWER
    assert reply.stop is Stop.ANSWERED
    assert reply.usage is not None
    assert reply.usage.fresh > 10
    assert reply.usage.answered > 10
    assert with_.server.refused == []
    (asked,) = with_.server.requests
    assert asked.instructions.startswith("Judge the incident.")
    assert asked.last == "A pod is down."


def test_a_tool_is_called_its_result_handed_back_and_the_answer_given(connect: Connect, question: Request) -> None:
    call = Call(calls=(Called(name="git_log", arguments={"path": "apps"}),), text="Let me look.", thinking="History.")
    with_ = connect(Script.of(call, Answer(json=ANSWER)))
    question = msgspec.structs.replace(question, tools=(GIT_LOG,))
    first = with_.model.ask(question)
    assert first.stop is Stop.TOOLS
    assert first.heard.text == "Let me look."
    (called,) = first.heard.calls
    assert (called.name, called.arguments) == ("git_log", {"path": "apps"})
    handed = Handed(results=(ToolResult(identifier=called.identifier, text="abc123 Raise the limit"),))
    second = with_.model.ask(msgspec.structs.replace(question, turns=(*question.turns, first.heard, handed)))
    assert second.stop is Stop.ANSWERED
    assert msgspec.json.decode(second.heard.text) == ANSWER
    assert with_.server.refused == []
    assert "abc123 Raise the limit" in with_.server.requests[1].last
    assert with_.server.requests[1].tools == ("git_log",)


def test_several_calls_failures_and_a_last_word_stay_in_a_shape_that_is_taken(
    connect: Connect, question: Request
) -> None:
    calls = tuple(Called(name="git_log", arguments={"path": path}) for path in ("apps", "infra"))
    with_ = connect(Script.of(Call(calls=calls), Answer(json=ANSWER)))
    question = msgspec.structs.replace(question, tools=(GIT_LOG,))
    first = with_.model.ask(question)
    one, two = first.heard.calls
    assert one.identifier != two.identifier
    results = (
        ToolResult(identifier=one.identifier, text=""),
        ToolResult(identifier=two.identifier, text="no such path", failed=True),
    )
    turns = (*question.turns, first.heard, Handed(results=results), Said(text="Answer now."))
    second = with_.model.ask(msgspec.structs.replace(question, turns=turns, tools=()))
    assert second.stop is Stop.ANSWERED
    assert with_.server.refused == []
    assert "Answer now." in with_.server.requests[1].last


def test_another_models_turns_can_be_continued(connect: Connect, question: Request) -> None:
    call = ToolCall(identifier="call_1", name="git_log", arguments=None)
    foreign = Heard(
        text="", calls=(call,), state={"model": "other", "content": [{"type": "thinking", "thinking": "?"}]}
    )
    handed = Handed(results=(ToolResult(identifier="call_1", text="arguments were no JSON", failed=True),))
    turns = (*question.turns, foreign, handed, Heard(text=""), Said(text="Go on."))
    with_ = connect(Script.of(Answer(json=ANSWER)))
    reply = with_.model.ask(msgspec.structs.replace(question, turns=turns, tools=(GIT_LOG,)))
    assert reply.stop is Stop.ANSWERED
    assert with_.server.refused == []


def test_no_request_has_sampling_parameters_or_a_stream(connect: Connect, question: Request) -> None:
    with_ = connect(Script.of(Answer(json=ANSWER)))
    with_.model.ask(question)
    sent = with_.server.requests[0].body
    assert not {"temperature", "top_p", "top_k", "stream", "seed"} & set(sent)


def test_the_schema_is_sent_in_the_part_that_providers_enforce(connect: Connect, question: Request) -> None:
    with_ = connect(Script.of(Answer(json=ANSWER)))
    with_.model.ask(question)
    schema = with_.server.requests[0].schema
    assert dig(schema, "properties", "confidence") == {
        "type": "integer",
        "description": "(minimum: 0, maximum: 100)",
    }
    assert dig(schema, "additionalProperties") is False


def test_the_answer_is_found_in_prose_around_it(connect: Connect, question: Request) -> None:
    with_ = connect(Script.of(Write(text='Sure! Here it is:\n```json\n{"action": "commit"}\n```\nGood luck.')))
    assert with_.model.ask(question).heard.text == '{"action": "commit"}'


@pytest.mark.parametrize("wire", ["anthropic"], indirect=True)
def test_thoughts_come_back_unchanged_and_the_prefix_is_cached(connect: Connect, question: Request) -> None:
    call = Call(calls=(Called(name="git_log", arguments={"path": "apps"}),), thinking="Signed thoughts.")
    with_ = connect(Script.of(call, Answer(json=ANSWER)))
    question = msgspec.structs.replace(question, instructions="Judge the incident. " * 200, tools=(GIT_LOG,))
    first = with_.model.ask(question)
    assert dig(first.heard.state, "content", 0, "thinking") == "Signed thoughts."
    handed = Handed(results=(ToolResult(identifier=first.heard.calls[0].identifier, text="nothing"),))
    second = with_.model.ask(msgspec.structs.replace(question, turns=(*question.turns, first.heard, handed)))
    assert with_.server.refused == []
    assert first.usage is not None
    assert second.usage is not None
    assert first.usage.read == 0
    assert first.usage.written > 1000
    assert second.usage.read == first.usage.written
    assert second.usage.fresh == 0


@pytest.mark.parametrize("wire", ["openai"], indirect=True)
def test_openai_counts_what_it_had_in_its_cache_within_the_prompt(connect: Connect, question: Request) -> None:
    with_ = connect(Script.of(Answer(json=ANSWER), for_ever=True))
    question = msgspec.structs.replace(question, instructions="Judge the incident. " * 400)
    first, second = with_.model.ask(question).usage, with_.model.ask(question).usage
    assert first is not None
    assert second is not None
    assert second.read > 1000
    assert second == Usage(fresh=first.fresh - second.read, read=second.read, answered=first.answered)


def test_the_key_is_in_no_repr(connect: Connect) -> None:
    assert KEY not in repr(connect(Script.of()).model)
