"""Carrying a remediation out. Each step looks first whether it was done: a killed run is completed, never doubled."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gitops_bot.act.proposing import Target, propose, put_commit
from gitops_bot.act.receipts import nothing, receipt
from gitops_bot.act.texts.commit_message import incident_of
from gitops_bot.clients.forge import BranchProtected, Commit, Forge, HeadMoved
from gitops_bot.errors import PlanRefused
from gitops_bot.marker import read_marker
from gitops_bot.model.change import Change, ChangeState, Receipt
from gitops_bot.model.plan import Remediation, Tier

Contents = Callable[[Remediation], Mapping[str, bytes | None]]
_TRIES = 3


def apply(remediation: Remediation, forge: Forge, target: Target, contents: Contents) -> Receipt:
    """Write one remediation as its tier says, exactly once however often this is called.

    `contents` gives the new content of every edited file (None: the file goes away), checked against the plan's blob
    ids. A receipt without a change says why nothing was written. Raises PlanRefused where `contents` does not fit the
    edits, and what the forge raises.
    """
    if remediation.tier is Tier.ESCALATE:
        return escalate(remediation, forge, target)
    files = contents(remediation)
    if set(files) != {edit.path for edit in remediation.edits}:
        raise PlanRefused(
            "the new contents are not those of the plan's edits",
            where=remediation.fingerprint,
            found=", ".join(sorted(files)) or "nothing",
            expected=", ".join(sorted(edit.path for edit in remediation.edits)) or "nothing",
            advice="Plan again.",
        )
    for _ in range(_TRIES):
        head = forge.branch_head(target.branch)
        settled = _settled(remediation, forge, target, head)
        if settled or head is None:
            return settled or nothing(remediation, f"the branch {target.branch} is gone: plan again")
        try:
            return _write(remediation, forge, target, files, head)
        except HeadMoved:
            continue
    return nothing(remediation, f"{target.branch} keeps moving: plan again")


def _write(
    remediation: Remediation, forge: Forge, target: Target, files: Mapping[str, bytes | None], head: str
) -> Receipt:
    if remediation.tier is not Tier.COMMIT:
        return propose(remediation, forge, target, files)
    try:
        sha = put_commit(remediation, forge, target.branch, head, files)
    except BranchProtected:
        note = f"`{target.branch}` takes no direct commits, so this is a pull request."
        return propose(remediation, forge, target, files, note)
    return receipt(remediation, _committed(remediation, forge, target, sha), "committed")


def _settled(remediation: Remediation, forge: Forge, target: Target, head: str | None) -> Receipt | None:
    """Return a receipt where the branch has moved and it is done, or no longer what was planned."""
    if head is None or head == target.commit:
        return None
    commits = forge.commits_since(target.branch, target.commit)
    if commits is None:
        return nothing(remediation, f"{target.branch} is no longer built on the plan's commit: plan again")
    own = _own(commits, remediation.fingerprint)
    if own:
        known = _committed(remediation, forge, target, own.sha)
        return receipt(remediation, known, "was committed already as", written=False)
    moved = [edit.path for edit in remediation.edits if forge.blob(edit.path, head) != edit.base]
    if moved:
        return nothing(remediation, f"{moved[0]} has changed on {target.branch} since the plan was made: plan again")
    return None


def _own(commits: tuple[Commit, ...], fingerprint: str) -> Commit | None:
    return next((commit for commit in commits if incident_of(commit.message) == fingerprint), None)


def escalate(remediation: Remediation, forge: Forge, target: Target) -> Receipt:
    """Open one issue for the cause, or bring the open one up to date."""
    present = forge.issue_for(remediation.fingerprint)
    if present is None:
        issue = forge.open_issue(remediation.title, remediation.body, remediation.fingerprint)
        words, written = "a person is needed: issue", True
    else:
        issue = present
        written = _words(present.body) != _words(remediation.body)
        words = "brought up to date: issue" if written else "a person was asked already: issue"
        if written:
            forge.update_issue(present.number, remediation.title, remediation.body)
    change = Change(
        fingerprint=remediation.fingerprint,
        state=ChangeState.ESCALATED,
        reference=f"#{issue.number}",
        url=issue.url,
        number=issue.number,
        at=target.now,
    )
    return receipt(remediation, change, words, written=written)


def _words(body: str) -> str:
    marker = read_marker(body)
    return marker.words if marker else ""


def _committed(remediation: Remediation, forge: Forge, target: Target, sha: str) -> Change:
    return Change(
        fingerprint=remediation.fingerprint,
        state=ChangeState.COMMITTED,
        reference=sha[:7],
        url=f"{forge.server_url}/{forge.name}/commit/{sha}",
        branch=target.branch,
        commit=sha,
        at=target.now,
    )
