"""The payloads of events, from the shapes that the REST API shows."""

from __future__ import annotations

from gitops_bot.sandbox.forge.git import ABSENT, Commit
from gitops_bot.sandbox.forge.records import Issue, Review
from gitops_bot.sandbox.forge.rest.shapes import issues as shapes
from gitops_bot.sandbox.forge.rest.shapes.commits import commit as commit_shape
from gitops_bot.sandbox.forge.rest.shapes.commits import person
from gitops_bot.sandbox.forge.rest.shapes.repository import repository, user
from gitops_bot.sandbox.forge.state import Occurrence, State
from gitops_bot.sandbox.http import Json

COMMITS_OF_A_PUSH = 20


def payload(state: State, one: Occurrence) -> dict[str, Json]:
    """What GitHub sends for an occurrence."""
    builders = {
        "push": _push,
        "status": _status,
        "issues": _issues,
        "issue_comment": _issue_comment,
        "pull_request": _pull_request,
        "pull_request_review": _review,
    }
    build = builders.get(one.name)
    return {
        **({"action": one.action} if one.action else {}),
        **(build(state, one) if build else {"branch": state.default_branch, **one.more}),
        "repository": repository(state),
        "organization": {"login": state.owner, "id": state.owner_account().id, "node_id": "O_1"},
        "sender": user(state, one.actor),
        **({"installation": {"id": one.actor.id, "node_id": f"I_{one.actor.id}"}} if one.actor.kind == "Bot" else {}),
    }


def _more(state: State, one: Occurrence) -> dict[str, Json]:
    """What only some actions have: changes of an edit, the label that came or went, the commits of a push."""
    shown = dict(one.more)
    if "label" in shown:
        shown["label"] = shapes.label(state, state.ensure_label(str(shown["label"])))
    return shown


def _issues(state: State, one: Occurrence) -> dict[str, Json]:
    return {"issue": shapes.issue(state, one.issue) if one.issue else None, **_more(state, one)}


def _issue_comment(state: State, one: Occurrence) -> dict[str, Json]:
    return {**_issues(state, one), "comment": shapes.comment(state, one.comment) if one.comment else None}


def _pull(state: State, issue: Issue | None) -> Json:
    return shapes.pull_request(state, issue, issue.pull) if issue and issue.pull else None


def _pull_request(state: State, one: Occurrence) -> dict[str, Json]:
    number = one.issue.number if one.issue else 0
    return {"number": number, "pull_request": _pull(state, one.issue), **_more(state, one)}


def _review(state: State, one: Occurrence) -> dict[str, Json]:
    issue = one.issue
    reviews: list[Review] = issue.pull.reviews if issue and issue.pull else []
    found = next((each for each in reviews if each.id == one.more["review"]), None)
    shape = shapes.review(state, issue, found) if issue and found else {}
    return {"review": {**shape, "state": found.state.lower() if found else ""}, "pull_request": _pull(state, issue)}


def _status(state: State, one: Occurrence) -> dict[str, Json]:
    found = state.git.commit(str(one.more["sha"]))
    return {**one.more, "name": state.full_name, "commit": commit_shape(state, found) if found else None}


def _pushed(state: State, found: Commit) -> dict[str, Json]:
    return {
        "id": found.sha,
        "tree_id": found.tree,
        "distinct": True,
        "message": found.message,
        "timestamp": found.committer.when.isoformat(),
        "url": f"{state.html}/commit/{found.sha}",
        "author": person(found.author),
        "committer": person(found.committer),
    }


def _push(state: State, one: Occurrence) -> dict[str, Json]:
    before, after = str(one.more["before"]), str(one.more["after"])
    deleted = after == ABSENT
    known = state.git.branch(state.default_branch) if before == ABSENT else before
    since = [f"^{known}"] if known and known != after else []
    shas = [] if deleted else state.git.revisions("--reverse", after, *since)
    commits = [_pushed(state, each) for each in state.git.commits(shas[-COMMITS_OF_A_PUSH:])]
    head = None if deleted else state.git.commit(after)
    return {
        **one.more,
        "created": before == ABSENT,
        "deleted": deleted,
        "forced": ABSENT not in {before, after} and not state.git.is_ancestor(before, after),
        "base_ref": None,
        "compare": f"{state.html}/compare/{before[:12]}...{after[:12]}",
        "commits": commits,
        "head_commit": _pushed(state, head) if head else None,
        "pusher": {"name": one.actor.login, "email": state.signature(one.actor).email},
    }
