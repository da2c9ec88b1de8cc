"""Freeze windows: when they begin is a cron expression in a time zone, so that they follow the clock on the wall."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim
from msgspec import Struct

from gitops_bot.configuration import Freeze
from gitops_bot.guard.classes import remediation_class
from gitops_bot.guard.overrides import matches
from gitops_bot.guard.policy import Policy
from gitops_bot.model.proposal import Proposal

_CLOCKS_CHANGE = timedelta(hours=3)


class Frozen(Struct, frozen=True):
    """The freeze that holds a proposal back, and when it ends (UTC)."""

    name: str
    until: datetime


def frozen(proposal: Proposal, class_name: str, policy: Policy, now: datetime) -> Frozen | None:
    """Return the freeze that lasts the longest among those that hold the proposal back at `now` (UTC)."""
    found = [
        Frozen(freeze.name, until)
        for freeze in policy.configuration.freezes
        if class_name not in freeze.allow and (until := ends_at(freeze, now)) is not None
        if any(matches(freeze.match, case, proposal, class_name, policy) for case in proposal.cases)
    ]
    return max(found, key=lambda one: one.until, default=None)


def passed_over(proposal: Proposal, policy: Policy) -> tuple[str, ...]:
    """Return the marks of the freezes that are not for the proposal, whenever they are."""
    class_name = remediation_class(proposal)
    return tuple(
        mark(freeze, policy)
        for freeze in policy.configuration.freezes
        if class_name in freeze.allow
        or not any(matches(freeze.match, case, proposal, class_name, policy) for case in proposal.cases)
    )


def mark(freeze: Freeze, policy: Policy) -> str:
    """Return 16 hexadecimal digits that stand for what a freeze is for; they change when that does."""
    told = repr((freeze.match, freeze.allow, policy.configuration.environments))
    return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def ends_at(freeze: Freeze, now: datetime) -> datetime | None:
    """Return when the window around `now` ends (UTC), None where there is none. Of windows that overlap, the last.

    Where clocks are changed within a window, the later counts: after so many hours, or as the clock on the wall says.
    """
    lasts = timedelta(hours=freeze.hours)
    # Within an hour that comes twice CronSim forgets what began in the first: it is asked from after both.
    asked = (now + _CLOCKS_CHANGE).astimezone(ZoneInfo(freeze.time_zone))
    start = next((one for one in CronSim(freeze.start, asked, reverse=True) if one <= now), None)
    if start is None:
        return None
    end = max(start.astimezone(UTC) + lasts, (start + lasts).astimezone(UTC))
    return end if end > now else None
