"""Git's own database: references, commits, trees, blobs."""

from __future__ import annotations

import base64
import binascii
import re

from gitops_bot.sandbox.forge.api import ApiError, Call, Fields, Route, not_found
from gitops_bot.sandbox.forge.branches import move_branch
from gitops_bot.sandbox.forge.git import Entry, GitFailed, Signature
from gitops_bot.sandbox.forge.protection import Push, push_refusal
from gitops_bot.sandbox.forge.rest.shapes.commits import blob, git_commit, reference, tree_entry
from gitops_bot.sandbox.forge.writing import tree_with
from gitops_bot.sandbox.http import Json, Response

SHA = re.compile(r"[0-9a-f]{40}")
MODES = {"100644": "blob", "100755": "blob", "120000": "blob", "040000": "tree", "160000": "commit"}


def _matching(call: Call) -> Response:
    """All of them at once: this list has no pages."""
    prefix = f"refs/{call.arguments['ref']}"
    return Response.json(200, [reference(call.state, *row) for row in call.state.git.refs(prefix)])


def _get_reference(call: Call) -> Response:
    name = f"refs/{call.arguments['ref']}"
    found = next((row for row in call.state.git.refs(name) if row[0] == name), None)
    if found is None:
        raise not_found()
    return Response.json(200, reference(call.state, *found))


def _object(call: Call, sha: str, kind: str = "commit") -> str:
    found = call.state.git.object(sha) if SHA.fullmatch(sha) else None
    if found is None:
        raise ApiError(422, "Object does not exist")
    if found.kind != kind:
        raise ApiError(422, f"Object is not a {kind}")
    return found.sha


def _move(call: Call, name: str, new: str | None, old: str | None) -> None:
    """Move a reference by compare-and-swap, branches with all that follows from it."""
    branch = name.removeprefix("refs/heads/")
    try:
        if branch != name:
            refusal = push_refusal(call.state, call.actor(), Push(branch, old, new)) if new != old else None
            if refusal:
                raise ApiError(422, refusal.message)
            moved = move_branch(call.state, branch, new, old, call.actor())
        else:
            moved = call.state.git.move_reference(name, new, old)
    except GitFailed as failure:
        raise ApiError(422, f"{name} is not a valid ref name.") from failure
    if not moved:
        raise ApiError(422, "Reference cannot be updated")


