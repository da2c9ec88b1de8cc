"""The lifecycle, situation by situation: what comes of it on the forge, and that the next run writes nothing more.

All that is asked and answered on the way fits GitHub's description of its API.
"""

from __future__ import annotations

import pytest

from tests.applying.scene import Scene
from tests.applying.situation import Situation
from tests.applying.situations.ended import CLOSED, ENDED, ESCALATED, MERGED
from tests.applying.situations.held import HELD
from tests.applying.situations.opened import OPEN
from tests.applying.situations.tiers import TIERS
from tests.sandbox.forge.description import DESCRIPTION, Description

SITUATIONS = (*OPEN, *CLOSED, *MERGED, *ENDED, *ESCALATED, *TIERS, *HELD)


@pytest.mark.parametrize("situation", SITUATIONS, ids=str)
def test_what_comes_of_it_is_written_once(scene: Scene, situation: Situation) -> None:
    differences: list[str] = []
    if DESCRIPTION.exists():
        scene.forge.observers.append(Description.shared().watch(differences))
    situation.before(scene)
    situation.now(scene)
    assert scene.shown() == list(situation.shown)
    assert scene.board == situation.board
    for text in situation.says:
        assert text in scene.texts()
    if situation.quiet or situation.writes:
        assert scene.writes == list(situation.writes)
    (situation.again or situation.now)(scene)
    assert scene.writes == []
    assert scene.shown() == list(situation.shown)
    assert differences == []
