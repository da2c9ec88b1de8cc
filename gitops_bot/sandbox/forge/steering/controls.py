"""What a test does to a forge from outside its API: people, tokens, rules, other people's commits and checks."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from gitops_bot.errors import RepositoryError
from gitops_bot.sandbox.forge.branches import move_branch
from gitops_bot.sandbox.forge.events import Event, Events
from gitops_bot.sandbox.forge.limits.rates import REQUESTS_OF_A_WORKFLOW, Creation, Limits
from gitops_bot.sandbox.forge.merging import run_queue, settle_auto_merge
from gitops_bot.sandbox.forge.records import Account, Protection, Ruleset, Status, Token
from gitops_bot.sandbox.forge.rest.comments import add_comment
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.forge.writing import FileChanges, write_commit

ACTIONS = Account("github-actions[bot]", "Bot")


class Controls:
    """The part of a forge that only its owner sees. All of it may be called from any thread."""

    state: State

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._events = Events()

    # -- people and tokens

    def add_account(
        self,
        token: str,
        login: str,
        *,
        kind: str = "User",
        can_write: bool = True,
        role: str = "write",
        permissions: Mapping[str, str] | None = None,
        association: str = "",
    ) -> Account:
        """Let `token` be someone else's: a person who comments, reviews or pushes, or a bot (`kind` Bot).

        `role` is admin, maintain, write, triage, read or none; `permissions` limits the token to what a workflow or an
        app would be granted, such as `{"contents": "write"}`. An empty token: an account that only is known.
        """
        account = Account(login, kind, can_write, role, association)
        with self._lock:
            self.state.people[login.lower()] = account
            if token:
                self.state.tokens[token] = Token(account, permissions)
        return account

    def add_workflow_token(self, token: str, **permissions: str) -> None:
        """Let `token` be a workflow's GITHUB_TOKEN with these permissions (`contents="write"`, ...)."""
        with self._lock:
            self.state.tokens[token] = Token(ACTIONS, permissions, workflow=True)
            self.state.limits.hourly.setdefault(ACTIONS.login, REQUESTS_OF_A_WORKFLOW)

    def revoke(self, token: str) -> None:
        """Make a token one that nobody knows."""
        with self._lock:
            self.state.tokens.pop(token, None)

    def rename(self, name: str) -> None:
        """Give the repository another name; the API redirects from the former one."""
        with self._lock:
            self.state.former_names.add(self.state.full_name.lower())
            self.state.name = name

    # -- rules

    def protect(self, branch: str, protection: Protection | None) -> None:
        """Set a branch's protection; None takes it away."""
        with self._lock:
            self.state.protections.pop(branch, None)
            if protection is not None:
                self.state.protections[branch] = protection

    def add_ruleset(self, ruleset: Ruleset) -> Ruleset:
        """Add a ruleset; returns it with its id."""
        with self._lock:
            made = replace(ruleset, id=self.state.new_id())
            self.state.rulesets.append(made)
        return made

    def clear_rulesets(self) -> None:
        """Take all rulesets away."""
        with self._lock:
            self.state.rulesets.clear()

    # -- what other people do

    def commit(
        self,
        branch: str,
        files: Mapping[str, str | bytes],
        *,
        login: str = "ada",
        message: str = "Change",
        start: str = "",
        deletions: Sequence[str] = (),
    ) -> str:
        """Commit as somebody, whatever the rules say; returns the commit. `start` makes the branch from another one.

        A login that nobody has may not push: so somebody without write access does who owns a fork. Raises
        RepositoryError where there is no such branch.
        """
        contents = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}
        with self._lock:
            head = self.state.git.branch(branch)
            parent = head or self.state.git.branch(start)
            if parent is None:
                raise RepositoryError("the repository has no such branch", where=self.state.full_name, found=branch)
            who = self.state.account(login) or Account(login, role="none")
            changes = FileChanges(contents, deletions)
            sha = write_commit(self.state, parent, changes, message, self.state.signature(who))
            move_branch(self.state, branch, sha, head, who)
            self._settle()
        return sha

    def reset(self, branch: str, to: str, *, login: str = "ada") -> None:
        """Force a branch to a commit or to another branch's head, as a forced push does."""
        with self._lock:
            who = self.state.account(login) or Account(login)
            target = self.state.git.resolve(to)
            if target is None:
                raise RepositoryError("the repository has no such commit", where=self.state.full_name, found=to)
            move_branch(self.state, branch, target, self.state.git.branch(branch), who)
            self._settle()

    def comment(self, number: int, body: str, *, login: str = "ada") -> int:
        """Comment as somebody on an issue or a pull request; returns the comment's id."""
        with self._lock:
            who = self.state.account(login) or Account(login, role="none")
            made = add_comment(self.state, who, self.state.issues[number], body)
            self._settle()
        return made.id

    def report(self, branch: str, context: str, state: str = "success") -> None:
        """Report a status on a branch's head: success, failure, error or pending."""
        with self._lock:
            sha = self.state.git.resolve(branch) or ""
            made = Status(self.state.new_id(), sha, ACTIONS, state, context, None, None, self.state.clock())
            self.state.statuses.append(made)
            self.state.tell("status", "", ACTIONS, sha=sha, state=state, context=context, id=made.id)
            self._settle()

    def run_merge_queue(self, failing: Collection[int] = ()) -> list[int]:
        """Merge what waits in the merge queues, in order; the numbers in `failing` fall out. Returns those merged."""
        with self._lock:
            merged = run_queue(self.state, failing)
            self._settle()
        return merged

    def _settle(self) -> None:
        settle_auto_merge(self.state)
        self._events.deliver(self.state, None)

    # -- what is to be seen

    def events(self, name: str = "", action: str = "") -> list[Event]:
        """What webhooks told, oldest first; the last thousand. `name` as in issue_comment, `action` as in edited."""
        with self._lock:
            self._events.deliver(self.state, None)
            return self._events.named(name, action)

    @property
    def limits(self) -> Limits:
        """The limits on requests and on creations of content."""
        return self.state.limits

    @property
    def creations(self) -> list[Creation]:
        """The requests that made content, oldest first."""
        with self._lock:
            return list(self.state.limits.creations)
