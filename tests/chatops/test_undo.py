"""`undo`: a merged pull request is taken back by another one, once; an open one is closed."""

from __future__ import annotations

import pytest

from gitops_bot.guard import Policy
from gitops_bot.model.change import ChangeState
from gitops_bot.sandbox.forge.branches import close
from gitops_bot.sandbox.forge.records import Issue
from tests.act.bench import AFTER, BEFORE, FILE
from tests.chatops.desk import Desk


@pytest.fixture
def merged(desk: Desk) -> Desk:
    """A pull request that was merged."""
    merge(desk, 1, "MERGE")
    return desk


def merge(desk: Desk, number: int, method: str) -> None:
    if number == 1:
        desk.propose()
    with desk.bench.client() as client:
        client.merge(client.pull_request(number), method)


def reverts(desk: Desk) -> list[Issue]:
    return [one for one in desk.forge.state.issues.values() if one.number > 1]


def test_a_pull_request_is_opened_that_takes_it_back(merged: Desk) -> None:
    assert merged.bench.content() == AFTER
    number = merged.ask("/gitops-bot undo").partition(" ")[0]
    (revert,) = reverts(merged)
    assert number == f"#{revert.number}"
    assert revert.title.startswith("Revert #1: catalog-production: roll back 1.9.1")
    assert (revert.body or "").startswith("Takes #1 back, as `ada` asked.")
    assert merged.bench.content() == AFTER
    merge(merged, revert.number, "SQUASH")
    assert merged.bench.content() == BEFORE


def test_asked_again_it_names_the_one_that_is_there(merged: Desk) -> None:
    first = merged.ask("/gitops-bot undo").partition(" ")[0]
    assert merged.ask("/gitops-bot undo").partition(" ")[0] == first
    merge(merged, int(first[1:]), "MERGE")
    assert merged.ask("/gitops-bot undo").partition(" ")[0] == first
    assert len(reverts(merged)) == 1


def test_one_that_was_turned_down_is_opened_anew(merged: Desk) -> None:
    first = merged.ask("/gitops-bot undo").partition(" ")[0]
    close(merged.forge.state, reverts(merged)[0], merged.forge.state.bot)
    assert merged.ask("/gitops-bot undo").partition(" ")[0] != first
    assert len(reverts(merged)) == 2


@pytest.mark.parametrize(("method", "option"), [("MERGE", "-m 1 "), ("SQUASH", "")])
def test_what_conflicts_is_taken_back_by_hand(desk: Desk, method: str, option: str) -> None:
    merge(desk, 1, method)
    desk.forge.commit("main", {FILE: "image:\n  tag: 2.0.0\n"})
    said = desk.ask("/gitops-bot undo")
    assert said.startswith("It cannot be taken back by the bot: the forge refused to revert `#1`. By hand:")
    assert f"git revert {option}{desk.pull.merge_commit}\n" in said
    assert desk.reactions() == ["-1"]
    assert reverts(desk) == []


def test_a_workflow_that_may_open_no_pull_requests_says_how_by_hand(merged: Desk) -> None:
    merged.forge.state.settings.actions_may_open_pulls = False
    merged.forge.add_workflow_token("test-token", contents="write", pull_requests="write", issues="write")
    said = merged.ask("/gitops-bot undo")
    assert said.startswith("It cannot be taken back by the bot: ")
    assert "git revert" in said


def test_nothing_is_opened_while_the_kill_switch_is_on(merged: Desk) -> None:
    merged.policy = lambda: Policy(stopped="GITOPS_BOT_ENABLED is 'false'")
    said = merged.ask("/gitops-bot undo")
    assert said.startswith("The kill switch is on: ")
    assert "git revert" in said
    assert reverts(merged) == []


def test_an_open_one_is_closed_which_silences(desk: Desk) -> None:
    desk.propose()
    for _ in range(2):
        assert desk.ask("/gitops-bot undo").startswith("Nothing was merged, so there is nothing to take back")
        assert desk.reactions() == ["rocket"]
    with desk.bench.client() as client:
        (change,) = client.remembered().changes
    assert (change.state, change.until) == (ChangeState.CLOSED, None)


def test_what_the_bot_closed_and_issues_have_nothing_to_undo(desk: Desk) -> None:
    desk.propose()
    with desk.bench.client() as client:
        client.end_pull_request(1, lambda body: body.replace('"plan"', '"ended":"healed","plan"'))
    assert desk.ask("/gitops-bot undo").startswith("There is nothing to undo: the bot closed this by itself")


def test_an_issue_has_nothing_to_undo(desk: Desk) -> None:
    desk.escalate()
    assert desk.ask("/gitops-bot undo").startswith("There is nothing to undo: for an issue nothing was changed")
    assert desk.issue.state == "open"
