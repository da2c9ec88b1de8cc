"""The judgement: every check is asked, each may lower the tier, and one may say that nothing is written now."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

from gitops_bot.guard.classes import remediation_class
from gitops_bot.guard.environment import production
from gitops_bot.guard.history import escalation_of, open_count, recent_count, standing
from gitops_bot.guard.policy import DEFAULT_TIERS, PATCH, Policy
from gitops_bot.guard.protection import protected_objects, protected_paths, schema_changes, size
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.diagnosis import ACTIONS, Escalate, LeaveAlone
from gitops_bot.model.incident import Trouble
from gitops_bot.model.plan import Check, Tier
from gitops_bot.model.proposal import Proposal, Verdict

_ORDER = (Tier.COMMIT, Tier.AUTO_MERGE, Tier.APPROVE, Tier.ESCALATE)
_CORRUPTION = re.compile(r"corrupt|checksum (mismatch|fail)|data loss|split.?brain", re.IGNORECASE)
_CERTAIN = 90


class Finding(Struct, frozen=True, kw_only=True):
    """One check, and the most trusted tier that it leaves."""

    check: Check
    most: Tier = Tier.COMMIT
    waiting: str = ""


def judge(proposal: Proposal, policy: Policy, changes: tuple[Change, ...], now: datetime) -> Verdict:
    """Return how far `proposal` may go under `policy`.

    `changes` is what the bot has written before, with what this run has planned so far (`planned_change`); `now` is in
    UTC. The verdict holds every check, those of the proof first, passed or not; with `waiting` nothing is written.
    """
    findings = [_proof(proposal, check) for check in proposal.proof]
    findings += [_stopped(policy), _expressible(proposal), _confidence(proposal, policy), _agreement(proposal)]
    findings += [
        _data(proposal),
        _paths(proposal, policy),
        _objects(proposal),
        _schema(proposal),
        _size(proposal, policy),
    ]
    findings += [_history(proposal, policy, changes, now), *_tier(proposal, policy)]
    tier = max((finding.most for finding in findings), key=_ORDER.index)
    findings.append(_limits(proposal, policy, changes, now, tier))
    waiting = next((finding.waiting for finding in findings if finding.waiting), "")
    escalation = escalation_of(proposal, changes)
    if not waiting and tier is Tier.ESCALATE and escalation:
        waiting = f"issue {escalation.reference} is open for this cause"
    return Verdict(tier=tier, checks=tuple(finding.check for finding in findings), waiting=waiting)


def planned_change(proposal: Proposal, verdict: Verdict, now: datetime) -> Change:
    """Return what will have been written once `verdict` is carried out, to be counted by the next judgement."""
    states = {Tier.COMMIT: ChangeState.COMMITTED, Tier.ESCALATE: ChangeState.ESCALATED}
    state = states.get(verdict.tier, ChangeState.OPEN)
    return Change(fingerprint=proposal.fingerprint, state=state, reference="of this run", at=now)


def _finding(
    name: str, problem: str, fine: str, lift: str = "", most: Tier = Tier.ESCALATE, waiting: str = ""
) -> Finding:
    """Return a finding that failed where there is a `problem` or something to wait for."""
    failed = problem or waiting
    check = Check(name=name, passed=not failed, detail=failed or fine, lift=lift if failed else "")
    return Finding(check=check, most=most if problem else Tier.COMMIT, waiting=waiting)


def _proof(proposal: Proposal, check: Check) -> Finding:
    # A failed check of a proof that was accepted all the same is information; a refusal escalates by itself.
    return Finding(check=check, most=Tier.ESCALATE if proposal.refusal else Tier.COMMIT)


def _stopped(policy: Policy) -> Finding:
    return _finding("kill switch", "", "off", "turn the kill switch off", waiting=policy.stopped)


def _expressible(proposal: Proposal) -> Finding:
    handed = [one.remedy for one in proposal.cases if isinstance(one.remedy, Escalate | LeaveAlone)]
    problem = proposal.refusal or "; ".join(dict.fromkeys(remedy.reason for remedy in handed))
    if not proposal.cases:
        problem = problem or "no diagnosis stands behind it"
    return _finding("can be expressed and proven in Git", problem, _fine(proposal), "a person must decide and edit Git")


def _fine(proposal: Proposal) -> str:
    count = len({edit.path for edit in proposal.edits})
    return f"{count} file{'' if count == 1 else 's'}" if count else "an empty commit"


def _confidence(proposal: Proposal, policy: Policy) -> Finding:
    least = min((case.confidence for case in proposal.cases), default=0)
    wanted = policy.minimum_confidence
    problem = f"{least} is below {wanted}" if least < wanted else ""
    lift = "more evidence, or a lower `minimum-confidence` in .gitops-bot.yaml"
    return _finding("confidence", problem, f"{least}, at least {wanted} is asked for", lift)


def _agreement(proposal: Proposal) -> Finding:
    actions = sorted({ACTIONS[type(one.remedy)] for one in proposal.cases if type(one.remedy) in ACTIONS})
    problem = f"the signals point to different remedies: {', '.join(actions)}" if len(actions) > 1 else ""
    return _finding(
        "signals agree", problem, "one remedy for all of them", "a person must tell which cause is the right one"
    )


def _data(proposal: Proposal) -> Finding:
    texts = [one.cause for one in proposal.cases]
    texts += [row.value for one in proposal.cases for row in one.evidence]
    found = next((match.group() for text in texts if (match := _CORRUPTION.search(text))), "")
    problem = f"the evidence speaks of {found!r}" if found else ""
    return _finding("no sign of damaged data", problem, "none", "a person must make sure that the data is sound")


def _paths(proposal: Proposal, policy: Policy) -> Finding:
    problem = _listed(protected_paths(proposal, policy.protected_paths))
    return _finding("protected files", problem, "none is touched", "a person must edit protected files")


def _objects(proposal: Proposal) -> Finding:
    problem = _listed(protected_objects(proposal))
    return _finding("security and API objects", problem, "none is touched", "a person must change security objects")


def _schema(proposal: Proposal) -> Finding:
    problem = _listed(schema_changes(proposal))
    return _finding("database schema", problem, "no migration is touched", "a person must judge a schema change")


def _size(proposal: Proposal, policy: Policy) -> Finding:
    files, lines = size(proposal)
    problem = ""
    if files > policy.most_files or lines > policy.most_lines:
        problem = f"{files} files and {lines} lines, at most {policy.most_files} and {policy.most_lines} are allowed"
    return _finding("size", problem, f"{files} files, {lines} changed lines", "a person must make so large a change")


def _history(proposal: Proposal, policy: Policy, changes: tuple[Change, ...], now: datetime) -> Finding:
    found = standing(proposal, changes, policy, now)
    fine = "no live change for this cause"
    return _finding("one live change for a cause", found.failed, fine, found.lift, waiting=found.waiting)


def _tier(proposal: Proposal, policy: Policy) -> tuple[Finding, Finding]:
    name = remediation_class(proposal)
    rule = policy.tiers.get(name) or DEFAULT_TIERS[PATCH]
    why = production(proposal, policy)
    tier = rule.production if why else rule.elsewhere
    words = {
        Tier.COMMIT: "commit",
        Tier.AUTO_MERGE: "merge once required checks pass",
        Tier.APPROVE: "a person approves",
    }
    detail = f"{name}, {f'production ({why})' if why else 'not production'}: {words.get(tier, 'a person takes over')}"
    class_check = Finding(check=Check(name="class and environment", passed=True, detail=detail), most=tier)
    allowed = policy.ceiling is None or name in policy.ceiling
    lowered = not allowed and tier in {Tier.COMMIT, Tier.AUTO_MERGE}
    problem = f"{name} is not among the classes that may go without a person" if lowered else ""
    lift = f"add `{name}` to AUTO_REMEDIATE_CLASSES"
    return class_check, _finding("ceiling", problem, "within AUTO_REMEDIATE_CLASSES", lift, most=Tier.APPROVE)


def _limits(proposal: Proposal, policy: Policy, changes: tuple[Change, ...], now: datetime, tier: Tier) -> Finding:
    waiting = ""
    opened, recent = open_count(changes), recent_count(changes, now)
    if tier in {Tier.APPROVE, Tier.AUTO_MERGE} and opened >= policy.open_limit:
        waiting = f"the limit of {policy.open_limit} open pull requests is reached"
    elif recent >= policy.hourly_limit:
        waiting = f"the limit of {policy.hourly_limit} changes an hour is reached"
    if waiting and _critical(proposal, policy):
        return _finding("limits", "", f"exempt, for production is failing: {waiting}")
    fine = f"{opened} open, {recent} in the last hour"
    return _finding("limits", "", fine, "merge or close open ones, or raise `limits`", waiting=waiting)


def _critical(proposal: Proposal, policy: Policy) -> bool:
    """Return whether production is failing for a cause that is clear enough not to queue."""
    rollback = remediation_class(proposal) != PATCH and any(
        one.trouble is Trouble.RUNTIME and one.confidence >= _CERTAIN for one in proposal.cases
    )
    return rollback and bool(production(proposal, policy))


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
