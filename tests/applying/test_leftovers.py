"""What a killed run leaves beside a pull request's branch goes with the next run, however the pull request goes on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.applying.disturbing import Make
from tests.applying.scene import APPLICATIONS, Killed, Scene

Act = Callable[[Scene], object]
ENDINGS: dict[str, tuple[Act, Act]] = {
    "healed": (lambda _: None, lambda scene: scene.run(healthy=APPLICATIONS)),
    "closed": (lambda scene: scene.close_pull(), lambda scene: scene.run(scene.wish(tag="1.8.0"))),
    "merged": (lambda scene: scene.merge(), lambda scene: scene.run(healthy=APPLICATIONS)),
    "built anew": (lambda _: None, lambda scene: scene.run(scene.wish(tag="1.8.0"))),
}


def beside(scene: Scene) -> list[str]:
    return [name for name in scene.branches if name.endswith("-next")]


def killed_while_rebuilding(make_scene: Make, at: int) -> Scene | None:
    """A scene in which the run that gives a pull request other edits died at a request; None where it was done."""
    scene = make_scene()
    scene.run(scene.wish())
    plan = scene.plan(scene.wish(tag="1.8.0"))
    scene.line.dies_at = len(scene.line.seen) + at
    try:
        scene.apply(plan)
    except Killed:
        scene.line.dies_at = None
        return scene
    return None


@pytest.mark.parametrize("ending", ENDINGS)
def test_no_branch_is_left_beside(make_scene: Make, ending: str) -> None:
    meanwhile, now = ENDINGS[ending]
    left = 0
    for at in range(5, 40):
        scene = killed_while_rebuilding(make_scene, at)
        if scene is None:
            break
        if not beside(scene):
            continue
        left += 1
        meanwhile(scene)
        now(scene)
        assert beside(scene) == []
        now(scene)
        assert scene.writes == []
    assert left >= 3


def test_a_branch_that_holds_commits_of_somebody_stays(scene: Scene) -> None:
    scene.run(scene.wish())
    name = f"{scene.pull_branch(1)}-next"
    scene.forge.commit(name, {"README.md": "mine"}, start="main")
    scene.run(healthy=APPLICATIONS)
    assert scene.shown() == ["pull closed as healed, no branch, 1 said"]
    assert beside(scene) == [f"refs/heads/{name}"]
