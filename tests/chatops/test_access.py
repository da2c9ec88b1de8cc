"""Who may command the bot, and about what."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from gitops_bot.marker import DASHBOARD, Marker, marked, write_marker
from gitops_bot.model.plan import Tier
from gitops_bot.sandbox.forge import Event
from tests.chatops.desk import Desk

EVERY = ["approve 0123456", "rebase", "retry", "silence 7", "explain", "undo"]


@pytest.mark.parametrize("login", ["ada", "maintainer", "owner"])
def test_people_who_may_write_are_heard(desk: Desk, login: str) -> None:
    desk.propose()
    desk.accounts()
    assert desk.ask("/gitops-bot rebase", login).startswith("The next run rebuilds this branch")
    assert desk.reactions() == ["rocket"]


@pytest.mark.parametrize("command", [*EVERY, "help", "what"])
@pytest.mark.parametrize(("login", "level"), [("reader", "read"), ("triager", "read"), ("stranger", "none")])
def test_others_are_told_that_they_may_not(desk: Desk, login: str, level: str, command: str) -> None:
    desk.propose()
    desk.accounts()
    before = desk.issue.body
    said = desk.ask(f"/gitops-bot {command}", login)
    assert said.startswith(f"Commands are for people who may write to this repository; `{login}` has `{level}`.")
    assert desk.reactions() == ["-1"]
    assert (desk.issue.state, desk.issue.body, desk.pull.auto_merge) == ("open", before, None)


@pytest.mark.parametrize("command", [*EVERY, "help", "what"])
def test_bots_and_apps_are_passed_over_in_silence(desk: Desk, command: str) -> None:
    desk.propose()
    desk.accounts()
    event = desk.say(f"/gitops-bot {command}", "renovate[bot]")
    desk.bench.line.reset()
    assert desk.deliver(event) == "nothing to do: the event is no new comment of a person"
    assert desk.bench.line.seen == []


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/issues/comments/{id}", {"user": {"login": "ada", "type": "Bot"}}),
        ("/issues/comments/{id}", {"performed_via_github_app": {"slug": "an-app"}}),
        ("/issues/comments/{id}", {"user": {"login": "owner", "type": "User"}}),
        ("/issues/comments/{id}", {"user": None}),
        ("/issues/comments/{id}", {"body": "/gitops-bot undo"}),
        ("/issues/comments/{id}", {"updated_at": "2027-01-01T00:00:00Z"}),
        ("/collaborators/ada/permission", {"user": {"login": "ada", "type": "Bot"}}),
        ("/collaborators/ada/permission", {"user": None}),
    ],
)
def test_the_forge_is_believed_and_not_the_event(desk: Desk, path: str, change: dict[str, object]) -> None:
    desk.propose()
    event = desk.say("/gitops-bot rebase")
    comment = desk.comments()[-1]
    desk.alter(path.format(id=comment.id), lambda value: value.update(change))
    desk.bench.line.reset()
    assert desk.deliver(event).startswith("nothing to do: ")
    assert desk.bench.line.writes() == []


def test_a_comment_that_was_edited_before_the_run_is_passed_over(desk: Desk) -> None:
    desk.propose()
    event = desk.say("/gitops-bot rebase")
    desk.clock.advance(seconds=5)
    comment = desk.comments()[-1]
    comment.body, comment.updated_at = "never mind", desk.clock.now
    desk.bench.line.reset()
    assert desk.deliver(event) == "nothing to do: the comment is not there any more as it was written"
    assert desk.bench.line.writes() == []


def test_a_comment_that_was_deleted_before_the_run_is_passed_over(desk: Desk) -> None:
    desk.propose()
    event = desk.say("/gitops-bot rebase")
    desk.forge.state.comments.clear()
    assert desk.deliver(event) == "nothing to do: the comment is not there any more as it was written"


def test_an_event_made_up_for_a_comment_of_somebody_else_is_passed_over(desk: Desk) -> None:
    desk.propose()
    desk.accounts()
    event = desk.say("/gitops-bot undo", "stranger")
    forged = json.loads(event.body)
    forged["comment"]["user"] = {"login": "owner", "type": "User"}
    desk.bench.line.reset()
    made_up: Event = replace(event, body=json.dumps(forged).encode())
    assert desk.deliver(made_up).startswith("nothing to do: ")
    assert desk.bench.line.writes() == []


@pytest.mark.parametrize("home", [{"full_name": "mallory/fleet"}, None])
@pytest.mark.parametrize("command", EVERY)
def test_a_pull_request_from_a_fork_is_none_of_the_bots(desk: Desk, command: str, home: object) -> None:
    desk.propose()

    def forked(value: dict[str, object]) -> None:
        head = value["head"]
        assert isinstance(head, dict)
        head["repo"] = home

    desk.alter("/pulls/1", forked)
    assert desk.ask(f"/gitops-bot {command}").startswith("This is none of the bot's own pull requests")
    assert desk.reactions() == ["-1"]
    assert desk.issue.state == "open"


@pytest.mark.parametrize(
    ("branch", "body"),
    [("fix", write_marker(Marker(fingerprint="0" * 12))), ("gitops-bot/x/000000000000", "no marker")],
)
def test_a_persons_pull_request_is_none_of_the_bots(desk: Desk, branch: str, body: str) -> None:
    desk.forge.commit(branch, {"README.md": "hello"}, start="main")
    with desk.bench.client() as client:
        client.open_pull_request("Mine", body, branch, "main")
    assert desk.ask("/gitops-bot undo").startswith("This is none of the bot's own pull requests")
    assert desk.issue.state == "open"


@pytest.mark.parametrize("command", EVERY)
def test_an_issue_without_label_or_marker_is_none_of_the_bots(desk: Desk, command: str) -> None:
    desk.escalate()
    desk.issue.labels.remove("gitops-bot")
    assert desk.ask(f"/gitops-bot {command}").startswith("This is none of the bot's own pull requests")
    desk.issue.labels.append("gitops-bot")
    desk.issue.body = "nothing hidden"
    assert desk.ask(f"/gitops-bot {command}").startswith("This is none of the bot's own pull requests")


def test_the_dashboard_takes_no_commands_but_help(desk: Desk) -> None:
    desk.propose(Tier.ESCALATE)
    desk.issue.body = marked(desk.issue.body or "", fingerprint=DASHBOARD)
    assert desk.ask("/gitops-bot silence 7").startswith("This is none of the bot's own pull requests")
    assert "/gitops-bot silence <days>" in desk.ask("/gitops-bot help")
    assert desk.issue.state == "open"


def test_what_is_no_command_gets_the_help_and_what_is_not_addressed_nothing(desk: Desk) -> None:
    desk.propose()
    assert desk.ask("/gitops-bot do it").startswith("I do not know that.\n\nOn the first line")
    assert desk.reactions() == ["confused"]
    for text in ("thanks", "> /gitops-bot undo", "see\n/gitops-bot undo", "/merge", "x" * 65_000):
        event = desk.say(text)
        desk.bench.line.reset()
        assert desk.deliver(event) == "nothing to do: the comment's first line is no command"
        assert (desk.bench.line.seen, desk.reactions()) == ([], [])


def test_no_words_of_the_comment_are_echoed(desk: Desk) -> None:
    desk.propose()
    said = desk.ask("/gitops-bot @everyone ![x](https://evil.example/x.png) <img src=x>\n::error::x")
    assert not any(word in said for word in ("everyone", "evil", "img", "::error"))
