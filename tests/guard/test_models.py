"""A language model's conclusion goes through the same policy, and never into a commit without a pull request."""

from __future__ import annotations

from decimal import Decimal

import pytest
from msgspec.structs import replace

from gitops_bot.configuration import Configuration, Match, Override
from gitops_bot.guard import Policy, judge
from gitops_bot.model.diagnosis import MODEL, Advised, Diagnosis, IgnoreDifference, Resync, SetField
from gitops_bot.model.plan import Tier
from gitops_bot.model.proposal import Verdict
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import Strategy
from tests.guard.examples import DEPLOYMENT, NOW, application, changed, diagnosis, proposal

STAGING = application("payments-staging", env="staging")
MEMORY = "/spec/template/spec/containers/0/resources/limits/memory"
ADVICE = Advised(
    models=("large",),
    rule="undecided",
    known_as="undecided",
    reasoning="",
    would_change="",
    cited={},
    claimed=95,
    calls=1,
    tokens=1,
    dollars=Decimal("0.01"),
)
COMMIT_ALL = Policy(
    configuration=Configuration(overrides=(Override(match=Match(applications=("**",)), tier="commit"),))
)


def judged(one: Diagnosis, policy: Policy | None = None, **changes: object) -> Verdict:
    return judge(proposal(one, **changes), policy or Policy(), (), NOW)


def by_model(one: Diagnosis) -> Diagnosis:
    return replace(one, rule=MODEL, advice=ADVICE)


RESYNC = diagnosis(Resync(resources=(ResourceKey("", "Service", "payments", "payments"),)), STAGING)
CANARY = diagnosis(None, STAGING, strategy=Strategy.CANARY, clear=True)


@pytest.mark.parametrize("one", [RESYNC, CANARY])
def test_what_a_rule_has_committed_a_model_has_approved(one: Diagnosis) -> None:
    assert judged(one, edits=(), rendered=()).tier is Tier.COMMIT
    for concluded in (by_model(one), replace(one, rule=MODEL), replace(one, advice=ADVICE)):
        assert judged(concluded, edits=(), rendered=()).tier is Tier.APPROVE


def test_no_override_has_a_models_conclusion_committed() -> None:
    assert judged(diagnosis(), COMMIT_ALL).tier is Tier.COMMIT
    found = judged(by_model(diagnosis()), COMMIT_ALL)
    assert found.tier is Tier.APPROVE
    assert [check.passed for check in found.checks if check.name == "concluded by a model"] == [False]


def test_the_other_tiers_are_those_of_any_conclusion() -> None:
    limit = SetField(resource=DEPLOYMENT, pointer=MEMORY, value="1100Mi")
    small = judged(by_model(diagnosis(limit)), rendered=(changed(MEMORY, "1000Mi", "1100Mi"),))
    assert small.tier is Tier.AUTO_MERGE
    assert judged(by_model(diagnosis())).tier is Tier.APPROVE
    assert judged(by_model(diagnosis(confidence=74))).tier is Tier.ESCALATE


def test_no_drift_of_a_pods_rights_is_ignored() -> None:
    pointer = "/spec/template/spec/containers/0/securityContext"
    remedy = IgnoreDifference(resource=DEPLOYMENT, pointers=(pointer,))
    assert judged(diagnosis(remedy), rendered=()).tier is Tier.ESCALATE
