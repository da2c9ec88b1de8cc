"""What `apply` asks of a plan before it writes anything: nothing in the document is taken on trust."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from msgspec.structs import replace

from gitops_bot.act import Context, compose
from gitops_bot.act.texts.rendered import UNSHOWN
from gitops_bot.clients.editing import NotEditable, recompute
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.errors import PlanRefused
from gitops_bot.guard import MOMENT_CHECKS, Policy, judge
from gitops_bot.model.diagnosis import ACTIONS
from gitops_bot.model.plan import TIERS, Plan, Remediation, Tier
from gitops_bot.model.proposal import proposal_of, verdict_of

RESERVED = (".git", ".github")
OLDEST = timedelta(hours=1)
_CLOCKS_DIFFER = timedelta(minutes=5)
_AGAIN = "Nothing was written. Plan again."


def check_plan(plan: Plan, repository: ConfigRepository, context: Context, policy: Policy, now: datetime) -> None:
    """Raise PlanRefused unless the whole plan is for this place and time, and is what our own code makes of its facts.

    `context` says for which repository and branch, `policy` is that of the default branch, `now` is in UTC. Every edit
    is computed anew from the files of the plan's commit, every text from the facts; no remediation may go farther by
    itself than the policy lets it.
    """
    check_place(plan, context, now)
    remediations = (*plan.remediations, *plan.held)
    if not remediations:
        return
    _check_commit(plan, repository, context.branch)
    names = [one.fingerprint for one in remediations]
    if len(set(names)) != len(names):
        raise PlanRefused("the plan has two remediations for one cause", found=", ".join(sorted(names)), advice=_AGAIN)
    for remediation in remediations:
        _check_remediation(remediation, plan, repository, context, policy)


def check_place(plan: Plan, context: Context, now: datetime) -> None:
    """Raise PlanRefused where the plan is for another repository or branch, or not of this hour (`now` in UTC)."""
    if plan.repository.lower() != context.repository.lower():
        raise PlanRefused("the plan is for another repository", found=plan.repository, expected=context.repository)
    if (plan.remediations or plan.held) and plan.branch != context.branch:
        raise PlanRefused("the plan is for another branch", found=plan.branch, expected=context.branch)
    _check_age(plan, now)


def _check_age(plan: Plan, now: datetime) -> None:
    age = now - plan.created_at
    if age > OLDEST:
        minutes = int(age.total_seconds() // 60)
        raise PlanRefused(
            "the plan is too old",
            found=f"{minutes} minutes",
            expected=f"at most {int(OLDEST.total_seconds() // 60)}",
            advice="The estate may look different by now. Plan again.",
        )
    if age < -_CLOCKS_DIFFER:
        raise PlanRefused("the plan is from the future", found=str(plan.created_at), expected=f"before {now}")


def _check_commit(plan: Plan, repository: ConfigRepository, branch: str) -> None:
    known = plan.commit is not None and repository.has(plan.commit)
    if plan.commit is None or not known or not repository.is_ancestor(plan.commit, repository.head(branch)):
        raise PlanRefused(
            "the plan was made on a commit that the branch does not have",
            found=plan.commit or "none",
            expected=f"a commit of {branch}",
            advice="Plan again.",
        )


def _check_remediation(
    remediation: Remediation, plan: Plan, repository: ConfigRepository, context: Context, policy: Policy
) -> None:
    where = f"remediation {remediation.fingerprint}"
    for edit in remediation.edits:
        _check_path(edit.path)
    if plan.commit is not None:
        # What an issue shows must be true as well; only of what touches a Secret it shows no diff.
        shown = tuple(edit for edit in remediation.edits if edit.diff != UNSHOWN)
        written = remediation.tier is not Tier.ESCALATE
        new_contents(repository, plan.commit, remediation if written else replace(remediation, edits=shown))
    if any(type(case.remedy) not in ACTIONS for case in remediation.cases):
        raise PlanRefused("the plan has a remedy that writes nothing", where=where, advice=_AGAIN)
    proposal = proposal_of(remediation)
    # Ceiling and kill switch may be this job's alone: they are asked when each remediation is judged again.
    judged = judge(proposal, replace(policy, stopped="", ceiling=None), (), plan.created_at)
    allowed = judged.tier
    asked, told = ({one.name for one in checks} for checks in (judged.checks, remediation.checks))
    if (asked ^ told) - MOMENT_CHECKS:
        raise PlanRefused("the plan's checks are not those of its facts", where=where, advice=_AGAIN)
    if TIERS.index(remediation.tier) < TIERS.index(allowed):
        raise PlanRefused(
            "a remediation goes farther than the policy of the default branch lets it",
            where=where,
            found=remediation.tier.value,
            expected=allowed.value,
            advice=_AGAIN,
        )
    page = policy.configuration.argocd_page
    linked = replace(context, commit=plan.commit or "", argocd=page, trace=plan.trace_id)
    made = compose(proposal, verdict_of(remediation), linked)
    for name in Remediation.__struct_fields__:
        if getattr(made, name) != getattr(remediation, name):
            raise PlanRefused(f"the plan's `{name}` is not what its facts give", where=where, advice=_AGAIN)


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
