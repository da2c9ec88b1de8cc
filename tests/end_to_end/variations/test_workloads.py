"""Other kinds of workloads, several sources of health, and states that look like trouble and are none."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.end_to_end.variations import symptoms
from tests.end_to_end.variations.building import Json, Varied
from tests.end_to_end.variations.conftest import Run

Vary = Callable[..., Varied]
PRODUCTION = "payments-production"
OVERLAY = "payments/overlays/production/kustomization.yaml"
CANARY = {OVERLAY: (["newTag: v2.3.1"], ["newTag: v2.3.0"])}


@pytest.fixture
def canary(vary: Vary) -> Varied:
    """A canary in production whose one new pod crashes."""
    varied = vary("01-canary-crashloop@2b4a2f8")
    varied.keep(PRODUCTION)
    return varied


def rollout(varied: Varied) -> Json:
    found: Json = varied.detail("resource", PRODUCTION, varied.node(PRODUCTION, "Rollout", "payments"))
    return found


def test_a_blue_green_release_whose_preview_crashes(canary: Varied, run: Run) -> None:
    text = (canary.clone / "payments/base/rollout.yaml").read_text(encoding="utf-8")
    assert "canary:" in text
    rollout(canary)["spec"]["strategy"] = {"blueGreen": {"activeService": "payments", "previewService": "preview"}}
    written = run(canary)
    assert written.lines == CANARY
    assert len(written.commits) == 1
    assert not written.pulls


def test_a_canary_that_waits_at_a_step_is_not_touched(canary: Varied, run: Run) -> None:
    status = canary.application(PRODUCTION)["status"]
    status["health"] = {"status": "Suspended", "message": "CanaryPauseStep"}
    canary.node(PRODUCTION, "Rollout", "payments")["health"] = {"status": "Suspended", "message": "CanaryPauseStep"}
    for kind in ("Pod", "ReplicaSet"):
        canary.node(PRODUCTION, kind, "payments-644c48b65d")["health"] = {"status": "Healthy"}
    written = run(canary)
    assert written.nothing
    assert "waits for a person" in written.skipped[PRODUCTION]


def test_a_canary_in_the_middle_of_its_steps_is_not_touched(canary: Varied, run: Run) -> None:
    pod = canary.node(PRODUCTION, "Pod", "payments-644c48b65d")
    pod["health"] = {"status": "Healthy"}
    pod["info"] = [{"name": "Status Reason", "value": "Running"}, {"name": "Containers", "value": "1/1"}]
    written = run(canary)
    assert written.nothing
    assert written.skipped[PRODUCTION]


def test_a_canary_that_crashes_while_it_waits_at_a_step(canary: Varied, run: Run) -> None:
    """Argo CD says Suspended; the canary crashes all the same."""
    canary.application(PRODUCTION)["status"]["health"] = {"status": "Suspended"}
    canary.node(PRODUCTION, "Rollout", "payments")["health"] = {"status": "Suspended", "message": "CanaryPauseStep"}
    assert run(canary).lines == CANARY


def test_a_canary_whose_analysis_failed(canary: Varied, run: Run) -> None:
    said = 'RolloutAborted: Rollout aborted update to revision 2: Metric "errors" assessed Failed due to failed (3)'
    canary.application(PRODUCTION)["status"]["health"] = {"status": "Degraded", "message": said}
    canary.node(PRODUCTION, "Rollout", "payments")["health"] = {"status": "Degraded", "message": said}
    nodes = canary.nodes(PRODUCTION)
    nodes[:] = [one for one in nodes if not one["name"].startswith("payments-644c48b65d-")]
    canary.node(PRODUCTION, "ReplicaSet", "payments-644c48b65d")["health"] = {"status": "Healthy"}
    written = run(canary)
    changed = written.lines or written.pulls.get(PRODUCTION)
    assert changed == CANARY
    assert not written.issues


def test_the_ceiling_makes_a_commit_a_pull_request(canary: Varied, run: Run) -> None:
    canary.commit("bot: careful", {".gitops-bot.yaml": "auto-remediate: []\n"})
    written = run(canary)
    assert written.pulls == {PRODUCTION: CANARY}
    assert not written.commits


def test_the_kill_switch(canary: Varied, run: Run) -> None:
    canary.commit("bot: off", {".gitops-bot.yaml": "enabled: false\n"})
    written = run(canary)
    assert written.nothing
    assert "enabled: false" in written.skipped[PRODUCTION]


def as_daemonset(varied: Varied, *, partly: bool) -> None:
    """Make the StatefulSet `search` a DaemonSet, in Git's whole history and in Argo CD's answers."""
    varied.rename(StatefulSet="DaemonSet")
    pod = varied.node("search", "Pod", "search-0")
    labels = pod["networkingInfo"]["labels"]
    labels["controller-revision-hash"] = labels["controller-revision-hash"].removeprefix("search-")
    if partly:
        varied.nodes("search").append({**pod, "name": "search-1", "uid": "1", "health": {"status": "Healthy"}})


@pytest.mark.parametrize("partly", [False, True])
def test_a_daemonset_with_an_image_that_is_not_there(vary: Vary, run: Run, partly: bool) -> None:
    varied = vary()
    varied.keep("search")
    as_daemonset(varied, partly=partly)
    lines = (["image: registry.example.com/search:8.11.9"], ["image: registry.example.com/search:8.11.0"])
    assert run(varied).pulls == {"search": {"search/search.yaml": lines}}


def test_pods_that_wait_in_a_full_cluster_with_nothing_new_in_git(vary: Vary, run: Run) -> None:
    """One of the two pods of the running release lost its node and finds no other."""
    varied = vary("00-healthy@eea9963")
    varied.keep("ledger")
    pod = varied.node("ledger", "Pod", "ledger-d45788fb9-nbwcb")
    body = varied.detail("resource", "ledger", pod)
    body.update(metadata={"name": pod["name"], "namespace": "ledger"}, spec={"containers": [{"name": "ledger"}]})
    symptoms.unscheduled(varied, "0/3 nodes are available: 3 Insufficient memory.", prefix=pod["name"])
    varied.node("ledger", "ReplicaSet", "ledger-d45788fb9")["health"] = {"status": "Progressing"}
    varied.node("ledger", "Deployment", "ledger")["health"] = {"status": "Progressing"}
    varied.application("ledger")["status"]["health"] = {"status": "Progressing"}
    for kind, name in (("Deployment", "ledger"), ("ReplicaSet", "ledger-d45788fb9")):
        varied.detail("resource", "ledger", varied.node("ledger", kind, name))["kind"] = kind
    written = run(varied)
    assert written.nothing
    assert "no room" in written.skipped["ledger"]


def test_a_volume_claim_that_waits_for_storage_is_left_alone(vary: Vary, run: Run) -> None:
    varied = vary("00-healthy@eea9963")
    varied.keep("ledger")
    config = varied.node("ledger", "ConfigMap", "ledger-config")
    claim = {**config, "kind": "PersistentVolumeClaim", "name": "data", "uid": "claim"}
    varied.nodes("ledger").append({**claim, "health": {"status": "Progressing"}})
    varied.detail("resource", "ledger", varied.nodes("ledger")[-1])["kind"] = "PersistentVolumeClaim"
    varied.application("ledger")["status"]["health"] = {"status": "Progressing"}
    written = run(varied)
    assert written.nothing
    assert written.skipped["ledger"]


def test_a_release_that_argo_cd_has_given_up(vary: Vary, run: Run) -> None:
    varied = vary()
    varied.keep("ledger")
    varied.application("ledger")["status"]["health"]["status"] = "Degraded"
    said = 'Deployment "ledger" exceeded its progress deadline'
    varied.node("ledger", "Deployment", "ledger")["health"] = {"status": "Degraded", "message": said}
    written = run(varied)
    assert list(written.pulls) == ["ledger"]
    assert not written.issues


def test_an_image_that_was_set_by_hand_and_crashes_is_synced_away(vary: Vary, run: Run) -> None:
    """Git never asked for 5.2.0: there is no release to take back, the cluster is to follow Git again."""
    varied = vary()
    varied.keep("ledger")
    varied.git("reset", "-q", "--hard", "HEAD~1")
    varied.forget_renders()
    body = varied.application("ledger")
    body["status"]["history"].pop()
    body["status"]["operationState"]["syncResult"]["revision"] = varied.head
    varied.compared("ledger", varied.head, "OutOfSync")
    item = next(one for one in varied.managed("ledger") if one["kind"] == "Deployment")
    for state in ("targetState", "predictedLiveState"):
        item[state] = item[state].replace("ledger:5.2.0", "ledger:5.1.2")
    owned = {"f:spec": {"f:template": {"f:spec": {"f:containers": {'k:{"name":"ledger"}': {"f:image": {}}}}}}}
    for state in ("liveState", "normalizedLiveState"):
        live = json.loads(item[state].replace('ledger:5.2.0\\"', 'ledger:5.1.2\\"'))
        fields = live["metadata"].setdefault("managedFields", [])
        fields.append({"manager": "kubectl-set", "time": "2026-11-23T10:29:00Z", "fieldsV1": owned})
        item[state] = json.dumps(live)
    item["modified"] = True
    for one in body["status"]["resources"]:
        if one["kind"] == "Deployment":
            one["status"] = "OutOfSync"
    written = run(varied)
    assert not written.commits
    assert list(written.pulls) == ["ledger"], (written.skipped, written.issues)
    ((path, (before, after)),) = written.pulls["ledger"].items()
    assert (path.partition("/")[0], before, [line[:1] for line in after]) == ("ledger", [], ["#"])
    assert "kubectl-set" in written.bodies["ledger"]
    assert not written.issues
