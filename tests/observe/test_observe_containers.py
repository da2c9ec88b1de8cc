"""Which states of a container are failures, and which only look like one."""

from __future__ import annotations

import pytest

from gitops_bot.model.signal import ContainerFailing, ProbeFailing

CREATED = "2026-11-23T11:00:00Z"
LATER = "2026-11-23T11:30:00Z"


def manifest(
    *statuses: dict, initial: tuple[dict, ...] = (), phase: str = "Running", ready_since: str = CREATED
) -> dict:
    return {
        "metadata": {"creationTimestamp": CREATED},
        "spec": {
            "containers": [{"name": one["name"], "image": f"registry.test/{one['name']}:1"} for one in statuses],
            "initContainers": [
                {"name": one["name"], "image": f"registry.test/{one['name']}:1", "restartPolicy": one.get("policy", "")}
                for one in initial
            ],
        },
        "status": {
            "phase": phase,
            "conditions": [{"type": "Ready", "status": "False", "lastTransitionTime": ready_since}],
            "containerStatuses": list(statuses),
            "initContainerStatuses": list(initial),
        },
    }


def container(name: str = "web", *, state: dict | None = None, last: dict | None = None, **more: object) -> dict:
    body = {"name": name, "ready": False, "restartCount": 0, "state": state or {}, "image": "sha256:0"}
    return {**body, "lastState": {"terminated": last} if last else {}, **more}


def waiting(reason: str, message: str = "why") -> dict:
    return {"waiting": {"reason": reason, "message": message}}


def ended(code: int, reason: str = "Error", **more: object) -> dict:
    return {"exitCode": code, "reason": reason, **more}


@pytest.mark.parametrize(
    "reason",
    [
        "CrashLoopBackOff",
        "ImagePullBackOff",
        "ErrImagePull",
        "InvalidImageName",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
        "StartError",
        "SomeReasonOfNextYear",
    ],
)
def test_a_container_that_waits_for_a_bad_reason_is_failing(handmade, reason: str) -> None:
    handmade.application(health="Progressing")
    handmade.manifest(handmade.pod(reason=reason), manifest(container(state=waiting(reason))))
    (signal,) = handmade.signals()
    assert isinstance(signal, ContainerFailing)
    assert (signal.reason, signal.message, signal.container) == (reason, "why", "web")
    assert signal.image == "registry.test/web:1"
    assert signal.workload.kind == "Deployment"
    assert not signal.initial


@pytest.mark.parametrize(
    ("code", "reason"), [(1, "Error"), (137, "OOMKilled"), (139, "Error"), (127, "ContainerCannotRun")]
)
def test_a_container_that_ended_badly_is_failing(handmade, code: int, reason: str) -> None:
    handmade.application(health="Degraded")
    state = {"terminated": ended(code, reason, message="last words", finishedAt=LATER)}
    handmade.manifest(handmade.pod(reason=reason), manifest(container(state=state), ready_since=LATER))
    (signal,) = handmade.signals()
    assert isinstance(signal, ContainerFailing)
    assert (signal.reason, signal.last_reason, signal.exit_code) == (reason, reason, code)
    assert signal.last_message == "last words"
    assert signal.where == "pod web-1, container web, state"
    assert signal.since.isoformat() == "2026-11-23T11:30:00+00:00"


def test_an_init_container_is_told_from_a_sidecar(handmade) -> None:
    handmade.application(health="Degraded")
    migrate = container("migrate", state=waiting("CrashLoopBackOff"), last=ended(1))
    proxy = container("proxy", state=waiting("CrashLoopBackOff"), last=ended(1), policy="Always")
    main = container("web", state=waiting("PodInitializing"))
    handmade.manifest(handmade.pod(reason="Init:CrashLoopBackOff"), manifest(main, initial=(migrate, proxy)))
    assert [(one.container, one.initial) for one in handmade.signals()] == [("migrate", True), ("proxy", False)]


def test_a_container_between_two_out_of_memory_kills_is_failing(handmade) -> None:
    handmade.application(health="Progressing")
    state = {"running": {"startedAt": LATER}}
    body = manifest(container(state=state, last=ended(137, "OOMKilled"), restartCount=4))
    handmade.manifest(handmade.pod(reason="Running", status="Progressing"), body)
    (signal,) = handmade.signals()
    assert (signal.reason, signal.last_reason, signal.restarts) == ("", "OOMKilled", 4)
    assert signal.where == "pod web-1, container web, lastState"


def test_a_container_between_two_crashes_is_failing(handmade) -> None:
    handmade.application(health="Progressing")
    body = manifest(container(state={"running": {}}, last=ended(1), restartCount=3))
    handmade.manifest(handmade.pod(reason="Running", status="Progressing"), body)
    assert [one.exit_code for one in handmade.signals()] == [1]


