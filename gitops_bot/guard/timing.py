"""Checks on the moment: dwell time, freezes, what was written before, and how much is under way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from gitops_bot.guard.finding import Finding, finding
from gitops_bot.guard.freezes import frozen
from gitops_bot.guard.history import cooling, open_count, quarantine, recent_count, standing
from gitops_bot.guard.overrides import Rules
from gitops_bot.guard.policy import PATCH, Policy
from gitops_bot.model.change import Change
from gitops_bot.model.incident import Trouble
from gitops_bot.model.plan import Tier
from gitops_bot.model.proposal import HISTORY, Proposal

_CERTAIN = 90
# Not asked where a person takes over.
MOMENT_CHECKS = frozenset({"dwell time", "freezes", "cool-down"})


def moment(time: datetime) -> str:
    """Return a time for people."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


class Question(Struct, frozen=True, kw_only=True):
    """A proposal of a class, the rules for it, what was written before, and the moment (UTC).

    `insisted` says that a person wants it written now.
    """

    proposal: Proposal
    class_name: str
    rules: Rules
    policy: Policy
    changes: tuple[Change, ...]
    now: datetime
    insisted: bool = False

    @property
    def critical(self) -> bool:
        """Whether production is failing for a cause that is clear enough not to queue."""
        certain = any(one.trouble is Trouble.RUNTIME and one.confidence >= _CERTAIN for one in self.proposal.cases)
        return self.class_name != PATCH and certain and bool(self.rules.production)


def dwell_check(asked: Question) -> Finding:
    """Return whether the trouble has lasted long enough to be more than a hiccup."""
    minutes = asked.rules.dwell_minutes
    latest = max((case.since for case in asked.proposal.cases if case.since), default=None)
    waiting = ""
    # A beginning in the future is a clock that is wrong, and nothing to wait for.
    if latest is not None and latest <= asked.now < latest + timedelta(minutes=minutes):
        until = moment(latest + timedelta(minutes=minutes))
        waiting = f"trouble must last {minutes} minutes first (`dwell-minutes`): until {until}"
    fine = f"{minutes} minutes are asked for" if minutes else "none is asked for"
    return _unless_insisted(asked, "dwell time", fine, "a shorter `dwell-minutes` in .gitops-bot.yaml", waiting)


def freeze_check(asked: Question) -> Finding:
    """Return whether a freeze holds it back."""
    found = frozen(asked.proposal, asked.class_name, asked.policy, asked.now)
    waiting = f"frozen by `{found.name}` until {moment(found.until)}" if found else ""
    lift = f"wait, or add `{asked.class_name}` to the freeze's `allow` in .gitops-bot.yaml"
    return _unless_insisted(asked, "freezes", "none", lift, waiting)


def history_check(asked: Question) -> Finding:
    """Return whether the same cause is being treated, was treated in vain, or is silenced."""
    found = standing(asked.proposal, asked.changes, asked.policy, asked.now)
    fine = "none is open"
    return finding(HISTORY, found.failed, fine, found.lift, waiting=found.waiting)


def quarantine_check(asked: Question) -> Finding:
    """Return whether a remedy failed lately in one of the applications: then a person approves the next one."""
    start = asked.now - timedelta(days=asked.policy.configuration.quarantine_days)
    held = quarantine(asked.proposal, asked.changes, start)
    problem = f"a remedy for {held[0]} did not help: {held[1]}" if held else ""
    lift = f"close {held[1]} once {held[0]} is understood" if held else ""
    return finding("quarantine", problem, "no remedy failed here lately", lift, most=Tier.APPROVE)


def cool_down_check(asked: Question) -> Finding:
    """Return whether another change to one of the applications is still taking effect."""
    lasts = timedelta(minutes=asked.rules.cool_down_minutes)
    latest = cooling(asked.proposal, asked.changes, asked.now - lasts, asked.now)
    waiting = ""
    if latest is not None and latest.at is not None:
        until = moment(latest.at + lasts)
        waiting = f"{latest.reference} has just changed the same application: it cools down until {until}"
    lift = "a shorter `cool-down-minutes` in .gitops-bot.yaml"
    return _unless_critical(asked, "cool-down", "no other change here lately", lift, waiting)


def limits_check(asked: Question, tier: Tier) -> Finding:
    """Return whether there is room for one more."""
    limits = asked.policy.configuration.limits
    opened, recent = open_count(asked.changes), recent_count(asked.changes, asked.now)
    waiting = ""
    if tier in {Tier.APPROVE, Tier.AUTO_MERGE} and opened >= limits.open:
        waiting = f"the limit of open pull requests ({limits.open}) is reached: merge or close one"
    elif recent >= limits.hourly:
        waiting = f"the limit of changes an hour ({limits.hourly}) is reached: there is room again within the hour"
    fine = f"{opened} open, {recent} in the last hour"
    return _unless_critical(asked, "limits", fine, "merge or close open ones, or raise `limits`", waiting)


def _unless_critical(asked: Question, name: str, fine: str, lift: str, waiting: str) -> Finding:
    if waiting and asked.critical:
        return finding(name, "", f"exempt, for production is failing: {waiting}")
    return _unless_insisted(asked, name, fine, lift, waiting)


def _unless_insisted(asked: Question, name: str, fine: str, lift: str, waiting: str) -> Finding:
    if waiting and asked.insisted:
        return finding(name, "", f"exempt, for a person wants it now: {waiting}")
    return finding(name, "", fine, lift, waiting=waiting)
