"""`rebase`, `retry` and `silence`: what the next run finds, in each state of a pull request or an issue."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gitops_bot.clients.forge import AGAIN_LABEL
from gitops_bot.marker import REBUILD, marked, ticked
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.sandbox.forge.branches import close
from tests.act.bench import FILE
from tests.chatops.desk import Desk


def closed(desk: Desk, reason: str | None = None, ended: str = "") -> None:
    if ended:
        desk.issue.body = marked(desk.issue.body or "", ended=ended)
    close(desk.forge.state, desk.issue, desk.forge.state.bot, reason)


def merged(desk: Desk) -> None:
    with desk.bench.client() as client:
        client.merge(client.pull_request(1), "MERGE")


def seen(desk: Desk) -> list[Change]:
    """What a later run makes of it."""
    with desk.bench.client() as client:
        return list(client.remembered().changes)


@pytest.mark.parametrize("command", ["rebase", "retry"])
def test_an_open_pull_request_is_built_anew_by_the_next_run(desk: Desk, command: str) -> None:
    desk.propose()
    said = desk.ask(f"/gitops-bot {command}")
    assert said.startswith("The next run rebuilds this branch on `main`, if the cause is still there")
    assert "others" not in said
    assert desk.reactions() == ["rocket"]
    (change,) = seen(desk)
    assert change.ticks == (REBUILD,)


def test_a_box_that_somebody_deleted_comes_back_and_a_ticked_one_stays(desk: Desk) -> None:
    desk.propose()
    body = desk.issue.body or ""
    desk.issue.body = "\r\n".join(line for line in body.splitlines() if "gitops-bot:rebuild" not in line)
    desk.ask("/gitops-bot rebase")
    after = desk.issue.body
    assert ticked(after) == (REBUILD,)
    desk.ask("/gitops-bot rebase")
    assert desk.issue.body == after


def test_commits_of_others_are_said_to_be_dropped(desk: Desk) -> None:
    desk.propose()
    desk.forge.commit(desk.pull.head, {FILE: "image:\n  tag: mine\n"})
    assert "Commits of others on it will be dropped." in desk.ask("/gitops-bot rebase")


@pytest.mark.parametrize(("end", "word"), [(closed, "closed"), (merged, "merged")])
def test_what_is_done_with_is_not_built_anew(desk: Desk, end: object, word: str) -> None:
    desk.propose()
    assert callable(end)
    end(desk)
    assert desk.ask("/gitops-bot rebase").startswith(f"This pull request is {word}")
    assert desk.reactions() == ["-1"]


def test_an_issue_has_no_branch(desk: Desk) -> None:
    desk.escalate()
    assert desk.ask("/gitops-bot rebase").startswith("There is no branch here.")


def test_an_open_issue_is_brought_up_to_date_by_the_next_run(desk: Desk) -> None:
    desk.escalate()
    assert desk.marker.words
    assert desk.ask("/gitops-bot retry").startswith("The next run looks at the cause again")
    assert desk.marker.words == ""


@pytest.mark.parametrize("kind", ["pull", "issue"])
def test_a_silence_is_lifted(desk: Desk, kind: str) -> None:
    if kind == "pull":
        desk.propose()
    else:
        desk.escalate()
    closed(desk, None if kind == "pull" else "not_planned")
    assert [one.state for one in seen(desk)] == [ChangeState.CLOSED]
    for _ in range(2):
        assert desk.ask("/gitops-bot retry").startswith("The silence is lifted")
        assert AGAIN_LABEL in desk.issue.labels
    assert seen(desk) == []


@pytest.mark.parametrize("ended", ["healed", "superseded"])
def test_what_the_bot_closed_itself_silences_nothing(desk: Desk, ended: str) -> None:
    desk.propose()
    closed(desk, ended=ended)
    assert desk.ask("/gitops-bot retry").startswith("This was closed as done, so nothing is silenced")
    assert AGAIN_LABEL not in desk.issue.labels


def test_an_issue_closed_as_completed_silences_nothing(desk: Desk) -> None:
    desk.escalate()
    closed(desk, "completed")
    assert desk.ask("/gitops-bot retry").startswith("This was closed as done")


def test_what_is_merged_is_not_tried_again(desk: Desk) -> None:
    desk.propose()
    merged(desk)
    assert desk.ask("/gitops-bot retry").startswith("This is merged.")
    assert desk.ask("/gitops-bot silence 7").startswith("This is merged: there is nothing to silence.")
    assert desk.reactions() == ["-1"]


UNTIL = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def silenced(desk: Desk) -> None:
    said = desk.ask("/gitops-bot silence 7")
    assert said.startswith("Silenced until 2026-11-30 12:00 UTC. To lift that earlier: ")
    assert desk.reactions() == ["rocket"]
    (change,) = seen(desk)
    assert (change.state, change.until) == (ChangeState.CLOSED, UNTIL)


@pytest.mark.parametrize("before", ["open", "closed", "healed", "again"])
def test_a_pull_request_is_silenced_whatever_its_state(desk: Desk, before: str) -> None:
    desk.propose()
    if before != "open":
        closed(desk, ended="healed" if before == "healed" else "")
    if before == "again":
        desk.issue.labels.append(AGAIN_LABEL)
    silenced(desk)
    assert (desk.issue.state, desk.pull.merged_at) == ("closed", None)


@pytest.mark.parametrize("before", ["open", "completed", "not_planned"])
def test_an_issue_is_silenced_whatever_its_state(desk: Desk, before: str) -> None:
    desk.escalate()
    if before != "open":
        closed(desk, before)
    silenced(desk)
    assert desk.issue.state == "closed"
    assert before == "completed" or desk.issue.state_reason == "not_planned"


def test_closing_and_its_end_are_one_request(desk: Desk) -> None:
    desk.propose()
    event = desk.say("/gitops-bot silence 7")
    desk.bench.line.reset()
    desk.deliver(event)
    assert [path for method, path in desk.bench.line.seen if method == "PATCH"] == ["/api/v3/repos/acme/fleet/issues/1"]


def test_the_days_count_from_the_comment_and_another_command_counts_anew(desk: Desk) -> None:
    desk.propose()
    event = desk.say("/gitops-bot silence 7")
    desk.clock.advance(days=3)
    desk.deliver(event)
    assert desk.marker.until == UNTIL
    desk.ask("/gitops-bot silence 365")
    assert desk.marker.until == datetime(2027, 11, 26, 12, 0, tzinfo=UTC)
