"""What stands between a pull request and its merge: checks, reviews, an up-to-date head."""

from __future__ import annotations

from gitops_bot.sandbox.forge.protection.rules import NOT_A_PUSHER, Rule, binds, check_words, rules_on, violations_text
from gitops_bot.sandbox.forge.pulls import is_mergeable
from gitops_bot.sandbox.forge.records import Account, Issue, Protection, Pull, Ruleset
from gitops_bot.sandbox.forge.state import State

GOOD_CONCLUSIONS = {"success", "neutral", "skipped"}


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
    """How many people with write access approve by their latest word; -1 where one of them asks for changes."""
    latest = {
        review.user.login: review.state
        for review in pull.reviews
        if review.state != "COMMENTED" and review.user.may_push
    }
    if "CHANGES_REQUESTED" in latest.values():
        return -1
    return sum(decision == "APPROVED" for decision in latest.values())


def review_decision(state: State, pull: Pull) -> str | None:
    """GraphQL's `reviewDecision`: None where no review is asked for and none decides."""
    given = approvals(pull)
    needed = max((rule.approvals or 0 for rule in rules_on(state, pull.base)), default=0)
    if given < 0:
        return "CHANGES_REQUESTED"
    if given < needed:
        return "REVIEW_REQUIRED"
    return "APPROVED" if given else None


def unmet(state: State, pull: Pull, actor: Account | None = None) -> str:
    """What the base branch's rules still ask for before a merge by `actor` (None: by anybody), in GitHub's words."""
    for rule in rules_on(state, pull.base):
        found = _violations(state, rule, pull, actor) if actor is None or binds(rule, actor) else []
        if found:
            return violations_text(found, ruleset=True) if isinstance(rule, Ruleset) else found[0]
    return ""


def _violations(state: State, rule: Rule, pull: Pull, actor: Account | None) -> list[str]:
    found: list[str] = []
    if isinstance(rule, Protection) and actor and rule.pushers is not None and actor.login not in rule.pushers:
        found.append(NOT_A_PUSHER)
    needed = rule.approvals or 0
    if needed and approvals(pull) < needed:
        reviews = "review is" if needed == 1 else "reviews are"
        found.append(f"At least {needed} approving {reviews} required by reviewers with write access.")
    checks = check_words(rule.contexts or (), check_verdicts(state, pull.head_sha))
    return [*found, checks] if checks else found


def merge_state(state: State, issue: Issue, pull: Pull, actor: Account | None = None) -> str:
    """GitHub's `mergeable_state`: draft, dirty, blocked, behind, unstable or clean; unknown once closed.

    With `actor` it is what holds for this account, whom a rule may let through.
    """
    if issue.state != "open":
        return "unknown"
    if not is_mergeable(state, pull):
        return "dirty"
    if pull.draft:
        return "draft"
    if unmet(state, pull, actor):
        return "blocked"
    strict = any(rule.strict for rule in rules_on(state, pull.base) if actor is None or binds(rule, actor))
    if strict and not state.git.is_ancestor(pull.base_sha, pull.head_sha):
        return "behind"
    verdicts = check_verdicts(state, pull.head_sha)
    return "unstable" if any(verdict != "success" for verdict in verdicts.values()) else "clean"
