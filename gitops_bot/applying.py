"""Carrying a plan out: checked, judged again by the policy and the history of this moment, and then written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from gitops_bot.act import (
    Context,
    Target,
    answer,
    apply,
    compose,
    detain,
    end,
    endings,
    next_step,
    rebuild,
    reword,
    show,
    sweep,
)
from gitops_bot.act.lifecycle import Answer, Detain, End, Hold, Last, Rebuild, Reword, Step, Write
from gitops_bot.act.receipts import nothing
from gitops_bot.act.texts.dashboard import Board
from gitops_bot.checking import new_contents
from gitops_bot.clients.forge import AGAIN_LABEL, SILENCED_LABEL, WORKFLOW, Forge, Issue
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.errors import GitopsBotError
from gitops_bot.guard import Policy, judge, passed_over
from gitops_bot.marker import AGAIN, NOW, REBUILD, digest, ticked
from gitops_bot.model.change import Change, ChangeState, Receipt
from gitops_bot.model.incident import Skipped
from gitops_bot.model.plan import Plan, Remediation
from gitops_bot.model.proposal import Verdict, proposal_of

# GitHub takes 500 new things an hour. A pull request is four: its branch, its commit, itself and its label.
_HOURLY = 450
_COST = 4
_UNAPPROVED = (
    "opened with GITHUB_TOKEN: workflows that a pull request starts, required checks among them, wait until somebody "
    "approves their runs; a GitHub App's token avoids that"
)


class Moment(Struct, frozen=True, kw_only=True):
    """What a plan meets when it is carried out.

    The policy of the default branch, what was written before, the dashboard issue, and the time (UTC).
    """

    policy: Policy
    changes: tuple[Change, ...]
    dashboard: Issue | None
    now: datetime


class Carrier:
    """Writes a plan that was checked, remediation by remediation; one that fails does not keep the others back."""

    def __init__(self, plan: Plan, repository: ConfigRepository, forge: Forge, moment: Moment) -> None:
        self._plan = plan
        self._repository = repository
        self._forge = forge
        self._moment = moment
        self._asked = set(ticked(moment.dashboard.body)) if moment.dashboard else set[str]()
        self._changes = tuple(self._ticked(one) for one in moment.changes if not one.lapsed(moment.now))
        self._judged: list[Remediation] = []
        self._remarked = False
        self._unanswered: frozenset[str] = frozenset()
        self._errors: list[Skipped] = [one for one in plan.skipped if one.problem]
        recent = moment.now - timedelta(hours=1)
        self._room = _HOURLY - _COST * sum(1 for one in self._changes if one.opened_at and one.opened_at > recent)

    def _ticked(self, change: Change) -> Change:
        """Return the change with a box of the dashboard that stands for its own."""
        asked = change.state is ChangeState.OPEN and f"{REBUILD}={change.fingerprint}" in self._asked
        return replace(change, ticks=(*change.ticks, REBUILD)) if asked else change

    def carry_out(self) -> Iterator[Receipt]:
        """Write what the plan wants and policy allows now, close what is no longer wanted, and show it all.

        Of what is held back by the plan itself nothing is said again.
        """
        stopped = self._moment.policy.stopped
        if stopped:
            yield from (_not_written(one, f"the kill switch is on: {stopped}") for one in self._plan.remediations)
            return
        yield from self._lifted()
        held = {one.fingerprint for one in self._plan.held}
        for planned in (*self._plan.remediations, *self._plan.held):
            step = self._step(planned)
            if isinstance(step, End):
                # A person is asked before the pull request goes: the cause is never without either.
                yield self._done(Write(self._judged[-1]))
            if not (isinstance(step, Hold) and planned.fingerprint in held):
                yield self._done(step)
        for last in endings(self._changes, self._judged, frozenset(self._plan.healthy)):
            yield self._done(last)
        yield from self._swept()
        yield from self._kept_in_mind()
        yield from self._shown()

    def _lifted(self) -> Iterator[Receipt]:
        """Lift the silences that somebody ticked on the dashboard."""
        for change in self._changes:
            if change.state is ChangeState.CLOSED and f"{AGAIN}={change.fingerprint}" in self._asked:
                try:
                    self._forge.add_labels(change.number, (AGAIN_LABEL,))
                except GitopsBotError as error:
                    yield self._failed(change.fingerprint, error)
                    continue
                self._changes = tuple(one for one in self._changes if one is not change)
                summary = f"no longer silenced, as was ticked: {change.reference}"
                yield Receipt(fingerprint=change.fingerprint, change=None, written=True, summary=summary)

    def _step(self, planned: Remediation) -> Step:
        name = planned.fingerprint
        own = [one for one in self._changes if one.fingerprint == name]
        opened = next((one for one in own if one.state is ChangeState.OPEN), None)
        escalated = next((one for one in own if one.state is ChangeState.ESCALATED), None)
        proposal = proposal_of(planned)
        # What is open for the cause itself is no reason to wait: it is what the judgement is about.
        others = tuple(one for one in self._changes if one is not opened and one is not escalated)
        insisted = f"{NOW}={name}" in self._asked
        verdict = judge(proposal, self._moment.policy, others, self._moment.now, insisted=insisted)
        if opened is not None:
            verdict = Verdict(tier=verdict.tier, checks=verdict.checks)
        if escalated is not None and f"{AGAIN}={name}" in self._asked:
            escalated = replace(escalated, words="")
        plan = self._plan
        context = Context(
            server_url=self._forge.server_url,
            repository=plan.repository,
            branch=plan.branch,
            commit=plan.commit or "",
            argocd=self._moment.policy.configuration.argocd_page,
            trace=plan.trace_id,
        )
        remediation = compose(proposal, verdict, context)
        self._judged.append(remediation)
        step = next_step(remediation, opened, escalated)
        if isinstance(step, Write) and self._room < _COST:
            return Hold(remediation, "the forge takes 500 new things an hour, so this is left for the next run")
        return step

    def _done(self, step: Step) -> Receipt:
        try:
            receipt = self._carried(step)
        except GitopsBotError as error:
            name = step.change.fingerprint if isinstance(step, Last) else step.remediation.fingerprint
            return self._failed(name, error)
        if receipt.change is not None:
            self._remember(receipt.change, step)
        if receipt.written and receipt.change is not None and receipt.change.author == WORKFLOW and not self._remarked:
            self._remarked = True
            return replace(receipt, remark=_UNAPPROVED)
        return receipt

    def _failed(self, fingerprint: str, error: GitopsBotError) -> Receipt:
        names = [name for one in self._judged if one.fingerprint == fingerprint for name in one.applications]
        self._unanswered |= {one for one in self._asked if one.endswith(f"={fingerprint}")}
        self._errors.append(Skipped(application=", ".join(names[:3]), reason=error.what, problem=True))
        return Receipt(fingerprint=fingerprint, change=None, written=False, summary=str(error), failed=True)

    def _carried(self, step: Step) -> Receipt:
        forge, plan = self._forge, self._plan
        if isinstance(step, End):
            return end(step, forge, self._moment.now)
        if isinstance(step, Detain):
            return detain(step, forge)
        if isinstance(step, Answer):
            return answer(step, forge)
        if isinstance(step, Hold):
            return _not_written(step.remediation, step.reason)
        if plan.commit is None:
            return _not_written(step.remediation, "the plan knows no commit")
        commit = plan.commit
        unchecked = self._moment.policy.configuration.auto_merge_without_checks
        spared = passed_over(proposal_of(step.remediation), self._moment.policy)
        target = Target(branch=plan.branch, commit=commit, now=self._moment.now, unchecked=unchecked, spared=spared)
        if isinstance(step, Reword):
            return reword(step.remediation, step.change, forge, target)
        if isinstance(step, Rebuild):
            files = new_contents(self._repository, commit, step.remediation)
            return rebuild(step.remediation, step.change, forge, target, files)
        self._room -= _COST
        return apply(step.remediation, forge, target, lambda one: new_contents(self._repository, commit, one))

    def _remember(self, change: Change, step: Step) -> None:
        """Count what was written for what is judged next."""
        if not isinstance(step, Last):
            made = step.remediation
            paths = tuple(digest(edit.path) for edit in made.edits)
            known = {"applications": made.applications, "causes": made.causes, "paths": paths, "title": made.title}
            change = replace(change, **known)
        others = [one for one in self._changes if not (one.number and one.number == change.number)]
        self._changes = (*others, replace(change, opened_at=change.opened_at or change.at))

    def _swept(self) -> Iterator[Receipt]:
        try:
            sweep({one.branch for one in self._changes if one.state is ChangeState.OPEN}, self._forge)
        except GitopsBotError as error:
            yield self._failed("branches", error)

    def _kept_in_mind(self) -> Iterator[Receipt]:
        """Label what people closed, so that it is found however much is closed after it."""
        for change in self._changes:
            if change.state is ChangeState.CLOSED and change.number and SILENCED_LABEL not in change.labels:
                try:
                    self._forge.add_labels(change.number, (SILENCED_LABEL,))
                except GitopsBotError as error:
                    yield self._failed(change.fingerprint, error)

    def _shown(self) -> Iterator[Receipt]:
        waiting = tuple(one for one in self._judged if one.waiting and not self._treated(one.fingerprint))
        board = Board(changes=self._changes, waiting=waiting, errors=tuple(self._errors))
        try:
            show(board, self._moment.dashboard, self._forge, self._moment.now, self._unanswered)
        except GitopsBotError as error:
            yield self._failed("dashboard", error)

    def _treated(self, fingerprint: str) -> bool:
        """Whether what is written for it, or its silence, is what it waits for: that is shown by itself."""
        others = {ChangeState.ESCALATED, ChangeState.HEALED, ChangeState.SUPERSEDED}
        return any(one.fingerprint == fingerprint and one.state not in others for one in self._changes)


def _not_written(remediation: Remediation, why: str) -> Receipt:
    return nothing(remediation, f"{why}: {remediation.title}")
