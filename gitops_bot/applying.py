"""Carrying out a plan: everything in it is checked against the repository again before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from pathlib import PurePosixPath

from gitops_bot.act import Target, apply
from gitops_bot.clients.editing import NotEditable, recompute
from gitops_bot.clients.forge import Forge
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.errors import GitopsBotError, PlanRefused
from gitops_bot.model.change import Receipt
from gitops_bot.model.plan import Plan, Remediation, Tier

RESERVED = (".git", ".github")


def check_plan(plan: Plan, repository: ConfigRepository, name: str, branch: str) -> None:
    """Raise PlanRefused where the plan is not for this repository and branch, or not for a commit that it has.

    `name` is OWNER/NAME; every path and every edit is checked too, so that a plan is refused whole before the first
    write.
    """
    if plan.repository != name:
        raise PlanRefused("the plan is for another repository", found=plan.repository, expected=name)
    if not plan.remediations:
        return
    if plan.branch != branch:
        raise PlanRefused("the plan is for another branch", found=plan.branch, expected=branch)
    if (
        plan.commit is None
        or not repository.has(plan.commit)
        or not repository.is_ancestor(plan.commit, repository.head(branch))
    ):
        raise PlanRefused(
            "the plan was made on a commit that the branch does not have",
            found=plan.commit or "none",
            expected=f"a commit of {branch}",
            advice="Plan again.",
        )
    for remediation in plan.remediations:
        for edit in remediation.edits:
            _check_path(edit.path)
        if remediation.tier is not Tier.ESCALATE:
            new_contents(repository, plan.commit, remediation)


def _check_path(path: str) -> None:
    parts = PurePosixPath(path).parts
    if path.startswith("/") or ".." in parts or "\\" in path or "\0" in path or str(PurePosixPath(path)) != path:
        raise PlanRefused("the plan names a path outside the repository", found=repr(path))
    if parts[0] in RESERVED:
        raise PlanRefused("the plan edits a file that the bot may not touch", found=path)


def new_contents(repository: ConfigRepository, commit: str, remediation: Remediation) -> Mapping[str, bytes | None]:
    """Return the new contents of the remediation's files, computed anew; PlanRefused where they do not hold."""
    files = {edit.path: repository.read(commit, edit.path) for edit in remediation.edits}
    try:
        return recompute(remediation.edits, files, repository)
    except NotEditable as refusal:
        raise PlanRefused(
            f"an edit of the plan does not hold: {refusal.reason}",
            where=f"remediation {remediation.fingerprint}",
            advice="Plan again.",
        ) from None


def carry_out(plan: Plan, repository: ConfigRepository, forge: Forge, now: datetime) -> Iterator[Receipt]:
    """Write the plan's remediations one by one; one that fails does not keep the others back. `now` is in UTC."""
    if plan.commit is None:
        return
    target = Target(branch=plan.branch, commit=plan.commit, now=now)
    contents = partial(new_contents, repository, plan.commit)
    for remediation in plan.remediations:
        try:
            yield apply(remediation, forge, target, contents)
        except GitopsBotError as error:
            yield Receipt(
                fingerprint=remediation.fingerprint, change=None, written=False, summary=str(error), failed=True
            )
