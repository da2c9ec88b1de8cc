"""What the bot has written before: read from the forge and from Git at each run, kept nowhere else."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class ChangeState(StrEnum):
    """Where a change stands."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"
    COMMITTED = "committed"
    ESCALATED = "escalated"


class Change(Struct, frozen=True, kw_only=True):
    """A commit, pull request or issue of the bot's for one fingerprint.

    `number` is 0 for a commit; `seen_by` names the applications that Argo CD has compared at a revision which contains
    the change (merged and committed ones only). Times are UTC.
    """

    fingerprint: str
    state: ChangeState
    reference: str
    url: str = ""
    number: int = 0
    branch: str = ""
    commit: str = ""
    at: datetime | None = None
    seen_by: tuple[str, ...] = ()


class Receipt(Struct, frozen=True, kw_only=True):
    """What `apply` did for one remediation: the change, whether it is new, and one line for people.

    `failed` says that something went wrong on the way, as against: there was nothing to write.
    """

    fingerprint: str
    change: Change | None
    written: bool
    summary: str
    failed: bool = False
