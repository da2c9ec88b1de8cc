"""A remediation as a pull request: branch, commit, pull request, label, auto-merge, each looked for first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from gitops_bot.act.receipts import nothing
from gitops_bot.act.texts.commit_message import incident_of
from gitops_bot.act.texts.consequences import pull_request_body
from gitops_bot.clients.forge import LABEL, AutoMerge, Forge, PullRequest, Refused
from gitops_bot.errors import ConfigurationError, GitopsBotError, SourceUnavailable
from gitops_bot.marker import marked
from gitops_bot.model.change import Change, ChangeState, Receipt
from gitops_bot.model.plan import Remediation, Tier

# Tiers that ask for nobody's approval.
UNATTENDED = {Tier.COMMIT, Tier.AUTO_MERGE}


class Target(Struct, frozen=True, kw_only=True):
    """What a plan was made for: the branch, and the commit that it stood at. `now` (UTC) dates the receipts.

    `unchecked` says that the policy lets a pull request merge by itself where no check is required; `spared` are the
    marks of the freezes that are not for what is written.
    """

    branch: str
    commit: str
    now: datetime
    unchecked: bool = False
    spared: tuple[str, ...] = ()


class Merging(Struct, frozen=True):
    """What came of letting a pull request merge by itself: what a person must know, and where it stands now.

    `failed` says that it should merge by itself and the forge did not let it: another run tries again.
    """

    remark: str = ""
    merging: bool = False
    merged: bool = False
    failed: bool = False


def propose(
    remediation: Remediation, forge: Forge, target: Target, files: Mapping[str, bytes | None], note: str = ""
) -> Receipt:
    """Open the pull request, or complete the one that was begun: the label, which comes last, says that it is whole.

    `note` stands above the body, where the tier could not be kept. Raises HeadMoved where somebody moved the bot's
    branch meanwhile, and what the forge raises.
    """
    present = forge.pull_request_for(remediation.branch, target.branch)
    if present is None:
        head, refusal = prepare(remediation, forge, remediation.branch, target.commit, files)
        if refusal:
            return nothing(remediation, refusal)
        body = body_of(remediation, target, head, note)
        pull = forge.open_pull_request(remediation.title, body, remediation.branch, target.branch)
    else:
        pull = present
    merging = auto_merge(forge, pull, target) if remediation.tier in UNATTENDED else Merging()
    remarks = [note, merging.remark, "" if merging.failed else _label(forge, pull)]
    words = "opened pull request" if present is None else "pull request is open already:"
    remark = "".join(f" ({one})" for one in remarks if one)
    return Receipt(
        fingerprint=remediation.fingerprint,
        change=_change(remediation, pull, merging, target.now),
        written=present is None,
        summary=f"{words} #{pull.number}: {remediation.title}{remark}",
    )


def body_of(remediation: Remediation, target: Target, written: str, note: str = "") -> str:
    """Return the text for the pull request whose branch holds the bot's commit `written`."""
    body = marked(pull_request_body(remediation, target.branch), written=written, spared=target.spared)
    return f"> {note}\n\n{body}" if note else body


def note_of(body: str) -> str:
    """Return the note that stands above the body of an open pull request."""
    first = body.partition("\n")[0].strip()
    return first.removeprefix("> ") if first.startswith("> ") else ""


def prepare(
    remediation: Remediation, forge: Forge, branch: str, base: str, files: Mapping[str, bytes | None]
) -> tuple[str, str]:
    """Let a branch of the bot's hold exactly our commit on `base`; return the commit, or why that cannot be."""
    head = forge.create_branch(branch, base)
    if head != base:
        if incident_of(forge.commit(head).message) != remediation.fingerprint:
            return "", f"the branch {branch} holds commits of somebody else: merge or delete it"
        if stands(remediation, forge, head, base):
            return head, ""
        # Left over from an earlier plan, with no open pull request: nobody looks at it any more.
        forge.delete_branch(branch)
        head = forge.create_branch(branch, base)
    return put_commit(remediation, forge, branch, base, files), ""


def stands(remediation: Remediation, forge: Forge, head: str, base: str) -> bool:
    """Return whether a commit is the remediation's, directly on `base`."""
    tip = forge.commit(head)
    ours = tip.parents == (base,) and incident_of(tip.message) == remediation.fingerprint
    return ours and all(forge.blob(edit.path, head) == edit.result for edit in remediation.edits)


def put_commit(
    remediation: Remediation, forge: Forge, branch: str, head: str, files: Mapping[str, bytes | None]
) -> str:
    """Put the remediation's commit on a branch that stands at `head`; return it. Raises what the forge raises."""
    headline, _, body = remediation.commit_message.partition("\n\n")
    additions = {path: content for path, content in files.items() if content is not None}
    deletions = tuple(path for path, content in files.items() if content is None)
    return forge.commit_on_branch(branch, head, headline.strip(), body.strip(), additions, deletions)


def _label(forge: Forge, pull: PullRequest) -> str:
    """Add the label; that it cannot be added must not keep a repair from being proposed."""
    try:
        forge.add_labels(pull.number, (LABEL,))
    except (SourceUnavailable, ConfigurationError) as error:
        return f"without its label: {_why(error)}"
    return ""


def auto_merge(forge: Forge, pull: PullRequest, target: Target) -> Merging:
    """Let it merge by itself where that waits for a check, or the policy asks for none."""
    try:
        facts = forge.repository()
        checked = bool(forge.required_checks(target.branch))
        if not checked and not target.unchecked:
            return Merging(f"not merged by itself: no check is required on {target.branch}")
        if not facts.merge_methods:
            return Merging("not merged by itself: the repository allows no way of merging")
        method = facts.merge_methods[0]
        if checked and not facts.allow_auto_merge:
            return Merging("not merged by itself: auto-merge is off in the repository's settings")
        answer = forge.enable_auto_merge(pull, method) if facts.allow_auto_merge else AutoMerge.CLEAN
        if answer is AutoMerge.CLEAN:
            forge.merge(pull, method)
            words = "all required checks had passed" if checked else "the policy asks for no check"
            return Merging(f"merged, for {words}", merged=True)
    except (Refused, ConfigurationError) as error:
        return Merging(f"not merged by itself: {_why(error)}", failed=True)
    return Merging(_when(checked, pull), merging=True)


def _why(error: GitopsBotError) -> str:
    """Return what went wrong with what the forge says of it, or else with what to do."""
    said = isinstance(error, Refused) and error.said
    return f"{error.what}: {said}" if said else f"{error.what}. {error.advice}".rstrip(". ")


def _when(checked: bool, pull: PullRequest) -> str:
    if not checked:
        return "merges by itself"
    waits = ", whose runs wait until somebody approves them: GITHUB_TOKEN opened it" if pull.by_workflow else ""
    return f"merges once required checks pass{waits}"


def _change(remediation: Remediation, pull: PullRequest, merging: Merging, now: datetime) -> Change:
    return Change(
        fingerprint=remediation.fingerprint,
        state=ChangeState.MERGED if merging.merged else ChangeState.OPEN,
        reference=f"#{pull.number}",
        url=pull.url,
        number=pull.number,
        branch=remediation.branch,
        commit=pull.head_commit,
        at=now,
        merging=merging.merging,
        author=pull.author,
    )
