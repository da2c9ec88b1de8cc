"""Pull requests and issues: found before they are opened, so that none is opened twice."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import TYPE_CHECKING

from gitops_bot.clients.forge.connection import Connection
from gitops_bot.clients.forge.errors import AnswerError, Refused
from gitops_bot.clients.forge.exchange import translated
from gitops_bot.clients.forge.values import AutoMerge, Issue, PullRequest
from gitops_bot.marker import read_marker

if TYPE_CHECKING:
    from github.Issue import Issue as ForgeIssue
    from github.PullRequest import PullRequest as ForgePullRequest

LABEL = "gitops-bot"
_PULLS = "pull-requests: write"
_ISSUES = "issues: write"
MERGING = "contents: write, pull-requests: write"
_NOTHING_TO_WAIT_FOR = re.compile(r"(clean|unstable) status|rules not configured", re.IGNORECASE)
_QUEUED = re.compile(r"already in the (merge )?queue", re.IGNORECASE)
_MOST_ISSUES = 500


class Conversations(Connection):
    """What the bot reads of pull requests and issues and writes to them."""

    def pull_request_for(self, head: str, base: str) -> PullRequest | None:
        """Return the open pull request from one branch into another, or None."""
        owner = self.name.partition("/")[0]

        def find() -> PullRequest | None:
            pulls = self._repository().get_pulls(state="open", head=f"{owner}:{head}", base=base)
            return next((_pull(one) for one in islice(pulls, 10) if one.head.ref == head), None)

        return self._exchange.read("look for the pull request", find, "pull-requests: read")

    def open_pull_request(self, title: str, body: str, head: str, base: str) -> PullRequest:
        """Open a pull request, or return the one that is open for the same branches. Raises Refused."""
        try:
            return self._exchange.write(
                "open a pull request",
                lambda: _pull(self._repository().create_pull(base, head, title=title, body=body)),
                _PULLS,
                lambda: self.pull_request_for(head, base),
                creates=True,
            )
        except Refused as refused:
            present = self.pull_request_for(head, base) if refused.status == 422 else None
            if present is None:
                raise
            return present

    def update_pull_request(self, number: int, title: str, body: str) -> None:
        """Set a pull request's title and body."""
        self._exchange.write(
            f"update pull request #{number}",
            lambda: self._repository().get_pull(number).edit(title=title, body=body),
            _PULLS,
            lambda: None,
        )

    def pull_request(self, number: int) -> PullRequest:
        """Return a pull request by its number."""
        return self._exchange.read(
            f"read pull request #{number}", lambda: _pull(self._repository().get_pull(number)), "pull-requests: read"
        )

    def issue(self, number: int) -> Issue:
        """Return an issue by its number."""
        return self._exchange.read(
            f"read issue #{number}", lambda: _issue(self._repository().get_issue(number)), "issues: read"
        )

    def reword_pull_request(self, number: int, reword: Callable[[str], str]) -> None:
        """Change the text of a pull request as it is now."""

        def edit() -> None:
            pull = self._repository().get_pull(number)
            pull.edit(body=reword(pull.body or ""))

        self._exchange.write(f"update pull request #{number}", edit, _PULLS, lambda: None)

    def end_pull_request(self, number: int, reword: Callable[[str], str]) -> None:
        """Close a pull request, with its text changed in the same step."""

        def close() -> bool:
            pull = self._repository().get_pull(number)
            if pull.state == "open":
                pull.edit(body=reword(pull.body or ""), state="closed")
            return True

        self._exchange.write(f"close pull request #{number}", close, _PULLS, lambda: None)

    def end_issue(self, number: int, reword: Callable[[str], str]) -> None:
        """Close an issue as done, with its text changed in the same step."""

        def close() -> bool:
            issue = self._repository().get_issue(number)
            if issue.state == "open":
                issue.edit(body=reword(issue.body or ""), state="closed", state_reason="completed")
            return True

        self._exchange.write(f"close issue #{number}", close, _ISSUES, lambda: None)

    def disable_auto_merge(self, pull: PullRequest) -> None:
        """Let a pull request no longer merge by itself; one that does not is left as it is. Raises Refused."""
        try:
            self._exchange.write(
                f"disable auto-merge of #{pull.number}",
                lambda: self._graphql.disable_auto_merge(pull.node_id),
                MERGING,
                lambda: None,
                creates=True,
            )
        except Refused as refused:
            if refused.status != 422 or self._merges_by_itself(pull.number):
                raise

    def _merges_by_itself(self, number: int) -> bool:
        def read() -> bool:
            return self._repository().get_pull(number).raw_data.get("auto_merge") is not None

        return self._exchange.read(f"read pull request #{number}", read, "pull-requests: read")

    def issue_for(self, fingerprint: str) -> Issue | None:
        """Return the bot's open issue for a cause (the oldest, should there be several), or None."""

        def find() -> Issue | None:
            found: list[Issue] = []
            for one in islice(self._repository().get_issues(state="open", labels=[LABEL]), _MOST_ISSUES):
                marker = read_marker(one.body or "") if one.pull_request is None else None
                if marker and marker.fingerprint == fingerprint:
                    found.append(_issue(one))
            return min(found, key=lambda issue: issue.number, default=None)

        return self._exchange.read("look for the issue", find, "issues: read")

    def open_issue(self, title: str, body: str, fingerprint: str) -> Issue:
        """Open an issue with the bot's label, or return the one that is open for the cause.

        The forge lets two runs open the same issue at once: the later one is closed again.
        """
        opened = self._exchange.write(
            "open an issue",
            lambda: _issue(self._repository().create_issue(title, body=body, labels=[LABEL])),
            _ISSUES,
            lambda: self.issue_for(fingerprint),
            creates=True,
        )
        first = self.issue_for(fingerprint) or opened
        if first.number < opened.number:
            self.close_issue(opened.number)
        return first

    def close_issue(self, number: int) -> None:
        """Close an issue as done."""
        self._exchange.write(
            f"close issue #{number}",
            lambda: self._repository().get_issue(number).edit(state="closed", state_reason="completed"),
            _ISSUES,
            lambda: None,
        )

    def update_issue(self, number: int, title: str, body: str) -> None:
        """Set an issue's title and body."""
        self._exchange.write(
            f"update issue #{number}",
            lambda: self._repository().get_issue(number).edit(title=title, body=body),
            _ISSUES,
            lambda: None,
        )

    def add_labels(self, number: int, labels: tuple[str, ...]) -> None:
        """Add labels to an issue or a pull request; those that it has already stay."""
        self._exchange.write(
            f"label #{number}",
            lambda: self._repository().get_issue(number).add_to_labels(*labels),
            _PULLS,
            lambda: None,
            creates=True,
        )

    def enable_auto_merge(self, pull: PullRequest, method: str) -> AutoMerge:
        """Ask the forge to merge once the requirements are met; `method` is MERGE, SQUASH or REBASE.

        CLEAN says that nothing is left to wait for, or that no rule of the branch asks for anything. Raises Refused.
        """
        try:
            return self._exchange.write(
                f"enable auto-merge of #{pull.number}",
                lambda: self._auto_merge(pull, method),
                MERGING,
                lambda: None,
                creates=True,
            )
        except Refused as refused:
            if refused.status == 422 and _QUEUED.search(refused.said):
                return AutoMerge.ENABLED
            if refused.status == 422 and _NOTHING_TO_WAIT_FOR.search(refused.said):
                return AutoMerge.CLEAN
            raise

    def _auto_merge(self, pull: PullRequest, method: str) -> AutoMerge:
        self._graphql.enable_auto_merge(pull.node_id, pull.head_commit, method)
        return AutoMerge.ENABLED

    def merge(self, pull: PullRequest, method: str) -> None:
        """Merge a pull request whose head is still the one that we know. Raises Refused where it cannot be merged."""
        self._exchange.write(
            f"merge #{pull.number}",
            lambda: self._merge(pull, method),
            "contents: write",
            lambda: self._merged(pull),
            creates=True,
        )

    def _merge(self, pull: PullRequest, method: str) -> bool:
        found = self._repository().get_pull(pull.number)
        found.merge(sha=pull.head_commit, merge_method=method.lower())
        return True

    def _merged(self, pull: PullRequest) -> bool | None:
        try:
            with translated():
                return True if self._repository().get_pull(pull.number).is_merged() else None
        except AnswerError:
            return None


def _pull(found: ForgePullRequest) -> PullRequest:
    return PullRequest(
        number=found.number,
        node_id=found.node_id,
        url=found.html_url,
        title=found.title,
        body=found.body or "",
        head=found.head.ref,
        head_commit=found.head.sha,
        author=getattr(found.user, "login", ""),
    )


def _issue(found: ForgeIssue) -> Issue:
    return Issue(number=found.number, url=found.html_url, title=found.title, body=found.body or "")
