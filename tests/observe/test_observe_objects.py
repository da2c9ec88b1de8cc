"""Objects that Argo CD holds to be unhealthy, and workloads with their generations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gitops_bot.model.signal import Strategy, WorkloadUnhealthy

LATER = "2026-11-23T11:30:00Z"


def conditions(*entries: tuple[str, str, str]) -> dict:
    listed = [
        {"type": kind, "status": status, "reason": reason, "lastTransitionTime": LATER}
        for kind, status, reason in entries
    ]
    return {"status": {"conditions": listed}}


@pytest.mark.parametrize(
    ("kind", "health", "told", "reason"),
    [
        ("Deployment", "Degraded", ("Progressing", "False", "ProgressDeadlineExceeded"), "ProgressDeadlineExceeded"),
        ("Rollout", "Degraded", ("InvalidSpec", "True", "InvalidSpec"), "InvalidSpec"),
        ("Rollout", "Degraded", ("Progressing", "False", "RolloutAborted"), "RolloutAborted"),
        ("Job", "Degraded", ("Failed", "True", "BackoffLimitExceeded"), "BackoffLimitExceeded"),
        ("HorizontalPodAutoscaler", "Degraded", ("ScalingActive", "False", "FailedGetScale"), "FailedGetScale"),
        ("Deployment", "Progressing", ("Progressing", "False", "ProgressDeadlineExceeded"), "ProgressDeadlineExceeded"),
    ],
)
def test_the_objects_own_condition_says_why_and_since_when(handmade, kind, health, told, reason) -> None:
    handmade.application(health=health)
    node = handmade.node(kind, "web", health, message="some words")
    handmade.tree(node)
    handmade.manifest(node, conditions(("Available", "True", "Fine"), told))
    handmade.events(node)
    (signal,) = handmade.signals()
    assert isinstance(signal, WorkloadUnhealthy)
    assert (signal.health, signal.reason, signal.message) == (health, reason, "some words")
    assert signal.since.isoformat() == "2026-11-23T11:30:00+00:00"


@pytest.mark.parametrize("kind", ["Certificate", "Ingress", "KafkaTopic"])
def test_a_degraded_object_of_any_kind_is_told_by_its_message(handmade, kind: str) -> None:
    handmade.application(health="Degraded")
    handmade.tree(handmade.node(kind, "web", "Degraded", message="IssuerNotFound: no such issuer"))
    (signal,) = handmade.signals()
    assert (signal.health, signal.reason, signal.message) == (
        "Degraded",
        "IssuerNotFound",
        "IssuerNotFound: no such issuer",
    )
    assert signal.since.isoformat() == "2026-11-23T11:00:00+00:00"


def test_a_paused_rollout_is_suspended(handmade) -> None:
    handmade.application(health="Suspended")
    node = handmade.node("Rollout", "web", "Suspended", message="CanaryPauseStep")
    handmade.tree(node)
    handmade.manifest(node, {"spec": {"strategy": {"canary": {}}}})
    assert [(one.health, one.message) for one in handmade.signals()] == [("Suspended", "CanaryPauseStep")]


@pytest.mark.parametrize(
    "node",
    [
        ("Deployment", "Progressing"),
        ("Service", "Healthy"),
        ("ConfigMap", ""),
        ("Widget", "Unknown"),
        ("ReplicaSet", "Healthy"),
        ("Application", "Degraded"),
    ],
    ids=" ".join,
)
def test_an_object_that_does_well_or_is_on_its_way_is_no_signal(handmade, node: tuple[str, str]) -> None:
    handmade.application(health="Progressing")
    made = handmade.node(node[0], "web", node[1])
    handmade.tree(made)
    handmade.manifest(made, conditions(("Progressing", "True", "ReplicaSetUpdated")))
    assert handmade.signals() == ()


def test_an_ingress_that_waits_for_an_address_is_a_signal_after_ten_minutes(handmade) -> None:
    handmade.application(health="Progressing")
    handmade.tree(handmade.node("Ingress", "web", "Progressing"))
    began = datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert handmade.observe(now=began + timedelta(minutes=9)).signals == ()
    (signal,) = handmade.observe(now=began + timedelta(minutes=11)).signals
    assert (signal.health, signal.resource.kind) == ("Progressing", "Ingress")


def test_an_old_analysis_run_tells_of_the_past(handmade) -> None:
    handmade.application(health="Degraded")
    rollout = handmade.node("Rollout", "web", "Degraded", message="RolloutAborted: metric failed")
    old = handmade.node("AnalysisRun", "web-1", "Degraded", message="old", owner=rollout)
    new = handmade.node("AnalysisRun", "web-2", "Degraded", message="new", owner=rollout, createdAt=LATER)
    handmade.tree(rollout, old, new)
    handmade.manifest(rollout, {})
    assert [one.message for one in handmade.signals()] == ["new", "RolloutAborted: metric failed"]


def test_a_missing_object_that_nothing_else_explains_is_told(handmade) -> None:
    handmade.application(health="Missing", sync="OutOfSync")
    handmade.tree(handmade.node("Service", "web", "Missing"))
    handmade.managed()
    assert [(one.health, one.resource.kind) for one in handmade.signals()] == [("Missing", "Service")]


def test_a_workload_lists_its_replica_sets_by_revision(handmade) -> None:
    handmade.application(health="Degraded")
    web = handmade.node("Deployment", "web", "Degraded", message="bad")
    back = handmade.node("ReplicaSet", "web-a", "Healthy", owner=web, info=[{"name": "Revision", "value": "Rev:3"}])
    bad = handmade.node(
        "ReplicaSet", "web-b", "Healthy", owner=web, info=[{"name": "Revision", "value": "Rev:2"}], createdAt=LATER
    )
    pod = handmade.node("Pod", "web-a-1", "Healthy", owner=back, images=["registry.test/web:1"])
    handmade.tree(web, back, bad, pod)
    handmade.manifest(web, {})
    (workload,) = handmade.observe().workloads
    assert [(one.name, one.revision, one.pods, one.healthy_pods) for one in workload.generations] == [
        ("web-a", 3, 1, 1),
        ("web-b", 2, 0, 0),
    ]
    assert workload.generations[0].images == ("registry.test/web:1",)
    assert workload.strategy is Strategy.ROLLING


@pytest.mark.parametrize(("kind", "label"), [("StatefulSet", "db-1"), ("DaemonSet", "1")])
def test_a_set_with_pods_of_its_own_is_split_by_revision_where_labels_tell(handmade, kind: str, label: str) -> None:
    handmade.application(health="Degraded")
    owner = handmade.node(kind, "db", "Degraded", message="bad")
    revisions = [
        handmade.node("ControllerRevision", name, owner=owner, info=[{"name": "Revision", "value": value}])
        for name, value in (("db-0", "Rev:1"), ("db-1", "Rev:2"))
    ]
    labels = {"networkingInfo": {"labels": {"controller-revision-hash": label}}}
    pod = handmade.node("Pod", "db-x", "Healthy", owner=owner, **labels)
    handmade.tree(owner, *revisions, pod)
    handmade.manifest(owner, {})
    handmade.events(owner)
    (workload,) = handmade.observe().workloads
    assert [(one.name, one.pods) for one in workload.generations] == [("db-1", 1), ("db-0", 0)]


def test_a_set_with_pods_of_its_own_is_one_generation_where_labels_do_not_tell(handmade) -> None:
    handmade.application(health="Degraded")
    owner = handmade.node("StatefulSet", "db", "Degraded", message="bad")
    revision = handmade.node("ControllerRevision", "db-1", owner=owner, info=[{"name": "Revision", "value": "Rev:2"}])
    handmade.tree(owner, revision, handmade.node("Pod", "db-x", "Healthy", owner=owner))
    handmade.manifest(owner, {})
    handmade.events(owner)
    (workload,) = handmade.observe().workloads
    assert [(one.name, one.revision, one.pods) for one in workload.generations] == [("db", 2, 1)]


@pytest.mark.parametrize(
    ("spec", "strategy"), [({"canary": {}}, Strategy.CANARY), ({"blueGreen": {}}, Strategy.BLUE_GREEN)]
)
def test_a_rollouts_strategy_is_read_from_its_manifest(handmade, spec: dict, strategy: Strategy) -> None:
    handmade.application(health="Degraded")
    node = handmade.node("Rollout", "web", "Degraded", message="bad")
    handmade.tree(node)
    handmade.manifest(node, {"spec": {"strategy": spec}})
    assert [one.strategy for one in handmade.observe().workloads] == [strategy]
