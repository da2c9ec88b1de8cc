"""Fields and objects in which a cluster has come away from Git, and those that only wait for a sync."""

from __future__ import annotations

import copy
import json

import pytest

from gitops_bot.model.signal import FieldDrifted, ObjectMissing, ObjectSuperfluous

PATCHED = "2026-11-23T11:40:00Z"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
MEMORY = "/spec/template/spec/containers/0/resources/limits/memory"


def deployment(*, replicas: int = 2, memory: str | None = "256Mi", image: str = "web:1") -> dict:
    limits = {"memory": memory} if memory else {}
    container = {"name": "web", "image": image, "resources": {"limits": limits}}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", "annotations": {}},
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [container]}}},
    }


def owner(manager: str, fields: dict, time: str | None = PATCHED) -> dict:
    return {"manager": manager, "fieldsV1": fields, **({"time": time} if time else {})}


MEMORY_FIELDS = {
    "f:spec": {
        "f:template": {
            "f:spec": {"f:containers": {'k:{"name":"web"}': {"f:resources": {"f:limits": {"f:memory": {}}}}}}
        }
    }
}


def compared(git: dict, live: dict, *, applied: dict | None = None, managers: tuple[dict, ...] = (), **more) -> dict:
    """A managed resource; `applied` is what was applied last, Git's state where it is not given."""
    live = copy.deepcopy(live)
    live["metadata"]["annotations"] = {LAST_APPLIED: json.dumps(applied or git)}
    live["metadata"]["managedFields"] = list(managers)
    live["status"] = {"observedGeneration": 4}
    predicted = copy.deepcopy(live)
    predicted.update({key: value for key, value in git.items() if key != "metadata"})
    item = {"group": "apps", "kind": git["kind"], "namespace": "shop", "name": "web", "modified": True}
    states = {"targetState": git, "liveState": live, "normalizedLiveState": live, "predictedLiveState": predicted}
    return {**item, **{name: json.dumps(state) for name, state in states.items()}, **more}


def synced(*results: dict, revision: str = "a" * 40, phase: str = "Succeeded", retries: int = 0) -> dict:
    state = {"phase": phase, "retryCount": retries, "syncResult": {"revision": revision, "resources": list(results)}}
    return {"operationState": state, "history": [{"id": 0, "revision": revision}]}


def test_a_field_changed_by_hand_is_told_with_its_manager(handmade) -> None:
    handmade.application(sync="OutOfSync")
    live = deployment(memory="64Mi")
    managers = (owner("argocd-controller", {"f:spec": {}}, None), owner("kubectl-patch", MEMORY_FIELDS))
    handmade.managed(compared(deployment(), live, managers=managers))
    (signal,) = handmade.signals()
    assert isinstance(signal, FieldDrifted)
    assert (signal.pointer, signal.desired, signal.live) == (MEMORY, "256Mi", "64Mi")
    assert signal.label == "spec.template.spec.containers[web].resources.limits.memory"
    assert (signal.manager, signal.autoscaler) == ("kubectl-patch", None)
    assert signal.since.isoformat() == "2026-11-23T11:40:00+00:00"


def test_a_field_taken_away_is_told_as_absent(handmade) -> None:
    handmade.application(sync="OutOfSync")
    handmade.managed(compared(deployment(), deployment(memory=None)))
    (signal,) = handmade.signals()
    assert (signal.pointer, signal.desired, signal.live, signal.absent_live) == (MEMORY, "256Mi", None, True)


def test_the_pointer_leads_into_what_git_declares(handmade) -> None:
    handmade.application(sync="OutOfSync")
    live = deployment(memory="64Mi")
    live["spec"]["template"]["spec"]["containers"].insert(0, {"name": "injected-proxy", "image": "proxy:1"})
    predicted = deployment()
    predicted["spec"]["template"]["spec"]["containers"].insert(0, {"name": "injected-proxy", "image": "proxy:1"})
    handmade.managed(compared(deployment(), live, predictedLiveState=json.dumps(predicted)))
    assert [(one.pointer, one.desired) for one in handmade.signals()] == [(MEMORY, "256Mi")]


