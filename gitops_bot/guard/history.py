"""What was written before for the same cause, and what that means for writing again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from gitops_bot.guard.policy import Policy
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.proposal import Proposal

_APPLIED = {ChangeState.MERGED, ChangeState.COMMITTED}
_DECISIVE = {ChangeState.CLOSED, *_APPLIED}
_BEGINNING = datetime.min.replace(tzinfo=UTC)


class Standing(Struct, frozen=True, kw_only=True):
    """`waiting` says why nothing is written now; `failed` that the same remedy was applied and did not help."""

    waiting: str = ""
    failed: str = ""
    lift: str = ""


def standing(proposal: Proposal, changes: tuple[Change, ...], policy: Policy, now: datetime) -> Standing:
    """Return what earlier changes for the same fingerprint mean. `now` is in UTC."""
    same = sorted((c for c in changes if _concerns(c, proposal)), key=lambda c: c.at or _BEGINNING)
    for change in same:
        if change.state is ChangeState.OPEN:
            return Standing(waiting=f"pull request {change.reference} is open for this cause", lift="merge or close it")
    decisive = [change for change in same if change.state in _DECISIVE and not (change.until and change.until <= now)]
    if not decisive:
        return Standing()
    latest = decisive[-1]
    if latest.state is ChangeState.CLOSED:
        until = f" until {latest.until:%Y-%m-%d}" if latest.until else ""
        how = "without merging" if latest.branch else "as not planned"
        return Standing(
            waiting=f"{latest.reference} was closed {how}, which silences this cause{until}",
            lift=f"reopen {latest.reference}, or add the label `gitops-bot:again` to it",
        )
    return _applied(latest, proposal, policy, now)


def _concerns(change: Change, proposal: Proposal) -> bool:
    """Whether a change is for the proposal's cause; what was applied for others of one image's applications is not.

    One of them may begin to fail when the files of the others have been taken back already.
    """
    if change.fingerprint != proposal.fingerprint:
        return False
    elsewhere = change.applications and not set(change.applications) & set(proposal.applications)
    return not (elsewhere and proposal.image is not None and change.state in _APPLIED)


def _applied(change: Change, proposal: Proposal, policy: Policy, now: datetime) -> Standing:
    unseen = [name for name in proposal.applications if name not in change.seen_by]
    if unseen:
        names = ", ".join(unseen[:3]) + (f" and {len(unseen) - 3} more" if len(unseen) > 3 else "")
        return Standing(
            waiting=f"{change.reference} is on the default branch and Argo CD has not compared {names} with it yet",
            lift=f"sync {names}, if it is not synced automatically",
        )
    if change.at is None:
        return Standing()
    age = now - change.at
    if age < timedelta(minutes=policy.settle_minutes):
        until = change.at.astimezone(UTC) + timedelta(minutes=policy.settle_minutes)
        return Standing(
            waiting=f"{change.reference} was applied and is given until {until:%H:%M} UTC to take effect",
            lift="wait until then",
        )
    if age < timedelta(minutes=policy.repeat_minutes):
        return Standing(
            failed=f"{change.reference} was applied {_ago(age)} ago, and the same trouble is here",
            lift="a person must find out why the remedy did not hold",
        )
    return Standing()


def _ago(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    return f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"


def escalation_of(proposal: Proposal, changes: tuple[Change, ...]) -> Change | None:
    """Return the escalation that is open for the proposal's fingerprint."""
    for change in changes:
        if change.fingerprint == proposal.fingerprint and change.state is ChangeState.ESCALATED:
            return change
    return None


def open_count(changes: tuple[Change, ...]) -> int:
    """Return how many pull requests are open."""
    return sum(1 for change in changes if change.state is ChangeState.OPEN)


def recent_count(changes: tuple[Change, ...], now: datetime) -> int:
    """Return how many changes were written in the last hour, whatever became of them."""
    start = now - timedelta(hours=1)
    return sum(1 for change in changes if (at := change.opened_at or change.at) and start < at <= now)


def cooling(proposal: Proposal, changes: tuple[Change, ...], start: datetime, now: datetime) -> Change | None:
    """Return the latest change after `start` that was applied to one of the applications for another cause."""
    found = [
        change
        for change in changes
        if change.state in _APPLIED and change.fingerprint != proposal.fingerprint
        if change.at is not None and start < change.at <= now
        if set(change.applications) & set(proposal.applications)
    ]
    return max(found, key=lambda change: change.at or _BEGINNING, default=None)


def quarantine(proposal: Proposal, changes: tuple[Change, ...], start: datetime) -> tuple[str, str] | None:
    """Return an application whose last remedy did not help, and the open issue since `start` that says so."""
    for change in changes:
        if change.state is ChangeState.ESCALATED and change.failed and (change.at or _BEGINNING) > start:
            shared = sorted(set(change.applications) & set(proposal.applications))
            if shared and change.fingerprint != proposal.fingerprint:
                return shared[0], change.reference
    return None
