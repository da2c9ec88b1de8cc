"""What no machine may change, whatever its confidence; each refusal names its check and what would lift it."""

from __future__ import annotations

import pytest

from gitops_bot.configuration import Configuration
from gitops_bot.guard import Policy, judge
from gitops_bot.model.diagnosis import Escalate, Resync
from gitops_bot.model.difference import ObjectChange
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Check, RenderedChange, Tier
from gitops_bot.model.proposal import Proposal
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import Strategy
from tests.guard.examples import IMAGE, NOW, changed, diagnosis, edit, proposal

MIGRATION: list[Json] = [{"name": "prepare", "image": "acme/flyway:10"}]


def failed(wanted: Proposal, policy: Policy | None = None) -> dict[str, Check]:
    verdict = judge(wanted, policy or Policy(), (), NOW)
    failures = {check.name: check for check in verdict.checks if not check.passed}
    assert (verdict.tier is Tier.ESCALATE) is bool(failures)
    assert all(check.detail and check.lift for check in failures.values())
    return failures


def by(**keys: object) -> Policy:
    return Policy(configuration=Configuration(**keys))  # type: ignore[arg-type]


def canary(**changes: object) -> Proposal:
    return proposal(diagnosis(strategy=Strategy.CANARY, clear=True), **changes)


def test_nothing_fails_for_a_sound_canary_rollback() -> None:
    assert failed(canary()) == {}


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/deploy.yml",
        ".GitHub/workflows/deploy.yml",
        ".gitops-bot.yaml",
        "docs/CODEOWNERS",
        "../outside.yaml",
        "/etc/passwd",
        "a/./b.yaml",
        "a//b.yaml",
        "a\\..\\b.yaml",
        ".git/config",
        "vendor/.git/hooks/x",
        ".gitmodules",
    ],
)
def test_protected_and_strange_paths_need_a_person(path: str) -> None:
    assert set(failed(canary(edits=(edit(path),)))) == {"protected files"}


@pytest.mark.parametrize("path", ["github/x.yaml", "apps/.gitops-bot.yaml.d/x", "apps/a..b.yaml", "x/CODEOWNERS.yaml"])
def test_similar_paths_are_fine(path: str) -> None:
    assert failed(canary(edits=(edit(path),))) == {}


@pytest.mark.parametrize(
    ("glob", "path", "hit"),
    [
        ("infra/**", "infra/a/b.yaml", True),
        ("infra/*", "infra/a/b.yaml", False),
        ("**/prod.yaml", "prod.yaml", True),
        ("**/prod.yaml", "a/b/prod.yaml", True),
        ("a?.yaml", "ab.yaml", True),
        ("a[b].yaml", "ab.yaml", False),
    ],
)
def test_a_team_protects_more_by_globs(glob: str, path: str, hit: bool) -> None:
    assert bool(failed(canary(edits=(edit(path),)), by(protected_paths=(glob,)))) is hit


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("networking.k8s.io", "NetworkPolicy"),
        ("", "Secret"),
        ("bitnami.com", "SealedSecret"),
        ("external-secrets.io", "ExternalSecret"),
        ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
        ("admissionregistration.k8s.io", "SomethingNew"),
        ("policy", "PodSecurityPolicy"),
        ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ("kyverno.io", "ClusterPolicy"),
    ],
)
def test_security_objects_need_a_person_however_they_change(group: str, kind: str) -> None:
    key = ResourceKey(group, kind, "payments", "x")
    whole = RenderedChange(application="payments", objects=(ObjectChange(key, removed=True),))
    for rendered in (whole, changed("/metadata/labels/chart", "1", "2", key)):
        assert set(failed(canary(rendered=(rendered,)))) == {"security and API objects"}
    resync = proposal(diagnosis(Resync(resources=(key,))), edits=(), rendered=())
    assert set(failed(resync)) == {"security and API objects"}


