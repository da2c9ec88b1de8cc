"""Pull requests: opening them, whether they can be merged and what stands against it."""

from __future__ import annotations

from dataclasses import dataclass

from gitops_bot.sandbox.forge.api import ApiError, invalid
from gitops_bot.sandbox.forge.git import Commit
from gitops_bot.sandbox.forge.records import Account, Issue, Pull
from gitops_bot.sandbox.forge.state import State

MAXIMUM_BODY = 65_536
GOOD_CONCLUSIONS = {"success", "neutral", "skipped"}


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
    return issue


def commits_of(state: State, pull: Pull) -> list[Commit]:
    """The commits of a pull request, oldest first; of a merged one those it had when it was merged."""
    return state.git.commits(state.git.revisions("--reverse", "--topo-order", pull.head_sha, f"^{pull.base_sha}"))


def is_mergeable(state: State, pull: Pull) -> bool:
    """Whether head and base merge without a conflict; worked out once for each pair of commits."""
    key = (pull.base_sha, pull.head_sha)
    if key not in state.mergeability:
        state.mergeability[key] = state.git.merged_tree(*key) is not None
    return state.mergeability[key]


def merge_state(state: State, issue: Issue, pull: Pull) -> str:
    """GitHub's `mergeable_state`: draft, dirty, blocked, behind, unstable or clean; unknown once closed."""
    if issue.state != "open":
        return "unknown"
    if not is_mergeable(state, pull):
        return "dirty"
    if pull.draft:
        return "draft"
    if requirement_unmet(state, pull):
        return "blocked"
    protection = state.protections.get(pull.base)
    if protection and protection.strict and not state.git.is_ancestor(pull.base_sha, pull.head_sha):
        return "behind"
    verdicts = check_verdicts(state, pull.head_sha)
    return "unstable" if any(verdict != "success" for verdict in verdicts.values()) else "clean"


def check_verdicts(state: State, sha: str) -> dict[str, str]:
    """The latest word of each status and check run on a commit: success, pending or failure, by name."""
    verdicts: dict[str, str] = {}
    for status in state.statuses:
        if status.sha == sha:
            verdicts[status.context] = "failure" if status.state == "error" else status.state
    for run in state.check_runs.values():
        if run.sha == sha and run.status != "completed":
            verdicts[run.name] = "pending"
        elif run.sha == sha:
            verdicts[run.name] = "success" if run.conclusion in GOOD_CONCLUSIONS else "failure"
    return verdicts


def approvals(pull: Pull) -> int:
    """How many people's latest decision is an approval; -1 where someone asks for changes."""
    latest = {review.user.login: review.state for review in pull.reviews if review.state != "COMMENTED"}
    if "CHANGES_REQUESTED" in latest.values():
        return -1
    return sum(decision == "APPROVED" for decision in latest.values())


def requirement_unmet(state: State, pull: Pull) -> str:
    """What the base branch's protection still asks for, in GitHub's words; empty where nothing."""
    protection = state.protections.get(pull.base)
    if protection is None:
        return ""
    needed = protection.approvals
    if needed is not None and approvals(pull) < needed:
        reviews = "review is" if needed == 1 else "reviews are"
        return f"At least {needed} approving {reviews} required by reviewers with write access."
    verdicts = check_verdicts(state, pull.head_sha)
    for context in protection.contexts or ():
        verdict = verdicts.get(context)
        if verdict is None:
            return f'Required status check "{context}" is expected.'
        if verdict != "success":
            return f'Required status check "{context}" is {"failing" if verdict == "failure" else "pending"}.'
    return ""
