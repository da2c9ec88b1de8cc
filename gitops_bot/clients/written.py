"""What the bot wrote before: the forge's pull requests and issues, and the branch's commits with its trailers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.model.change import Change, ChangeState

if TYPE_CHECKING:
    from gitops_bot.clients.retrieval import Document

INCIDENT = "Gitops-Bot-Incident"
APPLICATIONS = "Gitops-Bot-Applications"
REMEMBERED = 300
MOST_INCIDENTS = 2_000


def written_before(
    repository: ConfigRepository, commit: str, known: tuple[Change, ...], compared: Mapping[str, str]
) -> tuple[Change, ...]:
    """Return the forge's changes and those that only the log of `commit` shows, each with who has seen it.

    `compared` gives the commit that Argo CD last compared each Application with: one that contains the change has seen
    it.
    """
    # A merge commit brings the bot's own commit with it: both are the pull request's.
    merged = {sha for change in known for sha in (change.commit, change.written) if sha}
    committed = [change for change in _committed(repository, commit) if change.commit not in merged]
    names: dict[str, list[str]] = {}
    for name, sha in compared.items():
        if sha and repository.has(sha):
            names.setdefault(sha, []).append(name)
    return tuple(
        msgspec.structs.replace(change, seen_by=_seen_by(repository, change, names)) for change in (*known, *committed)
    )


def incidents_treated(repository: ConfigRepository, commit: str) -> tuple[Document, ...]:
    """Return what the bot repaired before, as documents to search: a change that is on the branch was confirmed."""
    from gitops_bot.clients.retrieval import Document

    treated = (one for one in repository.recent(commit, MOST_INCIDENTS) if INCIDENT in one.trailers())
    return tuple(
        Document(path=f"commit {one.sha[:12]}", title=one.subject, body=one.body, text=f"{one.subject}\n\n{one.body}")
        for one in treated
    )


def _committed(repository: ConfigRepository, commit: str) -> list[Change]:
    found = []
    for one in repository.recent(commit, REMEMBERED):
        trailers = one.trailers()
        if name := trailers.get(INCIDENT):
            applications = (text.strip() for text in trailers.get(APPLICATIONS, "").split(","))
            found.append(
                Change(
                    fingerprint=name,
                    state=ChangeState.COMMITTED,
                    reference=f"commit {one.sha[:7]}",
                    commit=one.sha,
                    at=one.committed_at,
                    opened_at=one.committed_at,
                    applications=tuple(text for text in applications if text),
                )
            )
    return found


def _seen_by(repository: ConfigRepository, change: Change, names: Mapping[str, list[str]]) -> tuple[str, ...]:
    if change.state not in (ChangeState.COMMITTED, ChangeState.MERGED) or not change.commit:
        return ()
    holding = (found for commit, found in names.items() if repository.is_ancestor(change.commit, commit))
    return tuple(sorted(name for found in holding for name in found))
