"""Pods that no container explains: not scheduled, blocked, not probed ready."""

from __future__ import annotations

import pytest

from gitops_bot.model.signal import ContainerFailing, PodBlocked, PodUnschedulable, ProbeFailing

CREATED = "2026-11-23T11:00:00Z"
LATER = "2026-11-23T11:30:00Z"
CONTAINER = {"name": "web", "image": "registry.test/web:1"}


def unscheduled(message: str, reason: str = "Unschedulable") -> dict:
    condition = {"type": "PodScheduled", "status": "False", "reason": reason, "message": message}
    return {
        "metadata": {"creationTimestamp": CREATED},
        "spec": {"containers": [CONTAINER]},
        "status": {"phase": "Pending", "conditions": [{**condition, "lastTransitionTime": LATER}]},
    }


def with_container(state: dict, *, phase: str = "Pending", ready: bool = False) -> dict:
    status = {"name": "web", "ready": ready, "restartCount": 2, "state": state}
    return {
        "metadata": {"creationTimestamp": CREATED},
        "spec": {"containers": [CONTAINER]},
        "status": {"phase": phase, "containerStatuses": [status]},
    }


def event(reason: str, message: str, *, path: str = "", at: str = LATER, count: int = 3) -> dict:
    times = {"firstTimestamp": CREATED, "lastTimestamp": at, "count": count}
    return {"type": "Warning", "reason": reason, "message": message, "involvedObject": {"fieldPath": path}, **times}


CREATING = with_container({"waiting": {"reason": "ContainerCreating"}})
RUNNING = with_container({"running": {}}, phase="Running")


def test_a_pod_that_no_node_takes(handmade) -> None:
    handmade.application(health="Progressing")
    message = "0/3 nodes are available: 3 Insufficient cpu."
    handmade.manifest(handmade.pod(status="Progressing"), unscheduled(message))
    (signal,) = handmade.signals()
    assert isinstance(signal, PodUnschedulable)
    assert signal.message == message
    assert signal.since.isoformat() == "2026-11-23T11:30:00+00:00"


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ('0/3 nodes are available: persistentvolumeclaim "data" not found.', "PersistentVolumeClaimMissing"),
        ("0/3 nodes: pod has unbound immediate PersistentVolumeClaims.", "PersistentVolumeClaimUnbound"),
    ],
)
def test_a_pod_that_waits_for_a_claim_is_blocked_and_not_unschedulable(handmade, message: str, reason: str) -> None:
    handmade.application(health="Progressing")
    handmade.manifest(handmade.pod(status="Progressing"), unscheduled(message))
    (signal,) = handmade.signals()
    assert isinstance(signal, PodBlocked)
    assert (signal.reason, signal.message) == (reason, message)


def test_a_gated_pod_waits_by_intent(handmade) -> None:
    handmade.application(health="Progressing")
    pod = handmade.pod(status="Progressing")
    handmade.manifest(pod, unscheduled("Scheduling is blocked due to non-empty scheduling gates", "SchedulingGated"))
    handmade.events(pod)
    assert handmade.signals() == ()


@pytest.mark.parametrize("reason", ["FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"])
def test_a_pod_that_cannot_start_for_want_of_something(handmade, reason: str) -> None:
    handmade.application(health="Progressing")
    pod = handmade.pod(status="Progressing")
    handmade.manifest(pod, CREATING)
    handmade.events(pod, event(reason, "older", at=CREATED), event(reason, 'configmap "settings" not found'))
    (signal,) = handmade.signals()
    assert isinstance(signal, PodBlocked)
    assert (signal.reason, signal.message) == (reason, 'configmap "settings" not found')
    assert signal.since.isoformat() == "2026-11-23T11:00:00+00:00"


def test_what_kept_a_pod_from_starting_is_past_once_it_runs(handmade) -> None:
    handmade.application(health="Progressing")
    pod = handmade.pod(status="Progressing")
    handmade.manifest(pod, RUNNING)
    handmade.events(pod, event("FailedMount", 'configmap "settings" not found'))
    assert handmade.signals() == ()