@pytest.mark.parametrize(
    ("kind", "spec"),
    [
        ("HorizontalPodAutoscaler", {"scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}}),
        ("ScaledObject", {"scaleTargetRef": {"name": "web"}}),
    ],
)
def test_replicas_that_an_autoscaler_sets_name_it(handmade, kind: str, spec: dict) -> None:
    handmade.application(sync="OutOfSync")
    group = {"HorizontalPodAutoscaler": "autoscaling", "ScaledObject": "keda.sh"}[kind]
    state = json.dumps({"kind": kind, "spec": spec})
    scaler = {"group": group, "kind": kind, "namespace": "shop", "name": "scaler", "targetState": state}
    handmade.managed(compared(deployment(), deployment(replicas=6, memory="64Mi")), scaler)
    replicas, memory = handmade.signals()
    assert (replicas.pointer, str(replicas.autoscaler)) == ("/spec/replicas", f"{kind} shop/scaler")
    assert memory.autoscaler is None


def test_what_a_newer_commit_changes_waits_and_has_not_drifted(handmade) -> None:
    handmade.application(sync="OutOfSync")
    git, live = deployment(image="web:2", replicas=3), deployment(replicas=9)
    handmade.managed(compared(git, live, applied=deployment(replicas=3)))
    assert [(one.pointer, one.live) for one in handmade.signals()] == [("/spec/replicas", 9)]


@pytest.mark.parametrize(
    "state",
    [
        {"sync": "Synced", "health": "Degraded"},
        {"sync": "OutOfSync", "conditions": [{"type": "ComparisonError", "message": "no such path"}]},
        {"sync": "OutOfSync", "operationState": {"phase": "Running"}},
    ],
    ids=["in sync", "cannot be rendered", "sync at work"],
)
def test_nothing_is_said_about_drift_while_there_is_nothing_to_compare(handmade, state: dict) -> None:
    handmade.application(**state)
    handmade.managed(compared(deployment(), deployment(memory="64Mi")))
    assert not [one for one in handmade.signals() if isinstance(one, FieldDrifted)]


@pytest.mark.parametrize("more", [{"hook": True}, {"modified": False}, {"targetState": "null"}], ids=str)
def test_what_argo_cd_does_not_hold_to_differ_has_not_drifted(handmade, more: dict) -> None:
    handmade.application(sync="OutOfSync")
    handmade.managed(compared(deployment(), deployment(memory="64Mi"), **more))
    assert handmade.signals() == ()


def test_fields_that_git_does_not_declare_and_bookkeeping_are_passed_over(handmade) -> None:
    handmade.application(sync="OutOfSync")
    live = deployment()
    live["spec"]["paused"] = True
    live["metadata"]["generation"] = 7
    handmade.managed(compared(deployment(), live))
    assert handmade.signals() == ()


def test_the_data_of_a_secret_is_hidden(handmade) -> None:
    handmade.application(sync="OutOfSync")
    git = {"kind": "Secret", "metadata": {"name": "web"}, "data": {"password": "++++"}}
    live = {"kind": "Secret", "metadata": {"name": "web"}, "data": {"password": "++++++++"}}
    handmade.managed(compared(git, live))
    assert [(one.desired, one.live) for one in handmade.signals()] == [("(hidden)", "(hidden)")]


MISSING = {"kind": "Service", "namespace": "shop", "name": "web", "modified": True, "liveState": "null"}
DECLARED = {**MISSING, "targetState": '{"kind":"Service","metadata":{"name":"web"}}'}
APPLIED = {"kind": "Service", "namespace": "shop", "name": "web", "status": "Synced"}


def test_an_object_that_was_applied_and_is_gone_is_missing(handmade) -> None:
    handmade.application(health="Missing", sync="OutOfSync", **synced(APPLIED, revision="b" * 40))
    handmade.tree(handmade.node("Service", "web", "Missing"))
    handmade.managed(DECLARED)
    (signal,) = handmade.signals()
    assert isinstance(signal, ObjectMissing)
    assert signal.since.isoformat() == "2026-11-23T11:00:00+00:00"


def test_an_object_that_the_last_sync_of_this_commit_left_out_as_unchanged_is_missing(handmade) -> None:
    handmade.application(sync="OutOfSync", **synced())
    handmade.managed(DECLARED)
    assert [type(one) for one in handmade.signals()] == [ObjectMissing]


@pytest.mark.parametrize(
    "state",
    [
        {},
        synced(revision="b" * 40),
        synced({**APPLIED, "status": "SyncFailed"}),
        synced(APPLIED, phase="Running", retries=2),
    ],
    ids=["never synced", "of a newer commit", "refused", "being retried"],
)
def test_an_object_that_was_never_applied_is_not_missing(handmade, state: dict) -> None:
    handmade.application(sync="OutOfSync", **state)
    handmade.managed(DECLARED)
    assert not [one for one in handmade.signals() if isinstance(one, ObjectMissing)]


def superfluous(sync: str, **state: object) -> dict:
    resource = {"kind": "ConfigMap", "namespace": "shop", "name": "old", "status": sync, "requiresPruning": True}
    return {"sync": sync, "resources": [resource], **state}


def test_an_object_that_git_no_longer_declares_is_superfluous(handmade) -> None:
    handmade.application(**superfluous("OutOfSync"))
    handmade.managed()
    (signal,) = handmade.signals()
    assert isinstance(signal, ObjectSuperfluous)
    assert signal.resource.name == "old"


def test_nothing_is_superfluous_while_git_cannot_be_rendered(handmade) -> None:
    failing = [{"type": "ComparisonError", "message": "no such path"}]
    handmade.application(**superfluous("Unknown", conditions=failing))
    assert not [one for one in handmade.signals() if isinstance(one, ObjectSuperfluous)]
