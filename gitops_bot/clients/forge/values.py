"""What the forge answers, as small frozen values. Times are UTC; titles, bodies and messages are untrusted text."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

# Who acts with a workflow's GITHUB_TOKEN.
WORKFLOW = "github-actions[bot]"


class RepositoryFacts(Struct, frozen=True, kw_only=True):
    """The repository's switches."""

    default_branch: str
    node_id: str = ""
    allow_auto_merge: bool = False
    merge_methods: tuple[str, ...] = ()


class Commit(Struct, frozen=True, kw_only=True):
    """One commit."""

    sha: str
    message: str
    tree: str = ""
    parents: tuple[str, ...] = ()


class PullRequest(Struct, frozen=True, kw_only=True):
    """One pull request; `node_id` is its name in GraphQL, `author` the login of who opened it."""

    number: int
    node_id: str
    url: str
    title: str
    body: str
    head: str
    head_commit: str
    author: str = ""

    @property
    def by_workflow(self) -> bool:
        """Whether a workflow's GITHUB_TOKEN opened it: then the workflows that it starts wait for a person."""
        return self.author == WORKFLOW


class Issue(Struct, frozen=True, kw_only=True):
    """One issue."""

    number: int
    url: str
    title: str
    body: str


class AutoMerge(StrEnum):
    """What came of asking for auto-merge."""

    ENABLED = "enabled"
    CLEAN = "clean"


class Conversation(Struct, frozen=True, kw_only=True):
    """An issue, or with `is_pull` a pull request, as it is now. `not_planned` says that an issue was closed as that.

    Of a pull request: `home` is the repository of its branch (OWNER/NAME, empty where it is gone), `head` a commit,
    `base` a branch, `merge_commit` what came of merging it; `merging` says that it merges by itself. `author` is the
    login of who opened it.
    """

    number: int
    url: str
    title: str
    body: str
    labels: tuple[str, ...] = ()
    is_open: bool = False
    not_planned: bool = False
    is_pull: bool = False
    merged: bool = False
    node_id: str = ""
    home: str = ""
    branch: str = ""
    head: str = ""
    base: str = ""
    merge_commit: str = ""
    merging: bool = False
    author: str = ""


class Comment(Struct, frozen=True, kw_only=True):
    """A comment on the issue or pull request `number`, written at `at`.

    `person` says that an account of a person wrote it, and no app in its name; `edited` that it was changed since.
    """

    id: int
    number: int
    login: str
    body: str
    person: bool
    edited: bool
    at: datetime


class Permission(Struct, frozen=True, kw_only=True):
    """What an account may do here, as the forge calls it (`none`, `read`, `write`, `admin`)."""

    level: str
    person: bool = False


class Reaction(Struct, frozen=True, kw_only=True):
    """A reaction to a comment, and whose it is."""

    id: int
    login: str