@pytest.mark.parametrize(
    "status",
    [
        container(state=waiting("ContainerCreating")),
        container(state=waiting("PodInitializing")),
        container(state={"running": {}}),
        container(state={"running": {}}, last=ended(1), restartCount=1),
        container(state={"running": {}}, ready=True, last=ended(137, "OOMKilled"), restartCount=9),
        container(state={"terminated": ended(0, "Completed")}),
    ],
    ids=["creating", "initialising", "starting", "restarted once", "ready again", "completed"],
)
def test_a_container_that_starts_runs_or_is_done_is_no_failure(handmade, status: dict) -> None:
    handmade.application(health="Progressing")
    pod = handmade.pod(status="Progressing")
    handmade.manifest(pod, manifest(status))
    handmade.events(pod)
    assert handmade.signals() == ()


def test_a_pod_that_is_being_deleted_is_no_failure(handmade) -> None:
    handmade.application(health="Progressing")
    body = manifest(container(state={"terminated": ended(143)}))
    body["metadata"]["deletionTimestamp"] = LATER
    handmade.manifest(handmade.pod(), body)
    assert handmade.signals() == ()


def test_a_failed_pod_beside_a_healthy_owner_is_left_over(handmade) -> None:
    handmade.application(health="Progressing")
    job = handmade.node("Job", "migrate", "Healthy")
    handmade.tree(job, handmade.node("Pod", "migrate-1", "Degraded", owner=job))
    assert handmade.signals() == ()


def test_only_the_newest_job_of_a_cron_job_counts(handmade) -> None:
    handmade.application(health="Degraded")
    cron = handmade.node("CronJob", "nightly")
    old = handmade.node("Job", "nightly-1", "Degraded", owner=cron)
    new = handmade.node("Job", "nightly-2", "Healthy", owner=cron, createdAt=LATER)
    pods = [handmade.node("Pod", f"{job['name']}-x", "Degraded", owner=job) for job in (old, new)]
    handmade.tree(cron, old, new, *pods)
    assert handmade.signals() == ()


def test_a_pod_that_was_ready_once_is_in_trouble_since_it_no_longer_is(handmade) -> None:
    handmade.application(health="Degraded")
    status = container(state=waiting("CrashLoopBackOff"), last=ended(1, finishedAt="2026-11-23T11:45:00Z"))
    handmade.manifest(handmade.pod(), manifest(status, ready_since=LATER))
    (signal,) = handmade.signals()
    assert signal.since.isoformat() == "2026-11-23T11:30:00+00:00"


def test_of_many_pods_alike_three_are_read(handmade) -> None:
    handmade.application(health="Degraded")
    owner = handmade.node("ReplicaSet", "web", "Progressing")
    info = [{"name": "Status Reason", "value": "CrashLoopBackOff"}]
    pods = [handmade.node("Pod", f"web-{number}", "Degraded", owner=owner, info=info) for number in range(9)]
    odd = handmade.node("Pod", "web-x", "Degraded", owner=owner, info=[{"name": "Status Reason", "value": "Error"}])
    handmade.tree(owner, *pods, odd)
    for pod in (*pods, odd):
        handmade.manifest(pod, manifest(container(state=waiting("CrashLoopBackOff"), last=ended(1))))
    assert [one.resource.name for one in handmade.signals()] == ["web-0", "web-1", "web-2", "web-x"]


def test_a_pod_that_cannot_be_read_is_told_from_the_tree_and_named(handmade) -> None:
    handmade.application(health="Degraded")
    handmade.pod(reason="Init:CrashLoopBackOff", message="", images=["registry.test/web:1"])
    estate = handmade.observe()
    (signal,) = estate.signals
    assert (signal.reason, signal.initial, signal.container) == ("CrashLoopBackOff", True, "")
    assert signal.where == "pod web-1, resource tree"
    assert [one.application for one in estate.unread] == ["shop"]
    assert "Pod shop/web-1" in estate.unread[0].reason
    assert "deleted since" in estate.unread[0].reason


def test_long_messages_are_cut(handmade) -> None:
    handmade.application(health="Degraded")
    status = container(state=waiting("CrashLoopBackOff", "m" * 100_000), last=ended(1, message="l" * 100_000))
    handmade.manifest(handmade.pod(), manifest(status))
    (signal,) = handmade.signals()
    assert len(signal.message) == len(signal.last_message) == 4096


def test_a_container_killed_by_its_liveness_probe_is_told_with_the_probe(handmade) -> None:
    handmade.application(health="Degraded")
    pod = handmade.pod(reason="CrashLoopBackOff")
    handmade.manifest(pod, manifest(container(state=waiting("CrashLoopBackOff"), last=ended(137), restartCount=5)))
    message = "Liveness probe failed: HTTP probe failed with statuscode: 500"
    event = {"type": "Warning", "reason": "Unhealthy", "message": message, "count": 15, "firstTimestamp": LATER}
    handmade.events(pod, {**event, "involvedObject": {"fieldPath": "spec.containers{web}"}})
    failing, probe = handmade.signals()
    assert isinstance(failing, ContainerFailing)
    assert isinstance(probe, ProbeFailing)
    assert (probe.probe, probe.container, probe.count, probe.message) == ("liveness", "web", 15, message)
