"""Situations of a pull request that is open."""

from __future__ import annotations

from gitops_bot.marker import REBUILD, read_marker
from gitops_bot.model.diagnosis import Evidence
from gitops_bot.model.plan import Check
from tests.applying.scene import FILES, Scene, path_of
from tests.applying.situation import Situation, finds_healthy, sees, skips, then

CATALOG = path_of("catalog")
ONE = ("pull open, 1 ahead",)
APPROVAL = "Needs approval 1"
MORE = (Evidence(signal="restarts", value="41 restarts", where="the pod"),)
DOUBT = (Check(name="renders as before", passed=False, detail="one object less"),)


def moves_in_the_file(scene: Scene) -> None:
    scene.push(CATALOG, FILES[CATALOG].replace("replicas: 2", "replicas: 3"))


def moves_elsewhere(scene: Scene) -> None:
    scene.push("README.md", "the fleet\n")


def somebody_repairs_it(scene: Scene) -> None:
    scene.push(CATALOG, FILES[CATALOG].replace("1.9.1", "1.9.0"))


def ada_commits(scene: Scene) -> None:
    scene.push(CATALOG, FILES[CATALOG].replace("1.9.1", "1.9.2"), scene.pull_branch(1))


def ticks_the_box(scene: Scene) -> None:
    scene.tick(1, REBUILD)


def ticks_the_dashboard(scene: Scene) -> None:
    marker = read_marker(scene.body(1))
    assert marker
    scene.tick(scene.dashboard, f"{REBUILD}={marker.fingerprint}")


REBUILT = (
    "POST /git/refs",
    "POST /api/graphql",
    "PATCH /pulls/1",
    "POST /api/graphql",
    "PATCH /pulls/1",
)

OPEN = (
    Situation("nothing was there", lambda _: None, sees(), ONE, APPROVAL),
    Situation("nothing new", sees(), sees(), ONE, APPROVAL, quiet=True),
    Situation("other numbers in the evidence", sees(), sees(evidence=MORE), ONE, APPROVAL, quiet=True),
    Situation(
        "a check of the proof now fails",
        sees(),
        sees(proof=DOUBT),
        ONE,
        APPROVAL,
        says=("one object less",),
        writes=("PATCH /pulls/1",),
    ),
    Situation("other edits", sees(), sees(tag="1.8.0"), ONE, APPROVAL, says=("+  tag: 1.8.0",), writes=REBUILT),
    Situation(
        "the base moved in the edited file",
        then(sees(), moves_in_the_file),
        sees(),
        ONE,
        APPROVAL,
        says=("replicas: 3",),
        writes=REBUILT,
    ),
    Situation("the base moved elsewhere", then(sees(), moves_elsewhere), sees(), ONE, APPROVAL, quiet=True),
    Situation(
        "somebody made the same change and it is not seen yet",
        then(sees(), somebody_repairs_it),
        skips("catalog"),
        ONE,
        APPROVAL,
        quiet=True,
    ),
    Situation(
        "somebody made the same change and it healed",
        then(sees(), somebody_repairs_it, skips("catalog")),
        finds_healthy("catalog"),
        ("pull closed as healed, no branch, 1 said",),
        "Recently healed 1",
    ),
    Situation(
        "somebody else committed to the branch",
        then(sees(), ada_commits),
        sees(tag="1.8.0"),
        ("pull open, 2 ahead",),
        APPROVAL,
        says=("holds commits of somebody else",),
        writes=("PATCH /issues/2",),
    ),
    Situation(
        "the box of a branch with commits of somebody else is ticked",
        then(sees(), ada_commits, sees(), ticks_the_box),
        sees(),
        ONE,
        APPROVAL,
        writes=(*REBUILT, "PATCH /issues/2"),
    ),
    Situation(
        "the same box on the dashboard is ticked",
        then(sees(), ada_commits, sees(), ticks_the_dashboard),
        sees(),
        ONE,
        APPROVAL,
        writes=(*REBUILT, "PATCH /issues/2"),
    ),
    Situation(
        "the box is ticked and nothing is to be done",
        then(sees(), ticks_the_box),
        sees(),
        ONE,
        APPROVAL,
        writes=("PATCH /pulls/1",),
    ),
    Situation(
        "the box is ticked while the cause is not seen",
        then(sees(), ticks_the_box),
        skips("catalog"),
        ("pull open, 1 ahead, 1 said",),
        APPROVAL,
        says=("The cause is not seen at the moment",),
    ),
    Situation(
        "the box on the dashboard is ticked while the cause is not seen",
        then(sees(), ticks_the_dashboard),
        skips("catalog"),
        ("pull open, 1 ahead, 1 said",),
        APPROVAL,
        says=("The cause is not seen at the moment",),
    ),
    Situation(
        "the label was taken off",
        then(sees(), lambda scene: scene.person("DELETE", "/issues/1/labels/gitops-bot")),
        sees(),
        ONE,
        APPROVAL,
        writes=("POST /issues/1/labels",),
    ),
    Situation(
        "the application could not be read",
        sees(),
        skips("catalog"),
        ONE,
        APPROVAL,
        quiet=True,
    ),
    Situation("the application is not in the list", sees(), finds_healthy("checkout"), ONE, APPROVAL, quiet=True),
)
