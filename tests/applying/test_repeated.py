"""The same state again and again, and what that costs."""

from __future__ import annotations

from tests.applying.scene import APPLICATIONS, Scene

NO_WAY = "no field of Git sets it"
MOST_REQUESTS = 12
CAUSES = ("out-of-memory", "release-crash", "probe-failing", "image-not-found", "job-failing")


def test_a_hundred_runs_on_the_same_state_write_once(scene: Scene) -> None:
    for _ in range(100):
        scene.run(scene.wish("catalog"), scene.wish("checkout", refusal=NO_WAY))
        scene.clock.advance(minutes=1)
    assert scene.shown() == ["pull open, 1 ahead", "issue open"]
    assert scene.board == "Needs approval 1, Escalated 1"
    assert len(scene.line.writes()) == 6


def test_a_plan_that_is_applied_twice_is_written_once(scene: Scene) -> None:
    plan = scene.plan(scene.wish("catalog"), scene.wish("checkout", refusal=NO_WAY))
    scene.apply(plan)
    shown = scene.shown()
    scene.apply(plan)
    assert scene.writes == []
    assert scene.shown() == shown


def test_a_run_with_nothing_new_asks_little_and_writes_nothing(scene: Scene) -> None:
    scene.configure("limits: {open: 100, hourly: 100}\n")
    wanted = [scene.wish(name, cause=cause) for name in APPLICATIONS for cause in CAUSES]
    scene.run(*wanted)
    assert len(scene.shown()) == len(wanted) == 20
    scene.run(*wanted)
    assert scene.writes == []
    assert len(scene.requests) <= MOST_REQUESTS


def test_what_is_read_again_is_asked_for_conditionally(scene: Scene) -> None:
    scene.run(scene.wish())
    with scene.client() as forge:
        first = forge.remembered()
        scene.forge.forget_requests()
        assert forge.remembered() == first
    asked = scene.forge.requests
    assert {(one.status, one.conditional) for one in asked} == {(304, True)}
