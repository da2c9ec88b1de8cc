from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def application(name: str, **extra: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": extra.get("namespace", "argocd"), "labels": extra.get("labels", {})},
        "spec": {
            "project": extra.get("project", "default"),
            "destination": {"server": "https://kubernetes.default.svc"},
            "source": {"repoURL": extra.get("repository", "https://git.example/acme/fleet.git"), "path": name},
        },
        "status": {
            "sync": {"status": "Synced", "revision": "abc"},
            "health": {"status": "Healthy"},
            "conditions": [{}],
        },
    }


FLEET = [
    application("cart", labels={"tier": "backend", "team": "shop"}, project="shop"),
    application("docs", repository="https://git.example/acme/other.git"),
    application("pay", labels={"tier": "backend", "team": "pay", "weight": "7"}, project="pay"),
    application("web", labels={"tier": "frontend"}, namespace="tenants"),
]


@pytest.fixture
def fleet(write_recording: Callable[..., Path], serve_recording: Callable[..., Any]) -> Any:
    return serve_recording(write_recording(FLEET))


def test_without_a_filter_the_list_is_whole(fleet: Any) -> None:
    assert fleet.names() == ["cart", "docs", "pay", "web"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"name": "pay"}, ["pay"]),
        ({"name": "absent"}, []),
        ({"project": "shop"}, ["cart"]),
        ({"projects": ["shop", "pay"]}, ["cart", "pay"]),
        ({"project": ["shop", "pay"]}, ["cart", "pay"]),
        ({"appNamespace": "tenants"}, ["web"]),
        ({"repo": "https://git.example/acme/other.git"}, ["docs"]),
        ({"repo": "http://sandbox.test:1/acme/fleet.git"}, ["cart", "pay", "web"]),
        ({"selector": "tier=backend"}, ["cart", "pay"]),
        ({"selector": "tier=backend,team!=shop"}, ["pay"]),
        ({"selector": "tier in (frontend, backend)", "project": "default"}, ["web"]),
    ],
)
def test_the_list_is_filtered(fleet: Any, query: dict[str, str | list[str]], expected: list[str]) -> None:
    assert fleet.names(**query) == expected


def test_an_empty_result_is_null_as_argo_cd_says_it(fleet: Any) -> None:
    assert fleet.get("/api/v1/applications", name="absent").json() == {
        "metadata": {"resourceVersion": "7"},
        "items": None,
    }


def test_a_selector_that_cannot_be_parsed_is_refused(fleet: Any) -> None:
    answer = fleet.get("/api/v1/applications", selector="tier in backend")
    assert answer.status_code == 500
    assert answer.json()["code"] == 2
    assert answer.json()["error"].startswith("error parsing the selector: unable to parse requirement")


def test_fields_reduce_the_items_to_what_was_asked_for(fleet: Any) -> None:
    answer = fleet.get(
        "/api/v1/applications", fields="items.metadata.name,items.status.health,items.status.sync.status"
    )
    assert answer.json()["metadata"] == {"resourceVersion": "7"}
    assert answer.json()["items"][0] == {
        "metadata": {"name": "cart"},
        "status": {"health": {"status": "Healthy"}, "sync": {"status": "Synced"}},
    }


@pytest.mark.parametrize(
    "field",
    ["items.status.conditions", "items.status.sync.revision", "items.status.health.status", "items", "metadata"],
)
def test_a_field_outside_argo_cds_closed_set_is_left_out_in_silence(fleet: Any, field: str) -> None:
    items = fleet.get("/api/v1/applications", fields=f"items.metadata.name,{field}").json()["items"]
    assert items[1] == {"metadata": {"name": "docs"}}


def test_a_leading_minus_leaves_out_and_keeps_the_rest_of_the_closed_set(fleet: Any) -> None:
    items = fleet.get("/api/v1/applications", fields="-items.spec,items.metadata.labels").json()["items"]
    assert items[0] == {
        "metadata": {
            "annotations": None,
            "creationTimestamp": None,
            "deletionTimestamp": None,
            "name": "cart",
            "namespace": "argocd",
        },
        "status": {
            "health": {"status": "Healthy"},
            "sourceHydrator": {},
            "summary": {},
            "sync": {"status": "Synced"},
        },
    }


def test_the_phase_of_an_operation_is_there_only_where_one_ran(recordings: Path, serve_recording: Any) -> None:
    served = serve_recording(recordings / "05-sync-failures")
    fields = "items.metadata.name,items.status.operationState.phase,items.status.resources"
    items = served.get("/api/v1/applications", fields=fields).json()["items"]
    recorded = served.get("/api/v1/applications").json()["items"]
    assert len(items) == len(recorded)
    for item, whole in zip(items, recorded, strict=True):
        status = item.get("status", {})
        assert status.get("operationState") == (
            {"phase": whole["status"]["operationState"]["phase"]} if "operationState" in whole["status"] else None
        )
        assert status.get("resources") == whole["status"].get("resources")


def test_one_application_ignores_fields_as_argo_cd_does(fleet: Any) -> None:
    assert fleet.get("/api/v1/applications/cart", fields="metadata.name").json() == json.loads(
        json.dumps(FLEET[0]).replace("https://git.example/acme/fleet", "http://sandbox.test:1/acme/fleet")
    )


def test_managed_resources_are_filtered_by_resource_and_by_any_field(recordings: Path, serve_recording: Any) -> None:
    served = serve_recording(recordings / "00-healthy")
    url = "/api/v1/applications/catalog-production/managed-resources"
    everything = served.get(url).json()["items"]
    wanted = [item for item in everything if item["kind"] == "ConfigMap"]
    assert served.get(url, kind="ConfigMap").json()["items"] == wanted
    assert served.get(url, kind="ConfigMap", fields="items.name,items.kind").json() == {
        "items": [{"kind": item["kind"], "name": item["name"]} for item in wanted]
    }
    without_states = served.get(url, fields="-items.liveState,items.normalizedLiveState").json()["items"]
    assert all(set(item).isdisjoint({"liveState", "normalizedLiveState"}) for item in without_states)
    assert [item["name"] for item in without_states] == [item["name"] for item in everything]
