"""Pods that fail in ways that no recording shows: what a release did goes back, what it did not is left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.variations import symptoms
from tests.end_to_end.variations.building import Varied
from tests.end_to_end.variations.conftest import Run

Vary = Callable[..., Varied]
LEDGER = "ledger/ledger.yaml"
IMAGE = (
    ["image: registry.example.com/ledger:5.2.0  # pinned by release; synced 2026-11-23"],
    ["image: registry.example.com/ledger:5.1.2  # pinned by release; synced 2026-11-23"],
)


@pytest.fixture
def ledger(vary: Vary) -> Varied:
    """A Deployment of two pods in production whose new release was delivered a moment ago; the new pod fails."""
    varied = vary()
    varied.keep("ledger")
    return varied


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("CreateContainerConfigError", 'configmap "ledger-config-v2" not found'),
        ("CreateContainerConfigError", 'secret "ledger-db" not found'),
        ("CreateContainerConfigError", "couldn't find key DB_PORT in ConfigMap ledger/ledger-config"),
        ("CreateContainerConfigError", "couldn't find key password in Secret ledger/ledger-db"),
        ("ErrImagePull", "failed to pull and unpack image: registry.example.com/ledger:5.2.0: not found"),
        (
            "InvalidImageName",
            'couldn\'t parse image reference "registry.example.com/Ledger:5.2.0": invalid reference format',
        ),
        ("CreateContainerError", 'failed to create containerd task: exec: "/bin/ledgr": no such file or directory'),
        ("RunContainerError", "failed to start container: exec format error"),
    ],
)
def test_a_release_whose_pod_cannot_start_goes_back(ledger: Varied, run: Run, reason: str, message: str) -> None:
    symptoms.waits(ledger, reason, message)
    written = run(ledger)
    assert written.pulls == {"ledger": {LEDGER: IMAGE}}
    assert not written.commits
    assert not written.issues


@pytest.mark.parametrize(
    "message",
    [
        "429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit",
        "dial tcp 10.2.3.4:443: i/o timeout",
        "Get https://registry.example.com/v2/: net/http: TLS handshake timeout",
        "unexpected status code 503 Service Unavailable",
    ],
)
def test_a_registry_that_does_not_answer_is_waited_for(ledger: Varied, run: Run, message: str) -> None:
    symptoms.waits(ledger, "ErrImagePull", f"failed to pull image registry.example.com/ledger:5.2.0: {message}")
    written = run(ledger)
    assert written.nothing
    assert "registry" in written.skipped["ledger"]


def test_a_registry_that_refuses_access_is_for_a_person(ledger: Varied, run: Run) -> None:
    symptoms.waits(ledger, "ErrImagePull", "pull access denied, authorization failed: 401 Unauthorized")
    written = run(ledger)
    assert not written.pulls
    assert not written.commits
    assert len(written.issues) <= 1


@pytest.mark.parametrize(("code", "reason", "said"), [(137, "OOMKilled", ""), (139, "Error", ""), (0, "Completed", "")])
def test_a_release_that_ends_again_and_again_goes_back(
    ledger: Varied, run: Run, code: int, reason: str, said: str
) -> None:
    symptoms.crashes(ledger, code, reason, said)
    assert run(ledger).pulls == {"ledger": {LEDGER: IMAGE}}


@pytest.mark.parametrize("initial", [False, True])
def test_one_failing_container_among_several_is_named(ledger: Varied, run: Run, initial: bool) -> None:
    status = symptoms.crashes(ledger, message="panic: no route to ledger-db")
    symptoms.another_container(ledger, status, "proxy", initial=initial)
    written = run(ledger)
    assert written.pulls == {"ledger": {LEDGER: IMAGE}}
    assert "panic: no route to ledger-db" in written.bodies["ledger"]
    assert "proxy:1" not in written.bodies["ledger"].splitlines()[0]


def test_an_init_container_that_fails(ledger: Varied, run: Run) -> None:
    status = symptoms.crashes(ledger, message="could not reach the schema registry")
    _, body, _ = symptoms.broken_pod(ledger)
    body["status"]["initContainerStatuses"] = [{**status, "name": "wait-for-config"}]
    body["spec"]["initContainers"] = [{"name": "wait-for-config", "image": "registry.example.com/ledger:5.2.0"}]
    status.update(restartCount=0, lastState={}, state={"waiting": {"reason": "PodInitializing"}})
    written = run(ledger)
    assert written.pulls == {"ledger": {LEDGER: IMAGE}}
    assert "wait-for-config" in written.bodies["ledger"]


@pytest.mark.parametrize("probe", ["Readiness", "Liveness", "Startup"])
def test_a_release_that_fails_its_probes_goes_back(ledger: Varied, run: Run, probe: str) -> None:
    symptoms.runs(ledger, restarts=0 if probe == "Readiness" else 4)
    _, _, events = symptoms.broken_pod(ledger)
    said = f"{probe} probe failed: HTTP probe failed with statuscode: 500"
    events.append(symptoms.event("Unhealthy", said, 30, "spec.containers{ledger}"))
    written = run(ledger)
    assert written.pulls == {"ledger": {LEDGER: IMAGE}}
    assert "statuscode: 500" in written.bodies["ledger"]


def test_a_new_pod_that_is_not_ready_yet_is_given_time(ledger: Varied, run: Run) -> None:
    symptoms.runs(ledger)
    _, _, events = symptoms.broken_pod(ledger)
    events.append(symptoms.event("Unhealthy", "Readiness probe failed: connection refused", 2))
    written = run(ledger)
    assert written.nothing
    assert written.skipped["ledger"]


def test_a_rollout_under_way_without_a_fault_is_not_touched(ledger: Varied, run: Run) -> None:
    symptoms.runs(ledger)
    written = run(ledger)
    assert written.nothing
    assert "rolling out" in written.skipped["ledger"]


def test_one_restart_proves_nothing(ledger: Varied, run: Run) -> None:
    symptoms.runs(ledger, restarts=1)
    assert run(ledger).nothing


@pytest.mark.parametrize(
    ("message", "pulls"),
    [
        ('MountVolume.SetUp failed for volume "config" : configmap "ledger-config-v2" not found', ["ledger"]),
        ('MountVolume.SetUp failed for volume "tls" : secret "ledger-tls" not found', ["ledger"]),
        ("AttachVolume.Attach failed for volume pvc-1 : rpc error: code = Internal: node is not ready", []),
    ],
)
def test_a_volume_that_does_not_come(ledger: Varied, run: Run, message: str, pulls: list[str]) -> None:
    symptoms.waits(ledger, "ContainerCreating", "")
    node, _, events = symptoms.broken_pod(ledger)
    node["health"] = {"status": "Progressing"}
    events.append(symptoms.event("FailedMount", message, 12))
    written = run(ledger)
    assert list(written.pulls) == pulls
    assert not written.commits
    assert bool(written.skipped.get("ledger")) != bool(pulls)


@pytest.mark.parametrize(
    "message",
    [
        "0/3 nodes are available: 3 Insufficient cpu.",
        "0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: gpu}.",
    ],
)
def test_a_release_that_changed_the_image_alone_did_not_fill_the_cluster(
    ledger: Varied, run: Run, message: str
) -> None:
    """The scheduler speaks of requests or of taints, and the release changed neither: its image is not at fault."""
    symptoms.unscheduled(ledger, message)
    written = run(ledger)
    assert not written.pulls
    assert not written.commits


def test_a_release_that_asks_for_too_much_goes_back(ledger: Varied, run: Run) -> None:
    commit = ledger.edit("ledger: more room", LEDGER, "limits: {cpu: 500m,", "limits: {cpu: 64,")
    ledger.delivered("ledger", commit)
    symptoms.unscheduled(ledger, "0/3 nodes are available: 3 Insufficient cpu.")
    lines = (["limits: {cpu: 64, memory: 256Mi}"], ["limits: {cpu: 500m, memory: 256Mi}"])
    assert run(ledger).pulls == {"ledger": {LEDGER: lines}}


def test_a_crash_long_after_the_last_deployment(ledger: Varied, run: Run) -> None:
    """All pods of a release that ran for weeks crash today: no change in Git explains it."""
    node, body, _ = symptoms.broken_pod(ledger)
    symptoms.crashes(ledger)
    symptoms.without_old_pods(ledger)
    long_ago, today = "2026-10-01T08:00:00Z", "2026-11-23T10:20:00Z"
    for one in ledger.application("ledger")["status"]["history"]:
        one["deployedAt"] = one["deployStartedAt"] = long_ago
    node["createdAt"] = body["metadata"]["creationTimestamp"] = long_ago
    ledger.node("ledger", "ReplicaSet", symptoms.LEDGER_POD)["createdAt"] = long_ago
    for condition in body["status"]["conditions"]:
        condition["lastTransitionTime"] = today
    body["status"]["containerStatuses"][0]["lastState"]["terminated"]["finishedAt"] = today
    symptoms.down(ledger)
    written = run(ledger)
    assert not written.pulls
    assert not written.commits
    assert len(written.issues) == 1


def test_out_of_memory_without_a_release(ledger: Varied, run: Run) -> None:
    """One of two pods of the old release is killed for memory again and again, the other is well."""
    nodes = ledger.nodes("ledger")
    nodes[:] = [one for one in nodes if not one["name"].startswith(symptoms.LEDGER_POD)]
    pod = ledger.node("ledger", "Pod", "ledger-d45788fb9-nbwcb")
    body = ledger.detail("resource", "ledger", pod)
    ended = {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-11-23T10:20:00Z"}
    status = {"name": "ledger", "image": pod["images"][0], "ready": False, "restartCount": 9}
    status.update(lastState={"terminated": ended}, state={"waiting": {"reason": "CrashLoopBackOff", "message": "x"}})
    body.update(metadata={"name": pod["name"], "namespace": "ledger"}, spec={"containers": [{"name": "ledger"}]})
    body["status"] = {"phase": "Running", "containerStatuses": [status]}
    symptoms.told(pod, "CrashLoopBackOff", "x", 9)
    ledger.node("ledger", "ReplicaSet", "ledger-d45788fb9")["health"] = {"status": "Progressing"}
    symptoms.down(ledger)
    written = run(ledger)
    assert not written.pulls
    assert not written.commits
    assert len(written.issues) == 1
