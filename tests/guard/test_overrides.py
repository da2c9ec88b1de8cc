"""`.gitops-bot.yaml` read and judged by: overrides, environments, what may be touched."""

from __future__ import annotations

import msgspec
import pytest

from gitops_bot.configuration import parse_configuration
from gitops_bot.guard import Policy, judge
from gitops_bot.model.application import Application, ApplicationSpec, Destination, Metadata
from gitops_bot.model.diagnosis import Resync
from gitops_bot.model.difference import FieldChange, ObjectChange
from gitops_bot.model.plan import Check, RenderedChange, Tier
from gitops_bot.model.proposal import Proposal, Verdict
from gitops_bot.model.signal import Strategy
from tests.guard.examples import DEPLOYMENT, IMAGE, NOW, changed, diagnosis, edit, proposal

WHOSE = Application(
    metadata=Metadata(name="payments-eu", labels={"team": "money", "env": "production"}),
    spec=ApplicationSpec(project="shop", destination=Destination(name="eu-1", namespace="payments")),
)
CANARY = proposal(diagnosis(whose=WHOSE, strategy=Strategy.CANARY, clear=True))


def judged(wanted: Proposal, text: str) -> Verdict:
    policy = Policy(configuration=parse_configuration(text.encode(), ".gitops-bot.yaml"))
    return judge(wanted, policy, (), NOW)


def check(verdict: Verdict, name: str) -> Check:
    return next(one for one in verdict.checks if one.name == name)


def override(match: str, rest: str = "tier: approve") -> str:
    return f"overrides:\n  - match: {match}\n    {rest}\n"


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        ("{}", True),
        ("{applications: ['payments-*']}", True),
        ("{applications: ['pay']}", False),
        ("{projects: [shop]}", True),
        ("{projects: [other]}", False),
        ("{namespaces: [payments]}", True),
        ("{namespaces: [kube-system]}", False),
        ("{clusters: ['eu-*']}", True),
        ("{clusters: ['us-*']}", False),
        ("{labels: {team: money}}", True),
        ("{labels: {team: mon*, env: production}}", True),
        ("{labels: {team: money, tier: gold}}", False),
        ("{paths: ['payments/**']}", True),
        ("{paths: ['checkout/**']}", False),
        ("{classes: [canary-rollback]}", True),
        ("{classes: [drift-resync]}", False),
        ("{environments: [production]}", True),
        ("{environments: [staging]}", False),
        ("{projects: [shop], clusters: ['us-*']}", False),
    ],
)
def test_an_override_is_for_what_it_names(match: str, fits: bool) -> None:
    assert judged(CANARY, override(match)).tier is (Tier.APPROVE if fits else Tier.COMMIT)


def test_of_several_overrides_the_last_one_counts_for_each_key() -> None:
    text = override("{}", "tier: approve\n    minimum-confidence: 99") + (
        "  - match: {projects: [shop]}\n    tier: auto-merge\n  - match: {projects: [other]}\n    tier: escalate\n"
    )
    verdict = judged(CANARY, text)
    assert check(verdict, "class and environment").detail.endswith("by an override in .gitops-bot.yaml")
    assert not check(verdict, "confidence").passed
    assert judged(CANARY, text.replace("99", "95")).tier is Tier.AUTO_MERGE


def test_an_override_may_trust_more_but_never_with_what_is_always_a_persons() -> None:
    rollback = proposal(diagnosis(whose=WHOSE))
    assert judged(rollback, override("{}", "tier: commit")).tier is Tier.COMMIT
    workflow = msgspec.structs.replace(rollback, edits=(edit(".github/workflows/x.yaml"),))
    assert judged(workflow, override("{}", "tier: commit")).tier is Tier.ESCALATE


def test_of_several_applications_the_most_careful_rule_counts() -> None:
    other = diagnosis(strategy=Strategy.CANARY, clear=True)
    both = proposal(diagnosis(whose=WHOSE, strategy=Strategy.CANARY, clear=True), other)
    assert judged(both, override("{applications: [payments-eu]}")).tier is Tier.APPROVE
    assert judged(both, override("{applications: [payments-eu]}", "tier: commit")).tier is Tier.COMMIT