@pytest.mark.parametrize("probe", ["Readiness", "Liveness", "Startup"])
def test_a_running_container_whose_probe_fails(handmade, probe: str) -> None:
    handmade.application(health="Progressing")
    pod = handmade.pod(status="Progressing")
    handmade.manifest(pod, RUNNING)
    message = f"{probe} probe failed: HTTP probe failed with statuscode: 503"
    handmade.events(pod, event("Unhealthy", message, path="spec.containers{web}", count=40))
    (signal,) = handmade.signals()
    assert isinstance(signal, ProbeFailing)
    assert (signal.probe, signal.container, signal.count, signal.restarts) == (probe.lower(), "web", 40, 2)
    assert (signal.message, signal.image) == (message, "registry.test/web:1")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (with_container({"running": {}}, phase="Running", ready=True), "spec.containers{web}"),
        (RUNNING, "spec.containers{other}"),
        (CREATING, "spec.containers{web}"),
    ],
    ids=["ready by now", "of another container", "not started"],
)
def test_a_probe_that_failed_once_is_no_signal(handmade, body: dict, path: str) -> None:
    handmade.application(health="Progressing")
    pod = handmade.pod(status="Progressing")
    handmade.manifest(pod, body)
    handmade.events(pod, event("Unhealthy", "Readiness probe failed: connection refused", path=path))
    assert handmade.signals() == ()


def test_why_an_image_is_not_pulled_is_taken_from_the_events(handmade) -> None:
    handmade.application(health="Degraded")
    pod = handmade.pod(reason="ImagePullBackOff")
    state = {"waiting": {"reason": "ImagePullBackOff", "message": 'Back-off pulling image "registry.test/web:1"'}}
    handmade.manifest(pod, with_container(state))
    failed = 'Failed to pull image "registry.test/web:1": unauthorized'
    handmade.events(pod, event("Failed", failed), event("Failed", "Error: ImagePullBackOff", at=CREATED))
    (signal,) = handmade.signals()
    assert isinstance(signal, ContainerFailing)
    assert signal.message == f'Back-off pulling image "registry.test/web:1": {failed}'


def test_no_events_are_read_where_the_state_tells_all(handmade) -> None:
    handmade.application(health="Degraded")
    handmade.manifest(handmade.pod(), with_container({"terminated": {"exitCode": 1, "reason": "Error"}}))
    handmade.signals()
    assert not [target for target in handmade.asked if "/events" in target]


def test_an_evicted_pod_is_blocked(handmade) -> None:
    handmade.application(health="Degraded")
    pod = handmade.pod(reason="Evicted")
    status = {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}
    handmade.manifest(pod, {"metadata": {"creationTimestamp": CREATED}, "status": status})
    handmade.events(pod)
    (signal,) = handmade.signals()
    assert (signal.reason, signal.message) == ("Evicted", "The node was low on resource: memory.")


def test_a_replica_set_that_may_not_make_its_pods(handmade) -> None:
    handmade.application(health="Progressing")
    deployment = handmade.node("Deployment", "web", "Progressing")
    message = 'pods "web-1" is forbidden: exceeded quota: compute'
    handmade.tree(deployment, handmade.node("ReplicaSet", "web-rs", "Degraded", message=message, owner=deployment))
    handmade.manifest(deployment, {})
    (signal,) = handmade.signals()
    assert isinstance(signal, PodBlocked)
    assert (signal.reason, signal.message, signal.resource.kind) == ("FailedCreate", message, "ReplicaSet")
    assert signal.workload.kind == "Deployment"


def test_a_stateful_set_that_may_not_make_its_pods(handmade) -> None:
    handmade.application(health="Progressing")
    node = handmade.node("StatefulSet", "db", "Progressing")
    handmade.tree(node)
    handmade.manifest(node, {})
    created = event("SuccessfulCreate", "create Pod db-0", at=CREATED)
    handmade.events(node, created, event("FailedCreate", "pods db-1 is forbidden: violates PodSecurity"))
    (signal,) = handmade.signals()
    assert (signal.reason, signal.message) == ("FailedCreate", "pods db-1 is forbidden: violates PodSecurity")


def test_a_refusal_that_is_past_is_no_signal(handmade) -> None:
    handmade.application(health="Progressing")
    node = handmade.node("StatefulSet", "db", "Progressing")
    handmade.tree(node)
    handmade.manifest(node, {})
    handmade.events(node, event("FailedCreate", "forbidden", at=CREATED), event("SuccessfulCreate", "create Pod db-0"))
    assert handmade.signals() == ()
