from __future__ import annotations

from pathlib import Path

from gitops_bot.sandbox.argocd.recording import Recording
from gitops_bot.sandbox.argocd.timeline import Chapter, Moment, first_moment, next_moment


def chapter(commit: str, tree: str) -> Chapter:
    return Chapter(Recording(Path(commit), {}), commit, tree)


HEALTHY, BAD, REVERTED = chapter("c0", "good"), chapter("c1", "bad"), chapter("c2", "good")
STORY = [HEALTHY, BAD, REVERTED]


def test_the_story_begins_at_the_commit_of_a_chapter() -> None:
    for each in STORY:
        assert first_moment(STORY, each.commit, each.tree) == Moment(each, each.commit)


def test_the_story_begins_at_the_last_chapter_with_an_equal_tree() -> None:
    assert first_moment(STORY, "x", "good") == Moment(REVERTED, "x")


def test_a_branch_that_no_chapter_knows_begins_with_the_first_as_recorded() -> None:
    moment = first_moment(STORY, "x", "unknown")
    assert moment == Moment(HEALTHY, "c0")
    assert moment.revision is None


def test_a_revert_with_a_commit_id_of_its_own_moves_to_the_later_recording_and_rewrites_its_revision() -> None:
    moment = next_moment(STORY, Moment(BAD, "c1"), "mine", "good")
    assert moment == Moment(REVERTED, "mine")
    assert moment.revision == ("c2", "mine")


def test_the_very_commit_of_a_chapter_is_preferred() -> None:
    assert next_moment(STORY, Moment(BAD, "c1"), "c0", "good") == Moment(HEALTHY, "c0")


def test_a_tree_that_no_chapter_has_changes_nothing() -> None:
    now = Moment(BAD, "c1")
    assert next_moment(STORY, now, "x", "unknown") is now


def test_an_empty_commit_goes_on_to_the_next_chapter_with_that_tree() -> None:
    drifted, synced = chapter("c", "t"), chapter("c", "t")
    story = [drifted, synced]
    assert first_moment(story, "c", "t").chapter is drifted
    after = next_moment(story, Moment(drifted, "c"), "empty", "t")
    assert after == Moment(synced, "empty")
    assert next_moment(story, after, "again", "t") == Moment(synced, "again")


def test_an_empty_commit_without_a_following_chapter_keeps_the_recording_at_the_new_revision() -> None:
    assert next_moment(STORY, Moment(BAD, "c1"), "empty", "bad") == Moment(BAD, "empty")
