"""What a protected branch refuses of a direct change, in the words of REST, GraphQL and `git push`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from gitops_bot.sandbox.forge.protection.requirements import check_verdicts
from gitops_bot.sandbox.forge.protection.rules import (
    NOT_A_PUSHER,
    PULL_ONLY,
    QUEUE_ONLY,
    Rule,
    binds,
    check_words,
    rules_on,
    violations_text,
)
from gitops_bot.sandbox.forge.records import Account, Protection, Ruleset
from gitops_bot.sandbox.forge.state import State

NO_CREATION = "Cannot create ref due to creations being restricted."
NO_DELETION = "Cannot delete this branch"
NO_FORCE = "Cannot force-push to this branch"
NO_MERGES = "This branch must not contain merge commits."
NO_UPDATE = "Cannot update this protected ref."


@dataclass(frozen=True)
class Push:
    """A branch that shall stand at `new` (None: be deleted) and stands at `old` (None: is made)."""

    branch: str
    old: str | None
    new: str | None


@dataclass(frozen=True)
class Refusal:
    """Why a direct change is refused, and whether a ruleset or a branch's protection says so."""

    branch: str
    violations: tuple[str, ...]
    ruleset: bool

    @property
    def message(self) -> str:
        """The words of REST."""
        return violations_text(self.violations, ruleset=self.ruleset)

    @property
    def graphql(self) -> tuple[str, str]:
        """The type and the message of GraphQL: rulesets have no type of their own there."""
        if self.ruleset:
            return "UNPROCESSABLE", self.message
        return "BRANCH_PROTECTION_RULE_VIOLATION", f"protected branch '{self.branch}' check failed:\n {self.message}"

    def remote_lines(self, html: str) -> list[str]:
        """The lines that `git push` shows after `remote: `; `html` is the repository's page."""
        name = f"refs/heads/{self.branch}"
        listed = [line for each in self.violations for line in ("", f"- {each}")]
        if not self.ruleset:
            return [f"error: GH006: Protected branch update failed for {name}.", *listed]
        rules = f"Review all repository rules at {html}/rules?ref={quote(name, safe='')}"
        return [f"error: GH013: Repository rule violations found for {name}.", rules, *listed, ""]


def push_refusal(state: State, actor: Account, push: Push) -> Refusal | None:
    """Why a branch's protection or its rulesets refuse a direct change; None where they do not."""
    for rule in rules_on(state, push.branch):
        found = [*_always(state, rule, actor, push), *_by_history(state, rule, push)] if binds(rule, actor) else []
        if found:
            return Refusal(push.branch, tuple(found), isinstance(rule, Ruleset))
    return None


def _always(state: State, rule: Rule, actor: Account, push: Push) -> list[str]:
    """The violations that can be told without a look at the new commits."""
    if isinstance(rule, Protection) and rule.pushers is not None and actor.login not in rule.pushers:
        return [NOT_A_PUSHER]
    if push.new is None:
        allowed = rule.allow_deletions if isinstance(rule, Protection) else not rule.deletion
        return [] if allowed else [NO_DELETION]
    if push.old is None:
        return [NO_CREATION] if isinstance(rule, Ruleset) and rule.creation else []
    found: list[str] = []
    if isinstance(rule, Ruleset) and rule.merge_queue:
        found.append(QUEUE_ONLY)
    if rule.approvals is not None:
        found.append(PULL_ONLY)
    found.append(check_words(rule.contexts or (), check_verdicts(state, push.new)))
    if isinstance(rule, Ruleset) and rule.update:
        found.append(NO_UPDATE)
    return [each for each in found if each]


def _refuses_force(rule: Rule) -> bool:
    return not rule.allow_force_pushes if isinstance(rule, Protection) else rule.force_push


def _by_history(state: State, rule: Rule, push: Push) -> list[str]:
    if push.new is None or push.old is None:
        return []
    found: list[str] = []
    if _refuses_force(rule) and not state.git.is_ancestor(push.old, push.new):
        found.append(NO_FORCE)
    if rule.linear_history and state.git.revisions("--merges", "--max-count=1", push.new, f"^{push.old}"):
        found.append(NO_MERGES)
    return found


def hook_refusals(state: State, actor: Account, pushes: Iterable[Push]) -> str:
    """What the update hook has to refuse of a push: a line for each reference, condition and words.

    The commits are not here yet, so what depends on them (`force`, `merges`) is left to the hook to find out.
    """
    lines: list[str] = []
    for push in pushes:
        for rule in rules_on(state, push.branch):
            if not binds(rule, actor):
                continue
            conditions = [("always", tuple(_always(state, rule, actor, push)))]
            conditions.append(("force", (NO_FORCE,) if _refuses_force(rule) else ()))
            conditions.append(("merges", (NO_MERGES,) if rule.linear_history else ()))
            for condition, violations in conditions:
                if violations:
                    refusal = Refusal(push.branch, violations, isinstance(rule, Ruleset))
                    words = "\\n".join(refusal.remote_lines(state.html))
                    lines.append(f"refs/heads/{push.branch}\t{condition}\t{words}")
    return "\n".join(lines)
