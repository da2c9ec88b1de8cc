"""Runs that are killed, that race, and that are told twice: what comes of it is what one calm run makes of it.

Between two writes the forge does not change, so that dying at any request is dying before a write or after the last.
"""

from __future__ import annotations

import pytest

from tests.applying.disturbing import WRITING, Make, settled, writes_of
from tests.applying.scene import Killed
from tests.applying.situation import Situation


@pytest.mark.parametrize("situation", WRITING, ids=str)
def test_killed_before_any_write_or_after_the_last_it_is_completed(make_scene: Make, situation: Situation) -> None:
    writes = writes_of(make_scene, situation)
    for fatal, works in [*((at, False) for at in writes), (writes[-1], True)]:
        scene = make_scene()
        situation.before(scene)
        scene.line.dies_at, scene.line.works_first = len(scene.line.seen) + fatal, works
        with pytest.raises(Killed):
            situation.now(scene)
        scene.line.dies_at = None
        if situation.again and not works:
            # Nothing was written, so that what comes first has still to come.
            situation.now(scene)
        settled(scene, situation)


@pytest.mark.parametrize("situation", WRITING, ids=str)
def test_two_runs_at_once_write_as_one(make_scene: Make, situation: Situation) -> None:
    writes = writes_of(make_scene, situation)
    for at in writes:
        scene = make_scene()
        situation.before(scene)
        # The other run begins and ends while this write is on its way.
        scene.line.meanwhile[len(scene.line.seen) + at + 1] = lambda: situation.now(scene)  # noqa: B023 (called at once)
        situation.now(scene)
        settled(scene, situation)