def test_an_application_can_be_switched_off() -> None:
    text = override("{projects: [shop]}", "enabled: false")
    assert judged(CANARY, text).waiting == "an override in .gitops-bot.yaml switches payments-eu off"
    assert judged(proposal(), text).waiting == ""


def test_an_application_can_be_switched_off_by_its_own_label() -> None:
    off = Application(metadata=Metadata(name="payments-eu", labels={"gitops-bot/enabled": "false"}), spec=WHOSE.spec)
    assert judged(proposal(diagnosis(whose=off)), "").waiting == "payments-eu has the label gitops-bot/enabled=false"
    on = Application(metadata=Metadata(name="payments-eu", labels={"gitops-bot/enabled": "true"}), spec=WHOSE.spec)
    assert judged(proposal(diagnosis(whose=on)), "").waiting == ""


@pytest.mark.parametrize(
    ("rule", "production"),
    [
        ("{name: staging, clusters: ['eu-*']}", False),
        ("{name: staging, namespaces: [payments]}", False),
        ("{name: staging, applications: ['*-eu']}", False),
        ("{name: staging, paths: ['payments/**']}", False),
        ("{name: staging, labels: {team: money}}", False),
        ("{name: staging, clusters: ['us-*'], paths: ['x/**']}", True),
        ("{name: live, clusters: ['eu-*']}", True),
    ],
)
def test_an_environment_is_found_by_the_patterns_that_the_user_gives(rule: str, production: bool) -> None:
    unlabelled = msgspec.structs.replace(WHOSE, metadata=Metadata(name="payments-eu", labels={"team": "money"}))
    drift = proposal(diagnosis(Resync(resources=(DEPLOYMENT,)), unlabelled))
    verdict = judged(drift, f"environments:\n  named:\n    - {rule}\n")
    assert verdict.tier is (Tier.APPROVE if production else Tier.COMMIT)


def test_the_label_goes_before_the_patterns() -> None:
    drift = proposal(diagnosis(Resync(resources=(DEPLOYMENT,)), WHOSE))
    assert judged(drift, "environments:\n  named:\n    - {name: staging, clusters: ['**']}\n").tier is Tier.APPROVE


@pytest.mark.parametrize(
    ("keys", "name"),
    [
        ("allowed-paths: ['checkout/**']", "protected files"),
        ("protected-paths: ['pay*/**']", "protected files"),
        ("protected-fields: ['**/image']", "protected fields"),
        ("protected-fields: ['/spec/template/**']", "protected fields"),
        ("size: {files: 0}", "size"),
        ("size: {lines: 1}", "size"),
    ],
)
def test_what_a_team_reserves_goes_to_a_person(keys: str, name: str) -> None:
    verdict = judged(CANARY, keys)
    assert (verdict.tier, check(verdict, name).passed) == (Tier.ESCALATE, False)
    assert check(verdict, name).lift


def test_what_a_team_reserves_elsewhere_does_not_matter() -> None:
    text = "allowed-paths: ['payments/**']\nprotected-paths: ['checkout/**']\nprotected-fields: ['/spec/replicas']"
    assert judged(CANARY, text).tier is Tier.COMMIT


def test_a_protected_field_within_what_comes_whole_is_seen() -> None:
    value = {"limits": {"memory": "1Gi"}}
    field = FieldChange("/spec/resources", "spec.resources", None, value, absent_before=True)
    whole = (RenderedChange(application="payments-eu", objects=(ObjectChange(DEPLOYMENT, (field,)),)),)
    wanted = msgspec.structs.replace(CANARY, rendered=whole)
    assert judged(wanted, "protected-fields: ['/spec/resources/limits/memory']").tier is Tier.ESCALATE
    assert judged(wanted, "protected-fields: ['/spec/resources/limits/cpu']").tier is Tier.COMMIT
    assert judged(CANARY, f"protected-fields: ['{IMAGE}']").tier is Tier.ESCALATE
    assert judged(proposal(rendered=(changed("/spec/x", 1, 2),)), f"protected-fields: ['{IMAGE}']").tier is Tier.APPROVE
