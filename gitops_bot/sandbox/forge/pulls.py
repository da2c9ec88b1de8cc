"""Pull requests: opening them, whether they can be merged and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass

from gitops_bot.sandbox.forge.api import ApiError, invalid
from gitops_bot.sandbox.forge.git import Commit, FileChange
from gitops_bot.sandbox.forge.records import Account, Issue, Pull
from gitops_bot.sandbox.forge.state import State

MAXIMUM_BODY = 65_536


@dataclass(frozen=True)
class NewPull:
    """What a new pull request is asked to be; `head` may be `owner:branch`."""

    title: str
    body: str | None
    head: str
    base: str
    draft: bool = False


def check_body(body: str | None, resource: str) -> None:
    """Refuse a body that GitHub would not store. Raises ApiError 422."""
    if body is not None and len(body) > MAXIMUM_BODY:
        raise invalid(resource, "body", "custom", f"body is too long (maximum is {MAXIMUM_BODY} characters)")


def open_pull(state: State, actor: Account, new: NewPull) -> Issue:
    """Open a pull request. Raises ApiError 422 as GitHub does: unknown branches, nothing to merge, already open."""
    owner, _, branch = new.head.rpartition(":")
    head = state.git.branch(branch) if owner.lower() in {"", state.owner.lower()} else None
    base = state.git.branch(new.base)
    if head is None:
        raise invalid("PullRequest", "head")
    if base is None:
        raise invalid("PullRequest", "base")
    if not new.title.strip():
        raise invalid("PullRequest", "title", "missing_field")
    check_body(new.body, "PullRequest")
    if not state.git.revisions("--max-count=1", head, f"^{base}"):
        message = f"No commits between {new.base} and {branch}"
        raise ApiError(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])
    if find_open(state, branch, new.base):
        message = f"A pull request already exists for {state.owner}:{branch}."
        raise ApiError(422, "Validation Failed", [{"resource": "PullRequest", "code": "custom", "message": message}])
    pull = Pull(branch, new.base, head, base, draft=new.draft)
    return add_issue(state, actor, new.title, new.body, pull)


def find_open(state: State, head: str, base: str) -> Issue | None:
    """The open pull request from `head` into `base`."""
    for issue in state.issues.values():
        if issue.state == "open" and issue.pull and (issue.pull.head, issue.pull.base) == (head, base):
            return issue
    return None


def add_issue(state: State, actor: Account, title: str, body: str | None, pull: Pull | None = None) -> Issue:
    """Number and remember a new issue, or with `pull` a new pull request."""
    now = state.clock()
    issue = Issue(state.new_id(), state.new_number(), actor, title, body, now, now, pull=pull)
    state.issues[issue.number] = issue
    state.tell("pull_request" if pull else "issues", "opened", actor, issue)
    return issue


def commits_of(state: State, pull: Pull) -> list[Commit]:
    """The commits of a pull request, oldest first; of a merged one those it had when it was merged."""
    return state.git.commits(state.git.revisions("--reverse", "--topo-order", pull.head_sha, f"^{pull.base_sha}"))


def changes_of(state: State, pull: Pull) -> tuple[FileChange, ...]:
    """The files that a pull request changes since it left its base; worked out once for each pair of commits."""
    key = (pull.base_sha, pull.head_sha)
    if key not in state.differences:
        state.differences[key] = state.git.changes(state.git.merge_base(*key) or pull.base_sha, pull.head_sha)
    return state.differences[key]


def is_mergeable(state: State, pull: Pull) -> bool:
    """Whether head and base merge without a conflict; worked out once for each pair of commits."""
    key = (pull.base_sha, pull.head_sha)
    if key not in state.mergeability:
        state.mergeability[key] = state.git.merged_tree(*key) is not None
    return state.mergeability[key]
