"""The judgement: every check is asked, each may lower the tier, and one may say that nothing is written now."""

from __future__ import annotations

from datetime import datetime

from gitops_bot.guard.classes import remediation_class
from gitops_bot.guard.content import content_checks
from gitops_bot.guard.finding import Finding, finding
from gitops_bot.guard.history import escalation_of
from gitops_bot.guard.overrides import Rules, rules_for
from gitops_bot.guard.policy import Policy
from gitops_bot.guard.timing import (
    Question,
    cool_down_check,
    dwell_check,
    freeze_check,
    history_check,
    limits_check,
    quarantine_check,
)
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.plan import TIERS, Check, Tier
from gitops_bot.model.proposal import Proposal, Verdict

_WORDS = {
    Tier.COMMIT: "commit",
    Tier.AUTO_MERGE: "merge once required checks pass",
    Tier.APPROVE: "a person approves",
    Tier.ESCALATE: "a person takes over",
}


def judge(
    proposal: Proposal, policy: Policy, changes: tuple[Change, ...], now: datetime, *, insisted: bool = False
) -> Verdict:
    """Return how far `proposal` may go under `policy`.

    `changes` is what the bot has written before, with what this run has planned so far (`planned_change`); `now` is in
    UTC; `insisted` says that a person wants it written now: it waits for no moment then. The verdict holds every check,
    those of the proof first, passed or not; with `waiting` nothing is written.
    """
    class_name = remediation_class(proposal)
    rules = _rules(proposal, class_name, policy)
    findings = [_proof(proposal, check) for check in proposal.proof]
    findings += [_stopped(policy, rules), *content_checks(proposal, rules, policy.configuration)]
    asked = Question(
        proposal=proposal,
        class_name=class_name,
        rules=rules,
        policy=policy,
        changes=changes,
        now=now,
        insisted=insisted,
    )
    findings += [history_check(asked), quarantine_check(asked), *_tier(class_name, rules, policy)]
    findings += _reasoned(proposal, rules)
    tier = max((one.most for one in findings), key=TIERS.index)
    if tier is not Tier.ESCALATE:
        # A person is told at once, whatever holds a change back.
        findings += [dwell_check(asked), freeze_check(asked), cool_down_check(asked)]
    findings.append(limits_check(asked, tier))
    waiting = next((one.waiting for one in findings if one.waiting), "")
    escalation = escalation_of(proposal, changes)
    if not waiting and tier is Tier.ESCALATE and escalation:
        waiting = f"issue {escalation.reference} is open for this cause"
    checks = tuple(one.check for one in findings)
    return Verdict(tier=tier, checks=checks, waiting=waiting)


def planned_change(proposal: Proposal, verdict: Verdict, now: datetime) -> Change:
    """Return what will have been written once `verdict` is carried out, to be counted by the next judgement."""
    states = {Tier.COMMIT: ChangeState.COMMITTED, Tier.ESCALATE: ChangeState.ESCALATED}
    state = states.get(verdict.tier, ChangeState.OPEN)
    return Change(fingerprint=proposal.fingerprint, state=state, reference="of this run", at=now)


def _rules(proposal: Proposal, class_name: str, policy: Policy) -> Rules:
    if proposal.cases:
        return rules_for(proposal, class_name, policy)
    given = policy.configuration
    return Rules(
        tier=Tier.ESCALATE,
        overridden=False,
        production="no application is named",
        disabled="",
        minimum_confidence=given.minimum_confidence,
        dwell_minutes=0,
        cool_down_minutes=0,
    )


def _proof(proposal: Proposal, check: Check) -> Finding:
    # A failed check of a proof that was accepted all the same is information; a refusal escalates by itself.
    return Finding(check=check, most=Tier.ESCALATE if proposal.refusal else Tier.COMMIT)


def _stopped(policy: Policy, rules: Rules) -> Finding:
    waiting = f"the kill switch is on: {policy.stopped}" if policy.stopped else rules.disabled
    return finding("kill switch", "", "off", "turn the kill switch off", waiting=waiting)


def _reasoned(proposal: Proposal, rules: Rules) -> list[Finding]:
    """Return what holds for the conclusion of a language model: it is never committed without a pull request."""
    if not any(case.by_model for case in proposal.cases):
        return []
    problem = "a language model concluded it, so nothing is committed directly" if rules.tier is Tier.COMMIT else ""
    lift = "a rule that decides such incidents"
    return [finding("concluded by a model", problem, "a pull request or an issue", lift, most=Tier.APPROVE)]


def _tier(class_name: str, rules: Rules, policy: Policy) -> tuple[Finding, Finding]:
    where = f"production ({rules.production})" if rules.production else "not production"
    by = ", by an override in .gitops-bot.yaml" if rules.overridden else ""
    detail = f"{class_name}, {where}: {_WORDS[rules.tier]}{by}"
    class_check = Finding(check=Check(name="class and environment", passed=True, detail=detail), most=rules.tier)
    allowed = policy.ceiling is None or class_name in policy.ceiling
    lowered = not allowed and rules.tier in {Tier.COMMIT, Tier.AUTO_MERGE}
    problem = f"{class_name} is not among the classes that may go without a person" if lowered else ""
    lift = f"add `{class_name}` to AUTO_REMEDIATE_CLASSES"
    return class_check, finding("ceiling", problem, "within AUTO_REMEDIATE_CLASSES", lift, most=Tier.APPROVE)
