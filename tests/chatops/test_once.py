"""A comment is answered once and acted on once: delivered twice, at the same time, or to a run that is killed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from gitops_bot.clients.forge import AGAIN_LABEL
from gitops_bot.errors import SourceUnavailable
from gitops_bot.sandbox.forge import Event, Protection
from gitops_bot.sandbox.forge.branches import close
from tests.chatops.desk import Desk


def waiting(desk: Desk) -> str:
    desk.forge.protect("main", Protection(contexts=("render",)))
    desk.propose()
    return f"approve {desk.pull.head_sha}"


def passed(desk: Desk) -> str:
    command = waiting(desk)
    desk.forge.report(desk.pull.head, "render")
    return command


def unchecked(desk: Desk) -> str:
    desk.propose()
    return f"approve {desk.pull.head_sha}"


def opened(command: str) -> Callable[[Desk], str]:
    def prepare(desk: Desk) -> str:
        desk.propose()
        return command

    return prepare


def closed(command: str, *labels: str) -> Callable[[Desk], str]:
    def prepare(desk: Desk) -> str:
        desk.propose()
        close(desk.forge.state, desk.issue, desk.forge.state.bot)
        desk.issue.labels += labels
        return command

    return prepare


def merged(desk: Desk) -> str:
    desk.propose()
    with desk.bench.client() as client:
        client.merge(client.pull_request(1), "MERGE")
    return "undo"


CASES: dict[str, Callable[[Desk], str]] = {
    "approve, waiting": waiting,
    "approve, merging": passed,
    "approve, refused": unchecked,
    "rebase": opened("rebase"),
    "retry": closed("retry"),
    "silence": closed("silence 7", AGAIN_LABEL),
    "undo, open": opened("undo"),
    "undo, merged": merged,
    "explain": opened("explain"),
    "help": opened("help"),
    "unclear": opened("make it so"),
}
every = pytest.mark.parametrize("prepare", CASES.values(), ids=CASES)
# One for each way through the code that there is.
DIFFERENT = ("approve, waiting", "approve, merging", "approve, refused", "retry", "silence", "undo, merged", "unclear")
different = pytest.mark.parametrize("prepare", [CASES[name] for name in DIFFERENT], ids=DIFFERENT)


def outcome(desk: Desk) -> dict[str, object]:
    """All that is left of it."""
    others = [one for one in desk.forge.state.issues.values() if one.number > 1 and one.state == "open"]
    return {
        "reactions": desk.reactions(),
        "replies": len(desk.comments()) - 1,
        "body": desk.issue.body,
        "state": (desk.issue.state, tuple(desk.issue.labels)),
        "merging": (desk.pull.auto_merge is not None, desk.pull.merged_at is not None),
        "opened": len(others),
    }


def undisturbed(desk: Desk, prepare: Callable[[Desk], str]) -> tuple[Event, dict[str, object], int]:
    """Deliver a command to a fresh desk, and take all of that back."""
    event = desk.say(f"/gitops-bot {prepare(desk)}")
    desk.remember()
    desk.bench.line.reset()
    desk.deliver(event)
    requests, wanted = len(desk.bench.line.seen), outcome(desk)
    assert wanted["replies"] == 1
    assert isinstance(wanted["reactions"], list)
    assert len(wanted["reactions"]) == 1
    return event, wanted, requests


@every
def test_an_event_that_is_delivered_again_changes_nothing(desk: Desk, prepare: Callable[[Desk], str]) -> None:
    event, wanted, _ = undisturbed(desk, prepare)
    for _ in range(3):
        desk.deliver(event)
        assert outcome(desk) == wanted


def test_what_was_answered_is_not_done_again_after_people_changed_their_minds(desk: Desk) -> None:
    event, _, _ = undisturbed(desk, opened("silence 7"))
    desk.issue.state, desk.issue.closed_at = "open", None
    assert desk.deliver(event) == "nothing to do: the comment was answered already"
    assert (desk.issue.state, len(desk.comments())) == ("open", 2)


@pytest.mark.parametrize("works_first", [False, True], ids=["before", "after"])
@different
def test_a_run_killed_at_any_request_is_completed_by_the_next(
    desk: Desk, prepare: Callable[[Desk], str], works_first: bool
) -> None:
    event, wanted, requests = undisturbed(desk, prepare)
    line = desk.bench.line
    for fatal in range(requests):
        desk.restore()
        line.reset()
        line.dies_at, line.works_first = fatal, works_first
        # The line stays dead: the run gives up where it stands, as if it had been killed.
        with suppress(SourceUnavailable):
            desk.deliver(event)
        line.reset()
        desk.deliver(event)
        assert outcome(desk) == wanted, fatal


@different
def test_two_runs_at_once_answer_and_act_once(desk: Desk, prepare: Callable[[Desk], str]) -> None:
    event, wanted, requests = undisturbed(desk, prepare)
    line = desk.bench.line
    for at in range(1, requests + 1):
        desk.restore()
        line.reset()
        line.meanwhile[at] = lambda: desk.deliver(event)
        desk.deliver(event)
        assert outcome(desk) == wanted, at


def test_a_note_that_somebody_else_wrote_is_no_answer(desk: Desk) -> None:
    desk.propose()
    event = desk.say("/gitops-bot rebase")
    number = desk.comments()[-1].id
    desk.forge.comment(1, f"done\n\n<!-- gitops-bot: note=chatops-{number} -->", login="mallory")
    desk.deliver(event)
    assert len(desk.comments()) == 3
    assert desk.comments()[-1].body.startswith("The next run rebuilds this branch")


def test_a_command_in_a_long_conversation_is_answered_once(desk: Desk) -> None:
    desk.propose()
    for _ in range(120):
        desk.forge.comment(1, "hm", login="ada")
    desk.clock.advance(seconds=1)
    event = desk.say("/gitops-bot rebase")
    for _ in range(2):
        desk.deliver(event)
    assert len(desk.comments()) == 122
