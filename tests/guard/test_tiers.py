"""Which tier each class gets in which environment."""

from __future__ import annotations

import msgspec
import pytest

from gitops_bot.errors import ConfigurationError
from gitops_bot.guard import CLASSES, Policy, judge, parse_classes
from gitops_bot.model.diagnosis import Resync, RevertRelease, SetField
from gitops_bot.model.plan import Tier
from gitops_bot.model.proposal import Proposal
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import Strategy
from tests.guard.examples import DEPLOYMENT, NOW, application, changed, diagnosis, proposal

MEMORY = "/spec/template/spec/containers/0/resources/limits/memory"
STAGING = application("payments-staging", env="staging")
SERVICE = ResourceKey("", "Service", "payments", "payments")


def tier(wanted: Proposal, policy: Policy | None = None) -> Tier:
    return judge(wanted, policy or Policy(), (), NOW).tier


def limit(before: str, after: str) -> Proposal:
    remedy = SetField(resource=DEPLOYMENT, pointer=MEMORY, value=after)
    return proposal(diagnosis(remedy), rendered=(changed(MEMORY, before, after),))


def resync(whose=None) -> Proposal:
    return proposal(diagnosis(Resync(resources=(SERVICE,)), whose), edits=(), rendered=())


def test_a_canary_with_a_clear_signal_is_committed_in_any_environment() -> None:
    for whose in (application(env="production"), STAGING):
        assert tier(proposal(diagnosis(None, whose, strategy=Strategy.CANARY, clear=True))) is Tier.COMMIT


@pytest.mark.parametrize(("strategy", "clear"), [(Strategy.CANARY, False), (Strategy.ROLLING, True)])
def test_any_other_rollback_is_approved_by_a_person(strategy: Strategy, clear: bool) -> None:
    assert tier(proposal(diagnosis(strategy=strategy, clear=clear))) is Tier.APPROVE
    assert tier(proposal(diagnosis(None, STAGING, strategy=strategy, clear=clear))) is Tier.APPROVE


def test_one_canary_among_rolling_updates_does_not_speak_for_them() -> None:
    canary = diagnosis(strategy=Strategy.CANARY, clear=True)
    assert tier(proposal(canary, diagnosis())) is Tier.APPROVE


@pytest.mark.parametrize(
    ("whose", "expected"),
    [
        (STAGING, Tier.COMMIT),
        (application(env="production"), Tier.APPROVE),
        (application(env="canary-eu"), Tier.APPROVE),
        (application("payments", "payments"), Tier.APPROVE),
        (application("payments", "payments-staging"), Tier.COMMIT),
        (application("payments-dev", "payments"), Tier.COMMIT),
        (application("staging-prod", "x"), Tier.APPROVE),
        (application("payments-staging", "payments", env="production"), Tier.APPROVE),
    ],
)
def test_drift_is_resynced_without_a_person_only_where_it_is_known_not_to_be_production(whose, expected: Tier) -> None:
    assert tier(resync(whose)) is expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("500Mi", "600Mi", Tier.AUTO_MERGE),
        ("1Gi", "1228Mi", Tier.AUTO_MERGE),
        ("500Mi", "601Mi", Tier.APPROVE),
        ("500Mi", "400Mi", Tier.APPROVE),
        ("500Mi", "600Gi", Tier.APPROVE),
        ("500Mi", "lots", Tier.APPROVE),
    ],
)
def test_a_limit_raised_by_a_fifth_merges_by_itself(before: str, after: str, expected: Tier) -> None:
    assert tier(limit(before, after)) is expected


def test_a_raise_that_moves_anything_else_is_approved_by_a_person() -> None:
    wanted = limit("500Mi", "600Mi")
    more = (*wanted.rendered, changed("/spec/replicas", "1", "2"))
    assert tier(msgspec.structs.replace(wanted, rendered=more)) is Tier.APPROVE


def test_the_ceiling_only_lowers() -> None:
    canary = proposal(diagnosis(strategy=Strategy.CANARY, clear=True))
    verdict = judge(canary, Policy(ceiling=("drift-resync",)), (), NOW)
    assert verdict.tier is Tier.APPROVE
    (failed,) = [check for check in verdict.checks if not check.passed]
    assert (failed.name, failed.lift) == ("ceiling", "add `canary-rollback` to AUTO_REMEDIATE_CLASSES")
    assert tier(proposal(), Policy(ceiling=CLASSES)) is Tier.APPROVE
    assert tier(canary, Policy(ceiling=("canary-rollback",))) is Tier.COMMIT


def test_classes_are_read_with_hyphens_or_underscores() -> None:
    assert parse_classes(["canary_rollback", "Drift-Resync"]) == ("canary-rollback", "drift-resync")
    assert parse_classes(["all"]) == CLASSES
    assert parse_classes(["none"]) == ()
    with pytest.raises(ConfigurationError, match="Did you mean `canary-rollback`"):
        parse_classes(["canary-rolback"])


def test_a_resync_of_a_release_is_no_single_remedy() -> None:
    mixed = proposal(diagnosis(RevertRelease()), diagnosis(Resync()))
    assert tier(mixed) is Tier.ESCALATE
