"""Which rules are in force on a branch, for whom, and the words in which a rule says no."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TypeAlias

from gitops_bot.sandbox.forge.records import Account, Protection, Ruleset
from gitops_bot.sandbox.forge.state import State

Rule: TypeAlias = Protection | Ruleset
QUEUE_ONLY = "Changes must be made through the merge queue"
PULL_ONLY = "Changes must be made through a pull request."
NOT_A_PUSHER = (
    "You're not authorized to push to this branch. "
    "Visit https://docs.github.com/articles/about-protected-branches/ for more information."
)


def rules_on(state: State, branch: str) -> list[Rule]:
    """The protection and the active rulesets of a branch, in this order."""
    found: list[Rule] = [state.protections[branch]] if branch in state.protections else []
    return [*found, *(each for each in state.rulesets if each.enforcement == "active" and _covers(state, each, branch))]


def _covers(state: State, ruleset: Ruleset, branch: str) -> bool:
    for pattern in ruleset.branches:
        if pattern == "~ALL" or (pattern == "~DEFAULT_BRANCH" and branch == state.default_branch):
            return True
        if fnmatchcase(branch, pattern.removeprefix("refs/heads/")):
            return True
    return False


def is_protected(state: State, branch: str) -> bool:
    """Whether the branch has a protection of its own; rulesets do not show there."""
    return branch in state.protections


def binds(rule: Rule, actor: Account) -> bool:
    """Whether the rule holds for this account: administrators and those on a bypass list may be let through."""
    if isinstance(rule, Ruleset):
        return actor.login not in rule.bypass
    return rule.enforce_admins or actor.standing != "admin"


def merge_queue(state: State, branch: str) -> str:
    """The merge method of the branch's merge queue, empty where it has none."""
    methods = [rule.merge_queue for rule in rules_on(state, branch) if isinstance(rule, Ruleset)]
    return next(filter(None, methods), "")


def check_words(contexts: Sequence[str], verdicts: dict[str, str]) -> str:
    """What is missing among required checks, in GitHub's words; empty where all have succeeded."""
    kinds = {"success": "", "pending": "pending", "failure": "failing"}
    missing = [(name, kinds[verdicts[name]] if name in verdicts else "expected") for name in contexts]
    missing = [(name, kind) for name, kind in missing if kind]
    if not missing:
        return ""
    if len(contexts) == 1:
        return f'Required status check "{missing[0][0]}" is {missing[0][1]}.'
    counts = {kind: sum(each == kind for _, each in missing) for kind in ("expected", "pending", "failing")}
    some = [kind for kind, count in counts.items() if count]
    of_all = f"{len(missing)} of {len(contexts)} required status checks"
    if len(some) == 1:
        return f"{of_all} are {some[0]}."
    return f"{of_all} have not succeeded: {', '.join(f'{counts[kind]} {kind}' for kind in some)}."


def violations_text(violations: Sequence[str], *, ruleset: bool) -> str:
    """Several violations as one message of the API."""
    if ruleset:
        return "Repository rule violations found\n\n" + "".join(f"{each}\n\n" for each in violations)
    return " ".join(violations)
