"""What the bot has written before: read from the forge and from Git at each run, kept nowhere else."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class ChangeState(StrEnum):
    """Where a change stands. `closed` silences its cause; `healed` and `superseded` were closed by the bot itself."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"
    HEALED = "healed"
    SUPERSEDED = "superseded"
    COMMITTED = "committed"
    ESCALATED = "escalated"


class Change(Struct, frozen=True, kw_only=True):
    """A commit, pull request or issue of the bot's for one fingerprint.

    `number` is 0 for a commit; `applications` are those that it repairs, `causes` fingerprints of what was diagnosed in
    them, `paths` hashes of the names of the files that it edits; `seen_by` names the applications that Argo CD has
    compared at a revision which contains the change (merged and committed ones only). `at` is when it came to its
    state, `opened_at` when it was first written (UTC). `failed` marks an escalation of a remedy that did not help,
    `asked` that a model was asked, `until` is when a silence ends (None: never).

    What the bot wrote into it the last time: `plan` is a hash of the edits, `words` of what the text says, `written`
    the commit that it put on the branch, to be compared with `commit`, its head, `before` those that it put there
    earlier. `ticks` are the boxes that somebody ticked, `labels` what it is labelled with, `merging` says that it
    merges by itself. `author` is the login of who opened a pull request in this run.
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
    applications: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    opened_at: datetime | None = None
    until: datetime | None = None
    failed: bool = False
    asked: bool = False
    plan: str = ""
    words: str = ""
    written: str = ""
    before: tuple[str, ...] = ()
    ticks: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    title: str = ""
    merging: bool = False
    author: str = ""

    def lapsed(self, now: datetime) -> bool:
        """Whether it is a silence that has ended by `now` (UTC)."""
        return self.state is ChangeState.CLOSED and self.until is not None and self.until <= now

    @property
    def foreign(self) -> bool:
        """Whether an open pull request's branch holds commits that the bot did not write."""
        return bool(self.written) and self.commit not in (self.written, *self.before)

    @property
    def unfinished(self) -> bool:
        """Whether an open pull request's text is that of a commit which did not get to the branch."""
        return bool(self.written) and self.commit in self.before


class Receipt(Struct, frozen=True, kw_only=True):
    """What `apply` did for one remediation: the change, whether it is new, and one line for people.

    `failed` says that something went wrong on the way, as against: there was nothing to write. `remark` is for people,
    and said once in a run.
    """

    fingerprint: str
    change: Change | None
    written: bool
    summary: str
    failed: bool = False
    remark: str = ""
