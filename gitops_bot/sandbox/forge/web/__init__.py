"""Pages for people: one plain server-rendered page each, for reading only."""

from __future__ import annotations

from gitops_bot.sandbox.forge.api import ApiError, Call, Operation, Route, find_route, not_found
from gitops_bot.sandbox.forge.records import Issue
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.forge.web import pages
from gitops_bot.sandbox.forge.web.layout import SECURITY_HEADERS, html_page, plain_text
from gitops_bot.sandbox.forge.web.markup import markup
from gitops_bot.sandbox.http import Request, Response


def _front(call: Call) -> Response:
    return pages.front_page(call.state)


def _pulls(call: Call) -> Response:
    return pages.list_page(call.state, pulls=True)


def _issues(call: Call) -> Response:
    return pages.list_page(call.state, pulls=False)


def _moved(call: Call, issue: Issue) -> Response:
    kind = "pull" if issue.pull else "issues"
    return Response(302, {"location": f"{call.state.html}/{kind}/{issue.number}"})


def _pull(call: Call) -> Response:
    issue = call.issue()
    return pages.pull_page(call.state, issue, issue.pull) if issue.pull else _moved(call, issue)


def _pull_part(call: Call) -> Response:
    return _moved(call, call.issue())


def _issue(call: Call) -> Response:
    issue = call.issue()
    return _moved(call, issue) if issue.pull else pages.issue_page(call.state, issue)


def _pull_diff(call: Call) -> Response:
    pull = call.issue().pull
    if pull is None:
        raise not_found()
    base = call.state.git.merge_base(pull.base_sha, pull.head_sha)
    return plain_text(call.state.git.patch_text(base, pull.head_sha))


def _commit(call: Call) -> Response:
    sha = call.state.git.resolve(call.arguments["sha"])
    found = call.state.git.commit(sha) if sha else None
    if found is None:
        raise not_found()
    return pages.commit_page(call.state, found)


def _file(call: Call) -> Response:
    """A file as text: the part after `blob` or `raw` is a branch, which may hold slashes, and a path."""
    parts = call.arguments["place"].split("/")
    for cut in range(1, len(parts)):
        sha = call.state.git.resolve("/".join(parts[:cut]))
        entry = call.state.git.entry(f"{sha}^{{tree}}", "/".join(parts[cut:])) if sha else None
        found = call.state.git.object(entry.sha) if entry and entry.kind == "blob" else None
        if found:
            return plain_text(found.data)
    raise not_found()


ROOT = "/{owner}/{repo}"
ROUTES: tuple[Route, ...] = (
    Route("GET", ROOT, _front),
    Route("GET", f"{ROOT}/pulls", _pulls),
    Route("GET", f"{ROOT}/issues", _issues),
    Route("GET", f"{ROOT}/pull/{{number}}.diff", _pull_diff),
    Route("GET", f"{ROOT}/pull/{{number}}", _pull),
    Route("GET", f"{ROOT}/pull/{{number}}/{{part}}", _pull_part),
    Route("GET", f"{ROOT}/issues/{{number}}", _issue),
    Route("GET", f"{ROOT}/commit/{{sha}}", _commit),
    Route("GET", f"{ROOT}/blob/{{place*}}", _file),
    Route("GET", f"{ROOT}/raw/{{place*}}", _file),
)


def page(state: State, request: Request) -> Response:
    """Answer a browser: a page, or a page that says there is none. Anything but reading is refused."""
    method = "GET" if request.method == "HEAD" else request.method
    if method != "GET":
        return Response(405, {"allow": "GET, HEAD", **SECURITY_HEADERS}, b"")
    path = request.path.rstrip("/")
    found: tuple[Operation, dict[str, str]] | None = find_route(ROUTES, method, path)
    try:
        if found is None or f"{found[1]['owner']}/{found[1]['repo']}".lower() != state.full_name.lower():
            raise not_found()
        return found[0](Call(state, request, found[1], None))
    except ApiError:
        text = markup('<h1>There is no such page</h1><p class="quiet">{path}</p>', path=path or "/")
        return html_page(state, "Not found", text, 404)