def _create_reference(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    name, sha = fields.text("ref"), fields.text("sha")
    if not name.startswith("refs/") or name.count("/") < 2:
        raise ApiError(422, "Reference name must start with 'refs' and have at least two slashes.")
    _object(call, sha)
    if any(row[0] == name for row in call.state.git.refs(name)):
        raise ApiError(422, "Reference already exists")
    _move(call, name, sha, None)
    return Response.json(201, reference(call.state, name, sha), {"location": reference_url(call, name)})


def reference_url(call: Call, name: str) -> str:
    """A reference's own url."""
    return str(reference(call.state, name, "")["url"])


def _current(call: Call) -> tuple[str, str]:
    name = f"refs/{call.arguments['ref']}"
    found = next((row for row in call.state.git.refs(name) if row[0] == name), None)
    if found is None:
        raise ApiError(422, "Reference does not exist")
    return name, found[1]


def _update_reference(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    sha = _object(call, fields.text("sha"))
    name, old = _current(call)
    if not fields.flag("force") and not call.state.git.is_ancestor(old, sha):
        raise ApiError(422, "Update is not a fast forward")
    _move(call, name, sha, old)
    return Response.json(200, reference(call.state, name, sha))


def _delete_reference(call: Call) -> Response:
    call.actor()
    name, old = _current(call)
    if name == f"refs/heads/{call.state.default_branch}":
        raise ApiError(422, "Cannot delete this branch")
    _move(call, name, None, old)
    return Response(204)


def _get_commit(call: Call) -> Response:
    found = call.state.git.commit(call.arguments["sha"]) if SHA.fullmatch(call.arguments["sha"]) else None
    if found is None:
        raise not_found()
    return Response.json(200, git_commit(call.state, found))


def _signature(fields: Fields, default: Signature) -> Signature:
    name, email = fields.text("name", default.name), fields.text("email", default.email)
    if any(mark in name + email for mark in "<>\n\0"):
        raise ApiError(422, "Invalid request.\n\nA name or an email holds a character that Git refuses.")
    return Signature(name, email, fields.moment("date") or default.when)


def _create_commit(call: Call) -> Response:
    actor, fields = call.actor(), call.fields()
    message = fields.text("message")
    tree = _existing(call, fields.text("tree"), "tree")
    parents = [_existing(call, parent, "commit") for parent in fields.texts("parents")]
    author = _signature(fields.below("author"), call.state.signature(actor))
    committer = _signature(fields.below("committer"), author)
    sha = call.state.git.write_commit(tree, parents, message, author, committer)
    found = call.state.git.commit(sha)
    if found is None:
        raise not_found()
    return Response.json(
        201, git_commit(call.state, found), {"location": f"{call.state.repository_api}/git/commits/{sha}"}
    )


def _existing(call: Call, sha: str, kind: str) -> str:
    found = call.state.git.object(sha) if SHA.fullmatch(sha) else None
    if found is None or found.kind != kind:
        raise ApiError(422, f"{kind.capitalize()} SHA does not exist or is not a {kind} object")
    return sha


def _get_tree(call: Call) -> Response:
    name = call.arguments["sha"]
    commit = call.state.git.resolve(name)
    found = call.state.git.object(f"{commit}^{{tree}}" if commit else name if SHA.fullmatch(name) else "")
    if found is None or found.kind != "tree":
        raise not_found()
    return Response.json(200, _tree(call, found.sha, recursive=bool(call.request.parameter("recursive"))))


def _tree(call: Call, sha: str, *, recursive: bool) -> Json:
    return {
        "sha": sha,
        "url": f"{call.state.repository_api}/git/trees/{sha}",
        "tree": [tree_entry(call.state, entry) for entry in call.state.git.entries(sha, recursive=recursive)],
        "truncated": False,
    }


def _create_tree(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    base = fields.optional_text("base_tree")
    if base is not None:
        found = call.state.git.object(f"{base}^{{tree}}") if SHA.fullmatch(base) else None
        if found is None:
            raise ApiError(422, "base_tree is not a valid tree oid")
        base = found.sha
    entries = [_asked_entry(call, Fields(item)) for item in fields.items("tree")]
    tree = tree_with(call.state, base, entries)
    return Response.json(201, _tree(call, tree, recursive=False))


def _asked_entry(call: Call, item: Fields) -> Entry:
    path, mode = item.text("path"), item.text("mode", "100644")
    if mode not in MODES:
        raise ApiError(422, "tree.mode is not valid")
    if "content" in item:
        return Entry(mode, path, call.state.git.write_blob(item.text("content").encode("utf-8")))
    if "sha" not in item:
        return Entry(mode, path, "")
    sha = item.text("sha")
    found = call.state.git.object(sha) if SHA.fullmatch(sha) else None
    if mode != "160000" and (found is None or found.kind != MODES[mode]):
        raise ApiError(422, f"tree.sha {sha} is not a valid {MODES[mode]}")
    return Entry(mode, path, sha)


def _get_blob(call: Call) -> Response:
    sha = call.arguments["sha"]
    found = call.state.git.object(sha) if SHA.fullmatch(sha) else None
    if found is None or found.kind != "blob":
        raise not_found()
    return Response.json(200, blob(call.state, found))


def _create_blob(call: Call) -> Response:
    call.actor()
    fields = call.fields()
    content, encoding = fields.text("content"), fields.text("encoding", "utf-8")
    try:
        data = base64.b64decode(content, validate=False) if encoding == "base64" else content.encode("utf-8")
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ApiError(422, "content is not valid Base64") from error
    sha = call.state.git.write_blob(data)
    url = f"{call.state.repository_api}/git/blobs/{sha}"
    return Response.json(201, {"sha": sha, "url": url}, {"location": url})


ROOT = "/repos/{owner}/{repo}/git"
ROUTES = (
    Route("GET", f"{ROOT}/matching-refs/{{ref*}}", _matching),
    Route("GET", f"{ROOT}/ref/{{ref*}}", _get_reference),
    Route("GET", f"{ROOT}/refs/{{ref*}}", _get_reference),
    Route("POST", f"{ROOT}/refs", _create_reference),
    Route("PATCH", f"{ROOT}/refs/{{ref*}}", _update_reference),
    Route("DELETE", f"{ROOT}/refs/{{ref*}}", _delete_reference),
    Route("GET", f"{ROOT}/commits/{{sha}}", _get_commit),
    Route("POST", f"{ROOT}/commits", _create_commit),
    Route("GET", f"{ROOT}/trees/{{sha*}}", _get_tree),
    Route("POST", f"{ROOT}/trees", _create_tree),
    Route("GET", f"{ROOT}/blobs/{{sha}}", _get_blob),
    Route("POST", f"{ROOT}/blobs", _create_blob),
)
