"""Proposals like those that the recorded incidents give, made by hand."""

from __future__ import annotations

from datetime import UTC, datetime

from gitops_bot.act import Context
from gitops_bot.model.application import (
    Application,
    ApplicationSpec,
    Automated,
    Destination,
    Metadata,
    SyncPolicy,
)
from gitops_bot.model.diagnosis import Diagnosis, Evidence, IgnoreDifference, Remedy, Resync, RevertRelease, case_of
from gitops_bot.model.difference import FieldChange, ObjectChange
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.plan import Check, Edit, FieldPatch, GitChange, Operation, RenderedChange, Tier
from gitops_bot.model.proposal import Proposal, Verdict
from gitops_bot.model.resource import ResourceKey

NOW = datetime(2026, 11, 23, 10, 40, tzinfo=UTC)
SINCE = datetime(2026, 11, 23, 10, 27, 42, tzinfo=UTC)
CONTEXT = Context(server_url="https://forge.example", repository="acme/fleet", branch="main", commit="c" * 40)
CATALOG = ResourceKey("apps", "Deployment", "catalog-production", "catalog")
IMAGE = FieldChange(
    "/spec/template/spec/containers/0/image",
    "spec.template.spec.containers[catalog].image",
    "registry.example/catalog:1.9.1",
    "registry.example/catalog:1.9.0",
)
ORIGIN = GitChange(
    commit="b" * 40,
    subject="catalog: release 1.9.1",
    author="Ada",
    committed_at=datetime(2026, 11, 23, 10, 20, tzinfo=UTC),
    deployed_at=datetime(2026, 11, 23, 10, 21, tzinfo=UTC),
    good="a" * 40,
)
DIFF = """--- a/catalog/values-production.yaml
+++ b/catalog/values-production.yaml
@@ -2,3 +2,3 @@
 image:
   repository: registry.example/catalog
-  tag: 1.9.1
+  tag: 1.9.0
"""
EVIDENCE = (
    Evidence(
        signal="Pod catalog-production/catalog-6d9f status.containerStatuses[catalog]",
        value="CrashLoopBackOff; ended last with OOMKilled, exit code 137; 4 restarts",
        where="GET /api/v1/applications/catalog-production/resource",
        at=SINCE,
    ),
    Evidence(signal="new pods against old", value="3 of 3 new pods fail, 3 of 3 old ones ran", where=str(CATALOG)),
)
CHECKS = (
    Check(name="renders as before", passed=True, detail="the objects are again what they were at aaaaaaa"),
    Check(name="confidence", passed=True, detail="95, at least 75 is asked for"),
)


def application(name: str, *, automated: bool = True, env: str = "production") -> Application:
    policy = SyncPolicy(automated=Automated(prune=True)) if automated else None
    return Application(
        metadata=Metadata(name=name, namespace="argocd", labels={"env": env}),
        spec=ApplicationSpec(destination=Destination(namespace=name), sync_policy=policy),
    )


def diagnosis(name: str = "catalog-production", **changes: object) -> Diagnosis:
    """A diagnosis of an application's crash; `changes` may name any field, `application` among them."""
    whose = changes.pop("application", application(name))
    assert isinstance(whose, Application)
    remedy: Remedy = RevertRelease(resource=CATALOG, fields=("/spec/template",))
    values: dict[str, object] = {
        "incident": Incident(application=whose, trouble=Trouble.RUNTIME, resource=CATALOG, signals=(), since=SINCE),
        "rule": "out-of-memory",
        "cause_class": "out-of-memory",
        "cause": "All new pods of `Deployment catalog-production/catalog` are killed for want of memory since 1.9.1.",
        "evidence": EVIDENCE,
        "confidence": 95,
        "remedy": remedy,
        **changes,
    }
    return Diagnosis(**values)  # type: ignore[arg-type]


def edit(path: str = "catalog/values-production.yaml", diff: str = DIFF) -> Edit:
    operations = (Operation(op="replace", path="/image/tag", value="1.9.0"),)
    return Edit(
        path=path, change=FieldPatch(document=0, operations=operations), base="c" * 40, result="d" * 40, diff=diff
    )


def rollback(**changes: object) -> Proposal:
    """A release taken back; `diagnoses` give its cases."""
    diagnoses = changes.pop("diagnoses", (diagnosis(),))
    assert isinstance(diagnoses, tuple)
    values: dict[str, object] = {
        "fingerprint": "0123456789ab",
        "cases": tuple(case_of(one) for one in diagnoses),
        "edits": (edit(),),
        "rendered": (RenderedChange(application="catalog-production", objects=(ObjectChange(CATALOG, (IMAGE,)),)),),
        "origin": ORIGIN,
        "how": "the change is taken back line for line",
        **changes,
    }
    return Proposal(**values)  # type: ignore[arg-type]


def resync(env: str = "production", *, automated: bool = True) -> Proposal:
    service = ResourceKey("", "Service", "payments", "payments")
    found = diagnosis(
        application=application("payments-production", env=env, automated=automated),
        rule="drift-by-hand",
        cause_class="object-deleted",
        cause="`Service payments/payments` was deleted by hand.",
        remedy=Resync(resources=(service,)),
        evidence=(Evidence(signal=f"{service} metadata.name", value="declared in Git, not in the cluster", where=""),),
    )
    return Proposal(fingerprint="aaaaaaaaaaaa", cases=(case_of(found),))


def leave_replicas() -> Proposal:
    checkout = ResourceKey("apps", "Deployment", "checkout", "checkout")
    found = diagnosis(
        application=application("checkout"),
        rule="replicas-under-autoscaler",
        cause_class="replicas-under-autoscaler",
        cause="Git and `HorizontalPodAutoscaler checkout/checkout` both set the replicas.",
        remedy=IgnoreDifference(resource=checkout, pointers=("/spec/replicas",)),
        confidence=90,
    )
    path = "apps/checkout.yaml"
    diff = "+  ignoreDifferences:\n+    - group: apps\n+      kind: Deployment\n"
    return Proposal(fingerprint="bbbbbbbbbbbb", cases=(case_of(found),), edits=(edit(path, diff),), readers=("root",))


def verdict(tier: Tier = Tier.APPROVE, *extra: Check) -> Verdict:
    return Verdict(tier=tier, checks=(*CHECKS, *extra))


REFUSED = Check(
    name="confidence", passed=False, detail="60 is below 75", lift="more evidence, or a lower `minimum-confidence`"
)
