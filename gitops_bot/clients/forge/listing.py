"""Lists, read page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec import Struct

from gitops_bot.clients.forge.connection import Connection

PAGE = 100
Entry = TypeVar("Entry")


class Named(Struct, frozen=True):
    """A label."""

    name: str = ""


class Author(Struct, frozen=True):
    """An account."""

    login: str = ""


class Home(Struct, frozen=True):
    """A repository."""

    full_name: str = ""


class Head(Struct, frozen=True):
    """A pull request's branch; a fork that was deleted has no repository."""

    ref: str
    sha: str
    repo: Home | None = None


class PullEntry(Struct, frozen=True):
    """A pull request of a list."""

    number: int
    state: str
    title: str
    html_url: str
    head: Head
    created_at: datetime
    body: str | None = None
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    merge_commit_sha: str | None = None
    labels: tuple[Named, ...] = ()
    auto_merge: dict[str, object] | None = None


class PullOfIssue(Struct, frozen=True):
    """What a list of issues says of a pull request."""

    merged_at: datetime | None = None


class IssueEntry(Struct, frozen=True):
    """An issue of a list; pull requests are among them."""

    number: int
    state: str
    title: str
    html_url: str
    created_at: datetime
    body: str | None = None
    closed_at: datetime | None = None
    state_reason: str | None = None
    user: Author | None = None
    labels: tuple[Named, ...] = ()
    pull_request: PullOfIssue | None = None


class Listing(Connection):
    """Reads lists of the repository."""

    def _entries(self, path: str, shape: type[Entry], most: int, **asked: str) -> Iterator[Entry]:
        """Yield at most `most` entries of a list."""
        for page in range(1, (most + PAGE - 1) // PAGE + 1):
            found = self._get(path, **asked, per_page=str(PAGE), page=str(page))
            entries: list[Entry] = msgspec.convert(found, list[shape])  # type: ignore[valid-type]
            yield from entries
            if len(entries) < PAGE:
                return
