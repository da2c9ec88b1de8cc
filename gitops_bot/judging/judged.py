"""Guard, for all proposals of a run in turn: what one of them uses up is not there for the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from gitops_bot.act import Context, compose, disclosable
from gitops_bot.guard import Policy, judge, planned_change
from gitops_bot.judging.sharing import Sharing, Together
from gitops_bot.model.change import Change
from gitops_bot.model.incident import Skipped
from gitops_bot.model.plan import Remediation
from gitops_bot.model.proposal import Proposal

Remediations = tuple[Remediation, ...]


def judged(
    proposals: Iterable[Proposal],
    policy: Policy,
    changes: tuple[Change, ...],
    context: Context,
    now: datetime,
    together: Together,
) -> tuple[Remediations, Remediations, tuple[Skipped, ...]]:
    """Return what is to be written, what waits, and the latter's Applications with the reason. `now` is in UTC.

    Proposals that take back one image become one where policy treats them alike: `together` proves that, or gives None.
    """
    context = replace(context, argocd=policy.configuration.argocd_page)
    remediations: list[Remediation] = []
    held: list[Remediation] = []
    whole = Sharing(policy, changes, now, together).of(proposals)
    for proposal in map(disclosable, whole):
        verdict = judge(proposal, policy, changes, now)
        (held if verdict.waiting else remediations).append(compose(proposal, verdict, context))
        if not verdict.waiting:
            changes = (*changes, planned_change(proposal, verdict, now))
    waiting = (Skipped(application=name, reason=one.waiting) for one in held for name in one.applications)
    return tuple(remediations), tuple(held), tuple(waiting)
