"""Situations in which the bot must not write, or not now."""

from __future__ import annotations

from tests.applying.scene import Scene
from tests.applying.situation import Act, Situation, configured, finds_healthy, later, sees, then
from tests.applying.situations.ended import MAIN, is_merged
from tests.applying.situations.opened import APPROVAL, ONE

# Noon on a Monday is when the scenes play.
FREEZE = "freezes: [{name: launch, start: '0 8 * * 1', hours: 8}]\n"


def variable(scene: Scene) -> None:
    scene.environment = {"GITOPS_BOT_ENABLED": "false"}


def labelled(number: int) -> Act:
    """Somebody stops the bot by a label."""
    return lambda scene: scene.label(number, "gitops-bot:stop")


def wants_two(scene: Scene) -> None:
    scene.run(scene.wish("catalog", env="staging"), scene.wish("checkout", env="staging"))


def another_cause(scene: Scene) -> None:
    scene.run(scene.wish(path="apps/shared.yaml", cause="release-crash", env="staging"))


def tick_now(scene: Scene) -> None:
    body = scene.body(scene.dashboard)
    name = body.partition("gitops-bot:now=")[2][:12]
    scene.tick(scene.dashboard, f"now={name}")


STOPS = tuple(
    Situation(f"{name}, and {what}", then(sees(), stop), now, shown, APPROVAL, quiet=True)
    for name, stop, shown in (
        ("stopped by the configuration", configured("enabled: false\n"), ONE),
        ("stopped by a label on the dashboard", labelled(2), ONE),
        ("stopped by a label on a pull request", labelled(1), ("pull open, 1 ahead, stop",)),
        ("stopped by the variable", variable, ONE),
    )
    for what, now in (
        ("other edits", sees(tag="1.8.0")),
        ("it healed", finds_healthy("catalog")),
        ("another cause", sees("checkout")),
    )
)
HELD = (
    *STOPS,
    Situation(
        "a freeze",
        configured(FREEZE),
        sees(),
        (),
        "Waiting 1",
        says=("frozen by `launch` until 2026-11-23 16:00 UTC",),
        writes=("POST /issues",),
    ),
    Situation(
        "a freeze, and a person is needed", configured(FREEZE), sees(refusal="no way"), ("issue open",), "Escalated 1"
    ),
    Situation(
        "a freeze, and a pull request with other edits",
        then(sees(), configured(FREEZE)),
        sees(tag="1.8.0"),
        ONE,
        APPROVAL,
        says=("+  tag: 1.8.0",),
    ),
    Situation("a freeze is over", then(configured(FREEZE), sees(), later(hours=5)), sees(), ONE, APPROVAL),
    Situation(
        "one more than may be open",
        configured("limits: {open: 1}\n"),
        wants_two,
        ONE,
        "Needs approval 1, Waiting 1",
        says=("the limit of open pull requests (1) is reached: merge or close one",),
    ),
    Situation(
        "one more than may be written in an hour",
        configured("limits: {hourly: 1}\n"),
        wants_two,
        ONE,
        "Needs approval 1, Waiting 1",
        says=("the limit of changes an hour (1) is reached: there is room again within the hour",),
    ),
    Situation(
        "an hour later",
        then(configured("limits: {hourly: 1}\n"), wants_two, later(minutes=61)),
        wants_two,
        (*ONE, *ONE),
        "Needs approval 2",
    ),
    Situation("production is failing", then(configured("limits: {open: 0, hourly: 0}\n")), sees(), ONE, APPROVAL),
    Situation(
        "it has not lasted long enough",
        configured("dwell-minutes: 120\n"),
        sees(),
        (),
        "Waiting 1",
        says=("trouble must last 120 minutes first (`dwell-minutes`): until 2026-11-23 12:27 UTC",),
    ),
    Situation(
        "it has lasted long enough",
        then(configured("dwell-minutes: 120\n"), sees(), later(minutes=30)),
        sees(),
        ONE,
        APPROVAL,
    ),
    Situation(
        "another change to the application cools down",
        then(sees(), is_merged),
        another_cause,
        ("pull merged", MAIN),
        "Waiting 1, Recently healed 1",
        says=("`#1` has just changed the same application: it cools down until 2026-11-23 12:10 UTC",),
    ),
    Situation(
        "it has cooled down",
        then(sees(), is_merged, another_cause, later(minutes=11)),
        another_cause,
        ("pull merged", *ONE, MAIN),
        "Needs approval 1, Recently healed 1",
    ),
    Situation(
        "what is limited is ticked on the dashboard",
        then(configured("limits: {open: 1}\n"), wants_two, tick_now),
        wants_two,
        (*ONE, *ONE),
        "Needs approval 2",
    ),
)
