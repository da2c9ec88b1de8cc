"""Branches, commits and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec
from msgspec import Struct

from gitops_bot.clients.forge.connection import NO_SUCH_SERVICE, Connection
from gitops_bot.clients.forge.errors import BranchProtected, HeadMoved, Refused
from gitops_bot.clients.forge.graphql import ABSENT, RefMove
from gitops_bot.clients.forge.values import Commit, RepositoryFacts
from gitops_bot.clients.pushing import PushRefused

if TYPE_CHECKING:
    from gitops_bot.clients.pushing import Pusher

_WRITE = "contents: write"
_FARTHEST = 300


class _Repository(Struct, frozen=True):
    default_branch: str
    node_id: str = ""
    allow_auto_merge: bool | None = None
    allow_squash_merge: bool | None = None
    allow_merge_commit: bool | None = None
    allow_rebase_merge: bool | None = None


class _Object(Struct, frozen=True):
    sha: str


class _Reference(Struct, frozen=True):
    ref: str
    object: _Object


class _Comparison(Struct, frozen=True):
    ahead_by: int


class _Checks(Struct, frozen=True):
    contexts: list[str] = []


class _Protection(Struct, frozen=True):
    required_status_checks: _Checks | None = None


class _Branch(Struct, frozen=True):
    protection: _Protection | None = None


class _CheckName(Struct, frozen=True):
    context: str = ""


class _Parameters(Struct, frozen=True):
    required_status_checks: list[_CheckName] = []


class _Rule(Struct, frozen=True):
    parameters: _Parameters | None = None


class Branches(Connection):
    """What the bot reads of branches and writes to them."""

    def repository(self) -> RepositoryFacts:
        """Return the repository's switches."""
        return self._exchange.read("read the repository", self._facts)

    def _facts(self) -> RepositoryFacts:
        found = msgspec.convert(self._get(), _Repository)
        methods = {
            "SQUASH": found.allow_squash_merge,
            "MERGE": found.allow_merge_commit,
            "REBASE": found.allow_rebase_merge,
        }
        return RepositoryFacts(
            default_branch=found.default_branch,
            node_id=found.node_id,
            allow_auto_merge=bool(found.allow_auto_merge),
            merge_methods=tuple(name for name, allowed in methods.items() if allowed),
        )

    def branch_head(self, branch: str) -> str | None:
        """Return the commit that a branch stands at, or None where there is no such branch."""
        try:
            return self._exchange.read(
                f"read the branch {branch}", lambda: self._repository().get_git_ref(f"heads/{branch}").object.sha
            )
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def required_checks(self, branch: str) -> tuple[str, ...]:
        """Return the names of the checks without which nothing is merged into a branch."""
        protection = self._branch(branch).protection or _Protection()
        names = list((protection.required_status_checks or _Checks()).contexts)
        for rule in self._rules(branch):
            if rule.parameters:
                names += [check.context for check in rule.parameters.required_status_checks]
        return tuple(dict.fromkeys(name for name in names if name))

    def _branch(self, branch: str) -> _Branch:
        path = f"branches/{quote(branch, safe='')}"
        return self._exchange.read(f"read the branch {branch}", lambda: msgspec.convert(self._get(path), _Branch))

    def _rules(self, branch: str) -> list[_Rule]:
        path = f"rules/branches/{quote(branch, safe='')}"
        return self._exchange.read(f"read the rules of {branch}", lambda: msgspec.convert(self._get(path), list[_Rule]))

    def commit(self, sha: str) -> Commit:
        """Return one commit. Raises Refused where there is none."""
        return self._exchange.read(f"read the commit {sha[:12]}", lambda: self._commit(sha))

    def _commit(self, sha: str) -> Commit:
        found = self._repository().get_git_commit(sha)
        parents = tuple(parent.sha for parent in found.parents)
        return Commit(sha=found.sha, message=found.message, tree=found.tree.sha, parents=parents)

    def commits_since(self, branch: str, base: str) -> tuple[Commit, ...] | None:
        """Return the commits of a branch after `base`, newest first; None where `base` is not among the last 300."""
        return self._exchange.read(f"read the commits of {branch}", lambda: self._since(branch, base))

    def _since(self, branch: str, base: str) -> tuple[Commit, ...] | None:
        commits: list[Commit] = []
        for one in islice(self._repository().get_commits(sha=branch), _FARTHEST):
            if one.sha == base:
                return tuple(commits)
            commits.append(Commit(sha=one.sha, message=one.commit.message, tree=one.commit.tree.sha))
        return None

    def blob(self, path: str, commit: str) -> str | None:
        """Return the id of a file's blob at a commit, or None where it is not there or is no file."""
        try:
            found = self._exchange.read(f"read {path}", lambda: self._repository().get_contents(path, ref=commit))
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        return None if isinstance(found, list) else found.sha

    def create_branch(self, name: str, sha: str) -> str:
        """Make a branch at a commit and return where it stands: elsewhere, if it was there before."""
        try:
            return self._exchange.write(
                f"create the branch {name}",
                lambda: self._repository().create_git_ref(f"refs/heads/{name}", sha).object.sha,
                _WRITE,
                lambda: self.branch_head(name),
                creates=True,
            )
        except Refused as refused:
            present = self.branch_head(name) if refused.status == 422 else None
            if present is None:
                raise
            return present

    def branches_below(self, prefix: str) -> Mapping[str, str]:
        """Return the branches whose names start with `prefix` (a folder, `x/`), and the commits that they stand at."""
        path = f"git/matching-refs/heads/{quote(prefix)}"
        found = self._exchange.read("list the branches", lambda: msgspec.convert(self._get(path), list[_Reference]))
        return {one.ref.removeprefix("refs/heads/"): one.object.sha for one in found}

    def commits_ahead(self, base: str, head: str) -> int:
        """Return how many commits `head` has that `base` has not; both are branches or commits."""
        path = f"compare/{quote(base, safe='')}...{quote(head, safe='')}"
        found = self._exchange.read(f"compare {base}", lambda: msgspec.convert(self._get(path), _Comparison))
        return found.ahead_by

    def delete_branch(self, name: str) -> None:
        """Delete a branch; one that is gone already is fine."""
        try:
            self._exchange.write(
                f"delete the branch {name}", lambda: self._delete(name), _WRITE, lambda: self._is_gone(name)
            )
        except Refused as refused:
            if refused.status not in {404, 422} or self.branch_head(name) is not None:
                raise

    def _delete(self, name: str) -> bool:
        # Made from a dictionary, for the way by get_git_ref would first ask for it.
        from github.GitRef import GitRef

        repository = self._repository()
        url = f"{repository.url}/git/refs/heads/{name}"
        GitRef(repository.requester, {}, {"ref": f"refs/heads/{name}", "url": url}).delete()
        return True

    def _is_gone(self, name: str) -> bool | None:
        return True if self.branch_head(name) is None else None

    def commit_on_branch(
        self,
        branch: str,
        expected_head: str,
        headline: str,
        body: str,
        additions: Mapping[str, bytes],
        deletions: tuple[str, ...] = (),
    ) -> str:
        """Put one verified commit on a branch that stands at `expected_head`; return its id. No files: an empty commit.

        Raises HeadMoved where the branch stands elsewhere, BranchProtected where it takes pull requests only.
        """
        message, files = (headline, body), (additions, deletions)
        if self._pusher is not None and self._without_graphql:
            return self._pushed(branch, expected_head, message, files)
        try:
            return self._exchange.write(
                f"commit to {branch}",
                lambda: self._graphql.create_commit(self.name, branch, expected_head, message, files),
                _WRITE,
                lambda: self._committed(branch, expected_head, headline, body),
                creates=True,
            )
        except Refused as refused:
            if self._pusher is not None and refused.status in NO_SUCH_SERVICE and not refused.kind:
                self._without_graphql = True
                return self._pushed(branch, expected_head, message, files)
            if refused.kind == "STALE_DATA":
                raise HeadMoved(f"{branch} has moved", where=refused.where, found=refused.said) from refused
            if refused.protects:
                raise BranchProtected(f"{branch} is protected", where=refused.where, found=refused.said) from refused
            raise

    def _pushed(
        self,
        branch: str,
        expected_head: str,
        message: tuple[str, str],
        files: tuple[Mapping[str, bytes], tuple[str, ...]],
    ) -> str:
        text = f"{message[0]}\n\n{message[1]}".strip() + "\n"
        with self._told(branch, expected_head) as pusher:
            return pusher.commit(branch, expected_head, text, *files)

    @contextmanager
    def _told(self, branch: str, expected: str) -> Iterator[Pusher]:
        """Give the pusher, and turn what it is refused into what the other way of writing says."""
        if self._pusher is None:
            raise AssertionError("there is nothing to push with")
        try:
            yield self._pusher()
        except PushRefused as refused:
            if refused.protects:
                raise BranchProtected(f"{branch} is protected", where=refused.where, found=refused.found) from refused
            if refused.stale or self.branch_head(branch) != expected:
                raise HeadMoved(f"{branch} has moved", where=refused.where, found=refused.found) from refused
            raise

    def move_branch(self, name: str, expected: str, commit: str, leaving: str = "") -> None:
        """Move a branch to another commit, wherever that is, and delete the branch `leaving`, in one step.

        Raises HeadMoved where the branch does not stand at `expected`: nothing was moved then.
        """
        if self._pusher is not None and self._without_graphql:
            with self._told(name, expected) as pusher:
                pusher.move(name, expected, commit, leaving)
            return
        node = self.repository().node_id
        moves = [RefMove(name=f"refs/heads/{name}", before=expected, after=commit)]
        if leaving:
            moves.append(RefMove(name=f"refs/heads/{leaving}", before=commit, after=ABSENT))
        try:
            self._exchange.write(
                f"move the branch {name}",
                lambda: self._graphql.update_refs(node, moves),
                _WRITE,
                lambda: commit if self.branch_head(name) == commit else None,
                creates=True,
            )
        except Refused as refused:
            head = self.branch_head(name)
            if head == commit:
                if leaving:
                    self.delete_branch(leaving)
                return
            if head != expected:
                raise HeadMoved(f"{name} has moved", where=refused.where, found=refused.said) from refused
            raise

    def _committed(self, branch: str, parent: str, headline: str, body: str) -> str | None:
        """Return the branch's head where it is the commit that was asked for and whose answer was lost."""
        head = self.branch_head(branch)
        if head is None or head == parent:
            return None
        found = self.commit(head)
        message = f"{headline}\n\n{body}".strip()
        return head if found.parents == (parent,) and found.message.strip() == message else None
