"""Carrying a plan out: checked, judged again by the policy and the history of this moment, and then written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from gitops_bot.act import Context, Target, apply, compose, end, endings, next_step, rebuild, reword
from gitops_bot.act.lifecycle import End, Hold, Rebuild, Reword, Step
from gitops_bot.checking import new_contents
from gitops_bot.clients.forge import Forge
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.errors import GitopsBotError
from gitops_bot.guard import Policy, judge
from gitops_bot.marker import digest
from gitops_bot.model.change import Change, ChangeState, Receipt
from gitops_bot.model.plan import Plan, Remediation
from gitops_bot.model.proposal import Verdict, proposal_of


class Moment(Struct, frozen=True, kw_only=True):
    """What a plan meets when it is carried out: the policy of the default branch, what was written before, the time."""

    policy: Policy
    changes: tuple[Change, ...]
    now: datetime


class Carrier:
    """Writes a plan that was checked, remediation by remediation; one that fails does not keep the others back."""

    def __init__(self, plan: Plan, repository: ConfigRepository, forge: Forge, moment: Moment) -> None:
        self.changes = moment.changes
        self.remediations: tuple[Remediation, ...] = ()
        self._plan = plan
        self._repository = repository
        self._forge = forge
        self._policy = moment.policy
        self._now = moment.now

    def carry_out(self) -> Iterator[Receipt]:
        """Write what the plan wants and policy allows now, then close what is no longer wanted.

        Of what is held back by the plan itself nothing is said again.
        """
        if self._policy.stopped:
            yield from (_not_written(one, self._policy.stopped) for one in self._plan.remediations)
            return
        held = {one.fingerprint for one in self._plan.held}
        for planned in (*self._plan.remediations, *self._plan.held):
            step = self._step(planned)
            if isinstance(step, Hold) and planned.fingerprint in held:
                continue
            yield self._done(step)
        healthy = frozenset(self._plan.healthy)
        for ending in endings(self.changes, self.remediations, healthy):
            yield self._done(ending)

    def _step(self, planned: Remediation) -> Step:
        own = [one for one in self.changes if one.fingerprint == planned.fingerprint]
        opened = next((one for one in own if one.state is ChangeState.OPEN), None)
        escalated = next((one for one in own if one.state is ChangeState.ESCALATED), None)
        proposal = proposal_of(planned)
        # What is open for the cause itself is no reason to wait: it is what the judgement is about.
        others = tuple(one for one in self.changes if one is not opened and one is not escalated)
        verdict = judge(proposal, self._policy, others, self._now)
        if opened is not None:
            verdict = Verdict(tier=verdict.tier, checks=verdict.checks)
        context = Context(server_url=self._forge.server_url, repository=self._plan.repository, branch=self._plan.branch)
        remediation = compose(proposal, verdict, context)
        self.remediations = (*self.remediations, remediation)
        return next_step(remediation, opened, escalated)

    def _done(self, step: Step) -> Receipt:
        try:
            receipt = self._carried(step)
        except GitopsBotError as error:
            fingerprint = step.change.fingerprint if isinstance(step, End) else step.remediation.fingerprint
            return Receipt(fingerprint=fingerprint, change=None, written=False, summary=str(error), failed=True)
        if receipt.change is not None:
            self._remember(receipt.change, step)
        return receipt

    def _carried(self, step: Step) -> Receipt:
        forge, plan = self._forge, self._plan
        if isinstance(step, End):
            return end(step, forge, self._now)
        if isinstance(step, Hold):
            return _not_written(step.remediation, step.reason)
        if plan.commit is None:
            return _not_written(step.remediation, "the plan knows no commit")
        if isinstance(step, Rebuild):
            files = new_contents(self._repository, plan.commit, step.remediation)
            return rebuild(step.remediation, step.change, forge, (plan.branch, plan.commit), files)
        if isinstance(step, Reword):
            return reword(step.remediation, step.change, forge, plan.branch)
        target = Target(branch=plan.branch, commit=plan.commit, now=self._now)
        commit = plan.commit
        return apply(step.remediation, forge, target, lambda one: new_contents(self._repository, commit, one))

    def _remember(self, change: Change, step: Step) -> None:
        """Count what was written for what is judged next."""
        known = [one for one in self.changes if not (one.number and one.number == change.number)]
        paths: tuple[str, ...] = ()
        applications = change.applications
        if not isinstance(step, End):
            paths = tuple(digest(edit.path) for edit in step.remediation.edits)
            applications = step.remediation.applications
        fresh = replace(change, applications=applications, paths=paths or change.paths)
        self.changes = (*known, replace(fresh, opened_at=change.opened_at or change.at))


def _not_written(remediation: Remediation, why: str) -> Receipt:
    return Receipt(
        fingerprint=remediation.fingerprint, change=None, written=False, summary=f"{why}: {remediation.title}"
    )
