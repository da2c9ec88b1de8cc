"""What the forge answers, as small frozen values. Times are UTC; titles, bodies and messages are untrusted text."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class RepositoryFacts(Struct, frozen=True, kw_only=True):
    """The repository's switches; `may_push` is None where the forge does not tell (a GitHub App's token)."""

    default_branch: str
    node_id: str = ""
    allow_auto_merge: bool = False
    merge_methods: tuple[str, ...] = ()
    may_push: bool | None = None


class Commit(Struct, frozen=True, kw_only=True):
    """One commit."""

    sha: str
    message: str
    tree: str = ""
    parents: tuple[str, ...] = ()


class PullRequest(Struct, frozen=True, kw_only=True):
    """One pull request; `node_id` is its name in GraphQL."""

    number: int
    node_id: str
    url: str
    title: str
    body: str
    head: str
    head_commit: str


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
    REFUSED = "refused"
