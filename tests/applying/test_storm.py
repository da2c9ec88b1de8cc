"""More at once than the forge takes: what is written stays within its limits, and the rest comes with later runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from gitops_bot.applying import Carrier, Moment
from gitops_bot.guard import Policy
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.proposal import Proposal
from tests.applying.scene import Scene

MINUTE = timedelta(minutes=1)
ROOMY = "limits: {open: 1000, hourly: 1000}\n"


def storm(scene: Scene, count: int) -> list[Proposal]:
    """Trouble in many applications, each for a cause of its own."""
    return [scene.wish(cause=f"cause-{number:03}") for number in range(count)]


def busiest(moments: Iterable[datetime], length: timedelta = MINUTE) -> int:
    """The most of them in any span of time."""
    times = sorted(moments)
    return max(sum(start <= one < start + length for one in times) for start in times)


def test_creations_stay_below_eighty_a_minute_and_none_is_refused(scene: Scene) -> None:
    scene.configure(ROOMY)
    scene.forge.limits.content_creation = True
    wanted = storm(scene, 30)
    receipts = scene.run(*wanted)
    assert all(receipt.written for receipt in receipts)
    assert len(scene.forge.creations) == 4 * len(wanted) + 1
    assert busiest(one.at for one in scene.forge.creations) <= 80
    assert {one.status for one in scene.forge.requests} == {200, 201}
    assert scene.shown() == ["pull open, 1 ahead"] * len(wanted)


def test_the_limits_of_the_policy_hold_and_later_runs_write_the_rest(scene: Scene) -> None:
    scene.configure("limits: {open: 6, hourly: 4}\n")
    wanted = [replace(one, cases=tuple(replace(case, confidence=80) for case in one.cases)) for one in storm(scene, 8)]
    opened = []
    for _ in range(3):
        scene.run(*wanted)
        opened.append(len(scene.shown()))
        scene.clock.advance(minutes=61)
    assert opened == [4, 6, 6]
    assert scene.board == "Needs approval 6, Waiting 2"
    for number in (1, 2, 3, 4):
        scene.close_pull(number)
    scene.run(*wanted)
    assert scene.board == "Needs approval 4, Silenced 4"


def test_what_the_forge_takes_in_an_hour_is_not_exceeded(scene: Scene) -> None:
    plan = scene.plan(scene.wish())
    now = scene.clock.now
    recent = tuple(
        Change(fingerprint=f"{n:012x}", state=ChangeState.HEALED, reference=f"#{n}", number=n, at=now, opened_at=now)
        for n in range(112)
    )
    moment = Moment(policy=Policy(), changes=recent, dashboard=None, now=now)
    with scene.client() as forge:
        (receipt,) = Carrier(plan, scene.repository, forge, moment).carry_out()
    assert not receipt.written
    assert "left for the next run" in receipt.summary
