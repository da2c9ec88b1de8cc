"""Situations of what was merged or closed, by people or by the bot, and of escalations."""

from __future__ import annotations

from datetime import timedelta

from gitops_bot.marker import AGAIN, marked, read_marker
from tests.applying.scene import Scene
from tests.applying.situation import Act, Situation, finds_healthy, later, sees, skips, then, tier
from tests.applying.situations.opened import ada_commits, somebody_repairs_it

WHY = "no field of Git sets it"
SILENCED = ("pull closed, silenced",)
MAIN = "main: 1 of the bot"
HEALED = "pull closed as healed, no branch, 1 said"


def is_closed(scene: Scene) -> None:
    scene.close_pull(1)


def is_merged(scene: Scene) -> None:
    scene.merge(1)


def silent_until(**parts: float) -> Act:
    """Ada closes it for a time."""

    def act(scene: Scene) -> None:
        scene.person("PATCH", "/issues/1", body=marked(scene.body(1), until=scene.clock.now + timedelta(**parts)))
        scene.close_pull(1)

    return act


def is_lifted_on_the_dashboard(scene: Scene) -> None:
    marker = read_marker(scene.body(1))
    assert marker
    scene.tick(scene.dashboard, f"{AGAIN}={marker.fingerprint}")


def issue_closed(reason: str) -> Act:
    """Ada closes the issue."""
    return lambda scene: scene.person("PATCH", "/issues/1", state="closed", state_reason=reason)


