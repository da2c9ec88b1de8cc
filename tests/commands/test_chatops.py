"""`gitops-bot chatops` as a workflow runs it: without a checkout, with the event's file and the forge's token."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gitops_bot.cli import main
from gitops_bot.errors import ConfigurationError, SourceUnavailable
from gitops_bot.sandbox.forge import Event, Protection
from tests.act.bench import TOKEN, make_origin
from tests.chatops.desk import Desk, open_desk

Run = Callable[[Event], str]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "origin").mkdir()
    with open_desk(make_origin(tmp_path / "origin"), tmp_path / "desk") as opened:
        opened.forge.protect("main", Protection(contexts=("render",)))
        opened.propose()
        yield opened


@pytest.fixture
def run(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command for an event in an empty folder and returns what it prints."""
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "GITOPS_BOT_", "ARGOCD_")):
            monkeypatch.delenv(name)
    (tmp_path / "workspace").mkdir()
    monkeypatch.chdir(tmp_path / "workspace")
    root = desk.forge.base_url
    values = {"TOKEN": TOKEN, "REPOSITORY": "acme/fleet", "SERVER_URL": root, "API_URL": f"{root}/api/v3"}
    for name, value in values.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)

    def called(event: Event) -> str:
        monkeypatch.setenv("GITHUB_EVENT_NAME", event.name)
        monkeypatch.setenv("GITHUB_EVENT_PATH", str(event.write(tmp_path)))
        assert main(["chatops"]) == 0
        return capsys.readouterr().out

    return called


def approval(desk: Desk) -> Event:
    return desk.say(f"/gitops-bot approve {desk.pull.head_sha}\n\n::error::not for the log")


def test_a_command_is_carried_out_and_told_on_one_line(desk: Desk, run: Run) -> None:
    said = run(approval(desk))
    assert said == f"approve by ada on #1: done: {desk.comments()[-1].body.partition(chr(10))[0]}\n"
    assert desk.pull.auto_merge is not None


def test_a_refusal_is_no_failure_of_the_command(desk: Desk, run: Run) -> None:
    assert run(desk.say(f"/gitops-bot approve {'0' * 40}")).startswith("approve by ada on #1: refused: The head is ")


def test_another_event_is_nothing_to_do(desk: Desk, run: Run) -> None:
    desk.forge.commit("other", {"README.md": "x"}, start="main")
    assert run(desk.forge.events("push")[-1]) == "nothing to do: the event is no new comment of a person\n"


FREEZE = 'freezes: [{name: always, start: "* * * * *", hours: 24}]\n'


@pytest.mark.parametrize(
    ("file", "variable", "label", "why"),
    [
        ("enabled: false\n", "", "", "The kill switch is on: "),
        ("", "false", "", "The kill switch is on: "),
        ("", "", "gitops-bot:stop", "The kill switch is on: "),
        (FREEZE, "true", "", "The freeze "),
    ],
)
def test_each_kill_switch_and_a_freeze_hold_an_approval_back(
    desk: Desk, run: Run, monkeypatch: pytest.MonkeyPatch, file: str, variable: str, label: str, why: str
) -> None:
    desk.forge.commit("main", {".gitops-bot.yaml": file})
    monkeypatch.setenv("GITOPS_BOT_ENABLED", variable)
    desk.issue.labels += [label] if label else []
    assert run(approval(desk)).startswith(f"approve by ada on #1: refused: {why}")
    assert desk.pull.auto_merge is None


def test_the_configuration_of_the_branch_under_judgement_counts_for_nothing(desk: Desk, run: Run) -> None:
    desk.forge.protect("main", None)
    desk.forge.commit(desk.pull.head, {".gitops-bot.yaml": "auto-merge-without-checks: true\n"})
    assert "is not the commit that the bot wrote" in run(approval(desk))
    assert desk.pull.merged_at is None


def test_a_forge_that_fails_is_one_clear_error_and_the_next_run_completes(desk: Desk, run: Run) -> None:
    event = desk.say("/gitops-bot rebase")
    desk.forge.faults.add("PATCH", "/repos/acme/fleet/issues/1", "rate-limit", times=9, retry_after=3600)
    with pytest.raises(SourceUnavailable, match="the forge limits us, so it did not update #1"):
        run(event)
    assert desk.reactions() == ["eyes"]
    desk.forge.faults.clear()
    assert run(event).startswith("rebase by ada on #1: done")
    assert desk.reactions() == ["rocket"]


def test_a_token_that_may_not_answer_names_the_line_to_add(
    desk: Desk, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.forge.add_workflow_token("narrow", contents="write")
    monkeypatch.setenv("GITHUB_TOKEN", "narrow")
    with pytest.raises(ConfigurationError) as caught:
        run(desk.say("/gitops-bot rebase"))
    assert "`issues: write`" in str(caught.value)


@pytest.mark.usefixtures("run")
def test_without_an_event_it_says_what_is_missing() -> None:
    with pytest.raises(ConfigurationError, match="GITHUB_EVENT_NAME is not set"):
        main(["chatops"])
