"""What a real Argo CD showed, and exactly the signals that it is worth."""

from __future__ import annotations

import pytest

from gitops_bot.model.signal import (
    ContainerFailing,
    FieldDrifted,
    ObjectMissing,
    PodUnschedulable,
    RenderFailing,
    Signal,
    Strategy,
    SyncRefused,
    WorkloadUnhealthy,
)

NOISE = "checkout WorkloadUnhealthy HorizontalPodAutoscaler/checkout Degraded FailedGetResourceMetric"
CATALOG = (
    "catalog-production ContainerFailing Pod/catalog-production-d4d4697b9-gp5fv catalog CrashLoopBackOff OOMKilled"
)
LEDGER = "ledger ContainerFailing Pod/ledger-76679c798-9xj7n ledger CrashLoopBackOff Error"
SEARCH = "search ContainerFailing Pod/search-0 search ImagePullBackOff"
INVALID = "payments-staging WorkloadUnhealthy Rollout/payments Degraded InvalidSpec"
SCALED = "checkout FieldDrifted Deployment/checkout /spec/replicas 2 6 kubectl"
MEMORY = "/spec/template/spec/containers/0/resources/limits/memory"

EXPECTED = {
    "00-healthy": [NOISE],
    "01-canary-crashloop": [
        NOISE,
        "payments-production ContainerFailing Pod/payments-644c48b65d-bmphb api CrashLoopBackOff Error",
    ],
    "02-canary-reverted": [NOISE],
    "03-many-incidents": [CATALOG, NOISE, LEDGER, SEARCH],
    "04-drift": [
        CATALOG,
        NOISE,
        SCALED,
        LEDGER,
        INVALID,
        "payments-staging ObjectMissing Service/payments",
        f"payments-staging FieldDrifted Rollout/payments {MEMORY} 256Mi 64Mi kubectl-patch",
        SEARCH,
    ],
    "05-sync-failures": [
        "catalog-production PodUnschedulable Pod/catalog-production-7f8d765976-7c7q7",
        "catalog-staging PodUnschedulable Pod/catalog-staging-89d946956-wmkj6",
        "checkout SyncRefused Deployment/checkout 048ee38 3",
        NOISE,
        SCALED,
        "ledger SyncRefused Ingress/ledger 048ee38 3",
        LEDGER,
        "payments-staging RenderFailing Application/payments-staging ComparisonError",
        INVALID,
        SEARCH,
    ],
    "06-shapes-healthy": [],
    "07-shapes-bad-releases": [
        "audit ContainerFailing Pod/audit-54b4c49ddb-k6c78 worker ImagePullBackOff",
        "edge-us ContainerFailing Pod/edge-54f85b5866-485wn worker CrashLoopBackOff Error",
        "mailer-eu ContainerFailing Pod/mailer-eu-6bd9d6c455-fjbg2 worker CrashLoopBackOff OOMKilled",
        "notify ContainerFailing Pod/notify-5b46d5c4dd-l7qhb worker CrashLoopBackOff Error",
        "pricing ContainerFailing Pod/pricing-7b5fc9f4d9-mc845 pricing CreateContainerConfigError",
        "profile-eu ContainerFailing Pod/profile-eu-675849bc-84ngh profile CrashLoopBackOff OOMKilled",
        "red-bot-production ContainerFailing Pod/bot-65f6dd58c-4spns bot CrashLoopBackOff Error",
        "red-bot-staging ContainerFailing Pod/bot-65f6dd58c-44s44 bot CrashLoopBackOff Error",
        "wallet ContainerFailing Pod/wallet-7c9f8b65f7-fclw7 wallet CrashLoopBackOff Error",
    ],
}


def brief(signal: Signal) -> str:
    words = [signal.application, type(signal).__name__, f"{signal.resource.kind}/{signal.resource.name}"]
    match signal:
        case ContainerFailing():
            words += [signal.container, signal.reason, signal.last_reason]
        case WorkloadUnhealthy():
            words += [signal.health, signal.reason]
        case SyncRefused():
            words += [signal.revision[:7], str(signal.attempts)]
        case RenderFailing():
            words.append(signal.condition)
        case FieldDrifted():
            words += [signal.pointer, str(signal.desired), str(signal.live), signal.manager]
    return " ".join(word for word in words if word)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_recording_gives_exactly_these_signals(replay, name: str) -> None:
    estate, _ = replay(name)
    assert [brief(signal) for signal in estate.signals] == EXPECTED[name]
    assert estate.unread == ()


