"""Signals become one incident a cause; causes mask their consequences."""

from __future__ import annotations

import random
from datetime import timedelta

from gitops_bot.model.incident import Estate, Trouble
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import ObjectSuperfluous
from gitops_bot.triage import triage
from tests.triage.estates import (
    AUTOSCALER,
    DEPLOYMENT,
    ROLLOUT,
    SERVICE,
    TIME,
    application,
    crash,
    drifted,
    incidents,
    missing,
    refused,
    render,
    unhealthy,
    workload,
)

OTHER = ResourceKey("apps", "Deployment", "shop", "worker")


def test_all_failing_pods_of_the_newest_generation_are_one_incident() -> None:
    early = TIME - timedelta(minutes=3)
    signals = crash("web-new-1"), crash("web-new-2", since=early), crash("web-new-2", container="proxy")
    [found] = incidents(*signals, crash("web-old-1"), workloads=(workload(),))
    assert found.trouble is Trouble.RUNTIME
    assert found.resource == DEPLOYMENT
    assert found.workload == workload()
    assert found.since == early
    assert set(found.signals) == set(signals)


def test_pods_of_an_older_generation_count_where_the_newest_has_none_that_fails() -> None:
    [found] = incidents(crash("web-old-1"), workloads=(workload(),))
    assert found.signals == (crash("web-old-1"),)


def test_two_workloads_are_two_incidents() -> None:
    assert [one.resource for one in incidents(crash("worker-1", OTHER), crash())] == [DEPLOYMENT, OTHER]


def test_a_workload_s_own_health_and_its_autoscaler_s_are_evidence_of_its_failing_pods() -> None:
    signals = crash(), unhealthy(DEPLOYMENT, message="exceeded its progress deadline"), unhealthy(AUTOSCALER)
    [found] = incidents(*signals, workloads=(workload(autoscaler=AUTOSCALER),))
    assert set(found.signals) == set(signals)


def test_a_render_failure_masks_sync_drift_and_health_and_not_the_pods() -> None:
    signals = render(), refused(SERVICE, "denied"), drifted(), missing(), unhealthy(AUTOSCALER), crash()
    assert [one.trouble for one in incidents(*signals)] == [Trouble.RENDER, Trouble.RUNTIME]


def test_a_refused_sync_masks_drift_and_not_the_pods_or_the_health() -> None:
    signals = refused(SERVICE, "denied"), drifted(), missing(), crash(), unhealthy(AUTOSCALER)
    assert [one.trouble for one in incidents(*signals)] == [Trouble.SYNC, Trouble.RUNTIME, Trouble.HEALTH]


def test_objects_refused_for_one_cause_are_one_incident() -> None:
    text = 'error when patching "/dev/shm/{}": Deployment.apps "{}" is invalid: spec.selector: field is immutable'
    one, two = refused(DEPLOYMENT, text.format(1619991285, "web")), refused(OTHER, text.format(88, "worker"))
    [found] = incidents(two, one)
    assert found.resource == DEPLOYMENT
    assert set(found.signals) == {one, two}


def test_objects_refused_for_different_causes_are_different_incidents() -> None:
    found = incidents(refused(DEPLOYMENT, "field is immutable"), refused(SERVICE, "denied the request"))
    assert [one.resource for one in found] == [SERVICE, DEPLOYMENT]


def test_a_refused_object_that_is_missing_therefore_is_no_trouble_of_its_own() -> None:
    [found] = incidents(refused(SERVICE, "Invalid value"), unhealthy(SERVICE, "Missing"))
    assert found.signals == (refused(SERVICE, "Invalid value"), unhealthy(SERVICE, "Missing"))


def test_what_was_changed_and_deleted_by_hand_is_one_incident_of_the_application() -> None:
    [found] = incidents(drifted(), missing())
    assert found.trouble is Trouble.DRIFT
    assert found.resource == application().key