CLOSED = (
    Situation(
        "closed without merging",
        then(sees(), is_closed),
        sees(),
        SILENCED,
        "Silenced 1",
        says=("**To silence it:** close this pull request without merging",),
        writes=("POST /issues/1/labels", "PATCH /issues/2"),
    ),
    Situation(
        "closed without merging, other edits",
        then(sees(), is_closed, sees()),
        sees(tag="1.8.0"),
        SILENCED,
        "Silenced 1",
        quiet=True,
    ),
    Situation(
        "closed without merging, healthy",
        then(sees(), is_closed, sees()),
        finds_healthy("catalog"),
        SILENCED,
        "Silenced 1",
        quiet=True,
    ),
    Situation(
        "the silence is lifted by a label",
        then(sees(), is_closed, sees(), lambda scene: scene.label(1, "gitops-bot:again")),
        sees(),
        ("pull closed, silenced, again", "pull open, 1 ahead"),
        "Needs approval 1",
    ),
    Situation(
        "the silence is lifted by opening it again",
        then(sees(), is_closed, sees(), lambda scene: scene.person("PATCH", "/pulls/1", state="open")),
        sees(),
        ("pull open, 1 ahead, silenced",),
        "Needs approval 1",
        writes=("PATCH /issues/2",),
    ),
    Situation(
        "the silence is lifted on the dashboard",
        then(sees(), is_closed, sees(), is_lifted_on_the_dashboard),
        sees(),
        ("pull closed, silenced, again", "pull open, 1 ahead"),
        "Needs approval 1",
    ),
    Situation("silent for three days", then(sees(), silent_until(days=3)), sees(), SILENCED, "Silenced 1"),
    Situation(
        "silent until yesterday",
        then(sees(), silent_until(days=3), sees(), later(days=4)),
        sees(),
        ("pull closed, silenced", "pull open, 1 ahead"),
        "Needs approval 1",
    ),
    Situation(
        "silenced again after it was lifted",
        then(
            sees(),
            is_closed,
            sees(),
            lambda scene: scene.label(1, "gitops-bot:again"),
            sees(),
            lambda scene: scene.close_pull(3),
        ),
        sees(),
        ("pull closed, silenced, again", "pull closed, silenced"),
        "Silenced 1",
    ),
)
MERGED = (
    Situation(
        "merged and not seen yet",
        then(sees(), is_merged),
        sees(tag="1.8.0", seen=False),
        ("pull merged", MAIN),
        "Recently healed 1",
    ),
    Situation(
        "merged and seen just now",
        then(sees(), is_merged),
        sees(tag="1.8.0"),
        ("pull merged", MAIN),
        "Recently healed 1",
    ),
    Situation(
        "merged and healed",
        then(sees(), is_merged, sees(tag="1.8.0")),
        finds_healthy("catalog"),
        ("pull merged", MAIN),
        "Recently healed 1",
        quiet=True,
    ),
    Situation(
        "merged and it did not help",
        then(sees(), is_merged, later(minutes=30)),
        sees(tag="1.8.0"),
        ("pull merged", "issue open", MAIN),
        "Escalated 1, Recently healed 1",
        says=("`#1` was applied 30 minutes ago, and the same trouble is here",),
    ),
    Situation(
        "a remedy did not help, and there is another cause",
        then(sees(), is_merged, tier("commit"), later(minutes=30), sees(tag="1.8.0")),
        lambda scene: scene.run(scene.wish(tag="1.8.0"), scene.wish(path="apps/shared.yaml", cause="release-crash")),
        ("pull merged", "issue open", "pull open, 1 ahead", MAIN),
        "Needs approval 1, Escalated 1, Recently healed 1",
        says=("a remedy for catalog did not help: `#3`",),
    ),
)
ENDED = (
    Situation(
        "healed by itself",
        sees(),
        finds_healthy("catalog"),
        (HEALED,),
        "Recently healed 1",
        says=("`catalog` is healthy and in sync again", "Nothing is silenced"),
    ),
    Situation(
        "healed and it comes back",
        then(sees(), finds_healthy("catalog")),
        sees(),
        ("pull closed as healed, 1 said", "pull open, 1 ahead"),
        "Needs approval 1, Recently healed 1",
    ),
    Situation(
        "healed, come back and healed",
        then(sees(), finds_healthy("catalog"), later(minutes=5), sees()),
        finds_healthy("catalog"),
        (HEALED, HEALED),
        "Recently healed 2",
    ),
    Situation(
        "healed with commits of somebody else",
        then(sees(), ada_commits),
        finds_healthy("catalog"),
        ("pull open, 2 ahead",),
        "Needs approval 1",
    ),
    Situation(
        "one of two applications healed",
        sees("catalog", "checkout", path="apps/shared.yaml"),
        lambda scene: scene.run(scene.wish("checkout", path="apps/shared.yaml"), healthy=("catalog",)),
        ("pull open, 1 ahead",),
        "Needs approval 1",
        writes=("PATCH /pulls/1", "PATCH /issues/2"),
    ),
    Situation(
        "another cause in the same file",
        sees(),
        sees(cause="release-crash"),
        ("pull closed as superseded, no branch, 1 said", "pull open, 1 ahead"),
        "Needs approval 1",
        says=("The cause is another one by now: #3 treats it",),
    ),
    Situation(
        "another cause in another file",
        sees(),
        sees(cause="release-crash", path="apps/shared.yaml"),
        ("pull open, 1 ahead", "pull open, 1 ahead"),
        "Needs approval 2",
    ),
    Situation(
        "another cause in the same file, of another application",
        sees("catalog", path="apps/shared.yaml"),
        sees("checkout", path="apps/shared.yaml", cause="release-crash"),
        ("pull open, 1 ahead", "pull open, 1 ahead"),
        "Needs approval 2",
    ),
    Situation(
        "it can no longer be proven",
        sees(),
        sees(refusal=WHY),
        ("pull closed as superseded, no branch, 1 said", "issue open"),
        "Escalated 1",
        says=(f"can no longer be vouched for: {WHY}",),
    ),
    Situation(
        "it can no longer be proven, with commits of somebody else",
        then(sees(), ada_commits),
        sees(refusal=WHY),
        ("pull open, 2 ahead", "issue open"),
        "Needs approval 1, Escalated 1",
    ),
)
ESCALATED = (
    Situation("nothing can be done in Git", lambda _: None, sees(refusal=WHY), ("issue open",), "Escalated 1"),
    Situation(
        "still nothing can be done", sees(refusal=WHY), sees(refusal=WHY), ("issue open",), "Escalated 1", quiet=True
    ),
    Situation(
        "another reason",
        sees(refusal=WHY),
        sees(refusal="a plugin renders it"),
        ("issue open",),
        "Escalated 1",
        says=("a plugin renders it",),
        writes=("PATCH /issues/1",),
    ),
    Situation(
        "the bot can act by now",
        sees(refusal=WHY),
        sees(),
        ("issue closed as superseded, 1 said", "pull open, 1 ahead"),
        "Needs approval 1",
        says=("The bot can act by now: #3",),
    ),
    Situation(
        "an escalation healed",
        sees(refusal=WHY),
        finds_healthy("catalog"),
        ("issue closed as healed, 1 said",),
        "Recently healed 1",
    ),
    Situation(
        "an escalation that cannot be told",
        sees(refusal=WHY),
        skips("catalog"),
        ("issue open",),
        "Escalated 1",
        quiet=True,
    ),
    Situation(
        "closed as completed",
        then(sees(refusal=WHY), issue_closed("completed")),
        sees(refusal=WHY),
        ("issue closed", "issue open"),
        "Escalated 1",
    ),
    Situation(
        "closed as not planned",
        then(sees(refusal=WHY), issue_closed("not_planned")),
        sees(refusal=WHY),
        ("issue closed, silenced",),
        "Silenced 1",
    ),
    Situation(
        "somebody repaired what was escalated",
        then(sees(refusal=WHY), somebody_repairs_it, skips("catalog")),
        finds_healthy("catalog"),
        ("issue closed as healed, 1 said",),
        "Recently healed 1",
    ),
)
