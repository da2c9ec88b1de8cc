"""Applications without an incident: the well are not spoken of, the others get one reason each."""

from __future__ import annotations

import pytest

from gitops_bot.model.application import Application
from gitops_bot.model.incident import Estate, Skipped
from gitops_bot.model.signal import Signal
from gitops_bot.triage import triage
from tests.triage.estates import application, crash, unhealthy


def left(*applications: Application, signals: tuple[Signal, ...] = ()) -> tuple[Skipped, ...]:
    return triage(Estate(applications=applications, signals=signals))[1]


def test_a_healthy_and_synced_application_is_not_spoken_of() -> None:
    assert left(application("Healthy")) == ()


def test_an_application_with_an_incident_is_not_skipped() -> None:
    assert left(application("Progressing"), signals=(crash(),)) == ()


@pytest.mark.parametrize(
    ("one", "reason", "problem"),
    [
        (application("Progressing"), "rolling out since 2026-11-23 10:30:00 UTC, nothing wrong seen", False),
        (application("Suspended"), "suspended since 2026-11-23 10:30:00 UTC: it waits for a person", False),
        (application("Missing", "OutOfSync"), "objects that Git declares are not in the cluster", False),
        (
            application("Degraded", message="boom\n now"),
            "calls it Degraded since 2026-11-23 10:30:00 UTC (boom now)",
            True,
        ),
        (application("Healthy", "OutOfSync", automated=False), "it is synced by hand only", False),
        (application("Healthy", "OutOfSync"), "Argo CD may be about to sync it", False),
        (application("Healthy", "Unknown"), "cannot tell whether it is in sync (Unknown)", True),
        (application("Progressing", "OutOfSync", phase="Running"), "a sync is running since 2026-11-23 10:30", False),
    ],
)
def test_what_is_not_well_is_left_alone_with_one_reason(one: Application, reason: str, problem: bool) -> None:
    [skipped] = left(one)
    assert skipped.application == "shop"
    assert reason in skipped.reason
    assert skipped.problem is problem


def test_a_parent_application_points_at_its_children() -> None:
    child = application(name="child")
    [_, parent] = left(child, application(), signals=(unhealthy(child.key),))
    assert parent.reason == "its child applications are not well and are judged themselves: child"


def test_what_could_not_be_read_is_not_told_twice() -> None:
    unread = (Skipped(application="shop", reason="403"),)
    assert triage(Estate(applications=(application(),), unread=unread)) == ((), ())


def test_an_application_that_disappeared_is_told() -> None:
    [skipped] = left(signals=(crash(),))
    assert (skipped.application, skipped.problem) == ("shop", True)


def test_the_skipped_are_in_order() -> None:
    found = left(*(application("Progressing", name=name) for name in ("c", "a", "b")))
    assert [one.application for one in found] == ["a", "b", "c"]
