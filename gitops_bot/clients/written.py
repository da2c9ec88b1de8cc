"""What the bot wrote before: the forge's pull requests and issues, and the branch's commits with its trailers."""

from __future__ import annotations

import msgspec

from gitops_bot.clients.fleet import Fleet
from gitops_bot.model.change import Change, ChangeState

INCIDENT = "Gitops-Bot-Incident"
REMEMBERED = 300


def written_before(fleet: Fleet, known: tuple[Change, ...]) -> tuple[Change, ...]:
    """Return the forge's changes and those that only the branch's log shows, each with who has seen it.

    An application has seen a change when the commit that Argo CD last compared it with contains the change.
    """
    merged = {change.commit for change in known if change.commit}
    committed = [change for change in _committed(fleet) if change.commit not in merged]
    compared = _compared(fleet)
    return tuple(
        msgspec.structs.replace(change, seen_by=_seen_by(fleet, change, compared)) for change in (*known, *committed)
    )


def _compared(fleet: Fleet) -> dict[str, list[str]]:
    """Return the commits that Argo CD last compared with, each with its applications: few, however large the fleet."""
    found: dict[str, list[str]] = {}
    for name, application in fleet.applications.items():
        if commit := fleet.compared_revision(application):
            found.setdefault(commit, []).append(name)
    return found


def _committed(fleet: Fleet) -> list[Change]:
    found = []
    for commit in fleet.repository.recent(fleet.commit, REMEMBERED):
        name = commit.trailers().get(INCIDENT)
        if name:
            found.append(
                Change(
                    fingerprint=name,
                    state=ChangeState.COMMITTED,
                    reference=f"commit {commit.sha[:7]}",
                    commit=commit.sha,
                    at=commit.committed_at,
                )
            )
    return found


def _seen_by(fleet: Fleet, change: Change, compared: dict[str, list[str]]) -> tuple[str, ...]:
    if change.state not in (ChangeState.COMMITTED, ChangeState.MERGED) or not change.commit:
        return ()
    holding = (names for commit, names in compared.items() if fleet.repository.is_ancestor(change.commit, commit))
    return tuple(sorted(name for names in holding for name in names))
