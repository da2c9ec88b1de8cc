"""A remediation as a pull request: branch, commit, pull request, label, auto-merge, each looked for first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from gitops_bot.act.texts.commit_message import incident_of
from gitops_bot.clients.forge import AutoMerge, Forge, PullRequest, Refused
from gitops_bot.errors import ConfigurationError, SourceUnavailable
from gitops_bot.marker import marked
from gitops_bot.model.change import Change, ChangeState, Receipt
from gitops_bot.model.plan import Remediation, Tier

LABEL = "gitops-bot"


def propose(
    remediation: Remediation,
    forge: Forge,
    base: tuple[str, str],
    files: Mapping[str, bytes | None],
    now: datetime,
    note: str = "",
) -> Receipt:
    """Open the pull request into `base` (a branch, and the commit of the plan), or complete the one that was begun.

    `note` stands above the body, where the tier could not be kept. Raises HeadMoved where somebody moved the bot's
    branch meanwhile, and what the forge raises.
    """
    branch, commit = base
    present = forge.pull_request_for(remediation.branch, branch)
    if present is None:
        head, refusal = _prepare(remediation, forge, commit, files)
        if refusal:
            return Receipt(fingerprint=remediation.fingerprint, change=None, written=False, summary=refusal)
        body = body_of(remediation, head, note)
        pull = forge.open_pull_request(remediation.title, body, remediation.branch, branch)
    else:
        pull = present
    remarks = [note, _label(forge, pull)]
    if remediation.tier is Tier.AUTO_MERGE or note:
        remarks.append(auto_merge(forge, pull, branch))
    words = "opened pull request" if present is None else "pull request is open already:"
    remark = "".join(f" ({one})" for one in remarks if one)
    return Receipt(
        fingerprint=remediation.fingerprint,
        change=_change(remediation, pull, now),
        written=present is None,
        summary=f"{words} #{pull.number}: {remediation.title}{remark}",
    )


def body_of(remediation: Remediation, written: str, note: str = "") -> str:
    """Return the text for the pull request whose branch holds the bot's commit `written`."""
    body = marked(remediation.body, written=written)
    return f"> {note}\n\n{body}" if note else body


def _prepare(remediation: Remediation, forge: Forge, base: str, files: Mapping[str, bytes | None]) -> tuple[str, str]:
    """Let the bot's branch hold exactly our commit on `base`; return the commit, or why that cannot be."""
    head = forge.create_branch(remediation.branch, base)
    if head != base:
        tip = forge.commit(head)
        if incident_of(tip.message) != remediation.fingerprint:
            return "", f"the branch {remediation.branch} holds commits of somebody else: merge or delete it"
        if tip.parents == (base,) and holds(remediation, forge, head):
            return head, ""
        # Left over from an earlier plan, with no open pull request: nobody looks at it any more.
        forge.delete_branch(remediation.branch)
        head = forge.create_branch(remediation.branch, base)
    return put_commit(remediation, forge, remediation.branch, base, files), ""


def put_commit(
    remediation: Remediation, forge: Forge, branch: str, head: str, files: Mapping[str, bytes | None]
) -> str:
    """Put the remediation's commit on a branch that stands at `head`; return it. Raises what the forge raises."""
    headline, _, body = remediation.commit_message.partition("\n\n")
    additions = {path: content for path, content in files.items() if content is not None}
    deletions = tuple(path for path, content in files.items() if content is None)
    return forge.commit_on_branch(branch, head, headline.strip(), body.strip(), additions, deletions)


def holds(remediation: Remediation, forge: Forge, head: str) -> bool:
    """Return whether the edited files are at a commit as the remediation makes them."""
    return all(forge.blob(edit.path, head) == edit.result for edit in remediation.edits)


def _label(forge: Forge, pull: PullRequest) -> str:
    """Add the label; that it cannot be added must not keep a repair from being proposed."""
    try:
        forge.add_labels(pull.number, (LABEL,))
    except (SourceUnavailable, ConfigurationError) as error:
        return f"without its label: {error.what}"
    return ""


def auto_merge(forge: Forge, pull: PullRequest, branch: str) -> str:
    """Let it merge by itself where that waits for something; return what a person must know."""
    try:
        facts = forge.repository()
        if not forge.required_checks(branch):
            return f"not merged by itself: no check is required on {branch}"
        if not facts.merge_methods:
            return "not merged by itself: the repository allows no way of merging"
        method = facts.merge_methods[0]
        if not facts.allow_auto_merge:
            return "not merged by itself: auto-merge is off in the repository's settings"
        answer = forge.enable_auto_merge(pull, method)
        if answer is AutoMerge.CLEAN:
            forge.merge(pull, method)
            return "all required checks had passed: merged"
    except (Refused, ConfigurationError) as error:
        return f"not merged by itself: {error.what}"
    return "merges once required checks pass" if answer is AutoMerge.ENABLED else "auto-merge was refused"


def _change(remediation: Remediation, pull: PullRequest, now: datetime) -> Change:
    return Change(
        fingerprint=remediation.fingerprint,
        state=ChangeState.OPEN,
        reference=f"#{pull.number}",
        url=pull.url,
        number=pull.number,
        branch=remediation.branch,
        commit=pull.head_commit,
        at=now,
    )
