"""What a look at the fleet costs, and what happens when parts of it cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from gitops_bot.clients.argocd import ArgoCD
from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.errors import SourceUnavailable
from gitops_bot.observe import observe

LIST = "/api/v1/applications"
CRASH = [{"type": "ComparisonError", "message": "no such path"}]


def test_three_thousand_healthy_applications_cost_one_request(handmade) -> None:
    for number in range(3000):
        handmade.application(f"shop-{number:04}")
    estate = handmade.observe()
    assert len(handmade.asked) == 1
    assert len(estate.applications) == 3000
    assert (estate.signals, estate.workloads, estate.unread) == ((), (), ())


@pytest.mark.parametrize(
    ("state", "requests"),
    [
        ({"health": "Progressing"}, 3),
        ({"health": "Degraded"}, 3),
        ({"health": "Missing"}, 3),
        ({"sync": "OutOfSync"}, 4),
        ({"conditions": CRASH}, 3),
        ({"operationState": {"phase": "Failed"}}, 3),
        ({"operationState": {"phase": "Running", "retryCount": 1}}, 3),
        ({"operationState": {"phase": "Running"}}, 1),
        ({"conditions": [{"type": "OrphanedResourceWarning"}]}, 1),
        ({"conditions": None, "resources": None, "history": None}, 1),
    ],
    ids=str,
)
def test_details_are_read_only_where_the_list_gives_cause(handmade, state: dict, requests: int) -> None:
    handmade.application(**state)
    handmade.managed()
    handmade.observe()
    assert len(handmade.asked) == requests


def test_an_application_that_recovered_meanwhile_is_left_at_that(handmade) -> None:
    body = handmade.application(health="Degraded")
    healthy = {**body, "status": {**body["status"], "health": {"status": "Healthy"}}}
    handmade.answers[f"{LIST}/shop"] = healthy
    estate = handmade.observe()
    assert len(handmade.asked) == 2
    assert estate.applications[0].status.health.status == "Healthy"


def test_an_application_that_an_event_names_is_looked_into_although_it_seems_well(handmade) -> None:
    handmade.application("idle")
    handmade.application("shop")
    handmade.observe(focus=("shop",))
    assert handmade.asked[1:] == [f"{LIST}/shop", f"{LIST}/shop/resource-tree"]


def test_an_event_that_names_an_unknown_application_is_answered(handmade) -> None:
    handmade.application()
    (skipped,) = handmade.observe(focus=("gone",)).unread
    assert skipped.application == "gone"
    assert "does not list it" in skipped.reason


def test_applications_of_others_are_listed_and_not_looked_into(handmade) -> None:
    handmade.application("ours", health="Degraded")
    handmade.application("theirs", health="Degraded")
    estate = handmade.observe(ours=lambda application: application.name == "ours")
    assert [one.name for one in estate.applications] == ["ours", "theirs"]
    assert not [target for target in handmade.asked if "theirs" in target]


def test_an_application_outside_the_control_plane_is_asked_for_with_its_namespace(handmade) -> None:
    body = handmade.application(health="Degraded")
    body["metadata"]["namespace"] = "team"
    handmade.answers[f"{LIST}/shop?appNamespace=team"] = body
    handmade.answers[f"{LIST}/shop/resource-tree?appNamespace=team"] = {"nodes": []}
    estate = handmade.observe(focus=("shop",))
    assert estate.unread == ()
    assert [one.name for one in estate.applications] == ["team/shop"]


@pytest.mark.parametrize("status", [403, 404, 500], ids=str)
def test_an_application_that_went_between_two_calls_is_named_and_the_others_go_on(handmade, status: int) -> None:
    handmade.application("gone", health="Degraded")
    handmade.application("shop", conditions=CRASH)
    handmade.answers[f"{LIST}/gone"] = status
    estate = handmade.observe()
    (skipped,) = estate.unread
    assert skipped.application == "gone"
    assert f"HTTP {status}: said {status}" in skipped.reason
    assert [one.application for one in estate.signals] == ["shop"]
    assert [one.name for one in estate.applications] == ["gone", "shop"]


@pytest.mark.parametrize("body", [b'{"nodes": [', b"<html>login</html>", b'{"nodes": 7}', b""], ids=repr)
def test_a_resource_tree_that_cannot_be_understood_hides_nothing_else(handmade, body: bytes) -> None:
    handmade.application(conditions=CRASH)
    handmade.answers[f"{LIST}/shop/resource-tree"] = body
    estate = handmade.observe()
    assert len(estate.signals) == 1
    assert [one.reason.split(":")[0] for one in estate.unread] == ["the resource tree could not be read"]


def test_a_manifest_that_is_cut_short_is_named(handmade) -> None:
    handmade.application(health="Degraded")
    node = handmade.node("Deployment", "web", "Degraded", message="bad")
    handmade.tree(node)
    handmade.answers[f"{LIST}/shop/resource?namespace=shop&resourceName=web&version=v1&group=apps&kind=Deployment"] = {
        "manifest": '{"kind": "Dep'
    }
    estate = handmade.observe()
    assert [one.health for one in estate.signals] == ["Degraded"]
    assert "Deployment shop/web could not be read" in estate.unread[0].reason


def test_an_application_of_an_unknown_shape_hides_no_other(handmade) -> None:
    handmade.application("odd")["status"] = {"health": "fine"}
    handmade.application("shop", conditions=CRASH)
    estate = handmade.observe()
    assert [one.name for one in estate.applications] == ["shop"]
    assert [one.application for one in estate.signals] == ["shop"]
    assert [one.application for one in estate.unread] == ["odd"]


def test_an_application_without_a_status_is_said_to_wait(handmade) -> None:
    handmade.application()["status"] = {}
    estate = handmade.observe()
    assert len(handmade.asked) == 1
    assert estate.unread[0].reason == "Argo CD has not compared it with Git yet"


def test_a_server_that_falls_silent_is_not_asked_for_ever(handmade) -> None:
    for number in range(200):
        name = f"shop-{number:03}"
        handmade.application(name, health="Degraded")
        handmade.answers[f"{LIST}/{name}"] = httpx.ReadTimeout("silence")
    estate = handmade.observe()
    assert len(estate.unread) == 200
    assert len(handmade.asked) < 40
    assert "had stopped answering" in estate.unread[-1].reason


def test_a_list_that_cannot_be_read_is_an_error() -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(401, json={"message": "invalid session"}))
    refused = pytest.raises(SourceUnavailable, match="does not accept the token")
    with ReadOnlyClient("http://argocd.test", token="t", transport=transport) as client, refused:
        observe(ArgoCD(client), now=datetime(2026, 11, 23, tzinfo=UTC))
