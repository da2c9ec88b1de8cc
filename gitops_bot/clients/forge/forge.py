"""The forge as the bot uses it, and what it remembers of the bot's own work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from msgspec import Struct

from gitops_bot.clients.forge.branches import Branches
from gitops_bot.clients.forge.conversations import LABEL
from gitops_bot.clients.forge.listing import IssueEntry, PullEntry
from gitops_bot.clients.forge.people import People
from gitops_bot.clients.forge.values import Issue
from gitops_bot.marker import DASHBOARD, Marker, read_marker, ticked
from gitops_bot.model.change import Change, ChangeState

PREFIX = "gitops-bot/"
AGAIN_LABEL = "gitops-bot:again"
STOP_LABEL = "gitops-bot:stop"
SILENCED_LABEL = "gitops-bot:silenced"
_MOST_OPEN = 1_000
_MOST_CLOSED = 100
_MOST_LABELLED = 300
_MOST_SILENCED = 1_000
_FINGERPRINT = re.compile(r"[0-9a-f]{12}")


class Remembered(Struct, frozen=True, kw_only=True):
    """What the forge shows of the bot's work. `stopped` is the reason why it must not write, empty for none."""

    changes: tuple[Change, ...] = ()
    dashboard: Issue | None = None
    stopped: str = ""


class Forge(Branches, People):
    """One repository at GitHub, or at a GitHub Enterprise Server: REST through PyGithub, GraphQL through httpx.

    Every method raises ConfigurationError (token, permission), SourceUnavailable (limits, failures; Refused with its
    status) or what it names itself; each write may be repeated and is done once.
    """

    def remembered(self, prefix: str = PREFIX) -> Remembered:
        """Return the bot's pull requests and issues: all open, the latest closed ones, and all that are silenced.

        A pull request is the bot's when its branch is in this repository and starts with `prefix`. A closed one with
        the label `gitops-bot:again` is left out: its cause is no longer silenced.
        """
        read = self._exchange.read
        pulls = read("list the pull requests", lambda: tuple(self._pulls()), "pull-requests: read")
        known = {pull.number for pull in pulls}
        issues = read("list the issues", lambda: tuple(self._labelled(known)), "issues: read")
        changes = [*(self._change_of_pull(one, prefix) for one in pulls), *(_change_of_issue(one) for one in issues)]
        boards = [one for one in issues if one.state == "open" and _fingerprint(one.body) == DASHBOARD]
        entries: tuple[PullEntry | IssueEntry, ...] = (*pulls, *issues)
        stops = [one.number for one in entries if one.state == "open" and STOP_LABEL in _labels(one)]
        return Remembered(
            changes=tuple(change for change in changes if change is not None),
            dashboard=_issue(min(boards, key=lambda one: one.number)) if boards else None,
            stopped=f"#{min(stops)} has the label {STOP_LABEL}" if stops else "",
        )

    def _pulls(self) -> Iterator[PullEntry]:
        yield from self._entries("pulls", PullEntry, _MOST_OPEN, state="open", sort="created", direction="desc")
        yield from self._entries("pulls", PullEntry, _MOST_CLOSED, state="closed", sort="updated", direction="desc")

    def _labelled(self, known: set[int]) -> Iterator[IssueEntry]:
        seen = set(known)
        for labels, most in ((LABEL, _MOST_LABELLED), (SILENCED_LABEL, _MOST_SILENCED)):
            asked = {"state": "all", "labels": labels, "sort": "updated", "direction": "desc"}
            for issue in self._entries("issues", IssueEntry, most, **asked):
                if issue.number not in seen:
                    seen.add(issue.number)
                    yield issue

    def _change_of_pull(self, pull: PullEntry, prefix: str) -> Change | None:
        branch, home = pull.head.ref, pull.head.repo
        # A fork may call its branches as it likes.
        if not branch.startswith(prefix) or home is None or home.full_name.lower() != self.name.lower():
            return None
        last = branch.rpartition("/")[2]
        marker = read_marker(pull.body or "")
        fingerprint = last if _FINGERPRINT.fullmatch(last) else marker.fingerprint if marker else ""
        if not fingerprint:
            return None
        commit = pull.head.sha
        if pull.merged_at:
            state, at, commit = ChangeState.MERGED, pull.merged_at, pull.merge_commit_sha or ""
        elif pull.state == "open":
            state, at = ChangeState.OPEN, pull.created_at
        elif AGAIN_LABEL in _labels(pull):
            return None
        else:
            state, at = _ended(marker), pull.closed_at or pull.created_at
        return _change(pull, marker, fingerprint, state, at, branch=branch, commit=commit)


def _change_of_issue(issue: IssueEntry) -> Change | None:
    """Return what an issue, or a pull request known by its label alone, means; None for one that is done with."""
    marker = read_marker(issue.body or "")
    if marker is None or marker.fingerprint == DASHBOARD:
        return None
    state: ChangeState | None
    if issue.pull_request is not None:
        merged = issue.pull_request.merged_at is not None
        state = None if merged or issue.state == "open" else _ended(marker)
    elif issue.state == "open":
        state = ChangeState.ESCALATED
    else:
        meant = marker.ended or marker.until or issue.state_reason == "not_planned"
        state = _ended(marker) if meant else None
    if state is None or (state is not ChangeState.ESCALATED and AGAIN_LABEL in _labels(issue)):
        return None
    at = issue.created_at if state is ChangeState.ESCALATED else issue.closed_at or issue.created_at
    return _change(issue, marker, marker.fingerprint, state, at)


def _change(
    entry: PullEntry | IssueEntry,
    marker: Marker | None,
    fingerprint: str,
    state: ChangeState,
    at: datetime,
    *,
    branch: str = "",
    commit: str = "",
) -> Change:
    known = marker or Marker(fingerprint=fingerprint)
    return Change(
        fingerprint=fingerprint,
        state=state,
        reference=f"#{entry.number}",
        url=entry.html_url,
        number=entry.number,
        branch=branch,
        commit=commit,
        at=at.astimezone(UTC),
        applications=known.applications,
        causes=known.causes,
        paths=known.paths,
        opened_at=entry.created_at.astimezone(UTC),
        until=known.until,
        failed=known.failed,
        asked=known.asked,
        plan=known.plan,
        words=known.words,
        written=known.written,
        before=known.before,
        ticks=ticked(entry.body or ""),
        labels=_labels(entry),
        title=entry.title,
        merging=isinstance(entry, PullEntry) and entry.auto_merge is not None,
    )


def _ended(marker: Marker | None) -> ChangeState:
    """Return what a closed pull request or issue means: the bot's own closing silences nothing."""
    ended = marker.ended if marker else ""
    return ChangeState(ended) if ended in {ChangeState.HEALED, ChangeState.SUPERSEDED} else ChangeState.CLOSED


def _labels(entry: PullEntry | IssueEntry) -> tuple[str, ...]:
    return tuple(label.name for label in entry.labels)


def _fingerprint(body: str | None) -> str:
    marker = read_marker(body or "")
    return marker.fingerprint if marker else ""


def _issue(entry: IssueEntry) -> Issue:
    return Issue(number=entry.number, url=entry.html_url, title=entry.title, body=entry.body or "")
