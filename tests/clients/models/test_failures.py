"""Every wrong behaviour of a model or its server, in both formats: a reply that says so, or ModelUnavailable."""

from __future__ import annotations

import logging

import msgspec
import pytest

from gitops_bot.clients.models import LastingFailure
from gitops_bot.clients.models.patience import Clock
from gitops_bot.errors import ModelUnavailable
from gitops_bot.model.dialogue import Request, Stop
from gitops_bot.sandbox.models import (
    Answer,
    Call,
    Called,
    Drop,
    Empty,
    Fail,
    Hang,
    Huge,
    Raw,
    Refuse,
    Script,
    Stall,
    Truncate,
    Write,
)
from gitops_bot.sandbox.models.steps import Steps
from tests.clients.models.conftest import GIT_LOG, KEY, Connect, FakeClock

GOOD = Answer(json={"action": "commit"})


@pytest.mark.parametrize(
    ("step", "stop", "text"),
    [
        (Refuse(text="That I will not do."), Stop.REFUSED, "That I will not do."),
        (Truncate(text='{"action": "com'), Stop.TRUNCATED, '{"action": "com'),
        (Empty(), Stop.ANSWERED, ""),
        (Write(text="no JSON {at all"), Stop.ANSWERED, "no JSON {at all"),
        (Write(text="<think>hm</think>fine"), Stop.ANSWERED, None),
    ],
    ids=["refusal", "truncation", "empty", "no JSON", "thoughts"],
)
def test_a_turn_that_is_no_answer_is_told_as_what_it_is(
    connect: Connect, question: Request, step: Steps, stop: Stop, text: str | None
) -> None:
    reply = connect(Script.of(step)).model.ask(question)
    assert reply.stop is stop
    assert reply.heard.calls == ()
    assert text is None or reply.heard.text == text


def test_an_unknown_tool_and_broken_arguments_are_handed_on_for_the_agent_to_judge(
    connect: Connect, question: Request
) -> None:
    calls = (Called(name="rm_rf", arguments={}), Called(name="git_log", arguments='{"path": '))
    with_ = connect(Script.of(Call(calls=calls)))
    reply = with_.model.ask(msgspec.structs.replace(question, tools=(GIT_LOG,)))
    assert reply.stop is Stop.TOOLS
    assert [(call.name, call.arguments) for call in reply.heard.calls] == [("rm_rf", {}), ("git_log", None)]


def test_a_model_may_call_tools_for_ever(connect: Connect, question: Request) -> None:
    with_ = connect(Script.of(Call(calls=(Called(name="git_log"),)), for_ever=True))
    asked = msgspec.structs.replace(question, tools=(GIT_LOG,))
    identifiers = {with_.model.ask(asked).heard.calls[0].identifier for _ in range(4)}
    assert len(identifiers) == 4


def test_missing_usage_is_none_and_not_nothing(connect: Connect, question: Request) -> None:
    reply = connect(Script.of(Answer(json={}, usage=False))).model.ask(question)
    assert reply.usage is None


@pytest.mark.parametrize("status", [408, 429, 500, 503, 529])
def test_a_passing_error_is_tried_again(connect: Connect, question: Request, time: FakeClock, status: int) -> None:
    with_ = connect(Script.of(Fail(status=status), Fail(status=status), GOOD))
    assert with_.model.ask(question).stop is Stop.ANSWERED
    assert time.slept == [0.5, 1.0]


def test_the_wait_that_the_server_asks_for_is_kept(connect: Connect, question: Request, time: FakeClock) -> None:
    with_ = connect(Script.of(Fail(status=429, retry_after=7), GOOD))
    assert with_.model.ask(question).stop is Stop.ANSWERED
    assert time.slept == [7.0]


def test_a_wait_beyond_the_patience_is_not_begun(connect: Connect, question: Request, time: FakeClock) -> None:
    with_ = connect(Script.of(Fail(status=429, retry_after=3600), GOOD))
    with pytest.raises(ModelUnavailable, match=r"is asked too often.*HTTP 429: scripted failure"):
        with_.model.ask(question)
    assert time.slept == []


