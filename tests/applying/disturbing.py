"""Situations in which a run writes, and what must come of each however the run is disturbed."""

from __future__ import annotations

from collections.abc import Callable

from tests.applying.scene import Scene
from tests.applying.situation import Situation
from tests.applying.situations.ended import CLOSED, ENDED, ESCALATED
from tests.applying.situations.opened import OPEN
from tests.applying.situations.tiers import TIERS

NAMES = (
    "nothing was there",
    "a check of the proof now fails",
    "other edits",
    "the box is ticked while the cause is not seen",
    "closed without merging",
    "the silence is lifted on the dashboard",
    "healed by itself",
    "it can no longer be proven",
    "nothing can be done in Git",
    "the bot can act by now",
    "a commit",
    "a commit on a branch with a required check",
    "the tier is lowered and the edits are others",
)
KNOWN = {one.name: one for one in (*OPEN, *CLOSED, *ENDED, *ESCALATED, *TIERS)}
WRITING = tuple(KNOWN[name] for name in NAMES)
Make = Callable[[], Scene]


def writes_of(make_scene: Make, situation: Situation) -> list[int]:
    """Return at which requests an undisturbed run writes, counted from 0."""
    scene = make_scene()
    situation.before(scene)
    start = len(scene.line.seen)
    situation.now(scene)
    return [at for at, (method, _) in enumerate(scene.line.seen[start:]) if method != "GET"]


def settled(scene: Scene, situation: Situation) -> None:
    """A calm run completes it, and the next one finds nothing to do.

    Of two runs that open an issue at once, the later one closes its own; a branch may outlive its pull request.
    """
    (situation.again or situation.now)(scene)
    shown = [line.replace(", no branch", "") for line in scene.shown() if line != "issue closed"]
    assert shown == [line.replace(", no branch", "") for line in situation.shown]
    assert scene.board == situation.board
    assert not [name for name in scene.branches if name.endswith("-next")]
    (situation.again or situation.now)(scene)
    assert scene.writes == []
