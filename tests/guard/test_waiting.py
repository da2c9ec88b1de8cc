"""When nothing is written: the kill switch, what was written before, and limits."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gitops_bot.configuration import Configuration, Limits
from gitops_bot.guard import Policy, judge, planned_change
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.diagnosis import SetField
from gitops_bot.model.plan import Tier
from gitops_bot.model.proposal import Proposal, Verdict
from tests.guard.examples import DEPLOYMENT, FINGERPRINT, NOW, diagnosis, proposal

SETTING = diagnosis(SetField(resource=DEPLOYMENT, pointer="/spec/replicas", value=2))


def change(state: ChangeState, minutes: float = 60, fingerprint: str = FINGERPRINT, **more: object) -> Change:
    values: dict[str, object] = {"reference": "#7", "at": NOW - timedelta(minutes=minutes), **more}
    return Change(fingerprint=fingerprint, state=state, **values)  # type: ignore[arg-type]


def verdict(*changes: Change, wanted: Proposal | None = None, policy: Policy | None = None) -> Verdict:
    return judge(wanted or proposal(), policy or Policy(), changes, NOW)


def test_the_kill_switch_stops_everything_and_says_who_threw_it() -> None:
    found = verdict(policy=Policy(stopped="`enabled: false` in .gitops-bot.yaml"))
    assert found.waiting == "the kill switch is on: `enabled: false` in .gitops-bot.yaml"


def test_an_open_pull_request_for_the_cause_is_enough() -> None:
    found = verdict(change(ChangeState.OPEN))
    assert found.waiting == "pull request #7 is open for this cause"
    (check,) = [check for check in found.checks if not check.passed]
    assert check.lift == "merge or close it"


def test_changes_for_other_causes_do_not_matter() -> None:
    assert verdict(change(ChangeState.OPEN, fingerprint="ffffffffffff")).waiting == ""


def test_closing_without_merging_silences_and_says_how_to_lift() -> None:
    found = verdict(change(ChangeState.CLOSED, minutes=60 * 24 * 90, branch="gitops-bot/payments/0123456789ab"))
    assert found.waiting == "#7 was closed without merging, which silences this cause"
    assert verdict(change(ChangeState.CLOSED)).waiting == "#7 was closed as not planned, which silences this cause"
    assert any("reopen #7, or add the label `gitops-bot:again`" in check.lift for check in found.checks)


def test_the_latest_of_several_changes_decides() -> None:
    closed, merged = change(ChangeState.CLOSED, 5000), change(ChangeState.MERGED, 4000, seen_by=("payments",))
    assert verdict(closed, merged).waiting == ""
    assert verdict(merged, change(ChangeState.CLOSED, 100)).waiting


@pytest.mark.parametrize("state", [ChangeState.MERGED, ChangeState.COMMITTED])
def test_a_change_that_argo_cd_has_not_seen_is_waited_for(state: ChangeState) -> None:
    assert "Argo CD has not compared payments with it yet" in verdict(change(state, 6000)).waiting


def test_a_change_just_applied_is_given_time() -> None:
    found = verdict(change(ChangeState.COMMITTED, 5, seen_by=("payments",)))
    assert found.waiting == "#7 was applied and is given until 10:55 UTC to take effect"


def test_a_remedy_that_did_not_help_goes_to_a_person() -> None:
    found = verdict(change(ChangeState.MERGED, 120, seen_by=("payments",)))
    assert (found.tier, found.waiting) == (Tier.ESCALATE, "")
    assert any(check.detail == "#7 was applied 2 hours ago, and the same trouble is here" for check in found.checks)


def test_the_same_cause_a_week_later_is_a_new_incident() -> None:
    found = verdict(change(ChangeState.MERGED, 7 * 24 * 60, seen_by=("payments",)))
    assert (found.tier, found.waiting) == (Tier.APPROVE, "")


def test_an_escalation_is_not_repeated_and_does_not_bar_a_repair() -> None:
    escalated = change(ChangeState.ESCALATED)
    assert verdict(escalated, wanted=proposal(diagnosis(confidence=10))).waiting == "issue #7 is open for this cause"
    assert verdict(escalated).waiting == ""


def others(count: int, state: ChangeState, minutes: float) -> tuple[Change, ...]:
    return tuple(change(state, minutes, f"{number:012x}") for number in range(count))


def test_limits_hold_and_say_why_it_waits() -> None:
    wanted = proposal(SETTING)
    opened = others(10, ChangeState.OPEN, 600)
    assert verdict(*opened, wanted=wanted).waiting.startswith("the limit of open pull requests (10) is reached")
    assert verdict(*opened[1:], wanted=wanted).waiting == ""
    recent = others(10, ChangeState.COMMITTED, 30)
    assert verdict(*recent, wanted=wanted).waiting.startswith("the limit of changes an hour (10) is reached")
    assert verdict(*others(10, ChangeState.COMMITTED, 61), wanted=wanted).waiting == ""


def test_failing_production_is_exempt_from_limits() -> None:
    found = verdict(*others(50, ChangeState.OPEN, 1))
    assert found.waiting == ""
    assert any(check.detail.startswith("exempt, for production is failing") for check in found.checks)


def test_what_this_run_has_planned_counts_for_the_next_judgement() -> None:
    policy = Policy(configuration=Configuration(limits=Limits(hourly=1)))
    first = verdict(wanted=proposal(SETTING), policy=policy)
    planned = planned_change(proposal(SETTING), first, NOW)
    assert planned.state is ChangeState.OPEN
    second = judge(proposal(SETTING, fingerprint="ffffffffffff"), policy, (planned,), NOW)
    assert second.waiting.startswith("the limit of changes an hour (1) is reached")


def test_a_verdict_is_the_same_for_the_same_input() -> None:
    assert verdict(change(ChangeState.OPEN)) == verdict(change(ChangeState.OPEN))
