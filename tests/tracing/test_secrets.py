"""A secret of every kind in everything that is recorded: none gets out, to the file or to a collector."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops_bot.errors import SourceUnavailable
from gitops_bot.model.dialogue import Heard, Request, Said, ToolCall
from gitops_bot.tracing import Conversations, Recorder, Wanted, recorder
from tests.support.collector import collector
from tests.support.planted import core, planted_secrets
from tests.support.scripted import ScriptedModel, ScriptedTool, calls, says


def record(recording: Recorder, secret: str) -> None:
    """Put a secret into everything that takes a text."""
    with recording.span(
        "run", {"text": f"before {secret} after", "texts": [secret], "json": {"deep": [{"a": secret}]}}
    ):
        with recording.span("stage") as span:
            span.set({"later": f"say\n{secret}\nsaid"})
            span.event("happened", {"text": secret, "json": [{"a": secret}]})
            span.fail("Error", f"it said {secret}")
        with pytest.raises(SourceUnavailable), recording.span("failing"):
            raise SourceUnavailable("no answer", found=secret)
        converse(Conversations(recording, lambda text: text), secret)


def converse(conversations: Conversations, secret: str) -> None:
    """Have a model and a tool say the secret."""
    model = conversations.model(ScriptedModel(calls(("look", {"query": secret})), says(f"it is {secret}")))
    turns = (Said(text=f"the log:\n{secret}"), Heard(text=secret, calls=()))
    request = Request(instructions="be brief", turns=turns, schema={})
    (call,) = model.ask(request).heard.calls
    assert isinstance(call, ToolCall)
    conversations.tool(ScriptedTool("look", f"found: {secret}")).run(call.arguments or {})
    with pytest.raises(SourceUnavailable):
        conversations.tool(ScriptedTool("look", SourceUnavailable(secret))).run({"query": secret})
    model.ask(request)


def test_no_planted_secret_is_among_all_bytes_that_leave(tmp_path: Path) -> None:
    path = tmp_path / "decisions.jsonl"
    planted = planted_secrets()
    assert len(planted) > 40
    with collector() as receiver:
        wanted = Wanted(base=receiver.url, decision_log=str(path), contents=True)
        resource = {"vcs.repository.name": " ".join(planted.values())}
        with recorder(wanted, {**resource}, pytest.fail) as recording:
            for secret in planted.values():
                record(recording, secret)
    sent = b"".join(receiver.bodies)
    written = path.read_bytes()
    assert len(receiver.spans) == len(written.splitlines()) == 7 * len(planted)
    for kind, secret in planted.items():
        hidden = core(kind, secret).encode()
        assert hidden not in sent, kind
        assert hidden not in written, kind
    assert sent.count(b"[redacted:") > 10 * len(planted)
