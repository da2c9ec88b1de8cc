"""What a sync could not apply, and what cannot be rendered."""

from __future__ import annotations

import pytest

from gitops_bot.model.signal import RenderFailing, SyncRefused, WorkloadUnhealthy

STARTED = "2026-11-23T11:20:00Z"


def operation(*results: dict, phase: str = "Failed", message: str = "tasks failed", retries: int = 0) -> dict:
    return {
        "phase": phase,
        "message": message,
        "startedAt": STARTED,
        "retryCount": retries,
        "syncResult": {"revision": "b" * 40, "resources": list(results)},
    }


def result(kind: str, name: str = "web", *, status: str = "SyncFailed", **more: str) -> dict:
    return {"kind": kind, "name": name, "namespace": "shop", "status": status, "message": f"{kind} is bad", **more}


def condition(kind: str, message: str = "words") -> dict:
    return {"type": kind, "message": message, "lastTransitionTime": STARTED}


@pytest.mark.parametrize(
    ("phase", "retries", "attempts"), [("Failed", 0, 1), ("Error", 5, 6), ("Running", 3, 3)], ids=str
)
def test_each_object_that_was_refused_is_told(handmade, phase: str, retries: int, attempts: int) -> None:
    refused = (result("Service"), result("Ingress"))
    handmade.application(sync="OutOfSync", operationState=operation(*refused, phase=phase, retries=retries))
    handmade.managed()
    signals = handmade.signals()
    assert [(one.resource.kind, one.message, one.attempts) for one in signals] == [
        ("Service", "Service is bad", attempts),
        ("Ingress", "Ingress is bad", attempts),
    ]
    assert all(isinstance(one, SyncRefused) and one.revision == "b" * 40 and not one.hook for one in signals)
    assert signals[0].since.isoformat() == "2026-11-23T11:20:00+00:00"


def test_a_failed_phase_beside_the_status_synced_is_a_consequence(handmade) -> None:
    results = (result("Service"), result("Widget", status="Synced", hookPhase="Failed"))
    handmade.application(sync="OutOfSync", operationState=operation(*results))
    handmade.managed()
    assert [one.resource.kind for one in handmade.signals()] == ["Service"]


def test_a_failed_hook_is_told_although_all_is_synced(handmade) -> None:
    hook = result("Job", "migrate", status="", hookType="PreSync", hookPhase="Failed")
    handmade.application(operationState=operation(hook, result("Service", status="Synced")))
    assert [(one.resource.name, one.hook) for one in handmade.signals()] == [("migrate", "PreSync")]


def test_an_operation_that_failed_without_objects_is_told_of_the_application(handmade) -> None:
    handmade.application(sync="OutOfSync", operationState=operation(phase="Error", message='namespaces "x" not found'))
    handmade.managed()
    (signal,) = handmade.signals()
    assert (signal.resource.kind, signal.resource.name) == ("Application", "shop")
    assert signal.message == 'namespaces "x" not found'


@pytest.mark.parametrize(
    "state",
    [
        {"sync": "Synced", "operationState": operation(result("Service"))},
        {"sync": "Synced", "operationState": operation(phase="Error")},
        {"sync": "OutOfSync", "operationState": operation(phase="Running")},
        {"sync": "OutOfSync", "operationState": operation(phase="Succeeded")},
        {
            "sync": "OutOfSync",
            "operationState": operation(result("Service")),
            "resources": [{"kind": "Service", "namespace": "shop", "name": "web", "status": "Synced"}],
        },
    ],
    ids=["mended in Git", "failed, now in sync", "first attempt", "succeeded", "that object in sync by now"],
)
def test_a_refusal_that_is_past_or_not_there_is_no_signal(handmade, state: dict) -> None:
    handmade.application(**state)
    handmade.managed()
    assert handmade.signals() == ()


@pytest.mark.parametrize("kind", ["ComparisonError", "InvalidSpecError", "UnknownError"])
def test_what_cannot_be_rendered_is_told_once(handmade, kind: str) -> None:
    state = {"conditions": [condition(kind), condition(kind)], "operationState": operation(phase="Error")}
    handmade.application(sync="Unknown", **state)
    (signal,) = handmade.signals()
    assert isinstance(signal, RenderFailing)
    assert (signal.condition, signal.message, signal.resource.kind) == (kind, "words", "Application")
    assert signal.since.isoformat() == "2026-11-23T11:20:00+00:00"


def test_a_sync_error_repeats_what_the_operation_says(handmade) -> None:
    state = {"conditions": [condition("SyncError")], "operationState": operation(result("Service"))}
    handmade.application(sync="OutOfSync", **state)
    handmade.managed()
    assert [one.resource.kind for one in handmade.signals()] == ["Service"]


def test_a_sync_error_alone_is_a_refusal_of_the_application(handmade) -> None:
    handmade.application(sync="OutOfSync", conditions=[condition("SyncError", "failed sync attempt")])
    handmade.managed()
    (signal,) = handmade.signals()
    assert isinstance(signal, SyncRefused)
    assert (signal.resource.kind, signal.message, signal.revision) == ("Application", "failed sync attempt", "a" * 40)


def test_a_deletion_error_is_an_unhealthy_application(handmade) -> None:
    handmade.application(conditions=[condition("DeletionError", "finalizer")])
    (signal,) = handmade.signals()
    assert isinstance(signal, WorkloadUnhealthy)
    assert (signal.reason, signal.message) == ("DeletionError", "finalizer")


@pytest.mark.parametrize("kind", ["OrphanedResourceWarning", "SharedResourceWarning", "ExcludedResourceWarning"])
def test_a_warning_is_no_signal_and_costs_nothing(handmade, kind: str) -> None:
    handmade.application(conditions=[condition(kind)])
    assert handmade.signals() == ()
    assert len(handmade.asked) == 1


def test_a_multi_source_application_names_the_first_revision(handmade) -> None:
    state = operation(result("Service"))
    state["syncResult"] |= {"revision": "", "revisions": ["c" * 40, "d" * 40]}
    handmade.application(sync="OutOfSync", operationState=state)
    handmade.managed()
    assert [one.revision for one in handmade.signals()] == ["c" * 40]
