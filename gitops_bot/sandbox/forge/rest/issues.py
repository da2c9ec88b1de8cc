"""Issues; the pull requests among them too, as GitHub has it."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import Call, Fields, Route, invalid, last_modified, parse_moment
from gitops_bot.sandbox.forge.branches import close
from gitops_bot.sandbox.forge.pulls import add_issue, check_body
from gitops_bot.sandbox.forge.records import Account, Issue
from gitops_bot.sandbox.forge.rest.pulls import edit_pull, write_text
from gitops_bot.sandbox.forge.rest.shapes import issues as shapes
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.http import Response


def _list(call: Call) -> Response:
    state, request = call.state, call.request
    wanted = request.parameter("state", "open")
    labels = {name.strip().lower() for name in request.parameter("labels").split(",") if name.strip()}
    creator, assignee = request.parameter("creator"), request.parameter("assignee")
    since = parse_moment(request.parameter("since")) if request.parameter("since") else None

    def shown(issue: Issue) -> bool:
        return (
            wanted in {issue.state, "all"}
            and labels <= {name.lower() for name in issue.labels}
            and (not creator or issue.user.login.lower() == creator.lower())
            and (not assignee or assignee == "*" or assignee in issue.assignees)
            and (since is None or issue.updated_at >= since)
        )

    found = [issue for issue in state.issues.values() if shown(issue)]
    by = request.parameter("sort", "created")
    found.sort(key=lambda issue: (issue.updated_at if by == "updated" else issue.created_at, issue.number))
    if by == "comments":
        found.sort(key=lambda issue: len(state.comments_of(issue.number)))
    descending = request.parameter("direction", "desc") == "desc"
    return call.page(found[::-1] if descending else found, lambda issue: shapes.issue(state, issue))


def label_names(items: list[object]) -> list[str]:
    """Names out of a list that holds strings or objects with a `name`. Raises ApiError 422."""
    names: list[str] = []
    for item in items:
        name = item.get("name") if isinstance(item, dict) else item
        if not isinstance(name, str) or not name.strip():
            raise invalid("Label", "name", "missing_field")
        names.append(name)
    return names


def set_labels(state: State, actor: Account, issue: Issue, names: list[str]) -> None:
    """Give an issue exactly these labels; unknown ones are made, doubled ones fall together."""
    before = issue.labels
    issue.labels = list(dict.fromkeys(state.ensure_label(name).name for name in names))
    if issue.labels == before:
        return
    issue.updated_at = state.clock()
    kind = "pull_request" if issue.pull else "issues"
    for action, some, others in (("labeled", issue.labels, before), ("unlabeled", before, issue.labels)):
        for name in some:
            if name not in others:
                state.tell(kind, action, actor, issue, label=name)


def _create(call: Call) -> Response:
    actor, fields = call.actor(), call.fields()
    title = fields.text("title")
    if not title.strip():
        raise invalid("Issue", "title", "missing_field")
    body = fields.optional_text("body")
    check_body(body, "Issue")
    names = label_names(fields.items("labels"))
    issue = add_issue(call.state, actor, title, body)
    issue.assignees = fields.texts("assignees")
    set_labels(call.state, actor, issue, names)
    location = f"{call.state.repository_api}/issues/{issue.number}"
    return Response.json(201, shapes.issue(call.state, issue), {"location": location})


def _get(call: Call) -> Response:
    issue = call.issue()
    return Response.json(200, shapes.issue(call.state, issue), last_modified(issue.updated_at))


def _update(call: Call) -> Response:
    actor, issue, fields = call.actor(), call.issue(), call.fields()
    names = label_names(fields.items("labels"))
    if issue.pull:
        edit_pull(call.state, actor, issue, issue.pull, fields)
    else:
        _edit(call.state, actor, issue, fields)
    if "labels" in fields:
        set_labels(call.state, actor, issue, names)
    if "assignees" in fields:
        issue.assignees = fields.texts("assignees")
    return Response.json(200, shapes.issue(call.state, issue))


def _edit(state: State, actor: Account, issue: Issue, fields: Fields) -> None:
    title, body = fields.text("title", issue.title), fields.optional_text("body")
    wanted = fields.text("state", issue.state)
    if not title.strip():
        raise invalid("Issue", "title", "missing_field")
    if wanted not in {"open", "closed"}:
        raise invalid("Issue", "state")
    check_body(body, "Issue")
    write_text(state, actor, issue, title, body if fields.given("body") else issue.body)
    if wanted == "closed":
        close(state, issue, actor, fields.optional_text("state_reason"))
    elif issue.state == "closed":
        issue.state, issue.state_reason = "open", "reopened"
        issue.closed_at, issue.closed_by = None, None
        state.tell("issues", "reopened", actor, issue)


ROOT = "/repos/{owner}/{repo}/issues"
ROUTES = (
    Route("GET", ROOT, _list),
    Route("POST", ROOT, _create),
    Route("GET", f"{ROOT}/{{number}}", _get),
    Route("PATCH", f"{ROOT}/{{number}}", _update),
)