def test_tries_come_to_an_end(connect: Connect, question: Request, time: FakeClock) -> None:
    with_ = connect(Script.of(Fail(status=529), for_ever=True))
    with pytest.raises(ModelUnavailable, match="overloaded"):
        with_.model.ask(question)
    assert len(with_.server.requests) == 4
    assert sum(time.slept) < question.patience


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (Fail(status=401), "does not accept the credential"),
        (Fail(status=403), "may not be used"),
        (Fail(status=404), "there is no"),
        (Fail(status=402), "no credit is left"),
        (Fail(status=429, message="insufficient_quota: you exceeded your quota"), "no credit is left"),
        (Fail(status=400, message="Your credit balance is too low"), "no credit is left"),
        (Raw(body="<html>Sign in</html>"), "gave no answer that can be read"),
        (Raw(body="", status=302), "sends us elsewhere"),
    ],
    ids=["401", "403", "404", "402", "quota", "credit", "web page", "redirect"],
)
def test_a_lasting_failure_is_told_at_once_as_one(
    connect: Connect, question: Request, time: FakeClock, step: Steps, words: str
) -> None:
    with_ = connect(Script.of(step, for_ever=True))
    with pytest.raises(LastingFailure, match=words):
        with_.model.ask(question)
    assert time.slept == []
    assert len(with_.server.requests) == 1


def test_a_request_that_is_not_taken_is_a_failure_with_the_servers_words(connect: Connect, question: Request) -> None:
    with_ = connect(Script.of(Fail(status=400, message="prompt is too long: 300000 tokens")))
    with pytest.raises(ModelUnavailable, match=r"does not take the request.*prompt is too long"):
        with_.model.ask(question)


def test_a_broken_exchange_is_tried_again(connect: Connect, question: Request) -> None:
    assert connect(Script.of(Drop(), GOOD)).model.ask(question).stop is Stop.ANSWERED


@pytest.mark.parametrize("body", ['{"id": "cut of', '{"result": 1}', '{"choices": []}', "[]", ""])
def test_an_answer_in_another_shape_is_none_and_not_paid_for_twice(
    connect: Connect, question: Request, body: str
) -> None:
    with_ = connect(Script.of(Raw(body=body, content_type="application/json"), for_ever=True))
    with pytest.raises(ModelUnavailable, match="gave no answer that can be read"):
        with_.model.ask(question)
    assert len(with_.server.requests) == 1


def test_a_huge_answer_is_not_read_to_its_end(connect: Connect, question: Request) -> None:
    with pytest.raises(ModelUnavailable, match="more than 100000 bytes"):
        connect(Script.of(Huge(size=5_000_000))).model.ask(question)


@pytest.mark.parametrize("step", [Hang(), Stall()], ids=["hangs", "stalls"])
def test_a_server_that_does_not_go_on_is_left_when_patience_is_over(
    connect: Connect, question: Request, step: Steps
) -> None:
    with_ = connect(Script.of(step, GOOD), clock=Clock())
    with pytest.raises(ModelUnavailable, match=r"did not answer in time.*no answer within 0.3 s"):
        with_.model.ask(msgspec.structs.replace(question, patience=0.3))


def test_a_server_that_is_not_there_is_told(connect: Connect, question: Request, time: FakeClock) -> None:
    with_ = connect(Script.of())
    with_.server.close()
    with pytest.raises(ModelUnavailable, match="cannot be reached") as caught:
        with_.model.ask(question)
    assert with_.server.url in caught.value.where
    assert len(time.slept) == 3


def test_no_message_shows_the_key(connect: Connect, question: Request, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for step in (Fail(status=400, message=f"bad key {KEY}"), Fail(status=401, message=KEY), Raw(body=f"<p>{KEY}")):
            with pytest.raises(ModelUnavailable) as caught:
                connect(Script.of(step, for_ever=True)).model.ask(question)
            assert KEY not in str(caught.value)
            assert KEY not in repr(caught.value)
    assert f"Bearer {KEY}" not in caplog.text


def test_a_wrong_key_is_a_lasting_failure(connect: Connect, question: Request) -> None:
    with pytest.raises(LastingFailure, match=r"Check (ANTHROPIC|OPENAI)_API_KEY"):
        connect(Script.of(GOOD), key="another").model.ask(question)
