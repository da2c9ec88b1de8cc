"""Commits, files, references and what else is read from Git."""

from __future__ import annotations

import base64
from datetime import UTC

from gitops_bot.sandbox.forge.git import Commit, Entry, FileChange, Signature
from gitops_bot.sandbox.forge.git.process import RawObject
from gitops_bot.sandbox.forge.records import Account
from gitops_bot.sandbox.forge.rest.shapes.repository import user
from gitops_bot.sandbox.forge.state import State, path_quote, timestamp
from gitops_bot.sandbox.http import Json

CONTENT_TYPES = {"160000": "submodule", "120000": "symlink", "040000": "dir"}


def person(signature: Signature) -> dict[str, Json]:
    """Who and when, as Git has it."""
    return {
        "name": signature.name,
        "email": signature.email,
        "date": timestamp(signature.when.astimezone(UTC)),
    }


def account_of(state: State, signature: Signature) -> Json:
    """The account behind a signature, None where it is not one of this forge."""
    if signature.email.endswith("@users.noreply.127.0.0.1"):
        return user(state, state.account(signature.name) or Account(signature.name))
    return None


def verification(state: State, sha: str) -> dict[str, Json]:
    """Whether the forge signed the commit itself; the sandbox keeps no signature to show."""
    verified = sha in state.verified
    reason = "valid" if verified else "unsigned"
    return {"verified": verified, "reason": reason, "signature": None, "payload": None, "verified_at": None}


def git_commit(state: State, commit: Commit) -> dict[str, Json]:
    """A commit of the Git database."""
    api, html = state.repository_api, state.html
    return {
        "sha": commit.sha,
        "node_id": f"C_{commit.sha}",
        "url": f"{api}/git/commits/{commit.sha}",
        "html_url": f"{html}/commit/{commit.sha}",
        "author": person(commit.author),
        "committer": person(commit.committer),
        "tree": {"sha": commit.tree, "url": f"{api}/git/trees/{commit.tree}"},
        "message": commit.message,
        "parents": [
            {"sha": parent, "url": f"{api}/git/commits/{parent}", "html_url": f"{html}/commit/{parent}"}
            for parent in commit.parents
        ],
        "verification": verification(state, commit.sha),
    }


def commit(state: State, found: Commit) -> dict[str, Json]:
    """A commit in a list."""
    api, html = state.repository_api, state.html
    return {
        "sha": found.sha,
        "node_id": f"C_{found.sha}",
        "url": f"{api}/commits/{found.sha}",
        "html_url": f"{html}/commit/{found.sha}",
        "comments_url": f"{api}/commits/{found.sha}/comments",
        "commit": {
            "author": person(found.author),
            "committer": person(found.committer),
            "message": found.message,
            "tree": {"sha": found.tree, "url": f"{api}/git/trees/{found.tree}"},
            "url": f"{api}/git/commits/{found.sha}",
            "comment_count": 0,
            "verification": verification(state, found.sha),
        },
        "author": account_of(state, found.author),
        "committer": account_of(state, found.committer),
        "parents": [
            {"sha": parent, "url": f"{api}/commits/{parent}", "html_url": f"{html}/commit/{parent}"}
            for parent in found.parents
        ],
    }


def commit_with_files(state: State, found: Commit) -> dict[str, Json]:
    """A commit by itself: with its files and its sums."""
    changes = state.git.changes(found.parents[0] if found.parents else None, found.sha)
    additions, deletions = sum(each.additions for each in changes), sum(each.deletions for each in changes)
    return {
        **commit(state, found),
        "stats": {"total": additions + deletions, "additions": additions, "deletions": deletions},
        "files": [file_change(state, found.sha, change) for change in changes],
    }


def file_change(state: State, sha: str, change: FileChange) -> dict[str, Json]:
    """One file's difference, seen at commit `sha`."""
    path = path_quote(change.path)
    shape: dict[str, Json] = {
        "sha": change.blob if change.status != "removed" else None,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{state.html}/blob/{sha}/{path}",
        "raw_url": f"{state.html}/raw/{sha}/{path}",
        "contents_url": f"{state.repository_api}/contents/{path}?ref={sha}",
    }
    if change.patch:
        shape["patch"] = change.patch
    if change.previous_path:
        shape["previous_filename"] = change.previous_path
    return shape


def reference(state: State, name: str, sha: str, kind: str = "commit") -> dict[str, Json]:
    """A reference; `name` in full (`refs/heads/main`)."""
    return {
        "ref": name,
        "node_id": f"REF_{name}",
        "url": f"{state.repository_api}/git/{path_quote(name)}",
        "object": {"type": kind, "sha": sha, "url": f"{state.repository_api}/git/{kind}s/{sha}"},
    }


def tree_entry(state: State, entry: Entry) -> dict[str, Json]:
    """One entry of a tree."""
    shape: dict[str, Json] = {"path": entry.path, "mode": entry.mode, "type": entry.kind, "sha": entry.sha}
    if entry.kind == "blob":
        found = state.git.object(entry.sha)
        shape["size"] = len(found.data) if found else 0
    if entry.kind != "commit":
        shape["url"] = f"{state.repository_api}/git/{entry.kind}s/{entry.sha}"
    return shape


def blob(state: State, found: RawObject) -> dict[str, Json]:
    """A blob with its bytes in base64, in lines as GitHub breaks them."""
    return {
        "sha": found.sha,
        "node_id": f"B_{found.sha}",
        "size": len(found.data),
        "url": f"{state.repository_api}/git/blobs/{found.sha}",
        "content": base64.encodebytes(found.data).decode(),
        "encoding": "base64",
    }


def content(state: State, entry: Entry, path: str, ref: str, data: bytes | None = None) -> dict[str, Json]:
    """A file or folder at `path`; with `data` the file's bytes are in it."""
    kind = CONTENT_TYPES.get(entry.mode, "file")
    quoted = path_quote(path)
    url = f"{state.repository_api}/contents/{quoted}?ref={path_quote(ref)}"
    git_url = f"{state.repository_api}/git/{'trees' if kind == 'dir' else 'blobs'}/{entry.sha}"
    html_url = f"{state.html}/{'tree' if kind == 'dir' else 'blob'}/{path_quote(ref)}/{quoted}"
    found = state.git.object(entry.sha) if data is None and kind in {"file", "symlink"} else None
    shape: dict[str, Json] = {
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": entry.sha,
        "size": len(data) if data is not None else len(found.data) if found else 0,
        "type": kind,
        "url": url,
        "html_url": html_url,
        "git_url": git_url,
        "download_url": f"{state.html}/raw/{path_quote(ref)}/{quoted}" if kind in {"file", "symlink"} else None,
        "_links": {"self": url, "git": git_url, "html": html_url},
    }
    if data is not None:
        shape |= {"content": base64.encodebytes(data).decode(), "encoding": "base64"}
    return shape
