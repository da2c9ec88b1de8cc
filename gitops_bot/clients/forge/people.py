"""What people say to the bot, who they are, and the answers: comments, reactions, permissions, reverts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct

from gitops_bot.clients.forge.conversations import MERGING, Conversations
from gitops_bot.clients.forge.errors import Refused
from gitops_bot.clients.forge.listing import Head, IssueEntry, Listing, PullEntry
from gitops_bot.clients.forge.values import Comment, Conversation, Permission, Reaction

if TYPE_CHECKING:
    from github.Requester import Requester

_PULLS = "pull-requests: write"
_ISSUES = "issues: write"
_LATEST_PULLS = 300
_MOST_COMMENTS = 1_000
Shape = TypeVar("Shape")


class _User(Struct, frozen=True):
    login: str
    type: str = ""


class _Comment(Struct, frozen=True):
    id: int
    issue_url: str
    created_at: datetime
    updated_at: datetime
    user: _User | None = None
    body: str | None = None
    performed_via_github_app: object = None


class _Permission(Struct, frozen=True):
    permission: str
    user: _User | None = None


class _Reaction(Struct, frozen=True):
    id: int
    user: _User | None = None


class _Pull(PullEntry, frozen=True, kw_only=True):
    node_id: str
    base: Head


class _Commit(Struct, frozen=True):
    sha: str


class People(Conversations, Listing):
    """What the bot reads of people's comments and answers to them."""

    def comment(self, number: int) -> Comment | None:
        """Return a comment by its id, None where it is gone."""
        try:
            found = self._asked(f"read the comment {number}", f"issues/comments/{number}", _Comment, "issues: read")
        except Refused as refused:
            if refused.status == 404:
                return None
            raise
        person = found.user is not None and found.user.type == "User" and found.performed_via_github_app is None
        return Comment(
            id=found.id,
            number=int(found.issue_url.rpartition("/")[2]),
            login=found.user.login if found.user else "",
            body=found.body or "",
            person=person,
            edited=found.updated_at != found.created_at,
            at=found.created_at.astimezone(UTC),
        )

    def permission(self, login: str) -> Permission:
        """Return what an account may do in the repository; nothing for one that the forge does not know."""
        path = f"collaborators/{quote(login, safe='')}/permission"
        try:
            found = self._asked(f"read what {login} may do", path, _Permission, "metadata: read")
        except Refused as refused:
            if refused.status == 404:
                return Permission(level="none")
            raise
        return Permission(level=found.permission, person=found.user is not None and found.user.type == "User")

    def conversation(self, number: int) -> Conversation:
        """Return an issue or a pull request as it is now."""
        issue = self._asked(f"read #{number}", f"issues/{number}", IssueEntry, "issues: read")
        told = Conversation(
            number=issue.number,
            url=issue.html_url,
            title=issue.title,
            body=issue.body or "",
            labels=tuple(label.name for label in issue.labels),
            is_open=issue.state == "open",
            not_planned=issue.state_reason == "not_planned",
            author=issue.user.login if issue.user else "",
        )
        if issue.pull_request is None:
            return told
        pull = self._asked(f"read pull request #{number}", f"pulls/{number}", _Pull, "pull-requests: read")
        return msgspec.structs.replace(
            told,
            body=pull.body or "",
            is_open=pull.state == "open",
            is_pull=True,
            merged=pull.merged_at is not None,
            node_id=pull.node_id,
            home=pull.head.repo.full_name if pull.head.repo else "",
            branch=pull.head.ref,
            head=pull.head.sha,
            base=pull.base.ref,
            merge_commit=(pull.merge_commit_sha or "") if pull.merged_at else "",
            merging=pull.auto_merge is not None,
        )

    def react(self, comment: int, content: str) -> Reaction:
        """Add a reaction (`eyes`, `rocket`, ...) to a comment; the forge keeps one of each kind."""
        path = f"issues/comments/{comment}/reactions"

        def add() -> Reaction:
            requester, root = self._at()
            data = requester.requestJsonAndCheck("POST", f"{root}/{path}", input={"content": content})[1]
            made = msgspec.convert(data, _Reaction)
            return Reaction(id=made.id, login=made.user.login if made.user else "")

        return self._exchange.write(f"react to the comment {comment}", add, _ISSUES, lambda: None)

    def unreact(self, comment: int, reaction: int) -> None:
        """Take a reaction back; one that is gone already is fine."""
        path = f"issues/comments/{comment}/reactions/{reaction}"
        self._removed(f"take back a reaction to the comment {comment}", path)

    def remove_label(self, number: int, label: str) -> None:
        """Take a label away; one that is not there is fine."""
        self._removed(f"remove a label of #{number}", f"issues/{number}/labels/{quote(label, safe='')}")

    def comment_once(
        self, number: int, body: str, note: str, *, since: datetime | None = None, author: str = ""
    ) -> bool:
        """Add a comment to an issue or a pull request; return whether it is new.

        `note` is a word that stands hidden in it: where a comment of the bot's own has it, nothing is added. Of two
        runs that add it at once, the later comment is removed again. `author` is the bot's login, where it is known
        already; with `since` (UTC) only comments from then on count.
        """

        def noted() -> list[int]:
            return self._noted(number, note, since, author)

        def create() -> int:
            nonlocal author
            made = self._repository().get_issue(number).create_comment(text)
            author = made.user.login
            return made.id

        text = f"{body}\n\n<!-- gitops-bot: note={note} -->\n"
        if noted():
            return False
        own = self._exchange.write(
            f"comment on #{number}", create, _ISSUES, lambda: next(iter(noted()), None), creates=True
        )
        first = min(noted(), default=own)
        if own != first:
            self._exchange.write(
                f"remove a comment on #{number}",
                lambda: self._repository().get_issue(number).get_comment(own).delete(),
                _ISSUES,
                lambda: None,
            )
        return own == first

    def _noted(self, number: int, note: str, since: datetime | None, author: str) -> list[int]:
        """Return the ids of the comments that `author` (empty: the bot) has written with the note, oldest first."""
        from github.GithubObject import NotSet

        hidden = f"<!-- gitops-bot: note={note} -->"

        def find() -> dict[int, str]:
            listed = self._repository().get_issue(number).get_comments(since=NotSet if since is None else since)
            found = (one for one in islice(listed, _MOST_COMMENTS) if one.body.rstrip().endswith(hidden))
            return {one.id: getattr(one.user, "login", "") for one in found}

        present = self._exchange.read(f"read the comments of #{number}", find, "issues: read")
        if not present:
            return []
        # GraphQL may call an app's account by the app's name alone.
        own = author or self.login()
        return sorted(one for one, login in present.items() if login in {own, f"{own}[bot]"})

    def answered(self, number: int, note: str, since: datetime, author: str) -> bool:
        """Return whether `author` has written a comment with this note since then (UTC)."""
        return bool(self._noted(number, note, since, author))

    def settle(self, number: int, reword: Callable[[str], str], *, closing: str = "") -> None:
        """Change the text of an issue or a pull request as it is now and close it where `closing` names the reason.

        The reason (`completed`, `not_planned`) is an issue's. All is one step; what is so already is not written.
        """

        def change() -> bool:
            requester, root = self._at()
            url = f"{root}/issues/{number}"
            found = msgspec.convert(requester.requestJsonAndCheck("GET", url)[1], IssueEntry)
            wanted = {"body": reword(found.body or "")}
            wanted |= {"state": "closed"} if closing else {}
            wanted |= {"state_reason": closing} if closing and found.pull_request is None else {}
            if any(getattr(found, name) != value for name, value in wanted.items()):
                requester.requestJsonAndCheck("PATCH", url, input=wanted)
            return True

        self._exchange.write(f"update #{number}", change, _PULLS, lambda: None)

    def file(self, path: str, ref: str) -> bytes | None:
        """Return what a file holds at a branch or commit, None where there is no such file."""

        def read() -> bytes | None:
            found = self._repository().get_contents(path, ref=ref)
            return None if isinstance(found, list) else found.decoded_content

        try:
            return self._exchange.read(f"read {path}", read)
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def commit_named(self, name: str) -> str | None:
        """Return the commit that a branch, a tag or the start of an id means, None where it means none or several."""
        try:
            return self._asked("read a commit", f"commits/{quote(name, safe='')}", _Commit, "contents: read").sha
        except Refused as refused:
            if refused.status in {404, 409, 422}:
                return None
            raise

    def revert_of(self, pull: Conversation, note: str) -> int | None:
        """Return the pull request that takes a merged one back (the oldest): an open or merged one, or one with `note`.

        It is known by its branch, which the forge names: `revert-NUMBER-BRANCH`.
        """
        start, name = f"revert-{pull.number}-{pull.branch}", self.name.lower()

        def find() -> list[int]:
            asked = {"state": "all", "sort": "created", "direction": "desc"}
            return [
                one.number
                for one in self._entries("pulls", PullEntry, _LATEST_PULLS, **asked)
                if one.head.ref.startswith(start) and one.head.repo and one.head.repo.full_name.lower() == name
                if one.state == "open" or one.merged_at or note in (one.body or "")
            ]

        return min(self._exchange.read("look for the revert", find, "pull-requests: read"), default=None)

    def revert(self, pull: Conversation, title: str, body: str, note: str) -> int:
        """Open a pull request that takes a merged one back and return its number; `body` holds `note`.

        Where another run has opened one meanwhile, ours is closed again. Raises Refused where it cannot be reverted.
        """
        own = self._exchange.write(
            f"revert #{pull.number}",
            lambda: self._graphql.revert(pull.node_id, title, body),
            MERGING,
            lambda: self.revert_of(pull, note),
            creates=True,
        )
        first = self.revert_of(pull, note) or own
        if first < own:
            self.settle(own, lambda text: text, closing="not_planned")
        return min(first, own)

    def _asked(self, what: str, path: str, shape: type[Shape], permission: str) -> Shape:
        return self._exchange.read(what, lambda: msgspec.convert(self._get(path), shape), permission)

    def _removed(self, what: str, path: str) -> None:
        def remove() -> bool:
            requester, root = self._at()
            requester.requestJsonAndCheck("DELETE", f"{root}/{path}")
            return True

        try:
            self._exchange.write(what, remove, _ISSUES, lambda: None)
        except Refused as refused:
            if refused.status != 404:
                raise

    def _at(self) -> tuple[Requester, str]:
        repository = self._repository()
        return repository.requester, repository.url