def test_ten_minutes_later_each_release_is_seen_twice_and_the_deleted_object_too(replay) -> None:
    estate, _ = replay("08-shapes-degraded")
    failing = [one.application for one in estate.signals if isinstance(one, ContainerFailing)]
    exceeded = [one for one in estate.signals if isinstance(one, WorkloadUnhealthy)]
    missing = [one for one in estate.signals if isinstance(one, ObjectMissing)]
    assert failing == [line.split()[0] for line in EXPECTED["07-shapes-bad-releases"]]
    assert [one.application for one in exceeded] == failing
    assert {one.reason for one in exceeded} == {"ProgressDeadlineExceeded"}
    assert [brief(one) for one in missing] == ["blue-bot-staging ObjectMissing Deployment/bot"]
    assert len(estate.signals) == 9 + 9 + 1


@pytest.mark.parametrize("name", [*EXPECTED, "08-shapes-degraded"])
def test_only_what_was_recorded_is_asked_and_never_a_secret(replay, name: str) -> None:
    _, recorded = replay(name)
    assert recorded.unknown == []
    assert not [target for target in recorded.asked if "kind=Secret" in target]
    assert sum(target.startswith("/api/v1/applications?") for target in recorded.asked) == 1


def test_two_looks_at_the_same_state_are_equal(replay) -> None:
    assert replay("05-sync-failures")[0] == replay("05-sync-failures")[0]


def test_each_signal_says_where_it_was_read(replay) -> None:
    for name in EXPECTED:
        assert all(signal.where for signal in replay(name)[0].signals)


def test_a_canary_is_told_by_its_strategy_and_its_generations(replay) -> None:
    estate, _ = replay("01-canary-crashloop")
    payments = next(one for one in estate.workloads if one.key.name == "payments")
    new, stable = payments.generations
    assert payments.strategy is Strategy.CANARY
    assert payments.health == "Progressing"
    assert (new.revision, new.images, new.pods, new.healthy_pods) == (
        2,
        ("registry.example.com/payments:v2.3.1",),
        1,
        0,
    )
    assert (stable.revision, stable.pods, stable.healthy_pods) == (1, 4, 4)


def test_the_autoscaler_is_known_from_its_manifest(replay) -> None:
    estate, _ = replay("04-drift")
    checkout = next(one for one in estate.workloads if one.key.name == "checkout")
    drift = next(one for one in estate.signals if isinstance(one, FieldDrifted) and one.application == "checkout")
    assert checkout.autoscaler is not None
    assert checkout.autoscaler.kind == "HorizontalPodAutoscaler"
    assert drift.autoscaler == checkout.autoscaler


def test_a_failing_pod_knows_its_workload_its_end_and_its_beginning(replay) -> None:
    estate, _ = replay("01-canary-crashloop")
    failing = next(one for one in estate.signals if isinstance(one, ContainerFailing))
    assert str(failing.workload) == "Rollout payments-production/payments"
    assert (failing.exit_code, failing.restarts) == (1, 7)
    assert failing.last_message == "panic: connection pool exhausted"
    assert failing.since is not None
    assert failing.since.isoformat() == "2026-11-23T10:27:42+00:00"
    assert failing.where == "pod payments-644c48b65d-bmphb, container api, lastState"


def test_the_scheduler_is_quoted(replay) -> None:
    estate, _ = replay("05-sync-failures")
    messages = [one.message for one in estate.signals if isinstance(one, PodUnschedulable)]
    assert len(messages) == 2
    assert all("1 Insufficient cpu" in message for message in messages)


def test_looked_into_applications_are_whole_and_the_others_as_listed(replay) -> None:
    estate, _ = replay("03-many-incidents")
    names = [one.name for one in estate.applications]
    assert names == sorted(names)
    assert len(names) == 8
    assert next(one for one in estate.applications if one.name == "ledger").history
