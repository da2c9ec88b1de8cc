"""Commits by `git push`, for a forge without GraphQL: made in the clone, and pushed on the head that was expected."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.errors import RepositoryError, SourceUnavailable

if TYPE_CHECKING:
    import git

ABSENT = "0" * 40
_FILE = 0o100644
_NAME = "gitops-bot"
_STALE = re.compile(
    r"stale info|non-fast-forward|fetch first|cannot lock ref|failed to update ref|reference already exists"
)
_PROTECTED = re.compile(r"protected branch|GH006|GH013|pre-receive hook declined", re.IGNORECASE)


class PushRefused(SourceUnavailable):
    """The server took nothing: `stale` where a branch stands elsewhere, `protects` where it takes no direct commits."""

    def __init__(self, error: RepositoryError, branch: str) -> None:
        super().__init__(f"the forge refused the push to {branch}", where=error.where, found=error.found)
        self.stale = _STALE.search(error.found) is not None
        self.protects = _PROTECTED.search(error.found) is not None


class Pusher:
    """Writes to one forge by Git alone. `url` is the repository's, `token` its password."""

    def __init__(self, repository: ConfigRepository, url: str, token: str) -> None:
        self._repository = repository
        self._url = url
        self._token = token

    def commit(
        self, branch: str, expected: str, message: str, additions: Mapping[str, bytes], deletions: tuple[str, ...]
    ) -> str:
        """Put a commit on a branch that stands at `expected`; return it. Raises PushRefused; modes of files stay."""
        if not self._repository.has(expected):
            self._repository.fetch(branch, token=self._token)
        sha = self._make(expected, message, additions, deletions)
        self._push(branch, {branch: (expected, sha)})
        return sha

    def move(self, branch: str, expected: str, commit: str, leaving: str = "") -> None:
        """Move a branch that stands at `expected`, and delete `leaving`, which stands at `commit`, in one step."""
        moves = {branch: (expected, commit)}
        if leaving:
            moves[leaving] = (commit, ABSENT)
        self._push(branch, moves)

    def _push(self, branch: str, moves: Mapping[str, tuple[str, str]]) -> None:
        leases = [f"--force-with-lease=refs/heads/{name}:{before}" for name, (before, _) in moves.items()]
        specs = [f"{'' if after == ABSENT else after}:refs/heads/{name}" for name, (_, after) in moves.items()]
        try:
            self._repository.push(self._url, *leases, "--atomic", "--", self._url, *specs, token=self._token)
        except RepositoryError as error:
            raise PushRefused(error, branch) from None

    def _make(self, parent: str, message: str, additions: Mapping[str, bytes], deletions: tuple[str, ...]) -> str:
        import git

        with git.Repo(self._repository.directory, search_parent_directories=True, expand_vars=False) as repository:
            base = repository.commit(parent)
            index = git.IndexFile.from_tree(repository, base)
            for path, content in additions.items():
                with tempfile.TemporaryFile() as file:
                    file.write(content)
                    file.seek(0)
                    blob = repository.git.hash_object("-w", "--stdin", istream=file)
                index.add([git.BaseIndexEntry((_mode(base, path), bytes.fromhex(blob), 0, path))])
            for path in deletions:
                del index.entries[index.entry_key(path, 0)]
            actor = git.Actor(_NAME, f"{_NAME}@users.noreply.{urlsplit(self._url).hostname or 'invalid'}")
            made = git.Commit.create_from_tree(
                repository,
                index.write_tree(),
                message,
                parent_commits=[base],
                head=False,
                author=actor,
                committer=actor,
            )
            Path(index.path).unlink(missing_ok=True)
            return made.hexsha


def _mode(base: git.Commit, path: str) -> int:
    try:
        return int(base.tree.join(path).mode)
    except KeyError:
        return _FILE
