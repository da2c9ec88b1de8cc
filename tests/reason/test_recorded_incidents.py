"""From a real Argo CD's recorded answers to diagnoses: what each recording must give."""

from __future__ import annotations

import pytest

from gitops_bot.model.diagnosis import Diagnosis, IgnoreDifference, LeaveAlone, Resync, RevertRelease
from gitops_bot.reason import diagnose, left_alone
from gitops_bot.triage import triage
from tests.reason.recorded import recorded_estate

CRASHES = dict.fromkeys(("edge-us", "notify", "red-bot-production", "red-bot-staging", "wallet"), "release-crash")
SHAPES = {
    **CRASHES,
    "audit": "image-not-found",
    "mailer-eu": "out-of-memory",
    "pricing": "missing-configuration",
    "profile-eu": "out-of-memory",
}
MANY = {"catalog-production": "out-of-memory", "ledger": "release-crash", "search": "image-not-found"}
EXPECTED: dict[str, set[tuple[str, str]]] = {
    "00-healthy": set(),
    "01-canary-crashloop": {("payments-production", "canary-failing")},
    "02-canary-reverted": set(),
    "03-many-incidents": set(MANY.items()),
    "04-drift": {*MANY.items(), ("checkout", "drift-autoscaler"), ("payments-staging", "drift-by-hand")},
    "05-sync-failures": {
        ("catalog-production", "unschedulable"),
        ("catalog-staging", "unschedulable"),
        ("checkout", "sync-immutable-field"),
        ("ledger", "release-crash"),
        ("ledger", "sync-invalid-value"),
        ("payments-staging", "render-missing-base"),
        ("search", "image-not-found"),
    },
    "06-shapes-healthy": set(),
    "07-shapes-bad-releases": set(SHAPES.items()),
    "08-shapes-degraded": {*SHAPES.items(), ("blue-bot-staging", "drift-by-hand")},
}
WITHOUT_CHECKOUT = {"06-shapes-healthy", "07-shapes-bad-releases", "08-shapes-degraded"}


def diagnoses(recording: str) -> dict[tuple[str, str], Diagnosis]:
    incidents, skipped = triage(recorded_estate(recording))
    assert skipped == ()
    found = [diagnose(incident) for incident in incidents]
    return {(one.incident.application.name, one.rule): one for one in found}


@pytest.mark.parametrize("recording", EXPECTED)
def test_a_recording_gives_just_the_incidents_that_it_holds(recording: str) -> None:
    found = diagnoses(recording)
    acting = {name for name, diagnosis in found.items() if not isinstance(diagnosis.remedy, LeaveAlone)}
    assert acting == EXPECTED[recording]
    assert all(found[name].confidence >= 75 for name in acting)


@pytest.mark.parametrize("recording", EXPECTED)
def test_only_checkout_is_left_alone_and_a_person_understands_why(recording: str) -> None:
    skipped = left_alone(diagnoses(recording).values())
    assert [one.application for one in skipped] == ([] if recording in WITHOUT_CHECKOUT else ["checkout"])
    for one in skipped:
        assert "cannot read cpu metrics" in one.reason
        assert "metrics.k8s.io is not installed" in one.reason
        assert "nothing in Git fixes that" in one.reason
        assert "the Deployment itself is healthy" in one.reason


def test_the_crashing_canary_is_a_clear_signal_although_argo_cd_says_progressing() -> None:
    found = diagnoses("01-canary-crashloop")["payments-production", "canary-failing"]
    assert found.incident.application.status.health.status == "Progressing"
    assert found.clear_signal
    assert found.cause == (
        "the canary's new pods (registry.example.com/payments:v2.3.1) crash: `panic: connection pool exhausted` "
        "(exit code 1, 7 restarts), while the stable pods are healthy"
    )
    assert found.remedy == RevertRelease(resource=found.incident.resource, fields=("/spec/template",))


def test_an_invalid_specification_is_the_consequence_of_the_drift_and_resynced_with_it() -> None:
    found = diagnoses("04-drift")["payments-staging", "drift-by-hand"]
    assert isinstance(found.remedy, Resync)
    assert [str(resource) for resource in found.remedy.resources] == [
        "Service payments-staging/payments",
        "Rollout payments-staging/payments",
    ]
    assert "InvalidSpec" in found.cause
    assert "kubectl-patch" in found.cause


def test_replicas_under_an_autoscaler_are_let_go_of() -> None:
    found = diagnoses("04-drift")["checkout", "drift-autoscaler"]
    assert found.remedy == IgnoreDifference(resource=found.incident.resource, pointers=("/spec/replicas",))


def test_a_refused_value_is_found_by_the_field_that_the_api_server_names() -> None:
    found = diagnoses("05-sync-failures")
    host = found["ledger", "sync-invalid-value"]
    assert host.remedy == RevertRelease(resource=host.incident.resource, fields=("/spec/rules/0/host",))
    selector = found["checkout", "sync-immutable-field"]
    assert isinstance(selector.remedy, RevertRelease)
    assert "/spec/selector" in selector.remedy.fields


def test_a_missing_base_is_named() -> None:
    found = diagnoses("05-sync-failures")["payments-staging", "render-missing-base"]
    assert found.remedy == RevertRelease(resource=None)
    assert "`../../bases`, which is not there" in found.cause
