"""Commit statuses and check runs."""

from __future__ import annotations

from gitops_bot.sandbox.forge.records import Account, CheckRun, Status
from gitops_bot.sandbox.forge.rest.shapes.repository import minimal_repository, user
from gitops_bot.sandbox.forge.state import State, timestamp
from gitops_bot.sandbox.http import Json


def simple_status(state: State, held: Status) -> dict[str, Json]:
    """A status inside the combined one."""
    return {
        "url": f"{state.repository_api}/statuses/{held.sha}",
        "avatar_url": f"{state.base_url}/avatars/{held.user.id}",
        "id": held.id,
        "node_id": f"SC_{held.id}",
        "state": held.state,
        "description": held.description,
        "target_url": held.target_url,
        "context": held.context,
        "created_at": timestamp(held.created_at),
        "updated_at": timestamp(held.created_at),
    }


def status(state: State, held: Status) -> dict[str, Json]:
    """A status by itself."""
    return {**simple_status(state, held), "creator": user(state, held.user)}


def combined_status(state: State, sha: str, latest: list[Status]) -> dict[str, Json]:
    """The statuses of a commit, one for each context, and what they come to."""
    states = {each.state for each in latest}
    total = "failure" if states & {"failure", "error"} else "pending" if states != {"success"} else "success"
    return {
        "state": total,
        "statuses": [simple_status(state, each) for each in latest],
        "sha": sha,
        "total_count": len(latest),
        "repository": minimal_repository(state),
        "commit_url": f"{state.repository_api}/commits/{sha}",
        "url": f"{state.repository_api}/commits/{sha}/status",
    }


def check_run(state: State, held: CheckRun) -> dict[str, Json]:
    """A check run."""
    url = f"{state.repository_api}/check-runs/{held.id}"
    started = held.started_at or state.clock()
    return {
        "id": held.id,
        "name": held.name,
        "node_id": f"CR_{held.id}",
        "head_sha": held.sha,
        "external_id": held.external_id or "",
        "url": url,
        "html_url": f"{state.html}/commit/{held.sha}",
        "details_url": held.details_url or f"{state.html}/commit/{held.sha}",
        "status": held.status,
        "conclusion": held.conclusion,
        "started_at": timestamp(started),
        "completed_at": timestamp(held.completed_at) if held.completed_at else None,
        "output": {
            "title": held.title,
            "summary": held.summary,
            "text": held.text,
            "annotations_count": len(held.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": held.id},
        "app": _application(state),
        "pull_requests": [],
    }


def _application(state: State) -> dict[str, Json]:
    created = timestamp(state.created_at)
    return {
        "id": 1,
        "slug": "github-actions",
        "node_id": "A_1",
        "owner": user(state, Account("github", "Organization")),
        "name": "GitHub Actions",
        "description": None,
        "external_url": state.base_url,
        "html_url": f"{state.base_url}/apps/github-actions",
        "created_at": created,
        "updated_at": created,
        "permissions": {"checks": "write", "metadata": "read"},
        "events": [],
    }
