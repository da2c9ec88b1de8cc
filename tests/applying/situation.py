"""A situation of the lifecycle: what was there and what happened, what the bot sees now, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gitops_bot.model.incident import Skipped
from tests.applying.scene import Scene

Act = Callable[[Scene], object]


@dataclass(frozen=True)
class Situation:
    """`before` leads up to it; `now` is the run that meets it, and the runs after that.

    `shown` is what must then be on the forge, a line for each pull request and issue; `board` are the dashboard's
    sections, `says` pieces of text that must stand somewhere on the forge. With `quiet` the run writes nothing at all;
    `writes` are its writing requests, where they matter. `again` is the run after it, where it is not the same.
    """

    name: str
    before: Act
    now: Act
    shown: tuple[str, ...]
    board: str = ""
    says: tuple[str, ...] = ()
    quiet: bool = False
    writes: tuple[str, ...] = ()
    again: Act | None = None

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def sees(*applications: str, **changes: object) -> Act:
    """A run that wants this (`Scene.wish`)."""
    return lambda scene: scene.run(scene.wish(*applications, **changes))  # type: ignore[arg-type]


def finds_healthy(*applications: str) -> Act:
    """A run that finds nothing wrong in these, and wants nothing."""
    return lambda scene: scene.run(healthy=applications)


def skips(application: str) -> Act:
    """A run that wants nothing and cannot tell that the application is healthy."""
    skipped = (Skipped(application=application, reason="Git says so already"),)
    return lambda scene: scene.apply(scene.plan(skipped=skipped))


def then(*acts: Act) -> Act:
    """One after the other."""

    def all_of_them(scene: Scene) -> None:
        for act in acts:
            act(scene)

    return all_of_them


def later(**parts: float) -> Act:
    """Time passes."""
    return lambda scene: scene.clock.advance(**parts)


def configured(text: str) -> Act:
    """Somebody writes `.gitops-bot.yaml`."""
    return lambda scene: scene.configure(text)


def tier(name: str) -> Act:
    """Somebody sets the tier of everything."""
    return configured(f"overrides: [{{match: {{}}, tier: {name}}}]\n")
