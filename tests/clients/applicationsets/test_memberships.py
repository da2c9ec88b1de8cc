"""An Application that an ApplicationSet makes renders from what the ApplicationSet gives now."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.locate.manifest import edit_manifest
from gitops_bot.model.proposal import NotLocated
from tests.clients.applicationsets.edge import FILES, GIT, SET, MakeFleet, learned, live, site


def test_an_overlay_of_the_generators_file_moves_its_application_alone(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(live("us"), live("eu"))
    us, eu = learned(fleet, "edge-us"), learned(fleet, "edge-eu")
    with fleet.workspace.overlay({"regions/us.json": b'{"region": "us", "site": "two"}'}):
        assert site(fleet, "edge-us") == "two"
        assert site(fleet, "edge-eu") == "one"
        assert fleet.sources(us)[0].path == "sites/two"
    assert fleet.sources(us)[0].path == fleet.sources(eu)[0].path == "sites/one"


def test_another_commit_is_seen_with_what_it_gives(fleet_of: MakeFleet, checkout: Any) -> None:
    older = checkout.commit({**FILES, "regions/us.json": '{"region": "us", "site": "two"}\n'})
    fleet = fleet_of(live("us"))
    learned(fleet, "edge-us")
    with fleet.workspace.at(older):
        assert site(fleet, "edge-us") == "two"
    assert site(fleet, "edge-us") == "one"


def test_without_an_owner_the_expansion_tells(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(live("us", owner=""), live("other", owner=""))
    membership = fleet.membership(learned(fleet, "edge-us"))
    assert membership is not None
    assert membership.declared.path == "sets/edge.yaml"
    assert fleet.membership(learned(fleet, "edge-other")) is None


GONE = [
    ({"regions/us.json": None}, "does not make edge-us any more"),
    ({"regions/us.json": b'{"region": "us"}'}, "site"),
    ({"regions/us.json": b'{"region": "eu", "site": "one"}'}, "two Applications"),
    ({"regions/us.json": b"- 1"}, "neither a map nor a list of maps"),
    ({"sets/edge.yaml": None}, "does not declare it"),
    (
        {"sets/edge.yaml": SET.replace("GENERATOR", GIT).replace("in-cluster", "other").encode()},
        "https://other instead",
    ),
]


@pytest.mark.parametrize(("change", "message"), GONE)
def test_a_change_that_takes_the_application_away_fails_to_render(
    fleet_of: MakeFleet, change: dict[str, bytes | None], message: str
) -> None:
    fleet = fleet_of(live("us"), live("eu"))
    us = learned(fleet, "edge-us")
    with fleet.workspace.overlay(change):
        with pytest.raises(RenderFailed) as failure:
            fleet.render(us)
        assert message in failure.value.message
        assert "ApplicationSet edge (sets/edge.yaml)" in failure.value.message
        # Who asks for the sources alone gets what is deployed.
        assert fleet.sources(us) == us.sources


def test_a_namespace_that_moves_is_seen(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(live("us"))
    us = learned(fleet, "edge-us")
    changed = FILES["sets/edge.yaml"].replace("namespace: 'edge-", "namespace: 'far-")
    with fleet.workspace.overlay({"sets/edge.yaml": changed.encode()}):
        assert fleet.render(us).manifests[0].key.namespace == "far-us"


UNTRUSTED = [
    ({"clusters": {}}, "clusters"),
    ({"git": {"repoURL": "https://git.example.com/acme/other.git", "files": [{"path": "*"}]}}, "another repository"),
]


@pytest.mark.parametrize(("generator", "reason"), UNTRUSTED)
def test_what_cannot_be_expanded_keeps_its_live_sources_and_its_place(
    fleet_of: MakeFleet, generator: dict[str, Any], reason: str
) -> None:
    manifest = SET.replace("GENERATOR", msgspec.json.encode(generator).decode())
    fleet = fleet_of(live("us", "two"), files={**FILES, "sets/edge.yaml": manifest})
    us = learned(fleet, "edge-us")
    membership = fleet.membership(us)
    assert membership is not None
    assert reason in membership.reason
    assert membership.declared.path == "sets/edge.yaml"
    assert site(fleet, "edge-us") == "two"
    assert not fleet.expands("edge")
    assert [one.name for one in fleet.readers(["sets/edge.yaml"])] == ["edge-us"]
    # An edit of the template reaches it in a way that nobody can tell: it is not said to stay as it is.
    with fleet.workspace.overlay({"sets/edge.yaml": f"{manifest}# x\n".encode()}), pytest.raises(NotRenderable):
        fleet.render(us)


@pytest.mark.parametrize(
    "policy",
    [
        "  syncPolicy: {applicationsSync: create-only}\n",
        "  ignoreApplicationDifferences: [{jsonPointers: [/spec/source/targetRevision]}]\n",
        "  ignoreApplicationDifferences: [{jqPathExpressions: ['.spec.source.helm']}]\n",
    ],
)
def test_policies_that_leave_applications_alone_are_honoured(fleet_of: MakeFleet, policy: str) -> None:
    fleet = fleet_of(live("us", "two"), files={**FILES, "sets/edge.yaml": FILES["sets/edge.yaml"] + policy})
    learned(fleet, "edge-us")
    assert site(fleet, "edge-us") == "two"


def test_a_manifest_that_argocd_does_not_have_so_is_not_trusted(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(live("us", "two"))
    membership = fleet.membership(learned(fleet, "edge-us"))
    assert membership is not None
    assert "other sources" in membership.reason
    assert site(fleet, "edge-us") == "two"


def test_the_last_deployment_vouches_for_the_manifest_while_argocd_lags(fleet_of: MakeFleet, checkout: Any) -> None:
    older = checkout.commit({**FILES, "regions/us.json": '{"region": "us", "site": "two"}\n'})
    lagging = live("us", "two")
    lagging["status"] = {"history": [{"revision": older, "source": lagging["spec"]["source"]}]}
    fleet = fleet_of(lagging)
    membership = fleet.membership(learned(fleet, "edge-us"))
    assert membership is not None
    assert not membership.reason
    assert site(fleet, "edge-us") == "one"


def test_an_application_set_of_another_repository_or_namespace_is_not_looked_into(fleet_of: MakeFleet) -> None:
    elsewhere = live("us", owner="another")
    other_namespace = live("eu")
    other_namespace["metadata"]["namespace"] = "other"
    fleet = fleet_of(elsewhere, other_namespace)
    assert fleet.membership(learned(fleet, "edge-us")) is None
    assert fleet.membership(learned(fleet, "edge-eu")) is None
    assert fleet.readers(["regions/us.json"]) == ()


def test_two_application_sets_of_one_name_are_told_apart_by_nobody(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(live("us"), files={**FILES, "other/edge.yaml": FILES["sets/edge.yaml"]})
    assert fleet.membership(learned(fleet, "edge-us")) is None
    assert site(fleet, "edge-us") == "one"


def test_an_owned_application_is_not_searched_for_in_stale_manifests(fleet_of: MakeFleet) -> None:
    stale = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: edge-us, namespace: argocd}\nspec: {}\n"
    )
    fleet = fleet_of(live("us"), files={**FILES, "old/edge-us.yaml": stale})
    learned(fleet, "edge-us")
    with fleet.workspace.overlay({"regions/us.json": b'{"region": "us", "site": "two"}'}):
        assert site(fleet, "edge-us") == "two"


def test_the_file_that_fills_a_field_is_named(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(live("us"), live("eu"))
    [place] = fleet.generated_from(learned(fleet, "edge-us"), "/spec/source/path")
    assert (place.path, place.pointer, place.template) == ("regions/us.json", "/site", "sites/{{ .site }}")
    assert fleet.generated_from(fleet.applications["edge-eu"], "/spec/source/path") == ()


def test_an_edit_of_the_application_itself_is_sent_to_the_application_set(fleet_of: MakeFleet) -> None:
    fleet = fleet_of(live("us"))
    answer = edit_manifest(fleet, fleet.applications["edge-us"], lambda _: (), "")
    assert isinstance(answer, NotLocated)
    assert "in the ApplicationSet edge (sets/edge.yaml), for all that it makes" in answer.reason
