"""Syncs that are refused and manifests that do not render, in ways that no recording shows."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.end_to_end.variations.building import LATER, Json, Varied
from tests.end_to_end.variations.conftest import Run

Vary = Callable[..., Varied]
LEDGER = "ledger/ledger.yaml"
CERTIFICATE = """---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: ledger
spec:
  secretName: ledger-tls
"""


@pytest.fixture
def ledger(vary: Vary) -> Varied:
    """An application in production that is well and synced."""
    varied = vary("00-healthy@eea9963")
    varied.keep("ledger")
    return varied


def refuses(varied: Varied, commit: str, message: str, **resource: str) -> None:
    """Let the last sync, of that commit, have failed for one object."""
    body = varied.application("ledger")
    failed = {"group": "", "namespace": "ledger", "name": "ledger", "status": "SyncFailed", "hookPhase": "Failed"}
    failed.update(message=message, syncPhase="Sync", **resource)
    operation: Json = {"phase": "Failed", "startedAt": LATER, "finishedAt": LATER, "retryCount": 5}
    operation["message"] = "one or more synchronization tasks completed unsuccessfully (retried 5 times)."
    operation["syncResult"] = {"revision": commit, "resources": [failed]}
    body["status"]["operationState"] = operation
    varied.compared("ledger", commit, "OutOfSync")
    for one in body["status"]["resources"]:
        if (one["kind"], one["namespace"]) == (failed["kind"], failed["namespace"]):
            one["status"] = "OutOfSync"


def appended(varied: Varied, text: str) -> str:
    return (varied.clone / LEDGER).read_text(encoding="utf-8") + text


def test_a_kind_that_the_cluster_does_not_know_goes_back(ledger: Varied, run: Run) -> None:
    commit = ledger.commit("ledger: its own certificate", {LEDGER: appended(ledger, CERTIFICATE)})
    said = "The Kubernetes API could not find cert-manager.io/Certificate for requested resource ledger/ledger"
    refuses(ledger, commit, said, kind="Certificate", group="cert-manager.io")
    written = run(ledger)
    assert written.pulls == {"ledger": {LEDGER: (CERTIFICATE.replace("  ", "").splitlines(), [])}}


def test_a_namespace_that_is_not_there(ledger: Varied, run: Run) -> None:
    """A Service was moved to a namespace that nobody made: the move goes back."""
    commit = ledger.edit(
        "ledger: elsewhere", LEDGER, "kind: Service\nmetadata:\n", "kind: Service\nmetadata:\n  namespace: ledgers\n"
    )
    refuses(ledger, commit, 'namespaces "ledgers" not found', kind="Service", namespace="ledgers")
    assert run(ledger).pulls == {"ledger": {LEDGER: (["namespace: ledgers"], [])}}


def test_a_destination_that_nobody_made_is_to_be_created_by_argo_cd(vary: Vary, run: Run) -> None:
    ledger = vary("00-healthy@eea9963")
    ledger.keep("ledger", "root")
    manifest = "argocd/apps/ledger.yaml"
    text = (ledger.clone / manifest).read_text(encoding="utf-8")
    assert "CreateNamespace=true" in text
    body = ledger.application("ledger")
    body["spec"]["syncPolicy"]["syncOptions"] = []
    body["status"]["history"] = []
    commit = ledger.commit(
        "no options",
        {manifest: re.sub(r".*(yncOptions|CreateNamespace).*\n", "", text)},
    )
    refuses(ledger, commit, 'namespaces "ledger" not found', kind="Service")
    written = run(ledger)
    assert list(written.pulls) == ["ledger"], (written.skipped, written.issues)
    assert list(written.pulls["ledger"]) == [manifest]
    assert written.pulls["ledger"][manifest][0] == []


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ('admission webhook "policy.example.com" denied the request: images must be signed', "Deployment"),
        ('deployments.apps is forbidden: User "argocd" cannot create resource "deployments"', "Deployment"),
        ("exceeded quota: compute, requested: cpu=2, used: cpu=9, limited: cpu=10", "Deployment"),
    ],
)
def test_what_a_policy_forbids_is_for_a_person(ledger: Varied, run: Run, message: str, kind: str) -> None:
    commit = ledger.edit("ledger: 5.2.0", LEDGER, "ledger:5.1.2", "ledger:5.2.0")
    refuses(ledger, commit, message, kind=kind, group="apps")
    written = run(ledger)
    assert not written.pulls
    assert not written.commits
    (body,) = written.issues.values()
    assert message.split(":", maxsplit=1)[0].split('"', maxsplit=1)[0].strip() in body


def test_a_hook_job_that_failed_is_for_a_person(ledger: Varied, run: Run) -> None:
    commit = ledger.edit("ledger: 5.2.0", LEDGER, "ledger:5.1.2", "ledger:5.2.0")
    refuses(
        ledger, commit, "Job has reached the specified backoff limit", kind="Job", group="batch", hookType="PreSync"
    )
    written = run(ledger)
    assert not written.pulls
    assert not written.commits
    assert len(written.issues) == 1


def test_a_web_hook_that_does_not_answer_is_waited_for(ledger: Varied, run: Run) -> None:
    commit = ledger.edit("ledger: 5.2.0", LEDGER, "ledger:5.1.2", "ledger:5.2.0")
    said = 'failed calling webhook "policy.example.com": Post "https://policy.svc": context deadline exceeded'
    refuses(ledger, commit, said, kind="Deployment", group="apps")
    ledger.application("ledger")["status"]["operationState"].update(phase="Running", retryCount=2)
    written = run(ledger)
    assert written.nothing
    assert "did not answer" in written.skipped["ledger"]


def fails_to_render(varied: Varied, application: str, message: str) -> None:
    status = varied.application(application)["status"]
    status["conditions"] = [{"type": "ComparisonError", "message": message, "lastTransitionTime": LATER}]
    status["sync"].update(status="Unknown", revision="main")


def test_broken_yaml_goes_back(ledger: Varied, run: Run) -> None:
    ledger.edit("ledger: quick fix", LEDGER, "  name: ledger-config\n", "  name: ledger-config\n bad: [\n")
    said = "rpc error: code = Unknown desc = Manifest generation error (cached): failed to unmarshal manifest: error "
    fails_to_render(
        ledger, "ledger", f"{said}converting YAML to JSON: yaml: line 6: did not find expected node content"
    )
    assert run(ledger).pulls == {"ledger": {LEDGER: (["bad: ["], [])}}


@pytest.fixture
def catalog(vary: Vary) -> Varied:
    """A Helm chart in staging."""
    varied = vary("00-healthy@eea9963")
    varied.keep("catalog-staging", "catalog-production")
    return varied


def test_a_values_file_that_was_taken_away_comes_back(catalog: Varied, run: Run) -> None:
    path = "charts/catalog/values-staging.yaml"
    was = (catalog.clone / path).read_text(encoding="utf-8").splitlines()
    catalog.commit("tidy up", {path: None})
    said = (
        "Failed to load target state: failed to generate manifest for source 1 of 1: rpc error: code = Unknown desc = "
    )
    fails_to_render(
        catalog,
        "catalog-staging",
        f"{said}`helm template .` failed exit status 1: Error: open <path to cached source>/{path}: "
        "no such file or directory",
    )
    written = run(catalog)
    assert list(written.pulls) == ["catalog-staging"]
    assert written.pulls["catalog-staging"][path] == ([], [line.strip() for line in was])


def test_a_template_that_fails_goes_back_for_all_that_read_it(catalog: Varied, run: Run) -> None:
    path = "charts/catalog/templates/configmap.yaml"
    text = (catalog.clone / path).read_text(encoding="utf-8")
    catalog.commit("more settings", {path: f'{text}{{{{ required "region is needed" .Values.region }}}}\n'})
    said = (
        "rpc error: code = Unknown desc = `helm template .` failed exit status 1: Error: "
        "execution error at (catalog/templates/configmap.yaml:9:3): region is needed"
    )
    for name in ("catalog-staging", "catalog-production"):
        fails_to_render(catalog, name, f"Failed to load target state: {said}")
    written = run(catalog)
    (lines,) = written.pulls.values()
    assert lines == {path: (['{{ required "region is needed" .Values.region }}'], [])}


@pytest.mark.parametrize(
    "message",
    [
        "rpc error: code = Unavailable desc = transport: dial tcp 10.0.0.9:8081: connection refused",
        "failed to fetch: context deadline exceeded",
    ],
)
def test_a_repository_server_that_does_not_answer_is_waited_for(ledger: Varied, run: Run, message: str) -> None:
    fails_to_render(ledger, "ledger", f"Failed to load target state: failed to generate manifest: {message}")
    written = run(ledger)
    assert written.nothing
    assert written.skipped["ledger"]
