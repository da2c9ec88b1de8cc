"""The graph runs the stages of the command line, and its state tells what came of them."""

from __future__ import annotations

import builtins
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from langgraph.checkpoint.memory import InMemorySaver

from gitops_bot.commands.session import Session, open_session
from gitops_bot.errors import ConfigurationError
from gitops_bot.graph import State, build_graph
from gitops_bot.plan_document import decode_plan
from gitops_bot.sandbox.server import RecordingAt, Sandbox
from tests.support.fixtures import ROOT

FIXTURES = ROOT / "fixtures"
CANARY, INCIDENTS, HEALTHY = "01-canary-crashloop@2b4a2f8", "03-many-incidents@01b9168", "00-healthy@eea9963"


@contextmanager
def played(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Session, Path, Sandbox]]:
    """Give a session in a checkout of a recorded estate."""
    recording = RecordingAt.parse(str(FIXTURES / "recordings" / name))
    with Sandbox.start([recording], FIXTURES / "repositories" / "fleet.bundle", recording.commit) as sandbox:
        for variable in [name for name in os.environ if name.startswith(("GITHUB_", "ARGOCD_", "OTEL_"))]:
            monkeypatch.delenv(variable)
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(folder / "summary.md"))
        for variable, value in sandbox.environment.items():
            monkeypatch.setenv(variable, value)
        environment = sandbox.environment
        url = f"{environment['GITHUB_SERVER_URL']}/{environment['GITHUB_REPOSITORY']}.git"
        checkout = folder / "checkout"
        subprocess.run(["git", "clone", "-q", url, str(checkout)], check=True)
        with open_session(checkout, datetime.now(UTC)) as session:
            yield session, checkout, sandbox


def log(checkout: Path) -> list[str]:
    subprocess.run(["git", "fetch", "-q", "origin"], cwd=checkout, check=True)
    shown = subprocess.run(
        ["git", "log", "--format=%H %s", "origin/main"], cwd=checkout, check=True, capture_output=True, text=True
    )
    return shown.stdout.splitlines()


def test_a_crashing_canary_goes_through_all_nodes_to_a_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with played(CANARY, tmp_path, monkeypatch) as (session, checkout, sandbox):
        before = log(checkout)
        graph = build_graph(session, write=True)
        steps = [name for update in graph.stream({"event": {}}, stream_mode="updates") for name in update]
        assert steps == ["observe", "reason", "act", "notify"]
        after = log(checkout)
        assert len(after) == len(before) + 1
        assert after[0].partition(" ")[2].startswith("payments-production: ")
        assert sandbox.argocd.refused == []


def test_the_state_says_what_was_seen_decided_and_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with played(CANARY, tmp_path, monkeypatch) as (session, checkout, _):
        state = build_graph(session, write=True).invoke({"event": {"app": "payments-production"}})
        (commit, _, _) = log(checkout)[0].partition(" ")
    assert state["event"] == {"app": "payments-production"}
    assert state["metrics"]["applications"] > 5
    assert state["metrics"]["not_healthy"] >= 1
    assert state["metrics"]["restarts"] > 0
    assert all(set(one) == {"application", "container", "text"} for one in state["logs"])
    assert state["action"] == "rollback"
    assert "v2.3.1" in state["diagnosis"] or "crash" in state["diagnosis"].lower()
    assert commit[:7] in state["action_taken"]
    assert state["pr_url"].endswith(f"/commit/{commit}")
    assert decode_plan(state["plan"].encode(), "state").remediations
    assert "payments-production" in (tmp_path / "summary.md").read_text()


def test_it_writes_nothing_unless_it_is_told_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with played(CANARY, tmp_path, monkeypatch) as (session, checkout, _):
        before = log(checkout)
        state = build_graph(session).invoke({"event": {}})
        assert log(checkout) == before
    assert (state["action"], state["action_taken"], state["pr_url"]) == ("rollback", "", "")


def test_the_event_says_which_application_the_state_speaks_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with played(INCIDENTS, tmp_path, monkeypatch) as (session, _, sandbox):
        state = build_graph(session, write=True).invoke({"event": {"app": "search"}})
        environment = sandbox.environment
        url = f"{environment['GITHUB_API_URL']}/repos/{environment['GITHUB_REPOSITORY']}/pulls"
        pulls = httpx.get(url, headers={"Authorization": f"Bearer {environment['GITHUB_TOKEN']}"}).json()
    assert len(pulls) == 3
    (own,) = (pull for pull in pulls if "/search/" in pull["head"]["ref"])
    assert state["pr_url"] == own["html_url"]
    assert "search" in state["action_taken"]


def test_a_healthy_estate_leads_to_no_action(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with played(HEALTHY, tmp_path, monkeypatch) as (session, checkout, _):
        before = log(checkout)
        state = build_graph(session, write=True).invoke({"event": {}})
        assert log(checkout) == before
    assert (state["diagnosis"], state["action"], state["action_taken"], state["pr_url"]) == ("", "", "", "")


def test_a_person_may_look_before_it_acts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with played(CANARY, tmp_path, monkeypatch) as (session, checkout, _):
        before = log(checkout)
        graph = build_graph(session, write=True, ask_before_act=True, checkpointer=InMemorySaver())
        thread = {"configurable": {"thread_id": "1"}}
        waiting = graph.invoke({"event": {}}, thread)
        assert waiting["action"] == "rollback"
        assert log(checkout) == before
        state = graph.invoke(None, thread)
        assert len(log(checkout)) == len(before) + 1
    assert state["pr_url"]


def test_the_state_has_the_fields_that_were_promised() -> None:
    promised = {"event", "metrics", "logs", "diagnosis", "action", "action_taken", "pr_url"}
    assert promised <= set(State.__annotations__)


def test_without_the_extra_one_line_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., object] = builtins.__import__

    def absent(name: str, *rest: object, **more: object) -> object:
        if name.startswith("langgraph"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", absent)
    with pytest.raises(ConfigurationError, match=r"pip install 'gitops-bot\[langgraph\]'"):
        build_graph(None)  # type: ignore[arg-type]
