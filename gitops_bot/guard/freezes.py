"""Freeze windows: when they begin is a cron expression in a time zone, so that they follow the clock on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim
from msgspec import Struct

from gitops_bot.configuration import Freeze
from gitops_bot.guard.overrides import matches
from gitops_bot.guard.policy import Policy
from gitops_bot.model.proposal import Proposal


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


def ends_at(freeze: Freeze, now: datetime) -> datetime | None:
    """Return when the window around `now` ends (UTC), None where there is none. Of windows that overlap, the last."""
    # Backwards CronSim gives the times before the one that it is asked at: a window that begins now has begun.
    asked = (now + timedelta(minutes=1)).astimezone(ZoneInfo(freeze.time_zone))
    start = next(CronSim(freeze.start, asked, reverse=True), None)
    end = None if start is None else start.astimezone(UTC) + timedelta(hours=freeze.hours)
    return end if end is not None and end > now else None
