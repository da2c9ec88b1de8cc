"""Commits, references and checks as GraphQL shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from gitops_bot.sandbox.forge.api import Fields, parse_moment
from gitops_bot.sandbox.forge.git import Commit, Signature
from gitops_bot.sandbox.forge.graphql.connections import listed
from gitops_bot.sandbox.forge.graphql.execute import FieldType, Scope, on
from gitops_bot.sandbox.forge.protection import check_verdicts
from gitops_bot.sandbox.forge.records import Account, CheckRun, Status
from gitops_bot.sandbox.forge.state import State, timestamp

LOCAL_ADDRESS = "@users.noreply.127.0.0.1"


@dataclass(frozen=True)
class Ref:
    """A branch or a tag."""

    name: str
    sha: str


@dataclass(frozen=True)
class Tree:
    """A tree by its id."""

    oid: str


@dataclass(frozen=True)
class Rollup:
    """What all statuses and check runs of a commit come to."""

    state: str
    sha: str


@dataclass(frozen=True)
class Verified:
    """The forge's own signature under a commit, and who asked for the commit."""

    signer: Account | None


def when(moment: datetime | None) -> str | None:
    """A time as GraphQL writes it."""
    return timestamp(moment.astimezone(UTC)) if moment else None


def find_ref(state: State, name: str) -> Ref | None:
    """A reference by its full name, or a branch by its short one."""
    full = name if name.startswith("refs/") else f"refs/heads/{name}"
    found = state.git.object(f"{full}^{{commit}}")
    return Ref(full, found.sha) if found else None


def _history(scope: Scope, commit: Commit, arguments: Fields) -> list[Commit]:
    path, since = arguments.optional_text("path"), arguments.optional_text("since")
    limits = [f"--since={parse_moment(since).isoformat()}"] if since else []
    return scope.state.git.commits(scope.state.git.revisions(commit.sha, *limits, *(["--", path] if path else [])))


def _rollup(scope: Scope, commit: Commit, _: Fields) -> Rollup | None:
    verdicts = set(check_verdicts(scope.state, commit.sha).values())
    if not verdicts:
        return None
    state = "FAILURE" if "failure" in verdicts else "PENDING" if "pending" in verdicts else "SUCCESS"
    return Rollup(state, commit.sha)


def _contexts(scope: Scope, rollup: Rollup, _: Fields) -> list[Status | CheckRun]:
    runs = [run for run in scope.state.check_runs.values() if run.sha == rollup.sha]
    statuses = {each.context: each for each in scope.state.statuses if each.sha == rollup.sha}
    return [*runs, *statuses.values()]


def _signature(scope: Scope, commit: Commit, _: Fields) -> Verified | None:
    return Verified(_account(scope, commit.author, _)) if commit.sha in scope.state.verified else None


def _account(scope: Scope, who: Signature, _: Fields) -> Account | None:
    """The account behind a name in Git, where it is one of the forge's own addresses."""
    return scope.state.account(who.name) if who.email.endswith(LOCAL_ADDRESS) else None


def _person(scope: Scope, who: Signature, _: Fields) -> Account | None:
    found = _account(scope, who, _)
    return found if found and found.kind == "User" else None


COMMIT: dict[str, FieldType] = {
    "id": on(Commit, lambda _, commit, __: f"C_{commit.sha}"),
    "oid": on(Commit, lambda _, commit, __: commit.sha),
    "abbreviatedOid": on(Commit, lambda _, commit, __: commit.sha[:7]),
    "url": on(Commit, lambda scope, commit, _: f"{scope.state.html}/commit/{commit.sha}"),
    "message": on(Commit, lambda _, commit, __: commit.message),
    "messageHeadline": on(Commit, lambda _, commit, __: commit.headline),
    "messageBody": on(Commit, lambda _, commit, __: commit.body),
    "authoredDate": on(Commit, lambda _, commit, __: when(commit.author.when)),
    "committedDate": on(Commit, lambda _, commit, __: when(commit.committer.when)),
    "author": on(Commit, lambda _, commit, __: commit.author, "GitActor"),
    "committer": on(Commit, lambda _, commit, __: commit.committer, "GitActor"),
    "signature": on(Commit, _signature, "GitSignature"),
    "tree": on(Commit, lambda _, commit, __: Tree(commit.tree), "Tree"),
    "parents": listed(Commit, "Commit", lambda scope, commit, _: scope.state.git.commits(commit.parents)),
    "history": listed(Commit, "Commit", _history),
    "statusCheckRollup": on(Commit, _rollup, "StatusCheckRollup"),
}
TYPES: dict[str, dict[str, FieldType]] = {
    "Commit": COMMIT,
    "GitObject": COMMIT,
    "Tree": {"oid": on(Tree, lambda _, tree, __: tree.oid)},
    "GitActor": {
        "name": on(Signature, lambda _, who, __: who.name),
        "email": on(Signature, lambda _, who, __: who.email),
        "date": on(Signature, lambda _, who, __: when(who.when)),
        "user": on(Signature, _person, "User"),
    },
    "GitSignature": {
        "isValid": on(Verified, lambda _, __, ___: True),
        "state": on(Verified, lambda _, __, ___: "VALID"),
        "wasSignedByGitHub": on(Verified, lambda _, __, ___: True),
        "signer": on(Verified, lambda _, signed, __: signed.signer, "User"),
    },
    "StatusCheckRollup": {
        "state": on(Rollup, lambda _, rollup, __: rollup.state),
        "contexts": listed(Rollup, "StatusCheckRollupContext", _contexts),
    },
    "StatusCheckRollupContext": {},
    "StatusContext": {
        "context": on(Status, lambda _, each, __: each.context),
        "state": on(Status, lambda _, each, __: each.state.upper()),
        "description": on(Status, lambda _, each, __: each.description),
        "targetUrl": on(Status, lambda _, each, __: each.target_url),
    },
    "CheckRun": {
        "name": on(CheckRun, lambda _, run, __: run.name),
        "status": on(CheckRun, lambda _, run, __: run.status.upper()),
        "conclusion": on(CheckRun, lambda _, run, __: run.conclusion.upper() if run.conclusion else None),
        "detailsUrl": on(CheckRun, lambda _, run, __: run.details_url),
    },
    "Ref": {
        "id": on(Ref, lambda _, ref, __: f"REF_{ref.name}"),
        "name": on(Ref, lambda _, ref, __: ref.name.split("/", 2)[-1]),
        "prefix": on(Ref, lambda _, ref, __: "/".join(ref.name.split("/", 2)[:2]) + "/"),
        "target": on(Ref, lambda scope, ref, _: scope.state.git.commit(ref.sha), "GitObject"),
    },
}
