"""What is open, kept as it should be: rebuilt, reworded, or closed with the reason."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from msgspec.structs import replace

from gitops_bot.act.lifecycle import Answer, Detain, End, Ending
from gitops_bot.act.proposing import UNATTENDED, Merging, Target, auto_merge, body_of, note_of, prepare, stands
from gitops_bot.act.receipts import nothing, receipt
from gitops_bot.act.texts.commit_message import incident_of
from gitops_bot.act.texts.dashboard import TITLE, Board, dashboard
from gitops_bot.act.texts.ending import ending_comment
from gitops_bot.clients.forge import LABEL, PREFIX, Forge, HeadMoved, Issue, PullRequest
from gitops_bot.marker import DASHBOARD, keep_ticks, marked, read_marker, ticked, untick
from gitops_bot.model.change import Change, ChangeState, Receipt
from gitops_bot.model.plan import Remediation

_MOST_BEFORE = 5
# What the branch beside a pull request's is called.
_BESIDE = "-next"
_STATES = {Ending.HEALED: ChangeState.HEALED}


def rebuild(
    remediation: Remediation, opened: Change, forge: Forge, target: Target, files: Mapping[str, bytes | None]
) -> Receipt:
    """Give an open pull request the remediation's commit on the target's, and its text.

    The commit is made on a branch beside it; the pull request's own is moved to it in one step from where we know it to
    be, so that nobody's commit is lost. Before that the body names it, so that a later run knows it for the bot's.
    """
    opened = _attended(remediation, opened, forge)
    head = opened.commit
    if not stands(remediation, forge, head, target.commit):
        beside = f"{opened.branch}{_BESIDE}"
        head, refusal = prepare(remediation, forge, beside, target.commit, files)
        if refusal:
            return nothing(remediation, refusal)
        forge.reword_pull_request(opened.number, lambda body: _announced(body, head))
        try:
            forge.move_branch(opened.branch, opened.commit, head, leaving=beside)
        except HeadMoved:
            forge.delete_branch(beside)
            return nothing(remediation, f"{opened.branch} was moved meanwhile: the next run looks again")
    pull = forge.pull_request(opened.number)
    merging = _merging(remediation, opened, forge, pull, target)
    body = body_of(remediation, target, head, note_of(pull.body))
    forge.update_pull_request(opened.number, remediation.title, body)
    change = _merged(replace(opened, commit=head, written=head, author=pull.author), merging, target)
    return receipt(remediation, change, f"rebuilt on {target.commit[:7]}{_remark(merging)}:")


def _announced(body: str, head: str) -> str:
    """Return the body with another commit of the bot's, which is about to be the branch's."""
    marker = read_marker(body)
    if marker is None or marker.written == head:
        return body
    known = dict.fromkeys(one for one in (marker.written, *marker.before) if one and one != head)
    return marked(body, written=head, before=tuple(known)[:_MOST_BEFORE])


def reword(remediation: Remediation, present: Change, forge: Forge, target: Target) -> Receipt:
    """Bring the title and the text of an open pull request or issue up to date; a box ticked meanwhile stays."""
    if present.state is ChangeState.ESCALATED:
        forge.update_issue(present.number, remediation.title, remediation.body)
        return receipt(remediation, present, "brought up to date: issue")
    present = _attended(remediation, present, forge)
    pull = forge.pull_request(present.number)
    merging = _merging(remediation, present, forge, pull, target)
    body = body_of(remediation, target, present.written or present.commit, note_of(pull.body))
    forge.update_pull_request(present.number, remediation.title, keep_ticks(body, ticked(pull.body)))
    return receipt(remediation, _merged(present, merging, target), f"brought up to date{_remark(merging)}:")


def sweep(used: Collection[str], forge: Forge) -> None:
    """Delete the branches beside those of pull requests that a killed run has left; `used` may still be rebuilt.

    One that holds somebody's commits stays.
    """
    for name, head in forge.branches_below(PREFIX).items():
        own = name.removesuffix(_BESIDE)
        if own == name or own in used:
            continue
        ours = incident_of(forge.commit(head).message) == own.rpartition("/")[2]
        if ours or not forge.commits_ahead(forge.repository().default_branch, head):
            forge.delete_branch(name)


def answer(asked: Answer, forge: Forge) -> Receipt:
    """Untick the box of a pull request that cannot be rebuilt now, and say why."""
    change = asked.change
    text = "The cause is not seen at the moment, so there is nothing to rebuild. The next runs look again."
    forge.comment_once(change.number, text, f"unseen-{change.commit[:12]}")
    forge.reword_pull_request(change.number, untick)
    summary = f"unticked, for its cause is not seen now: {change.reference}"
    return Receipt(fingerprint=change.fingerprint, change=replace(change, ticks=()), written=True, summary=summary)


def detain(asked: Detain, forge: Forge) -> Receipt:
    """Let a pull request that holds somebody's commits no longer merge by itself."""
    change = asked.change
    forge.disable_auto_merge(forge.pull_request(change.number))
    summary = f"no longer merges by itself, for it holds commits of somebody else: {change.reference}"
    kept = replace(change, merging=False)
    return Receipt(fingerprint=change.fingerprint, change=kept, written=True, summary=summary)


def show(
    board: Board, present: Issue | None, forge: Forge, now: datetime, unanswered: frozenset[str] = frozenset()
) -> None:
    """Bring the dashboard issue up to date; nothing is written where it is. `now` is in UTC.

    The boxes in `unanswered`, and those that were ticked since `present` was read, stay ticked for the next run.
    """
    wanted = keep_ticks(dashboard(board, now), unanswered)
    if present is None:
        if wanted != dashboard(Board(), now):
            forge.open_issue(TITLE, wanted, DASHBOARD)
        return
    if wanted.strip() == present.body.replace("\r\n", "\n").strip():
        return
    fresh = forge.issue(present.number)
    if fresh.body == present.body:
        forge.update_issue(present.number, TITLE, wanted)


def _attended(remediation: Remediation, opened: Change, forge: Forge) -> Change:
    """Let it no longer merge by itself where the tier asks for a person now, before anything else is done to it."""
    if not opened.merging or remediation.tier in UNATTENDED:
        return opened
    forge.disable_auto_merge(forge.pull_request(opened.number))
    return replace(opened, merging=False)


def _merging(remediation: Remediation, opened: Change, forge: Forge, pull: PullRequest, target: Target) -> Merging:
    if remediation.tier in UNATTENDED and not opened.merging:
        merging = auto_merge(forge, pull, target)
        if merging.failed:
            # Without its label it is not whole: the next run completes it.
            forge.remove_label(pull.number, LABEL)
        return merging
    return Merging(merging=opened.merging)


def _remark(merging: Merging) -> str:
    return f" ({merging.remark})" if merging.remark else ""


def _merged(change: Change, merging: Merging, target: Target) -> Change:
    if merging.merged:
        return replace(change, state=ChangeState.MERGED, at=target.now, merging=False)
    return replace(change, merging=merging.merging)


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
