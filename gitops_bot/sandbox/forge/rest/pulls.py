"""Pull requests."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import ApiError, Call, Fields, Route, invalid, last_modified, not_found
from gitops_bot.sandbox.forge.branches import close, move_branch
from gitops_bot.sandbox.forge.merging import MergeRequest, merge_pull
from gitops_bot.sandbox.forge.merging.automatic import base_changed
from gitops_bot.sandbox.forge.permissions import check_actions
from gitops_bot.sandbox.forge.pulls import NewPull, changes_of, check_body, commits_of, find_open, open_pull
from gitops_bot.sandbox.forge.records import Account, Issue, Pull
from gitops_bot.sandbox.forge.rest.shapes.commits import commit, file_change
from gitops_bot.sandbox.forge.rest.shapes.issues import pull_request, pull_simple
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.http import Json, Response


def pull_of(call: Call) -> tuple[Issue, Pull]:
    """The pull request whose number stands in the path. Raises ApiError 404."""
    issue = call.issue()
    if issue.pull is None:
        raise not_found()
    return issue, issue.pull


def _list(call: Call) -> Response:
    state, request = call.state, call.request
    wanted = request.parameter("state", "open")
    owner, separator, branch = request.parameter("head").partition(":")
    base = request.parameter("base")

    def shown(issue: Issue) -> bool:
        pull = issue.pull
        # GitHub passes over a `head` that names no owner, and so lists everything.
        at_head = not separator or (owner.lower() == state.owner.lower() and pull is not None and pull.head == branch)
        return pull is not None and wanted in {issue.state, "all"} and at_head and (not base or pull.base == base)

    found = [issue for issue in state.issues.values() if shown(issue)]
    by = request.parameter("sort", "created")
    descending = request.parameter("direction", "desc" if by == "created" else "asc") == "desc"
    found.sort(key=lambda issue: (issue.updated_at if by == "updated" else issue.created_at, issue.number))
    return call.page(
        found[::-1] if descending else found,
        lambda issue: pull_simple(state, issue, issue.pull) if issue.pull else None,
    )


def _get(call: Call) -> Response:
    issue, pull = pull_of(call)
    if "diff" in call.request.headers.get("accept", ""):
        base = call.state.git.merge_base(pull.base_sha, pull.head_sha)
        text = call.state.git.patch_text(base, pull.head_sha)
        return Response(200, {"content-type": "application/vnd.github.diff; charset=utf-8"}, text)
    return Response.json(200, pull_request(call.state, issue, pull), last_modified(issue.updated_at))


def _create(call: Call) -> Response:
    check_actions(call.state, call.token)
    actor, fields = call.actor(), call.fields()
    new = NewPull(
        fields.text("title"),
        fields.optional_text("body"),
        fields.text("head"),
        fields.text("base"),
        draft=fields.flag("draft"),
    )
    issue = open_pull(call.state, actor, new)
    pull = issue.pull
    if pull is None:
        raise not_found()
    location = f"{call.state.repository_api}/pulls/{issue.number}"
    return Response.json(201, pull_request(call.state, issue, pull), {"location": location})


def edit_pull(state: State, actor: Account, issue: Issue, pull: Pull, fields: Fields) -> None:
    """Change a pull request's title, body, base or state. Raises ApiError 422 as GitHub does, before any change."""
    title, body, base = fields.text("title", issue.title), fields.optional_text("body"), fields.text("base", pull.base)
    wanted = fields.text("state", issue.state)
    if not title.strip():
        raise invalid("PullRequest", "title", "missing_field")
    if wanted not in {"open", "closed"}:
        raise invalid("PullRequest", "state")
    check_body(body, "PullRequest")
    base_sha = state.git.branch(base)
    if base != pull.base and (base_sha is None or issue.state == "closed"):
        raise invalid("PullRequest", "base")
    if wanted == "open" and issue.state == "closed":
        _reopen(state, actor, issue, pull)
    write_text(state, actor, issue, title, body if fields.given("body") else issue.body)
    if base != pull.base and base_sha is not None:
        before = {"ref": {"from": pull.base}, "sha": {"from": pull.base_sha}}
        pull.base, pull.base_sha = base, base_sha
        state.tell("pull_request", "edited", actor, issue, changes={"base": before})
        base_changed(state, issue, pull, actor)
    if wanted == "closed":
        close(state, issue, actor)


def write_text(state: State, actor: Account, issue: Issue, title: str, body: str | None) -> None:
    """Set an issue's or a pull request's title and body."""
    changes: dict[str, Json] = {}
    if title != issue.title:
        changes["title"] = {"from": issue.title}
    if body != issue.body:
        changes["body"] = {"from": issue.body or ""}
    issue.title, issue.body, issue.updated_at = title, body, state.clock()
    if changes:
        state.tell("pull_request" if issue.pull else "issues", "edited", actor, issue, changes=changes)