@pytest.mark.parametrize(
    "pointer",
    [
        "/spec/template/spec/containers/0/securityContext/privileged",
        "/spec/template/spec/securityContext",
        "/spec/template/spec/serviceAccountName",
        "/spec/template/spec/hostNetwork",
        "/metadata/labels/pod-security.kubernetes.io~1enforce",
    ],
)
def test_fields_of_pod_security_need_a_person(pointer: str) -> None:
    assert set(failed(canary(rendered=(changed(pointer, "a", "b"),)))) == {"security and API objects"}


def test_a_protected_kind_in_a_files_diff_needs_a_person() -> None:
    touched = edit(diff=" kind: Role\n-rules: []\n+rules: [x]\n")
    assert set(failed(canary(edits=(touched,)))) == {"security and API objects"}


@pytest.mark.parametrize(
    "wanted",
    [
        canary(rendered=(changed(IMAGE, "payments:2", "payments:1", ResourceKey("batch", "Job", "p", "db-migrate")),)),
        canary(rendered=(changed(IMAGE, "acme/flyway:2", "acme/flyway:1"),)),
        canary(rendered=(changed("/spec/template/spec/initContainers", MIGRATION, None),)),
        canary(rendered=(changed("/spec/template/spec/initContainers/1", MIGRATION[0], None),)),
        canary(edits=(edit("db/migrations/001.yaml"),)),
        canary(edits=(edit("db/schema.sql"),)),
    ],
)
def test_a_schema_migration_needs_a_person(wanted: Proposal) -> None:
    assert set(failed(wanted)) == {"database schema"}


def test_names_that_only_look_like_a_migration_are_fine() -> None:
    assert failed(canary(rendered=(changed(IMAGE, "acme/emigrant:2", "acme/emigrant:1"),))) == {}


def test_low_confidence_needs_a_person() -> None:
    check = failed(proposal(diagnosis(confidence=74)))["confidence"]
    assert (check.detail, check.passed) == ("74 is below 75", False)
    assert failed(proposal(diagnosis(confidence=75))) == {}
    assert set(failed(proposal(diagnosis(confidence=80)), by(minimum_confidence=90))) == {"confidence"}


def test_the_least_sure_of_several_diagnoses_counts() -> None:
    assert set(failed(proposal(diagnosis(), diagnosis(confidence=10)))) == {"confidence"}


def test_what_cannot_be_expressed_or_proven_needs_a_person() -> None:
    wanted = proposal(edits=(), rendered=(), refusal="the chart is remote")
    assert failed(wanted)["can be expressed and proven in Git"].detail == "the chart is remote"
    handed = proposal(diagnosis(Escalate(reason="the old release fails too")), edits=(), rendered=())
    assert failed(handed)["can be expressed and proven in Git"].detail == "the old release fails too"
    assert failed(Proposal(fingerprint="0123456789ab", cases=()))["can be expressed and proven in Git"].detail


@pytest.mark.parametrize("words", ["page checksum mismatch on block 7", "index is Corrupted", "possible data loss"])
def test_signs_of_damaged_data_need_a_person(words: str) -> None:
    assert set(failed(proposal(diagnosis(evidence=words)))) == {"no sign of damaged data"}


def test_large_changes_need_a_person() -> None:
    many = tuple(edit(f"apps/{number}.yaml") for number in range(11))
    assert set(failed(canary(edits=many))) == {"size"}
    assert set(failed(canary(edits=(edit(diff="+x\n" * 201),)))) == {"size"}
    assert failed(canary(edits=(edit(diff="--- a/x\n+++ b/x\n" + "+x\n" * 200),))) == {}


def test_the_proofs_own_checks_are_listed_first() -> None:
    proof = (Check(name="renders as before", passed=True, detail="yes"),)
    verdict = judge(canary(proof=proof), Policy(), (), NOW)
    assert verdict.checks[0] == proof[0]
    assert len({check.name for check in verdict.checks}) == len(verdict.checks)
