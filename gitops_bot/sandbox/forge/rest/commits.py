"""Commits as people read them: the log, one commit with its files, and two commits compared."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import ApiError, Call, Route, not_found, parse_moment
from gitops_bot.sandbox.forge.records import Issue
from gitops_bot.sandbox.forge.rest.shapes.commits import commit, commit_with_files, file_change
from gitops_bot.sandbox.forge.rest.shapes.issues import pull_simple
from gitops_bot.sandbox.http import Json, Response


def _list(call: Call) -> Response:
    state, request = call.state, call.request
    start = request.parameter("sha") or state.default_branch
    sha = state.git.resolve(start)
    if sha is None:
        if state.git.refs("refs/heads/"):
            raise not_found()
        raise ApiError(409, "Git Repository is empty.")
    limits = {name: request.parameter(name) for name in ("since", "until") if request.parameter(name)}
    arguments = [sha, *(f"--{name}={parse_moment(value).isoformat()}" for name, value in limits.items())]
    if request.parameter("author"):
        arguments += ["--fixed-strings", f"--author={request.parameter('author')}"]
    path = request.parameter("path")
    shas = state.git.revisions(*arguments, *(["--", f":(literal){path.strip('/')}"] if path.strip("/") else []))

    def shape(each: str) -> Json:
        found = state.git.commit(each)
        return commit(state, found) if found else None

    return call.page(shas, shape)


def _get(call: Call) -> Response:
    found = call.state.git.commit(call.commit_id())
    if found is None:
        raise not_found()
    if "diff" in call.request.headers.get("accept", ""):
        text = call.state.git.patch_text(found.parents[0] if found.parents else None, found.sha)
        return Response(200, {"content-type": "application/vnd.github.diff; charset=utf-8"}, text)
    return Response.json(200, commit_with_files(call.state, found))


def _side(call: Call, text: str) -> str:
    owner, separator, branch = text.partition(":")
    if separator and owner.lower() != call.state.owner.lower():
        raise not_found()
    sha = call.state.git.resolve(branch if separator else text)
    if sha is None:
        raise not_found()
    return sha


def _compare(call: Call) -> Response:
    state = call.state
    before, separator, after = call.arguments["basehead"].partition("...")
    if not separator:
        raise not_found()
    base, head = state.git.commit(_side(call, before)), state.git.commit(_side(call, after))
    if base is None or head is None:
        raise not_found()
    shared = state.git.merge_base(base.sha, head.sha)
    common = state.git.commit(shared) if shared else None
    if common is None:
        raise ApiError(404, f"No common ancestor between {before} and {after}.")
    ahead = state.git.commits(state.git.revisions("--reverse", "--topo-order", head.sha, f"^{base.sha}"))
    behind = len(state.git.revisions(base.sha, f"^{head.sha}"))
    status = ("diverged" if behind else "ahead") if ahead else ("behind" if behind else "identical")
    changes = state.git.changes(common.sha, head.sha)
    html = f"{state.html}/compare/{before}...{after}"
    return Response.json(
        200,
        {
            "url": f"{state.repository_api}/compare/{before}...{after}",
            "html_url": html,
            "permalink_url": f"{state.html}/compare/{base.sha}...{head.sha}",
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            "base_commit": commit(state, base),
            "merge_base_commit": commit(state, common),
            "status": status,
            "ahead_by": len(ahead),
            "behind_by": behind,
            "total_commits": len(ahead),
            "commits": [commit(state, each) for each in ahead],
            "files": [file_change(state, head.sha, change) for change in changes],
        },
    )


def _pulls(call: Call) -> Response:
    state, sha = call.state, call.commit_id()

    def holds(issue: Issue) -> bool:
        pull = issue.pull
        if pull is None:
            return False
        inside = state.git.is_ancestor(sha, pull.head_sha) and not state.git.is_ancestor(sha, pull.base_sha)
        return inside or pull.merge_commit == sha

    found = [issue for issue in state.issues.values() if holds(issue)]
    return call.page(found, lambda issue: pull_simple(state, issue, issue.pull) if issue.pull else None)


ROOT = "/repos/{owner}/{repo}"
ROUTES = (
    Route("GET", f"{ROOT}/commits", _list),
    Route("GET", f"{ROOT}/compare/{{basehead*}}", _compare),
    Route("GET", f"{ROOT}/commits/{{ref*}}/pulls", _pulls),
    Route("GET", f"{ROOT}/commits/{{ref*}}", _get),
)