def _reopen(state: State, actor: Account, issue: Issue, pull: Pull) -> None:
    head, base = state.git.branch(pull.head), state.git.branch(pull.base)
    if pull.merged_at:
        raise invalid(
            "PullRequest", "state", "invalid", "state cannot be changed. The pull request cannot be reopened."
        )
    if head is None or base is None:
        missing = pull.head if head is None else pull.base
        message = f"state cannot be changed. The {missing} branch has been deleted."
        raise invalid("PullRequest", "state", "invalid", message)
    if find_open(state, pull.head, pull.base):
        message = f"state cannot be changed. A pull request already exists for {state.owner}:{pull.head}."
        raise invalid("PullRequest", "state", "invalid", message)
    if not state.git.is_ancestor(pull.head_sha, head):
        message = f"state cannot be changed. The {pull.head} branch was force-pushed or recreated."
        raise invalid("PullRequest", "state", "invalid", message)
    if state.git.is_ancestor(head, base):
        message = f"state cannot be changed. There are no new commits on the {state.owner}:{pull.head} branch."
        raise invalid("PullRequest", "state", "invalid", message)
    pull.head_sha, pull.base_sha = head, base
    issue.state, issue.closed_at, issue.closed_by = "open", None, None
    state.tell("pull_request", "reopened", actor, issue)


def _update(call: Call) -> Response:
    actor = call.actor()
    issue, pull = pull_of(call)
    edit_pull(call.state, actor, issue, pull, call.fields())
    return Response.json(200, pull_request(call.state, issue, pull))


def _commits(call: Call) -> Response:
    _, pull = pull_of(call)
    return call.page(commits_of(call.state, pull), lambda each: commit(call.state, each))


def _files(call: Call) -> Response:
    _, pull = pull_of(call)
    return call.page(changes_of(call.state, pull), lambda change: file_change(call.state, pull.head_sha, change))


def _is_merged(call: Call) -> Response:
    _, pull = pull_of(call)
    if pull.merged_at is None:
        raise not_found()
    return Response(204)


def _merge(call: Call) -> Response:
    actor, fields = call.actor(), call.fields()
    issue, pull = pull_of(call)
    method = fields.text("merge_method", "merge")
    if method not in {"merge", "squash", "rebase"}:
        raise ApiError(422, f'Invalid request.\n\n{method} is not a member of ["merge", "squash", "rebase"].')
    request = MergeRequest(
        method, fields.text("commit_title", ""), fields.text("commit_message", ""), fields.text("sha", "")
    )
    sha = merge_pull(call.state, actor, issue, pull, request)
    return Response.json(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


def _update_branch(call: Call) -> Response:
    """Merge the base into the head, as the button on the page does."""
    actor, fields = call.actor(), call.fields()
    issue, pull = pull_of(call)
    state = call.state
    expected = fields.optional_text("expected_head_sha")
    if expected and expected != pull.head_sha:
        raise ApiError(422, "expected head sha didn't match current head ref.")
    if issue.state != "open" or state.git.is_ancestor(pull.base_sha, pull.head_sha):
        raise ApiError(422, "There are no new commits on the base branch.")
    tree = state.git.merged_tree(pull.head_sha, pull.base_sha)
    if tree is None:
        raise ApiError(422, "merge conflict between base and head")
    who = state.signature(actor)
    message = f"Merge branch '{pull.base}' into {pull.head}"
    sha = state.git.write_commit(tree, (pull.head_sha, pull.base_sha), message, who, who)
    state.verified.add(sha)
    if not move_branch(state, pull.head, sha, pull.head_sha, actor):
        raise ApiError(422, "expected head sha didn't match current head ref.")
    url = f"{state.html}/pull/{issue.number}"
    return Response.json(202, {"message": "Updating pull request branch.", "url": url})


ROOT = "/repos/{owner}/{repo}/pulls"
ROUTES = (
    Route("GET", ROOT, _list),
    Route("POST", ROOT, _create),
    Route("GET", f"{ROOT}/{{number}}", _get),
    Route("PATCH", f"{ROOT}/{{number}}", _update),
    Route("GET", f"{ROOT}/{{number}}/commits", _commits),
    Route("GET", f"{ROOT}/{{number}}/files", _files),
    Route("GET", f"{ROOT}/{{number}}/merge", _is_merged),
    Route("PUT", f"{ROOT}/{{number}}/merge", _merge),
    Route("PUT", f"{ROOT}/{{number}}/update-branch", _update_branch),
)
