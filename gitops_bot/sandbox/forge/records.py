"""What the forge remembers beside Git: plain records, changed under the forge's one lock. Times are in UTC."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from datetime import datetime

from gitops_bot.sandbox.http import Json


@dataclass(frozen=True)
class Account:
    """Who acts: `kind` is `Bot` or `User`; `can_write` False gives a read-only token's answers."""

    login: str
    kind: str = "User"
    can_write: bool = True

    @property
    def id(self) -> int:
        """A number that stays the same for the same login."""
        return zlib.crc32(self.login.encode()) % 90_000_000 + 1000


@dataclass
class Label:
    """A label of the repository."""

    id: int
    name: str
    color: str = "ededed"
    description: str = ""


@dataclass
class Reaction:
    """One account's reaction to a comment or an issue."""

    id: int
    user: Account
    content: str
    created_at: datetime


@dataclass
class Comment:
    """A comment in a conversation."""

    id: int
    issue: int
    user: Account
    body: str
    created_at: datetime
    updated_at: datetime
    reactions: list[Reaction] = field(default_factory=list)


@dataclass
class Review:
    """A review: `state` is APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED."""

    id: int
    user: Account
    body: str
    state: str
    commit: str
    submitted_at: datetime


@dataclass
class AutoMerge:
    """The wish to merge a pull request as soon as its requirements are met."""

    enabled_by: Account
    method: str
    title: str
    message: str


@dataclass
class Pull:
    """The part of an issue that makes it a pull request. `head_sha` and `base_sha` follow the branches while open."""

    head: str
    base: str
    head_sha: str
    base_sha: str
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: Account | None = None
    merge_commit: str | None = None
    auto_merge: AutoMerge | None = None
    reviewers: list[str] = field(default_factory=list)
    team_reviewers: list[str] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)


@dataclass
class Issue:
    """An issue, or with `pull` a pull request; both share one numbering."""

    id: int
    number: int
    user: Account
    title: str
    body: str | None
    created_at: datetime
    updated_at: datetime
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: Account | None = None
    locked: bool = False
    pull: Pull | None = None
    reactions: list[Reaction] = field(default_factory=list)

    @property
    def node_id(self) -> str:
        """The id under which GraphQL knows it."""
        return f"{'PR' if self.pull else 'I'}_{self.number}"


@dataclass
class Status:
    """A commit status: `state` is error, failure, pending or success."""

    id: int
    sha: str
    user: Account
    state: str
    context: str
    description: str | None
    target_url: str | None
    created_at: datetime


@dataclass
class CheckRun:
    """A check run; `conclusion` stands once `status` is completed."""

    id: int
    sha: str
    name: str
    status: str
    conclusion: str | None
    details_url: str | None
    external_id: str | None
    started_at: datetime | None
    completed_at: datetime | None
    title: str | None = None
    summary: str | None = None
    text: str | None = None
    annotations: list[Json] = field(default_factory=list)


@dataclass
class Protection:
    """A branch's protection, as far as merging looks at it."""

    contexts: tuple[str, ...] | None = None
    strict: bool = False
    approvals: int | None = None
    enforce_admins: bool = False
    dismiss_stale: bool = False
    code_owners: bool = False


@dataclass(frozen=True)
class Dispatch:
    """A repository_dispatch that was received."""

    event_type: str
    client_payload: Json
    received_at: datetime


@dataclass
class Settings:
    """The repository's switches, with GitHub's defaults save for auto-merge, which a bot's users turn on."""

    allow_merge_commit: bool = True
    allow_squash_merge: bool = True
    allow_rebase_merge: bool = True
    allow_auto_merge: bool = True
    delete_branch_on_merge: bool = False
    description: str | None = None
    private: bool = False
