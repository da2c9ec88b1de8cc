"""Drift in situations that no recording shows: who changed what decides whether Argo CD is asked to sync again."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.end_to_end.variations.building import Json, Varied
from tests.end_to_end.variations.conftest import Run

Vary = Callable[..., Varied]
STAGING, PRODUCTION = "payments-staging", "payments-production"
STATES = ("liveState", "normalizedLiveState")


@pytest.fixture
def staging(vary: Vary) -> Varied:
    """By hand: a memory limit lowered and a Service deleted."""
    varied = vary("04-drift@01b9168")
    varied.keep(STAGING)
    return varied


@pytest.fixture
def ledger(vary: Vary) -> Varied:
    """A Deployment of two replicas in production, well and synced, with `manifest-generate-paths`."""
    varied = vary("00-healthy@eea9963")
    varied.keep("ledger")
    return varied


def drifts(
    varied: Varied, application: str, kind: str, manager: str, change: Callable[[Json], None], *owns: str
) -> None:
    """Change a live object; `manager` owns the field at the path `owns`."""
    item = next(one for one in varied.managed(application) if one["kind"] == kind)
    fields: Json = {}
    for step in reversed(owns):
        fields = {f"f:{step}": fields}
    for state in STATES:
        body = json.loads(item[state])
        change(body)
        entry = {"manager": manager, "operation": "Update", "time": "2026-11-23T10:29:54Z", "fieldsV1": fields}
        body["metadata"].setdefault("managedFields", []).append(entry)
        item[state] = json.dumps(body)
    item["modified"] = True
    status = varied.application(application)["status"]
    status["sync"]["status"] = "OutOfSync"
    for one in status["resources"]:
        if one["kind"] == kind:
            one["status"] = "OutOfSync"


def scaled(body: Json) -> None:
    body["spec"]["replicas"] = 5


def synced_to_head(varied: Varied, application: str) -> None:
    varied.delivered(application, varied.head)
    varied.compared(application, varied.head)


def test_staging_is_synced_again_by_an_empty_commit(staging: Varied, run: Run) -> None:
    written = run(staging)
    assert (len(written.commits), written.lines, written.pulls, written.issues) == (1, {}, {}, {})


def test_production_asks_a_person_first(staging: Varied, run: Run) -> None:
    staging.rename(staging="production-eu")
    (name,) = staging.names
    staging.application(name)["metadata"]["labels"] = {"env": "production"}
    written = run(staging)
    assert written.pulls == {name: {}}
    assert not written.commits


def test_an_application_without_an_environment_counts_as_production(staging: Varied, run: Run) -> None:
    staging.rename(staging="eu")
    (name,) = staging.names
    staging.application(name)["metadata"]["labels"] = None
    written = run(staging)
    assert written.pulls == {name: {}}
    assert not written.commits


def test_replicas_scaled_by_hand_without_an_autoscaler(ledger: Varied, run: Run) -> None:
    """With `manifest-generate-paths` an empty commit does nothing: a comment in the application's own file does."""
    synced_to_head(ledger, "ledger")
    drifts(ledger, "ledger", "Deployment", "kubectl-scale", scaled, "spec", "replicas")
    written = run(ledger)
    assert not written.commits
    ((path, (before, after)),) = written.pulls["ledger"].items()
    assert path.startswith("ledger/")
    assert before == []
    assert len(after) == 1
    assert after[0].startswith("#")
    assert "kubectl" in written.bodies["ledger"]


def test_drift_of_an_application_that_heals_itself(staging: Varied, run: Run) -> None:
    staging.application(STAGING)["spec"]["syncPolicy"]["automated"]["selfHeal"] = True
    written = run(staging)
    assert written.nothing
    assert "selfHeal" in written.skipped[STAGING]


@pytest.mark.parametrize(
    "policy", [None, {}, {"syncOptions": ["CreateNamespace=true"]}, {"automated": {"enabled": False}}]
)
def test_drift_of_an_application_that_is_synced_by_hand(staging: Varied, run: Run, policy: Json | None) -> None:
    spec = staging.application(STAGING)["spec"]
    spec["syncPolicy"] = policy
    if policy is None:
        del spec["syncPolicy"]
    written = run(staging)
    assert not written.pulls
    assert not written.commits
    (body,) = written.issues.values()
    assert "by hand" in body


def test_a_field_that_a_controller_owns(ledger: Varied, run: Run) -> None:
    def sized(body: Json) -> None:
        body["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"]["memory"] = "512Mi"

    path = ("spec", "template", "spec", "containers")
    synced_to_head(ledger, "ledger")
    drifts(ledger, "ledger", "Deployment", "vpa-updater", sized, *path)
    written = run(ledger)
    assert written.nothing
    assert "vpa-updater" in written.skipped["ledger"]


def test_a_commit_that_is_not_synced_yet(ledger: Varied, run: Run) -> None:
    """OutOfSync because Git moved a second ago: nobody has changed anything in the cluster."""
    commit = ledger.edit("ledger: three", "ledger/ledger.yaml", "replicas: 2", "replicas: 3")
    ledger.compared("ledger", commit, "OutOfSync")
    item = next(one for one in ledger.managed("ledger") if one["kind"] == "Deployment")
    for state in ("targetState", "predictedLiveState"):
        body = json.loads(item[state])
        body["spec"]["replicas"] = 3
        item[state] = json.dumps(body)
    item["modified"] = True
    for one in ledger.application("ledger")["status"]["resources"]:
        if one["kind"] == "Deployment":
            one["status"] = "OutOfSync"
    written = run(ledger)
    assert written.nothing
    assert written.skipped["ledger"]


def test_leftovers_are_not_deleted(ledger: Varied, run: Run) -> None:
    status = ledger.application("ledger")["status"]
    status["sync"]["status"] = "OutOfSync"
    old = {"kind": "ConfigMap", "name": "old", "namespace": "ledger", "version": "v1", "status": "OutOfSync"}
    status["resources"].append({**old, "requiresPruning": True})
    written = run(ledger)
    assert written.nothing
    assert "prune" in written.skipped["ledger"]


def test_a_role_that_was_changed_by_hand_is_for_a_person(staging: Varied, run: Run) -> None:
    """Security is never synced without a person, not even in staging."""
    item = next(one for one in staging.managed(STAGING) if one["kind"] == "Service")
    item.update(kind="NetworkPolicy", group="networking.k8s.io")
    status = staging.application(STAGING)["status"]
    for one in (*status["resources"], *status["operationState"]["syncResult"]["resources"]):
        if one["kind"] == "Service":
            one.update(kind="NetworkPolicy", group="networking.k8s.io")
    written = run(staging)
    assert not written.commits
    assert not written.pulls
    assert len(written.issues) == 1


def test_a_sync_that_is_running_is_not_disturbed(staging: Varied, run: Run) -> None:
    staging.application(STAGING)["status"]["operationState"]["phase"] = "Running"
    staging.application(STAGING)["status"]["health"] = {"status": "Progressing"}
    for node in staging.nodes(STAGING):
        node.pop("health", None)
    written = run(staging)
    assert written.nothing
    assert "a sync is running" in written.skipped[STAGING]
