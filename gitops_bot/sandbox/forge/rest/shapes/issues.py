"""Issues, comments, labels, reactions, reviews and pull requests."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from urllib.parse import quote

from gitops_bot.sandbox.forge.protection import merge_state
from gitops_bot.sandbox.forge.pulls import changes_of, commits_of, is_mergeable
from gitops_bot.sandbox.forge.records import Account, Comment, Issue, Label, Pull, Reaction, Review
from gitops_bot.sandbox.forge.rest.shapes.repository import repository, user
from gitops_bot.sandbox.forge.state import State, timestamp
from gitops_bot.sandbox.http import Json

REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def label(state: State, held: Label) -> dict[str, Json]:
    """A label."""
    return {
        "id": held.id,
        "node_id": f"LA_{held.id}",
        "url": f"{state.repository_api}/labels/{quote(held.name, safe='')}",
        "name": held.name,
        "color": held.color,
        "default": False,
        "description": held.description,
    }


def labels_of(state: State, issue: Issue) -> list[dict[str, Json]]:
    """An issue's labels."""
    return [label(state, state.ensure_label(name)) for name in issue.labels]


def reaction(state: State, held: Reaction) -> dict[str, Json]:
    """A reaction."""
    return {
        "id": held.id,
        "node_id": f"REA_{held.id}",
        "user": user(state, held.user),
        "content": held.content,
        "created_at": timestamp(held.created_at),
    }


def _rollup(url: str, reactions: list[Reaction]) -> dict[str, Json]:
    counts = Counter(each.content for each in reactions)
    return {"url": f"{url}/reactions", "total_count": len(reactions), **{name: counts[name] for name in REACTIONS}}


def _moment(value: datetime | None) -> str | None:
    return timestamp(value) if value else None


def association(state: State, account: Account) -> str:
    """GitHub's `author_association`, which tells nothing of what an account may do."""
    if account.login == state.owner:
        return "OWNER"
    usual = "CONTRIBUTOR" if account.kind == "Bot" else "MEMBER" if account.may_push else "NONE"
    return account.association or usual


def comment(state: State, held: Comment) -> dict[str, Json]:
    """A comment."""
    url = f"{state.repository_api}/issues/comments/{held.id}"
    kind = "pull" if state.issues[held.issue].pull else "issues"
    return {
        "id": held.id,
        "node_id": f"IC_{held.id}",
        "url": url,
        "html_url": f"{state.html}/{kind}/{held.issue}#issuecomment-{held.id}",
        "issue_url": f"{state.repository_api}/issues/{held.issue}",
        "user": user(state, held.user),
        "body": held.body,
        "created_at": timestamp(held.created_at),
        "updated_at": timestamp(held.updated_at),
        "author_association": association(state, held.user),
        "performed_via_github_app": None,
        "reactions": _rollup(url, held.reactions),
    }


def _assignees(state: State, issue: Issue) -> list[dict[str, Json]]:
    return [user(state, Account(login)) for login in issue.assignees]


def _common(state: State, issue: Issue) -> dict[str, Json]:
    """What issues and pull requests show alike."""
    assignees = _assignees(state, issue)
    return {
        "id": issue.id,
        "node_id": issue.node_id,
        "number": issue.number,
        "title": issue.title,
        "body": issue.body,
        "user": user(state, issue.user),
        "labels": labels_of(state, issue),
        "state": issue.state,
        "locked": issue.locked,
        "active_lock_reason": None,
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None,
        "author_association": association(state, issue.user),
        "created_at": timestamp(issue.created_at),
        "updated_at": timestamp(issue.updated_at),
        "closed_at": _moment(issue.closed_at),
    }


def issue(state: State, held: Issue) -> dict[str, Json]:
    """An issue; a pull request too, as the issues' operations show it."""
    url = f"{state.repository_api}/issues/{held.number}"
    page = f"{state.html}/{'pull' if held.pull else 'issues'}/{held.number}"
    shape: dict[str, Json] = {
        **_common(state, held),
        "url": url,
        "repository_url": state.repository_api,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": page,
        "comments": len(state.comments_of(held.number)),
        "closed_by": user(state, held.closed_by) if held.closed_by else None,
        "state_reason": held.state_reason,
        "performed_via_github_app": None,
        "reactions": _rollup(url, held.reactions),
    }
    if held.pull:
        shape["draft"] = held.pull.draft
        shape["pull_request"] = {
            "url": f"{state.repository_api}/pulls/{held.number}",
            "html_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "merged_at": _moment(held.pull.merged_at),
        }
    return shape


def pull_simple(state: State, held: Issue, pull: Pull) -> dict[str, Json]:
    """A pull request in a list."""
    api = state.repository_api
    url, page = f"{api}/pulls/{held.number}", f"{state.html}/pull/{held.number}"
    links = {
        "self": url,
        "html": page,
        "issue": f"{api}/issues/{held.number}",
        "comments": f"{api}/issues/{held.number}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{api}/statuses/{pull.head_sha}",
    }
    return {
        **_common(state, held),
        "url": url,
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        **{f"{name}_url": link for name, link in links.items() if name not in {"self", "html"}},
        "merged_at": _moment(pull.merged_at),
        "merge_commit_sha": pull.merge_commit,
        "requested_reviewers": [user(state, Account(login)) for login in pull.reviewers],
        "requested_teams": [],
        "head": _branch(state, pull.head, pull.head_sha),
        "base": _branch(state, pull.base, pull.base_sha),
        "_links": {name: {"href": link} for name, link in links.items()},
        "auto_merge": _auto_merge(state, pull),
        "draft": pull.draft,
    }


def pull_request(state: State, held: Issue, pull: Pull) -> dict[str, Json]:
    """A pull request by itself: with sums and whether it can be merged."""
    changes = changes_of(state, pull)
    is_open = held.state == "open"
    mergeable = is_mergeable(state, pull) if is_open else None
    return {
        **pull_simple(state, held, pull),
        "merged": pull.merged_at is not None,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": merge_state(state, held, pull),
        "merged_by": user(state, pull.merged_by) if pull.merged_by else None,
        "comments": len(state.comments_of(held.number)),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(commits_of(state, pull)),
        "additions": sum(change.additions for change in changes),
        "deletions": sum(change.deletions for change in changes),
        "changed_files": len(changes),
    }


def review(state: State, held: Issue, given: Review) -> dict[str, Json]:
    """A review."""
    url = f"{state.repository_api}/pulls/{held.number}"
    page = f"{state.html}/pull/{held.number}#pullrequestreview-{given.id}"
    return {
        "id": given.id,
        "node_id": f"PRR_{given.id}",
        "user": user(state, given.user),
        "body": given.body,
        "state": given.state,
        "html_url": page,
        "pull_request_url": url,
        "_links": {"html": {"href": page}, "pull_request": {"href": url}},
        "submitted_at": timestamp(given.submitted_at),
        "commit_id": given.commit,
        "author_association": association(state, given.user),
    }


def _branch(state: State, name: str, sha: str) -> dict[str, Json]:
    return {
        "label": f"{state.owner}:{name}",
        "ref": name,
        "sha": sha,
        "user": user(state, state.owner_account()),
        "repo": repository(state),
    }


def _auto_merge(state: State, pull: Pull) -> Json:
    wish = pull.auto_merge
    if wish is None:
        return None
    return {
        "enabled_by": user(state, wish.enabled_by),
        "merge_method": wish.method,
        "commit_title": wish.title,
        "commit_message": wish.message,
    }
