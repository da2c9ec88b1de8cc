"""The forge as the bot uses it, and what it remembers of the bot's own work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from gitops_bot.clients.forge.branches import Branches
from gitops_bot.clients.forge.conversations import LABEL, Conversations
from gitops_bot.marker import read_marker
from gitops_bot.model.change import Change, ChangeState

if TYPE_CHECKING:
    from github.Issue import Issue as ForgeIssue
    from github.PullRequest import PullRequest as ForgePullRequest
    from github.Repository import Repository as ForgeRepository

PREFIX = "gitops-bot/"
AGAIN = "gitops-bot:again"
_MOST_OPEN = 1_000
_MOST_CLOSED = 300
_MOST_LABELLED = 1_000
_FINGERPRINT = re.compile(r"[0-9a-f]{12}")


class Forge(Branches, Conversations):
    """One repository at GitHub, or at a GitHub Enterprise Server: REST through PyGithub, GraphQL through httpx.

    Every method raises ConfigurationError (token, permission), SourceUnavailable (limits, failures; Refused with its
    status) or what it names itself; each write may be repeated and is done once.
    """

    def changes(self, prefix: str = PREFIX) -> tuple[Change, ...]:
        """Return the bot's pull requests and issues: all open, the latest closed ones, and all that bear its label.

        A pull request is the bot's when its branch is in this repository and starts with `prefix`. A closed one with
        the label `gitops-bot:again` is left out: its cause is no longer silenced.
        """
        pulls = self._exchange.read("list the pull requests", lambda: tuple(self._pulls(prefix)), "pull-requests: read")
        known = {change.number for change in pulls}
        labelled = self._exchange.read("list the issues", lambda: tuple(self._labelled(known)), "issues: read")
        return (*pulls, *labelled)

    def _pulls(self, prefix: str) -> Iterator[Change]:
        repository = self._repository()
        opened = islice(repository.get_pulls(state="open", sort="created", direction="desc"), _MOST_OPEN)
        closed = islice(repository.get_pulls(state="closed", sort="updated", direction="desc"), _MOST_CLOSED)
        for pulls in (opened, closed):
            for pull in pulls:
                change = self._change_of_pull(pull, prefix)
                if change:
                    yield change

    def _change_of_pull(self, pull: ForgePullRequest, prefix: str) -> Change | None:
        branch = pull.head.ref
        home: ForgeRepository | None = pull.head.repo
        # A fork may call its branches as it likes; a fork that was deleted has no repository.
        if not branch.startswith(prefix) or home is None or home.full_name.lower() != self.name.lower():
            return None
        last = branch.rpartition("/")[2]
        marker = read_marker(pull.body or "")
        fingerprint = last if _FINGERPRINT.fullmatch(last) else marker.fingerprint if marker else ""
        if not fingerprint:
            return None
        at: datetime | None
        if pull.merged_at:
            state, at, commit = ChangeState.MERGED, pull.merged_at, pull.merge_commit_sha or ""
        elif pull.state == "open":
            state, at, commit = ChangeState.OPEN, pull.created_at, pull.head.sha
        elif any(label.name == AGAIN for label in pull.labels):
            return None
        else:
            state, at, commit = ChangeState.CLOSED, pull.closed_at or pull.updated_at, pull.head.sha
        return Change(
            fingerprint=fingerprint,
            state=state,
            reference=f"#{pull.number}",
            url=pull.html_url,
            number=pull.number,
            branch=branch,
            commit=commit,
            at=_utc(at),
        )

    def _labelled(self, known: set[int]) -> Iterator[Change]:
        issues = self._repository().get_issues(state="all", labels=[LABEL], sort="updated", direction="desc")
        for issue in islice(issues, _MOST_LABELLED):
            change = None if issue.number in known else _change_of_issue(issue)
            if change:
                yield change


def _change_of_issue(issue: ForgeIssue) -> Change | None:
    marker = read_marker(issue.body or "")
    state = _state_of_issue(issue)
    if marker is None or state is None:
        return None
    return Change(
        fingerprint=marker.fingerprint,
        state=state,
        reference=f"#{issue.number}",
        url=issue.html_url,
        number=issue.number,
        at=_utc(issue.created_at if state is ChangeState.ESCALATED else issue.closed_at),
    )


def _state_of_issue(issue: ForgeIssue) -> ChangeState | None:
    """Return what an issue, or a pull request known by its label alone, means; None for one that is done with."""
    if any(label.name == AGAIN for label in issue.labels):
        return ChangeState.ESCALATED if issue.state == "open" and issue.pull_request is None else None
    if issue.pull_request is not None:
        merged = issue.pull_request.raw_data.get("merged_at")
        return ChangeState.CLOSED if issue.state == "closed" and not merged else None
    if issue.state == "open":
        return ChangeState.ESCALATED
    return ChangeState.CLOSED if issue.state_reason == "not_planned" else None


def _utc(time: datetime | None) -> datetime | None:
    return time.astimezone(UTC) if time else None