def test_one_changed_object_stands_for_itself() -> None:
    [found] = incidents(drifted(), workloads=(workload(),))
    assert found.resource == DEPLOYMENT
    assert found.workload == workload()


def test_what_an_autoscaler_owns_is_an_incident_apart() -> None:
    found = incidents(drifted(autoscaler=AUTOSCALER), drifted(OTHER, "/spec/template/spec/containers/0/image"))
    assert [one.resource for one in found] == [DEPLOYMENT, OTHER]
    assert all(len(one.signals) == 1 for one in found)


def test_an_autoscaler_s_drift_and_its_missing_metrics_are_two_things() -> None:
    scaled = workload(autoscaler=AUTOSCALER)
    found = incidents(drifted(autoscaler=AUTOSCALER), unhealthy(AUTOSCALER), workloads=(scaled,))
    assert [one.trouble for one in found] == [Trouble.DRIFT, Trouble.HEALTH]
    assert [one.workload for one in found] == [scaled, scaled]


def test_a_failed_analysis_is_evidence_of_its_rollout() -> None:
    rollout = workload(ROLLOUT)
    analysis = unhealthy(ResourceKey("argoproj.io", "AnalysisRun", "shop", "web-644c48b65d-2"))
    [found] = incidents(unhealthy(ROLLOUT, message="RolloutAborted"), analysis, workloads=(rollout,))
    assert found.resource == ROLLOUT
    assert analysis in found.signals


def test_leftovers_are_an_incident_apart() -> None:
    leftover = ObjectSuperfluous(application="shop", resource=SERVICE)
    assert [one.signals for one in incidents(leftover, drifted())] == [(leftover,), (drifted(),)]


def test_an_invalid_specification_belongs_to_the_edit_that_made_it() -> None:
    edit = drifted(ROLLOUT, "/spec/template/spec/containers/0/resources/limits/memory")
    invalid = unhealthy(ROLLOUT, message="InvalidSpec: must be less than or equal to memory limit")
    [found] = incidents(edit, invalid)
    assert found.signals == (edit, invalid)


def test_an_invalid_specification_without_an_edit_is_trouble_of_its_own() -> None:
    [found] = incidents(unhealthy(ROLLOUT, message="InvalidSpec: must be less than or equal to memory limit"))
    assert found.trouble is Trouble.HEALTH


def test_pods_that_fail_after_their_template_was_edited_belong_to_the_edit() -> None:
    [found] = incidents(drifted(pointer="/spec/template/spec/containers/0/image"), crash(), workloads=(workload(),))
    assert found.trouble is Trouble.DRIFT
    assert crash() in found.signals


def test_pods_that_fail_beside_an_unrelated_edit_are_an_incident_apart() -> None:
    assert [one.trouble for one in incidents(drifted(), crash())] == [Trouble.RUNTIME, Trouble.DRIFT]


def test_what_argo_cd_delivered_itself_explains_no_failing_pods() -> None:
    waiting = drifted(pointer="/spec/template/spec/containers/0/image", manager="argocd-controller")
    assert [one.trouble for one in incidents(waiting, crash())] == [Trouble.RUNTIME, Trouble.DRIFT]


def test_the_order_of_the_signals_and_repetitions_do_not_matter() -> None:
    signals = [crash("web-new-1"), crash("worker-1", OTHER), unhealthy(AUTOSCALER), refused(SERVICE, "denied"), crash()]
    expected = incidents(*signals)
    for seed in range(20):
        shuffled = [*signals, *signals]
        random.Random(seed).shuffle(shuffled)  # noqa: S311
        assert incidents(*shuffled) == expected


def test_an_application_s_signals_stay_its_own() -> None:
    others = application("Healthy", name="aardvark")
    found, skipped = triage(Estate(applications=(application(), others), signals=(crash(),)))
    assert [one.application.name for one in found] == ["shop"]
    assert skipped == ()
