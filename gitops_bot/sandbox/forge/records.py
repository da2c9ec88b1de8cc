"""What the forge remembers beside Git: plain records, changed under the forge's one lock. Times are in UTC."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gitops_bot.sandbox.http import Json

ROLES = ("none", "read", "triage", "write", "maintain", "admin")


@dataclass(frozen=True)
class Account:
    """Who acts: `kind` is `Bot`, `User` or `Organization`, `role` one of ROLES.

    `can_write` False gives a bot a read-only token's answers and a person the role `read`. `association` is the
    `author_association` to show, where it shall not follow from the role.
    """

    login: str
    kind: str = "User"
    can_write: bool = True
    role: str = "write"
    association: str = ""

    @property
    def standing(self) -> str:
        """The role in force."""
        return self.role if self.can_write else min(self.role, "read", key=ROLES.index)

    @property
    def may_push(self) -> bool:
        """Whether the account's role lets it write to the repository."""
        return ROLES.index(self.standing) >= ROLES.index("write")

    @property
    def id(self) -> int:
        """A number that stays the same for the same login."""
        return zlib.crc32(self.login.encode()) % 90_000_000 + 1000


@dataclass(frozen=True)
class Token:
    """What a secret stands for: an account, and what of its rights the secret carries.

    `permissions` is None for all of them, else a permission's name to `read` or `write`, as a workflow or a GitHub App
    has it. `workflow` marks a GITHUB_TOKEN.
    """

    account: Account
    permissions: Mapping[str, str] | None = None
    workflow: bool = False


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
class QueueEntry:
    """A pull request's place in its base branch's merge queue; `position` counts from 1."""

    id: int
    issue: int
    enqueuer: Account
    enqueued_at: datetime
    base_sha: str
    head_sha: str
    state: str = "AWAITING_CHECKS"


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
    queued: QueueEntry | None = None
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
    """A branch's protection. None: `contexts` no check, `approvals` no pull request, `pushers` anybody who may write.

    `pushers` are the logins that may push, and merge, at all.
    """

    contexts: tuple[str, ...] | None = None
    strict: bool = False
    approvals: int | None = None
    enforce_admins: bool = False
    dismiss_stale: bool = False
    code_owners: bool = False
    pushers: tuple[str, ...] | None = None
    allow_force_pushes: bool = False
    allow_deletions: bool = False
    linear_history: bool = False


@dataclass
class Ruleset:
    """A ruleset on the branches that match `branches` (`~DEFAULT_BRANCH`, `~ALL` or patterns such as `release/*`).

    `contexts` None asks for no check, `approvals` None for no pull request; `merge_queue` is the queue's merge method
    (MERGE, SQUASH or REBASE), empty for none; `creation`, `update`, `deletion` and `force_push` True forbid these;
    `bypass` are the logins that it does not bind. Only `active` rulesets count: not `disabled` and `evaluate` ones.
    """

    id: int = 0
    name: str = "rules"
    branches: tuple[str, ...] = ("~DEFAULT_BRANCH",)
    enforcement: str = "active"
    contexts: tuple[str, ...] | None = None
    strict: bool = False
    approvals: int | None = None
    dismiss_stale: bool = False
    merge_methods: tuple[str, ...] = ("merge", "squash", "rebase")
    merge_queue: str = ""
    creation: bool = False
    update: bool = False
    deletion: bool = False
    force_push: bool = False
    linear_history: bool = False
    bypass: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dispatch:
    """A repository_dispatch that was received."""

    event_type: str
    client_payload: Json
    received_at: datetime


@dataclass
class Settings:
    """The repository's switches, with GitHub's defaults save for auto-merge, which a bot's users turn on.

    `actions_may_open_pulls` is "Allow GitHub Actions to create and approve pull requests".
    """

    allow_merge_commit: bool = True
    allow_squash_merge: bool = True
    allow_rebase_merge: bool = True
    allow_auto_merge: bool = True
    delete_branch_on_merge: bool = False
    actions_may_open_pulls: bool = True
    description: str | None = None
    private: bool = False
