"""What is open, kept as it should be: built anew, reworded, or closed with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec.structs import replace

from gitops_bot.act.lifecycle import Answer, End, Ending
from gitops_bot.act.proposing import auto_merge, body_of, put_commit
from gitops_bot.act.texts.dashboard import TITLE, Board, dashboard
from gitops_bot.act.texts.ending import ending_comment
from gitops_bot.clients.forge import Forge, Issue, PullRequest
from gitops_bot.marker import DASHBOARD, marked, untick
from gitops_bot.model.change import Change, ChangeState, Receipt
from gitops_bot.model.plan import Remediation, Tier

_STATES = {Ending.HEALED: ChangeState.HEALED}


def rebuild(
    remediation: Remediation,
    opened: Change,
    forge: Forge,
    base: tuple[str, str],
    files: Mapping[str, bytes | None],
) -> Receipt:
    """Give an open pull request the remediation's commit on `base` (a branch and its commit), and its text.

    The branch is moved in one step from where we know it to be, so that nobody's commit is lost; raises HeadMoved where
    it stands elsewhere by now.
    """
    branch, commit = base
    head = put_commit(remediation, forge, f"{remediation.branch}-next", commit, files)
    forge.move_branch(opened.branch, opened.commit, head, leaving=f"{remediation.branch}-next")
    pull = forge.pull_request(opened.number)
    remark = _merging(remediation, opened, forge, pull, branch)
    forge.update_pull_request(opened.number, remediation.title, body_of(remediation, head))
    change = replace(opened, commit=head, written=head)
    return _receipt(remediation, change, f"built anew on {commit[:7]}:{remark}")


def reword(remediation: Remediation, present: Change, forge: Forge, branch: str) -> Receipt:
    """Bring the title and the text of an open pull request or issue up to date."""
    if present.state is ChangeState.ESCALATED:
        forge.update_issue(present.number, remediation.title, remediation.body)
        return _receipt(remediation, present, "brought up to date: issue")
    remark = _merging(remediation, present, forge, forge.pull_request(present.number), branch)
    forge.update_pull_request(
        present.number, remediation.title, body_of(remediation, present.written or present.commit)
    )
    return _receipt(remediation, present, f"brought up to date:{remark}")


def answer(asked: Answer, forge: Forge) -> Receipt:
    """Untick the box of a pull request that cannot be built anew now, and say why."""
    change = asked.change
    text = "The cause is not seen at the moment, so there is nothing to build anew. The next runs look again."
    forge.comment_once(change.number, text, f"unseen-{change.commit[:12]}")
    forge.reword_pull_request(change.number, untick)
    summary = f"unticked, for its cause is not seen now: {change.reference}"
    return Receipt(fingerprint=change.fingerprint, change=replace(change, ticks=()), written=True, summary=summary)


def show(board: Board, present: Issue | None, forge: Forge, now: datetime) -> None:
    """Bring the dashboard issue up to date; nothing is written where it is. `now` is in UTC.

    Boxes that were ticked since `present` was read stay ticked for the next run.
    """
    wanted = dashboard(board, now)
    if present is None:
        if wanted != dashboard(Board(), now):
            forge.open_issue(TITLE, wanted, DASHBOARD)
        return
    if wanted.strip() == present.body.replace("\r\n", "\n").strip():
        return
    fresh = forge.issue(present.number)
    if fresh.body == present.body:
        forge.update_issue(present.number, TITLE, wanted)


def _merging(remediation: Remediation, opened: Change, forge: Forge, pull: PullRequest, branch: str) -> str:
    """Let it merge by itself, or no longer, as the tier says now."""
    if remediation.tier is Tier.AUTO_MERGE:
        return f" ({auto_merge(forge, pull, branch)})"
    if opened.merging:
        forge.disable_auto_merge(pull)
        return " (no longer merges by itself)"
    return ""


def end(ending: End, forge: Forge, now: datetime) -> Receipt:
    """Close what is open with a comment that says why, and remove its branch. Silences nothing."""
    change = ending.change
    state = _STATES.get(ending.ending, ChangeState.SUPERSEDED)
    comment = ending_comment(ending, now)
    forge.comment_once(change.number, comment, f"{ending.ending.value}-{change.commit[:12] or change.fingerprint}")
    if change.state is ChangeState.ESCALATED:
        forge.end_issue(change.number, lambda body: marked(body, ended=state.value))
    else:
        forge.end_pull_request(change.number, lambda body: marked(body, ended=state.value))
        forge.delete_branch(change.branch)
    summary = f"closed {change.reference} ({ending.ending.value}): {change.title}"
    return Receipt(
        fingerprint=change.fingerprint, change=replace(change, state=state, at=now), written=True, summary=summary
    )


def _receipt(remediation: Remediation, change: Change, words: str) -> Receipt:
    summary = f"{words} {change.reference}: {remediation.title}"
    return Receipt(fingerprint=remediation.fingerprint, change=change, written=True, summary=summary)
