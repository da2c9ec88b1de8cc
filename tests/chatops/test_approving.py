"""`approve <sha>`: merges by itself, bound to the head that was looked at, or says why not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gitops_bot.configuration import Configuration, Freeze, Match
from gitops_bot.guard import Policy
from gitops_bot.marker import marked
from gitops_bot.sandbox.forge import Protection, Ruleset
from gitops_bot.sandbox.forge.branches import close
from tests.act.bench import AFTER, BEFORE, FILE
from tests.chatops.desk import Desk

BUTTON = "A person may still merge it with the button."


@pytest.fixture
def proposed(desk: Desk) -> Desk:
    """A pull request into a branch that asks for the check `render`."""
    desk.forge.protect("main", Protection(contexts=("render",)))
    desk.propose()
    return desk


def approve(desk: Desk, sha: str = "") -> str:
    return desk.ask(f"/gitops-bot approve {sha or desk.pull.head_sha}")


@pytest.mark.parametrize("letters", [7, 12, 40])
def test_it_merges_once_the_required_check_passes(proposed: Desk, letters: int) -> None:
    head = proposed.pull.head_sha
    said = approve(proposed, head[:letters])
    assert said.startswith(f"Merges once required checks pass: `{head}`.")
    assert proposed.reactions() == ["rocket"]
    assert proposed.pull.auto_merge is not None
    assert proposed.bench.content() == BEFORE
    proposed.forge.report(proposed.pull.head, "render")
    assert proposed.pull.merged_at is not None
    assert proposed.bench.content() == AFTER


def test_it_merges_at_once_where_the_required_checks_have_passed(proposed: Desk) -> None:
    proposed.forge.report(proposed.pull.head, "render")
    assert approve(proposed).startswith("Merged, for all required checks had passed: ")
    assert proposed.bench.content() == AFTER
    assert approve(proposed).startswith("It is merged.")


def test_it_waits_in_the_merge_queue_where_there_is_one(desk: Desk) -> None:
    desk.forge.add_ruleset(Ruleset(contexts=("render",), merge_queue="MERGE"))
    desk.propose()
    desk.forge.report(desk.pull.head, "render")
    assert approve(desk).startswith("Merges once required checks pass")
    assert desk.pull.queued is not None
    assert approve(desk).startswith("Merges once required checks pass")
    assert desk.forge.run_merge_queue() == [1]
    assert desk.bench.content() == AFTER


def test_what_merges_by_itself_already_is_said_and_left(proposed: Desk) -> None:
    approve(proposed)
    assert approve(proposed).startswith("It merges by itself already")
    assert proposed.reactions() == ["rocket"]


def test_without_a_required_check_a_person_presses_the_button(desk: Desk) -> None:
    desk.propose()
    assert approve(desk).startswith(f"Not merged by itself: no check is required on main. {BUTTON}")
    assert desk.reactions() == ["-1"]
    assert (desk.issue.state, desk.pull.auto_merge) == ("open", None)


def test_the_policy_may_ask_for_no_check(desk: Desk) -> None:
    desk.policy = lambda: Policy(configuration=Configuration(auto_merge_without_checks=True))
    desk.propose()
    assert approve(desk).startswith("Merged, for the policy asks for no check: `")
    assert desk.bench.content() == AFTER


def test_repositories_without_auto_merge_are_told_so(proposed: Desk) -> None:
    proposed.forge.state.settings.allow_auto_merge = False
    said = approve(proposed)
    assert said.startswith("Not merged by itself: auto-merge is off in the repository's settings. ")
    assert BUTTON in said


@pytest.mark.parametrize("sha", ["0" * 40, "0" * 7])
def test_another_commit_is_refused_with_the_present_head(proposed: Desk, sha: str) -> None:
    said = approve(proposed, sha)
    assert said.startswith(f"The head is `{proposed.pull.head_sha}`, and not `{sha}`")
    assert proposed.reactions() == ["-1"]
    assert proposed.pull.auto_merge is None


def test_the_start_of_an_id_that_means_another_commit_too_is_refused(proposed: Desk) -> None:
    head = proposed.pull.head_sha
    proposed.forge.commit(head[:7], {"README.md": "hello"}, start="main")
    assert approve(proposed, head[:7]).startswith(f"`{head[:7]}` may be another commit as well")
    assert proposed.pull.auto_merge is None
    assert approve(proposed, head).startswith("Merges once")


def test_a_head_that_moved_after_the_command_was_written_is_refused(proposed: Desk) -> None:
    looked_at = proposed.pull.head_sha
    event = proposed.say(f"/gitops-bot approve {looked_at}")
    proposed.forge.commit(proposed.pull.head, {FILE: "image:\n  tag: 6.6.6\n"})
    proposed.deliver(event)
    assert proposed.comments()[-1].body.startswith("The head is ")
    assert proposed.pull.auto_merge is None


def test_a_head_that_moves_while_the_bot_works_is_not_merged(proposed: Desk) -> None:
    proposed.forge.report(proposed.pull.head, "render")
    head = proposed.pull.head_sha

    def push() -> None:
        proposed.forge.commit(proposed.pull.head, {FILE: "image:\n  tag: 6.6.6\n"})
        proposed.forge.report(proposed.pull.head, "render")

    event = proposed.say(f"/gitops-bot approve {head}")
    line = proposed.bench.line
    line.reset()
    line.meanwhile[7] = push
    proposed.deliver(event)
    assert proposed.pull.head_sha != head
    assert (proposed.pull.merged_at, proposed.pull.auto_merge) == (None, None)
    assert proposed.reactions() == ["-1"]


def test_a_commit_of_somebody_else_is_not_vouched_for(proposed: Desk) -> None:
    pushed = proposed.forge.commit(proposed.pull.head, {FILE: "image:\n  tag: 6.6.6\n"})
    assert approve(proposed, pushed).startswith(f"The head `{pushed}` is not the commit that the bot wrote")
    assert proposed.pull.auto_merge is None


def test_a_text_that_does_not_name_the_bots_commit_vouches_for_nothing(proposed: Desk) -> None:
    proposed.issue.body = marked(proposed.issue.body or "", written="")
    assert "is not the commit that the bot wrote" in approve(proposed)


def test_closed_ones_and_issues_are_refused(proposed: Desk) -> None:
    close(proposed.forge.state, proposed.issue, proposed.forge.state.bot)
    assert approve(proposed).startswith("This pull request is closed.")


def test_an_issue_cannot_be_approved(desk: Desk) -> None:
    desk.escalate()
    assert approve(desk, "0" * 40).startswith("An issue cannot be approved")


def test_another_base_than_the_default_branch_is_refused(proposed: Desk) -> None:
    proposed.forge.commit("unprotected", {"README.md": "hello"}, start="main")
    proposed.pull.base = "unprotected"
    assert approve(proposed).startswith("It would be merged into `unprotected`")
    assert proposed.pull.auto_merge is None


def test_nothing_merges_while_the_kill_switch_is_on(proposed: Desk) -> None:
    proposed.policy = lambda: Policy(stopped="#3 has the label gitops-bot:stop")
    assert approve(proposed).startswith("The kill switch is on: `#3` has the label ")
    assert proposed.reactions() == ["-1"]
    assert proposed.pull.auto_merge is None


NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


LUNCH = {"name": "lunch", "start": "0 11 * * *", "hours": 2}


@pytest.mark.parametrize(
    ("given", "frozen"),
    [
        ({"match": Match(environments=("staging",))}, False),
        ({"match": Match(environments=("production",))}, True),
        ({"match": Match(projects=("payments",))}, False),
        ({"match": Match(namespaces=("catalog*",), clusters=("*",))}, True),
        ({"match": Match(labels={"team": "core"})}, False),
        ({"match": Match(paths=("catalog/**",))}, True),
        ({"match": Match(classes=("drift-resync",))}, False),
        ({"allow": ("release-rollback",)}, False),
        ({"allow": ("drift-resync",)}, True),
        ({}, True),
    ],
)
def test_a_freeze_holds_what_the_policy_says_it_is_for(desk: Desk, given: dict[str, object], frozen: bool) -> None:
    policy = Policy(configuration=Configuration(freezes=(Freeze(**LUNCH, **given),), auto_merge_without_checks=True))
    desk.policy = lambda: policy
    desk.propose()
    assert approve(desk).startswith("The freeze `lunch` lasts until") is frozen
    assert (desk.pull.merged_at is None) is frozen


def test_a_freeze_that_is_newer_than_the_text_is_said_to_be_perhaps_for_others(desk: Desk) -> None:
    desk.propose()
    freeze = Freeze(**LUNCH, match=Match(environments=("staging",)))
    desk.policy = lambda: Policy(configuration=Configuration(freezes=(freeze,)))
    assert "Should it not be for this, `/gitops-bot rebase` has the next run note that" in approve(desk)


@pytest.mark.parametrize(
    ("match", "start", "frozen"),
    [
        (Match(), "0 11 * * *", True),
        (Match(), "0 9 * * *", False),
        (Match(), "1 12 * * *", False),
        (Match(applications=("catalog-*",)), "0 11 * * *", True),
        (Match(applications=("payments",)), "0 11 * * *", False),
        (Match(environments=("production",)), "0 11 * * *", True),
    ],
)
def test_nothing_merges_in_a_freeze(proposed: Desk, match: Match, start: str, frozen: bool) -> None:
    freeze = Freeze(name="lunch", start=start, hours=2, match=match)
    proposed.policy = lambda: Policy(configuration=Configuration(freezes=(freeze,)))
    said = approve(proposed)
    assert (proposed.pull.auto_merge is None) is frozen
    assert said.startswith("The freeze `lunch` lasts until 2026-11-23 13:00 UTC. " if frozen else "Merges once")
