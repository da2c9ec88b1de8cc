"""A forge with the bot's pull requests and issues on it, and people who command it in comments."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import msgspec

from gitops_bot.act import Target, apply, compose
from gitops_bot.chatops import answer_comment, read_comment
from gitops_bot.guard import Policy, passed_over
from gitops_bot.marker import Marker, read_marker
from gitops_bot.model.plan import Check, Remediation, Tier
from gitops_bot.model.proposal import proposal_of
from gitops_bot.sandbox.forge import Account, Event, ManualClock
from gitops_bot.sandbox.forge.records import Comment, Issue, Pull
from gitops_bot.sandbox.http import Request, Response
from tests.act.bench import AFTER, BEFORE, Bench, git, open_bench
from tests.act.examples import CONTEXT, REFUSED, edit, rollback, verdict

PERSON = "ada"


def blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content), usedforsecurity=False).hexdigest()


def remediation(tier: Tier, *extra: Check) -> Remediation:
    exact = msgspec.structs.replace(edit(), base=blob(BEFORE), result=blob(AFTER))
    return compose(rollback(edits=(exact,)), verdict(tier, *extra), CONTEXT)


class Desk:
    """One forge, and what is said there. The bot's one pull request or issue is number 1."""

    def __init__(self, bench: Bench, folder: Path) -> None:
        self.bench = bench
        self.forge = bench.sandbox
        self.clock = ManualClock()
        self.forge.state.clock = self.clock
        self.policy: Callable[[], Policy] = Policy
        self._folder = folder
        self.forge.add_account("", PERSON)

    def propose(self, tier: Tier = Tier.APPROVE, *extra: Check) -> None:
        """Let the bot open its pull request, or for the tier `escalate` its issue."""

        def contents(one: Remediation) -> Mapping[str, bytes | None]:
            return dict.fromkeys((edited.path for edited in one.edits), AFTER)

        with self.bench.client() as client:
            made = remediation(tier, *extra)
            target = Target(
                branch="main",
                commit=self.forge.branch_commit("main"),
                now=self.clock.now,
                spared=passed_over(proposal_of(made), self.policy()),
            )
            assert apply(made, client, target, contents).written

    def escalate(self) -> None:
        self.propose(Tier.ESCALATE, REFUSED)

    @property
    def issue(self) -> Issue:
        return self.forge.state.issues[1]

    @property
    def pull(self) -> Pull:
        assert self.issue.pull is not None
        return self.issue.pull

    @property
    def marker(self) -> Marker:
        found = read_marker(self.issue.body or "")
        assert found is not None
        return found

    def say(self, text: str, login: str = PERSON, number: int = 1) -> Event:
        """Comment, and return the event that this delivers."""
        self.forge.comment(number, text, login=login)
        return self.forge.events("issue_comment", "created")[-1]

    def deliver(self, event: Event) -> str:
        """Let the bot answer an event; return its line for the log."""
        path = event.write(self._folder)
        with self.bench.client() as client:
            return answer_comment(read_comment(event.name, str(path)), client, self.policy, self.clock.now)

    def ask(self, text: str, login: str = PERSON, number: int = 1) -> str:
        """Comment, deliver the event, and return the one reply to it (empty for none)."""
        before = len(self.comments(number))
        self.deliver(self.say(text, login, number))
        replies = self.comments(number)[before + 1 :]
        assert len(replies) <= 1
        return replies[0].body if replies else ""

    def alter(self, path: str, change: Callable[[dict[str, object]], object]) -> None:
        """Let the forge answer a GET of a path (its end) otherwise than it stands."""
        handle = self.bench.line.handler

        def altered(request: Request) -> Response:
            response = handle(request)
            if request.method != "GET" or not request.path.endswith(path) or response.status != 200:
                return response
            value = json.loads(response.body)
            change(value)
            return Response.json(200, value)

        self.bench.line.handler = altered

    def comments(self, number: int = 1) -> list[Comment]:
        return self.forge.state.comments_of(number)

    def reactions(self, number: int = 1) -> list[str]:
        """The reactions to the last comment that is no reply."""
        spoken = [one for one in self.comments(number) if one.user.kind == "User"]
        return sorted(one.content for one in spoken[-1].reactions)

    def remember(self) -> None:
        """Keep the forge's present state, to be restored as often as one likes."""
        state = self.forge.state
        self._kept = copy.deepcopy((state.issues, state.comments))
        self._references = {name: sha for name, sha, _ in state.git.refs("refs/heads/")}

    def restore(self) -> None:
        """Let the forge be as it was remembered."""
        state = self.forge.state
        state.issues, state.comments = copy.deepcopy(self._kept)
        present = {name: sha for name, sha, _ in state.git.refs("refs/heads/")}
        for name in present.keys() - self._references.keys():
            git(state.git.folder, "update-ref", "-d", name)
        for name, sha in self._references.items():
            if present.get(name) != sha:
                git(state.git.folder, "update-ref", name, sha)

    def accounts(self) -> Mapping[str, Account]:
        return {
            name: self.forge.add_account("", name, kind=kind, role=role)
            for name, kind, role in (
                ("reader", "User", "read"),
                ("triager", "User", "triage"),
                ("stranger", "User", "none"),
                ("maintainer", "User", "maintain"),
                ("owner", "User", "admin"),
                ("renovate[bot]", "Bot", "write"),
            )
        }


@contextmanager
def open_desk(origin: Path, folder: Path) -> Iterator[Desk]:
    folder.mkdir(parents=True)
    with open_bench(origin, folder / "forge") as bench:
        yield Desk(bench, folder)
