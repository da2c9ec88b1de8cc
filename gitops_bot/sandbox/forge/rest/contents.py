"""Files and folders by their path."""

from __future__ import annotations

import base64
import binascii

from gitops_bot.sandbox.forge.api import ApiError, Call, Fields, Route, not_found
from gitops_bot.sandbox.forge.branches import move_branch
from gitops_bot.sandbox.forge.git import Entry
from gitops_bot.sandbox.forge.protection import Push, push_refusal
from gitops_bot.sandbox.forge.rest.shapes.commits import content, git_commit
from gitops_bot.sandbox.forge.writing import FileChanges, write_commit
from gitops_bot.sandbox.http import Json, Response


def _get(call: Call) -> Response:
    state = call.state
    ref = call.request.parameter("ref") or state.default_branch
    sha = state.git.resolve(ref.removeprefix("refs/heads/"))
    if sha is None:
        raise ApiError(404, f"No commit found for the ref {ref}")
    path = call.arguments.get("path", "").strip("/")
    entry = state.git.entry(f"{sha}^{{tree}}", path)
    if entry is None:
        raise not_found()
    if entry.kind == "tree":
        below = state.git.entries(entry.sha)
        prefix = f"{path}/" if path else ""
        return Response.json(200, [content(state, each, prefix + each.path, ref) for each in below])
    found = state.git.object(entry.sha)
    if found is None:
        raise not_found()
    if "raw" in call.request.headers.get("accept", ""):
        return Response(200, {"content-type": "application/vnd.github.raw; charset=utf-8"}, found.data)
    shape = content(state, entry, path, ref, found.data)
    if entry.mode == "120000":
        shape = {key: value for key, value in shape.items() if key not in {"content", "encoding"}}
        shape["target"] = found.data.decode("utf-8", "replace")
    return Response.json(200, shape)


def _branch(call: Call, fields: Fields) -> tuple[str, str]:
    branch = fields.text("branch", call.state.default_branch)
    head = call.state.git.branch(branch)
    if head is None:
        raise ApiError(404, f"Branch {branch} not found")
    return branch, head


def _present(call: Call, head: str, path: str, fields: Fields) -> Entry | None:
    """The file to replace. Raises ApiError 409 where it is another one than the caller knows."""
    present = call.state.git.entry(f"{head}^{{tree}}", path)
    if present and present.kind == "blob":
        known = fields.optional_text("sha")
        if known is None:
            raise ApiError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
        if known != present.sha:
            raise ApiError(409, f"{path} does not match {known}")
    return present


def _write(call: Call, fields: Fields, head: str, branch: str, changes: FileChanges) -> Json:
    author = call.state.signature(call.actor())
    sha = write_commit(call.state, head, changes, fields.text("message"), author)
    refusal = push_refusal(call.state, call.actor(), Push(branch, head, sha))
    if refusal:
        raise ApiError(409, refusal.message)
    if not move_branch(call.state, branch, sha, head, call.actor()):
        raise ApiError(409, f"{branch} was modified. Try again.")
    call.state.verified.add(sha)
    commit = call.state.git.commit(sha)
    return git_commit(call.state, commit) if commit else None


def _put(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    path = call.arguments["path"].strip("/")
    branch, head = _branch(call, fields)
    present = _present(call, head, path, fields)
    try:
        data = base64.b64decode(fields.text("content"))
    except binascii.Error as error:
        raise ApiError(422, "content is not valid Base64") from error
    commit = _write(call, fields, head, branch, FileChanges(additions={path: data}))
    entry = call.state.git.entry(f"refs/heads/{branch}^{{tree}}", path)
    if entry is None:
        raise not_found()
    shape = content(call.state, entry, path, branch)
    return Response.json(200 if present else 201, {"content": shape, "commit": commit})


def _delete(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    path = call.arguments["path"].strip("/")
    branch, head = _branch(call, fields)
    if _present(call, head, path, fields) is None:
        raise not_found()
    commit = _write(call, fields, head, branch, FileChanges(deletions=(path,)))
    return Response.json(200, {"content": None, "commit": commit})


ROOT = "/repos/{owner}/{repo}/contents"
ROUTES = (
    Route("GET", ROOT, _get),
    Route("GET", f"{ROOT}/", _get),
    Route("GET", f"{ROOT}/{{path*}}", _get),
    Route("PUT", f"{ROOT}/{{path*}}", _put),
    Route("DELETE", f"{ROOT}/{{path*}}", _delete),
)
