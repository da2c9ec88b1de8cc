"""Which recording answers: the one whose commit the default branch stands at, by its tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gitops_bot.sandbox.argocd.recording import Recording


@dataclass(frozen=True)
class Chapter:
    """A recording with the full id of the commit it belongs to, and of that commit's tree."""

    recording: Recording
    commit: str
    tree: str


@dataclass(frozen=True)
class Moment:
    """The chapter that answers now and the commit that it answers for: its own, or another one with the same tree."""

    chapter: Chapter
    commit: str

    @property
    def revision(self) -> tuple[str, str] | None:
        """The recorded and the actual commit where they differ."""
        return None if self.commit == self.chapter.commit else (self.chapter.commit, self.commit)


def first_moment(chapters: Sequence[Chapter], commit: str, tree: str) -> Moment:
    """Where the story begins with the branch at `commit`: at the first chapter of just that commit, else at the last
    with the same tree, else at the first chapter as it was recorded. `chapters` holds one at least.
    """
    for chapter in chapters:
        if chapter.commit == commit:
            return Moment(chapter, commit)
    for chapter in reversed(chapters):
        if chapter.tree == tree:
            return Moment(chapter, commit)
    return Moment(chapters[0], chapters[0].commit)


def next_moment(chapters: Sequence[Chapter], now: Moment, commit: str, tree: str) -> Moment:
    """Where the story stands after the branch moved to `commit`.

    A tree that no chapter has changes nothing. From a chapter with the same tree (an empty commit) it goes on to the
    next one given with that tree, if there is one; from another tree to the chapter of just that commit, else to the
    last given with that tree: a revert made by the bot has a commit id of its own.
    """
    same = [chapter for chapter in chapters if chapter.tree == tree]
    if not same:
        return now
    if now.chapter.tree == tree:
        later = same[same.index(now.chapter) + 1 :]
        return Moment(later[0] if later else now.chapter, commit)
    exact = [chapter for chapter in same if chapter.commit == commit]
    return Moment(exact[0] if exact else same[-1], commit)
