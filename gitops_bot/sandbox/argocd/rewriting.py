"""What a replayed answer must say otherwise than it was recorded: where the repository is, and at which commit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

# A URL (`scheme://[user@]host[:port]/…`) or Git's short SSH form (`user@host:…`); the path's last two parts are the
# owner and the name.
_REPOSITORY_URL = re.compile(
    r"(?P<prefix>[a-z][a-z0-9+.-]*://[^/\s]+/(?:[^/\s]+/)*?|[^/@\s]+@[^/:\s]+:(?:[^/\s]+/)*?)"
    r"(?P<owner>[^/\s]+)/(?P<name>[^/\s]+?)(?:\.git)?/?"
)


@dataclass(frozen=True)
class RepositoryUrl:
    """A clone URL taken apart: all that stands before `owner/name` is its prefix."""

    prefix: str
    owner: str
    name: str

    @classmethod
    def parse(cls, url: str) -> RepositoryUrl | None:
        """Take a clone URL apart; None where it is none with an owner and a name (a Helm registry, say)."""
        match = _REPOSITORY_URL.fullmatch(url)
        return cls(match["prefix"], match["owner"], match["name"]) if match else None


def most_used_repository(urls: Iterable[str]) -> tuple[RepositoryUrl, ...]:
    """Of the clone URLs of many applications, every spelling of the repository that most of them use; () for none.

    Two spellings are the same repository where owner and name agree. The first of equals wins.
    """
    parsed = [each for each in map(RepositoryUrl.parse, urls) if each is not None]
    if not parsed:
        return ()
    (owner, name), _ = Counter((each.owner, each.name) for each in parsed).most_common(1)[0]
    return tuple(dict.fromkeys(each for each in parsed if (each.owner, each.name) == (owner, name)))


@dataclass(frozen=True)
class Rewriting:
    """Replaces repository prefixes and one revision in a body's bytes, inside JSON strings too.

    `base_url` is the sandbox's own, without a slash at its end; `revision` a pair (recorded, actual) of full commit
    ids, or None where they agree.
    """

    repositories: tuple[RepositoryUrl, ...]
    base_url: str
    revision: tuple[str, str] | None = None

    def apply(self, body: bytes) -> bytes:
        """The body as the sandbox answers it."""
        # Some encoders write `\/` for a slash: what comes in so goes out so.
        for slash in ("/", "\\/"):
            own = f"{self.base_url}/".replace("/", slash).encode()
            for url in self.repositories:
                body = _repository_pattern(url, slash).sub(own.replace(b"\\", b"\\\\") + rb"\1", body)
        if self.revision is not None:
            recorded, actual = self.revision
            body = body.replace(recorded.encode(), actual.encode())
        return body

    def recorded_path(self, path: str) -> str:
        """A request's path with the actual revision put back to the recorded one."""
        if self.revision is None:
            return path
        recorded, actual = self.revision
        return path.replace(actual, recorded)


def _repository_pattern(url: RepositoryUrl, slash: str) -> re.Pattern[bytes]:
    prefix = re.escape(url.prefix.replace("/", slash).encode())
    repository = re.escape(f"{url.owner}/{url.name}".replace("/", slash).encode())
    # A longer name is another repository; `.git` is none of the name.
    end = rb"(?![A-Za-z0-9_-])(?!\.(?!git(?![A-Za-z0-9_-]))[A-Za-z0-9_-])"
    return re.compile(prefix + rb"(" + repository + rb")" + end)
