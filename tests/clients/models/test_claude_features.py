"""What is Claude's alone: older models, gateways, and access without a key."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from gitops_bot.clients.models import Claude, Federation, LastingFailure
from gitops_bot.clients.models.claude.wire import interpret
from gitops_bot.errors import ConfigurationError
from gitops_bot.model.dialogue import Request, Stop
from gitops_bot.sandbox.http import Request as HttpRequest
from gitops_bot.sandbox.http import Response, serve
from gitops_bot.sandbox.models import Answer, ModelServer, Script
from tests.clients.models.conftest import GIT_LOG, FakeClock

ANSWER = {"action": "escalate"}
ALWAYS = Script.of(Answer(json=ANSWER), for_ever=True)


@pytest.mark.parametrize(
    ("lacks", "refusals"),
    [([], 0), (["schema"], 1), (["strict"], 1), (["effort", "strict", "schema"], 3)],
    ids=str,
)
def test_what_an_older_model_refuses_is_left_out_from_then_on(
    question: Request, time: FakeClock, lacks: list[str], refusals: int
) -> None:
    asked = msgspec.structs.replace(question, tools=(GIT_LOG,))
    with (
        ModelServer.start(ALWAYS, lacks=lacks) as server,
        Claude("claude-sonnet-4", key="k", base_url=server.url, effort="low", clock=time.clock) as model,
    ):
        for _ in range(2):
            assert msgspec.json.decode(model.ask(asked).heard.text) == ANSWER
        assert len(server.refused) == refusals
        assert ("fits this JSON schema" in server.requests[-1].instructions) == ("schema" in lacks)


@pytest.mark.parametrize("source", ["token", "file"])
def test_an_identity_token_is_exchanged_once_and_no_key_is_needed(
    question: Request, tmp_path: Path, source: str
) -> None:
    (tmp_path / "token").write_text("our-identity\n", encoding="utf-8")
    federation = Federation(
        rule="fdrl_1",
        organization="00000000-0000-0000-0000-000000000000",
        token="our-identity" if source == "token" else "",
        token_file=str(tmp_path / "token"),
    )
    with (
        ModelServer.start(ALWAYS, key="our-identity") as server,
        Claude("claude-haiku-5-5", federation=federation, base_url=server.url) as model,
    ):
        for _ in range(2):
            assert model.ask(question).stop is Stop.ANSWERED


def test_githubs_identity_token_is_asked_for_with_our_audience(question: Request) -> None:
    seen: list[HttpRequest] = []

    def github(request: HttpRequest) -> Response:
        seen.append(request)
        return Response.json(200, {"value": "our-identity"})

    with ModelServer.start(ALWAYS, key="our-identity") as server, serve(github) as actions:
        federation = Federation(
            rule="fdrl_1",
            organization="00000000-0000-0000-0000-000000000000",
            request_url=f"{actions.url}/token?api-version=2.0",
            request_token="job-token",
        )
        with Claude("claude-haiku-5-5", federation=federation, base_url=server.url) as model:
            assert model.ask(question).stop is Stop.ANSWERED
    assert seen[0].headers["authorization"] == "Bearer job-token"
    assert dict(seen[0].query) == {"api-version": "2.0", "audience": "https://api.anthropic.com"}


def test_an_identity_that_no_rule_knows_is_a_lasting_failure(question: Request) -> None:
    federation = Federation(rule="fdrl_1", organization="00000000-0000-0000-0000-000000000000", token="a-stranger")
    with (
        ModelServer.start(ALWAYS, key="our-identity") as server,
        Claude("claude-haiku-5-5", federation=federation, base_url=server.url) as model,
        pytest.raises(LastingFailure, match="no access to claude-haiku-5-5 for our identity") as caught,
    ):
        model.ask(question)
    assert "a-stranger" not in str(caught.value)
    assert "a-stranger" not in repr(federation)


def test_github_that_gives_no_token_is_a_lasting_failure(question: Request) -> None:
    with ModelServer.start(ALWAYS) as server, serve(lambda _: Response.text(403, "no")) as actions:
        federation = Federation(
            rule="r", organization="o", request_url=f"{actions.url}/token", request_token="job-token"
        )
        with (
            Claude("claude-haiku-5-5", federation=federation, base_url=server.url) as model,
            pytest.raises(LastingFailure, match=r"GitHub gives no identity token.*HTTP 403.*id-token: write"),
        ):
            model.ask(question)


def test_without_a_credential_there_is_no_claude() -> None:
    with pytest.raises(ConfigurationError, match="ANTHROPIC_API_KEY"):
        Claude("claude-haiku-5-5")
    with pytest.raises(ConfigurationError, match="ANTHROPIC_API_KEY"):
        Claude("claude-haiku-5-5", federation=Federation(rule="fdrl_1", organization="o"))


@pytest.mark.parametrize(
    ("reason", "stop"),
    [
        ("end_turn", Stop.ANSWERED),
        ("stop_sequence", Stop.ANSWERED),
        ("something_new", Stop.ANSWERED),
        ("tool_use", Stop.ANSWERED),  # although no tool was called
        ("max_tokens", Stop.TRUNCATED),
        ("model_context_window_exceeded", Stop.TRUNCATED),
        ("pause_turn", Stop.TRUNCATED),
        ("refusal", Stop.REFUSED),
    ],
)
def test_each_stop_reason_has_its_meaning(reason: str, stop: Stop) -> None:
    body = {"content": [{"type": "text", "text": "{}"}], "stop_reason": reason, "usage": {}}
    assert interpret("m", msgspec.json.encode(body)).stop is stop


def test_a_call_that_was_cut_off_is_not_made_and_not_given_back() -> None:
    block = {"type": "tool_use", "id": "t", "name": "git_log", "input": {}}
    reply = interpret("m", msgspec.json.encode({"content": [block], "stop_reason": "max_tokens"}))
    assert reply.heard.calls == ()
    assert reply.heard.state is None
