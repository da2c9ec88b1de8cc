"""`git_log` and `git_diff`: what was changed in the files that this Application is made of, and in no others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from functools import cached_property
from typing import Annotated

from msgspec import Meta, Struct

from gitops_bot.clients.commits import Commit, PathChange
from gitops_bot.clients.editing import is_encrypted, printable, shown_diff
from gitops_bot.clients.rendering import ReadSet
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.tooling.tool import ToolRefused, TypedTool
from gitops_bot.clients.tooling.wording import MOST_CHARACTERS, block, moment, plain, rows
from gitops_bot.model.application import Application

_USUAL_COMMITS = 10
_MOST_COMMITS = 30
_MOST_FILES = 20
_LEAST_ROOM = 800
_ROOM_AROUND = 350
_LARGEST_FILE = 512 * 1024
_SHOWN = 12
# Git's id of the tree without a file: what the first commit of a history is compared with.
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

Path = Annotated[str, Meta(max_length=500, description="this file or folder alone; null for all that it reads")]


class LogQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `git_log`."""

    path: Path | None = None
    limit: Annotated[int, Meta(ge=1, le=_MOST_COMMITS, description="so many commits; null for 10")] | None = None


class DiffQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `git_diff`."""

    commit: Annotated[str, Meta(pattern="^[0-9a-f]{7,40}$", description="id of a commit, as git_log shows it")]
    path: Path | None = None


class History:
    """The config repository as far as one Application reads it, at a commit and before.

    `reads` tells which files those are, asked when first needed; None where that cannot be told: nothing is shown then.
    """

    def __init__(
        self, application: Application, repository: ConfigRepository, commit: str, reads: Callable[[], ReadSet | None]
    ) -> None:
        self.application = application
        self.repository = repository
        self.commit = commit
        self._look = reads

    @cached_property
    def reads(self) -> ReadSet:
        """What the Application reads; ToolRefused where it cannot be told."""
        found = self._look()
        if found is None:
            raise ToolRefused("which files this Application reads cannot be told: its history is not shown")
        return found

    def folder(self, path: str | None) -> str:
        """Return a path as Git has it, empty for all; ToolRefused where the Application reads nothing there."""
        plainly = (path or "").strip().removeprefix("./").strip("/")
        if not plainly:
            return ""
        within = any(one.startswith(f"{plainly}/") for one in self.reads.paths) or self.reads.covers(plainly)
        if not within or ".." in plainly.split("/"):
            known = [plain(printable(one), 120) for one in self.reads.paths]
            raise ToolRefused(
                f"{plain(plainly, 120)} is none of the files that this Application reads",
                expected=f"one of {', '.join(known[:_SHOWN])}" if known else "a path inside the repository",
            )
        return plainly

    def places(self, folder: str) -> tuple[str, ...]:
        """Return what to ask Git's log about: the folder or file, or what the Application reads in it."""
        if not folder or not self.reads.covers(folder):
            return tuple(one for one in self.reads.paths if not folder or one.startswith(f"{folder}/"))
        return (folder,)

    def changes(self, commit: Commit, folder: str) -> tuple[list[PathChange], int]:
        """Return what a commit changed of the files in question against its first parent, and how many others."""
        before = commit.parents[0] if commit.parents else _EMPTY_TREE
        every = self.repository.changes(before, commit.sha)
        own = [one for one in every if self.reads.covers(one.path) and _lies_in(one.path, folder)]
        return own, len(every) - len(own)


def git_log(history: History) -> TypedTool[LogQuestion]:
    """Return the tool that lists the commits which changed the Application's files, newest first."""

    def answer(asked: LogQuestion) -> str:
        folder = history.folder(asked.path)
        count = asked.limit or _USUAL_COMMITS
        commits = history.repository.recent(history.commit, count, history.places(folder))
        if not commits:
            return "no commit"
        deployed = {
            revision: deployment.deployed_at
            for deployment in history.application.history
            for revision in (*(deployment.revisions or ()), deployment.revision)
        }
        lines = []
        for one in commits:
            own, _ = history.changes(one, folder)
            paths = [plain(printable(change.path), 120) for change in own]
            files = ", ".join([*paths[:4], *([f"{len(paths) - 4} more"] if len(paths) > 4 else [])])
            note = f" (deployed {moment(deployed[one.sha])})" if one.sha in deployed else ""
            when = f"{one.committed_at.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
            author = plain(one.author.partition(" <")[0], 60)
            lines.append(f"{one.sha[:12]} {when} {author}: {plain(one.subject, 160)}{note} [{files or 'merge'}]")
        return rows(lines, most=_MOST_COMMITS, longest=800)

    purpose = "List the commits that changed the files which this Application is made of, newest first."
    return TypedTool("git_log", purpose, LogQuestion, answer)


def git_diff(history: History) -> TypedTool[DiffQuestion]:
    """Return the tool that shows what one commit changed in the Application's files, without the secrets in them."""

    def answer(asked: DiffQuestion) -> str:
        folder = history.folder(asked.path)
        if not history.repository.is_ancestor(asked.commit, history.commit):
            raise ToolRefused(
                f"{asked.commit[:12]} is no commit of the branch that is deployed", expected="an id from git_log"
            )
        commit = history.repository.commit(asked.commit)
        own, others = history.changes(commit, folder)
        left_out = [f"({others} other changed files are not asked for, or not read by this Application)"] * bool(others)
        if not own:
            return "\n".join([f"{commit.sha[:12]} changes none of these files", *left_out])
        room = max(_LEAST_ROOM, (MOST_CHARACTERS - _ROOM_AROUND) // len(own))
        parts = [_diff(history.repository, change, room) for change in own[:_MOST_FILES]]
        if len(own) > _MOST_FILES:
            parts.append(f"(… {len(own) - _MOST_FILES} more files)")
        return block("\n".join([f"{commit.sha[:12]} {plain(commit.subject, 160)}", *parts, *left_out]))

    purpose = "Show what one commit changed in the files which this Application is made of, as a unified diff."
    return TypedTool("git_diff", purpose, DiffQuestion, answer)


def _diff(repository: ConfigRepository, change: PathChange, room: int) -> str:
    path = plain(printable(change.path), 300)
    before, after = (repository.blob(blob) if blob else None for blob in (change.before, change.after))
    versions = [content for content in (before, after) if content is not None]
    if any(len(content) > _LARGEST_FILE for content in versions):
        return f"{path}: changed, too large to be shown"
    if any(map(is_encrypted, versions)):
        return f"{path}: changed, encrypted with SOPS"
    diff = shown_diff(path, before, after).rstrip("\n").split("\n")
    return rows(diff, characters=room, most=len(diff), what="more lines of this file")


def _lies_in(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(f"{folder}/")
