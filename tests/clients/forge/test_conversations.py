"""Pull requests, issues and what the forge remembers of the bot."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gitops_bot.clients.forge import AutoMerge, Forge, Pacing, PullRequest, Refused
from gitops_bot.marker import Marker, read_marker, write_marker
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.sandbox.forge.branches import close
from gitops_bot.sandbox.forge.records import Issue, Protection
from tests.act.bench import AFTER, FILE, Bench

FINGERPRINT = "0123456789ab"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def pull(bench: Bench, forge: Forge, fingerprint: str = FINGERPRINT, prefix: str = "gitops-bot/catalog") -> PullRequest:
    branch = f"{prefix}/{fingerprint}"
    forge.create_branch(branch, bench.head)
    forge.commit_on_branch(branch, bench.head, "Roll back", "", {FILE: AFTER})
    return forge.open_pull_request("Roll back", "why", branch, "main")


def record(bench: Bench, number: int) -> Issue:
    return bench.sandbox.state.issues[number]


def test_a_pull_request_is_opened_once(bench: Bench, forge: Forge) -> None:
    first = pull(bench, forge)
    assert first == forge.open_pull_request("Roll back", "why", first.head, "main")
    assert first == forge.pull_request_for(first.head, "main")
    assert forge.pull_request_for("gitops-bot/catalog/other", "main") is None
    assert len(bench.sandbox.state.issues) == 1
    forge.update_pull_request(first.number, "New title", "new body")
    assert (record(bench, 1).title, record(bench, 1).body) == ("New title", "new body")


def test_an_issue_is_found_by_its_hidden_metadata_and_opened_once(bench: Bench, forge: Forge) -> None:
    body = f"Look.\n\n{write_marker(Marker(fingerprint=FINGERPRINT))}"
    assert forge.issue_for(FINGERPRINT) is None
    issue = forge.open_issue("A person is needed", body, FINGERPRINT)
    assert forge.issue_for(FINGERPRINT) == issue
    assert forge.issue_for("ffffffffffff") is None
    assert record(bench, 1).labels == ["gitops-bot"]
    forge.update_issue(issue.number, "Still needed", body)
    assert record(bench, 1).title == "Still needed"


def test_a_storm_is_paced(bench: Bench) -> None:
    time = [0.0]

    def sleep(seconds: float) -> None:
        time[0] += seconds

    with bench.client() as forge:
        forge._exchange._pacing = Pacing(clock=lambda: time[0], sleep=sleep)
        for number in range(60):
            pull(bench, forge, f"{number:012x}")
    assert time[0] == pytest.approx(160.0)


def test_of_two_issues_opened_at_once_the_later_is_closed(bench: Bench, forge: Forge) -> None:
    body = write_marker(Marker(fingerprint=FINGERPRINT))
    first = forge.open_issue("A person is needed", body, FINGERPRINT)
    assert forge.open_issue("A person is needed", body, FINGERPRINT) == first
    assert [record(bench, number).state for number in (1, 2)] == ["open", "closed"]
    assert states(forge.remembered().changes) == {FINGERPRINT: ChangeState.ESCALATED}


def test_each_small_write_is_one_request(bench: Bench, forge: Forge) -> None:
    number = pull(bench, forge).number
    bench.line.reset()
    forge.update_pull_request(number, "t", "b")
    forge.update_issue(number, "t", "b")
    forge.add_labels(number, ("gitops-bot",))
    forge.delete_branch("gitops-bot/catalog/0123456789ab")
    assert [method for method, _ in bench.line.seen] == ["PATCH", "PATCH", "POST", "DELETE"]


def test_a_lost_comment_is_not_made_twice(bench: Bench, forge: Forge) -> None:
    number = pull(bench, forge).number
    bench.sandbox.faults.add("POST", "/comments$", "drop")
    assert forge.comment_once(number, "healed by itself", "healed")
    assert not forge.comment_once(number, "healed by itself, again", "healed")
    (comment,) = bench.sandbox.state.comments.values()
    assert comment.body == "healed by itself\n\n<!-- gitops-bot: note=healed -->\n"


def test_what_others_say_with_the_same_note_is_not_taken_for_the_bots(bench: Bench, forge: Forge) -> None:
    number = pull(bench, forge).number
    bench.sandbox.comment(number, "no\n\n<!-- gitops-bot: note=healed -->\n")
    assert forge.comment_once(number, "healed by itself", "healed")
    assert not forge.comment_once(number, "healed by itself", "healed")
    said = [(one.user.login, one.body.partition("\n")[0]) for one in bench.sandbox.state.comments_of(number)]
    assert said == [("ada", "no"), ("gitops-bot[bot]", "healed by itself")]


def test_who_we_are_is_asked_only_where_a_note_is_there_already(bench: Bench, forge: Forge) -> None:
    number = pull(bench, forge).number
    bench.line.reset()
    forge.comment_once(number, "healed by itself", "healed")
    assert "graphql" not in str(bench.line.seen)
    bench.sandbox.add_workflow_token("workflow", issues="write", pull_requests="write", contents="write")
    with bench.client("workflow") as other:
        assert other.comment_once(number, "healed by itself", "healed")
        assert not other.comment_once(number, "healed by itself", "healed")


def test_auto_merge_that_could_not_be_disabled_is_a_failure(bench: Bench, forge: Forge) -> None:
    bench.sandbox.protect("main", Protection(contexts=("render",)))
    opened = pull(bench, forge)
    forge.enable_auto_merge(opened, "SQUASH")
    bench.sandbox.faults.add("POST", "/graphql$", "422")
    with pytest.raises(Refused):
        forge.disable_auto_merge(opened)
    forge.disable_auto_merge(opened)
    forge.disable_auto_merge(opened)


@pytest.mark.parametrize("kind", ["500", "502", "503", "drop"])
def test_a_failing_forge_is_looked_at_before_anything_is_repeated(bench: Bench, forge: Forge, kind: str) -> None:
    for path in ("/git/refs$", "/graphql$", "/pulls$"):
        bench.sandbox.faults.add("POST", path, kind)  # type: ignore[arg-type]
    opened = pull(bench, forge)
    assert [issue.title for issue in bench.sandbox.state.issues.values()] == ["Roll back"]
    assert len(bench.messages(opened.head)) == 1


def states(changes: tuple[Change, ...]) -> dict[str, ChangeState]:
    return {change.fingerprint: change.state for change in changes}


def test_changes_tell_what_became_of_each_pull_request(bench: Bench, forge: Forge) -> None:
    names = ["aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc", "dddddddddddd"]
    opened, merged, closed, lifted = (pull(bench, forge, name) for name in names)
    forge.merge(merged, "SQUASH")
    for one in (closed, lifted):
        close(bench.sandbox.state, record(bench, one.number), bench.sandbox.state.bot)
    forge.add_labels(lifted.number, ("gitops-bot:again",))
    changes = forge.remembered().changes
    assert states(changes) == {
        "aaaaaaaaaaaa": ChangeState.OPEN,
        "bbbbbbbbbbbb": ChangeState.MERGED,
        "cccccccccccc": ChangeState.CLOSED,
    }
    by_state = {change.state: change for change in changes}
    assert by_state[ChangeState.OPEN] == Change(
        fingerprint="aaaaaaaaaaaa",
        state=ChangeState.OPEN,
        reference="#1",
        url=opened.url,
        number=1,
        branch=opened.head,
        commit=opened.head_commit,
        at=NOON,
        opened_at=NOON,
        title="Roll back",
    )
    assert by_state[ChangeState.MERGED].commit == bench.sandbox.branch_commit("main")


def test_pull_requests_of_others_are_none_of_ours(bench: Bench, forge: Forge) -> None:
    pull(bench, forge, prefix="renovate")
    assert forge.remembered().changes == ()


@pytest.mark.parametrize(
    ("reason", "expected"),
    [(None, ChangeState.ESCALATED), ("completed", None), ("not_planned", ChangeState.CLOSED)],
)
def test_an_issue_escalates_is_done_with_or_silences(
    bench: Bench, forge: Forge, reason: str | None, expected: ChangeState | None
) -> None:
    body = write_marker(Marker(fingerprint=FINGERPRINT))
    forge.open_issue("A person is needed", body, FINGERPRINT)
    if reason:
        close(bench.sandbox.state, record(bench, 1), bench.sandbox.state.bot, reason)
    assert states(forge.remembered().changes) == ({FINGERPRINT: expected} if expected else {})


def test_an_issue_without_the_label_is_not_believed(bench: Bench, forge: Forge) -> None:
    forge.open_issue("Fake", write_marker(Marker(fingerprint=FINGERPRINT)), FINGERPRINT)
    record(bench, 1).labels.clear()
    assert forge.remembered().changes == ()
    assert forge.issue_for(FINGERPRINT) is None


def test_many_pull_requests_are_read_page_by_page(bench: Bench, forge: Forge) -> None:
    for number in range(105):
        pull(bench, forge, f"{number:012x}")
    bench.line.reset()
    assert len(forge.remembered().changes) == 105
    assert len(bench.line.seen) == 5


def test_auto_merge_is_asked_for_and_its_answer_told(bench: Bench, forge: Forge) -> None:
    opened = pull(bench, forge)
    assert forge.enable_auto_merge(opened, "SQUASH") is AutoMerge.CLEAN
    bench.sandbox.state.protections["main"] = Protection(contexts=("render",))
    assert forge.enable_auto_merge(opened, "SQUASH") is AutoMerge.ENABLED
    bench.sandbox.state.protections["main"] = Protection()
    assert forge.enable_auto_merge(opened, "SQUASH") is AutoMerge.CLEAN


def test_a_marker_is_read_back_whatever_it_holds() -> None:
    marker = Marker(fingerprint=FINGERPRINT, plan="x", applications=("a--b", "--> <b>", '"}'))
    text = write_marker(marker)
    assert "--" not in text.removeprefix("<!--").removesuffix("-->")
    assert read_marker(f"<!-- gitops-bot: {{}} -->\nbody\n{text}\n") == marker
    assert read_marker("<!-- gitops-bot: {not json} -->") is None
