"""One request of a run goes wrong, in each way in which a forge goes wrong: the run goes on with the rest, and the next
one comes to where an undisturbed one would have come.
"""

from __future__ import annotations

import pytest

from gitops_bot.sandbox.forge.limits.faults import FaultKind
from tests.applying.disturbing import KNOWN, WRITING, Make, settled, writes_of
from tests.applying.situation import Situation

# How it goes wrong, how often in a row (longer than it is tried, for what lasts), and for how long it asks to wait.
WAYS: tuple[tuple[FaultKind, int, int], ...] = (
    ("401", 1, 0),
    ("403", 1, 0),
    ("409", 1, 0),
    ("422", 1, 0),
    ("502", 4, 0),
    ("lost", 4, 0),
    ("drop", 1, 0),
    ("drop", 4, 0),
    ("truncated", 1, 0),
    ("secondary-limit", 1, 5),
    ("secondary-limit", 1, 900),
    ("rate-limit", 1, 900),
)
# Between them they write a branch, a commit, a pull request, texts, labels, a comment, an issue, and merge.
VARIOUS = (
    "other edits",
    "the silence is lifted on the dashboard",
    "it can no longer be proven",
    "a commit on a branch with a required check",
)


@pytest.mark.parametrize("situation", WRITING, ids=str)
def test_a_write_to_what_is_not_there_any_more_is_made_good(make_scene: Make, situation: Situation) -> None:
    broken(make_scene, situation, "404", 1, 0)


@pytest.mark.parametrize(("kind", "times", "seconds"), WAYS)
def test_a_write_that_goes_wrong_is_made_good(make_scene: Make, kind: FaultKind, times: int, seconds: int) -> None:
    for name in VARIOUS:
        broken(make_scene, KNOWN[name], kind, times, seconds)


def broken(make_scene: Make, situation: Situation, kind: FaultKind, times: int, seconds: int) -> None:
    """Break each write in turn, and see what the next runs make of it."""
    for at in writes_of(make_scene, situation):
        scene = make_scene()
        situation.before(scene)
        faults = scene.forge.faults
        scene.line.meanwhile[len(scene.line.seen) + at + 1] = lambda: faults.add(  # noqa: B023 (called at once)
            "*", "", kind, times=times, retry_after=seconds
        )
        situation.now(scene)
        faults.clear()
        if situation.again and scene.shown() != list(situation.shown):
            situation.now(scene)
        settled(scene, situation)
