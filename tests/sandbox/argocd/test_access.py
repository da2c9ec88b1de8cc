from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest


@pytest.fixture
def healthy(recordings: Path, serve_recording: Callable[..., Any]) -> Any:
    return serve_recording(recordings / "00-healthy")


def recorded_error(recordings: Path, name: str) -> Any:
    return json.loads((recordings / "errors" / name).read_text())


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Basic right-token"}])
@pytest.mark.parametrize("path", ["/api/v1/applications", "/api/v1/applications/ledger", "/api/v1/projects"])
def test_a_missing_or_wrong_token_is_refused_as_recorded(
    healthy: Any, recordings: Path, path: str, headers: dict[str, str]
) -> None:
    answer = httpx.get(f"{healthy.client.base_url}{path}", headers=headers)
    assert answer.status_code == 401
    assert answer.json() == recorded_error(recordings, "noauth.json")


def test_without_a_token_the_version_is_short_and_nobody_is_logged_in(healthy: Any) -> None:
    assert healthy.get("/api/version").json()["KustomizeVersion"]
    assert set(httpx.get(f"{healthy.client.base_url}/api/version").json()) == {"Version"}
    assert healthy.get("/api/v1/session/userinfo").json()["loggedIn"] is True
    assert httpx.get(f"{healthy.client.base_url}/api/v1/session/userinfo").json() == {}


@pytest.mark.parametrize("detail", ["", "/resource-tree", "/managed-resources", "/events", "/logs"])
def test_an_unknown_application_is_denied_as_recorded(healthy: Any, recordings: Path, detail: str) -> None:
    answer = healthy.get(f"/api/v1/applications/absent{detail}")
    assert answer.status_code == 403
    assert answer.json() == recorded_error(recordings, "notfound.json")


def test_an_application_sought_in_another_project_is_not_found(healthy: Any) -> None:
    for name, project in (("ledger", "other"), ("absent", "default")):
        answer = healthy.get(f"/api/v1/applications/{name}", project=project)
        assert answer.status_code == 404
        message = f'applications.argoproj.io "{name}" not found'
        assert answer.json() == {"error": message, "code": 5, "message": message}


def test_an_application_sought_in_another_namespace_is_denied(healthy: Any) -> None:
    assert healthy.get("/api/v1/applications/ledger", appNamespace="elsewhere").status_code == 403


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/v1", "/api/v1/nonsense", "/api/v1/applications/ledger/nonsense", "/api/dex/keys", "/api/v2/x"],
)
def test_an_unknown_url_is_the_gateways_not_found(healthy: Any, path: str) -> None:
    answer = healthy.get(path)
    assert answer.status_code == 404
    assert answer.json() == {"error": "Not Found", "code": 5, "message": "Not Found"}


def test_a_collection_that_was_not_recorded_is_denied(healthy: Any) -> None:
    assert healthy.get("/api/v1/applicationsets").status_code == 403


def test_what_was_not_recorded_of_an_application_is_the_error_for_a_missing_thing(healthy: Any) -> None:
    def answer(path: str, **query: str) -> tuple[int, int, str]:
        response = healthy.get(f"/api/v1/applications/ledger/{path}", **query)
        return response.status_code, response.json()["code"], response.json()["message"]

    foreign = {"kind": "Pod", "resourceName": "gone", "namespace": "ledger", "version": "v1"}
    assert answer("resource", **foreign) == (400, 3, "Pod  gone not found as part of application ledger")
    own = {"kind": "Deployment", "group": "apps", "resourceName": "ledger", "namespace": "ledger", "version": "v1"}
    assert answer("resource", **own) == (404, 5, 'error getting resource: deployment "ledger" not found')
    assert answer("events", resourceName="gone", resourceUID="1", resourceNamespace="ledger") == (
        400,
        3,
        "gone not found as part of application ledger",
    )
    assert answer("revisions/0123456/metadata")[:2] == (404, 5)
    assert answer("syncwindows")[:2] == (404, 5)


def test_the_log_of_a_pod_is_an_empty_stream_as_recorded(healthy: Any, recordings: Path) -> None:
    answer = healthy.get("/api/v1/applications/ledger/logs", podName="ledger-0", container="ledger")
    assert (answer.status_code, answer.content) == (200, (recordings / "errors" / "logs.json").read_bytes())


WRITES = [
    ("POST", "/api/v1/applications/ledger/sync", "sync"),
    ("POST", "/api/v1/applications/ledger/rollback", "sync"),
    ("DELETE", "/api/v1/applications/ledger/operation", "sync"),
    ("DELETE", "/api/v1/applications/ledger", "delete"),
    ("PATCH", "/api/v1/applications/ledger", "update"),
    ("PUT", "/api/v1/applications/ledger/spec", "update"),
    ("POST", "/api/v1/applications/ledger/resource/actions", "action"),
]


@pytest.mark.parametrize(("method", "path", "action"), WRITES)
def test_a_write_to_an_application_is_refused_with_its_action_and_remembered(
    healthy: Any, method: str, path: str, action: str
) -> None:
    answer = healthy.client.request(method, path, content=b"{}")
    expected = f"permission denied: applications, {action}, default/ledger, sub: gitops-bot, iat: 2026-11-23T10:14:11Z"
    assert answer.status_code == 403
    assert answer.json() == {"error": expected, "code": 7, "message": expected}
    assert [(each.method, each.path, each.action) for each in healthy.argocd.refused] == [(method, path, action)]


def test_a_refused_sync_reads_as_recorded(healthy: Any, recordings: Path) -> None:
    answer = healthy.client.post("/api/v1/applications/ledger/sync", json={})
    assert answer.json() == recorded_error(recordings, "sync-readonly.json")


def test_any_other_write_is_denied_and_remembered_even_without_a_token(healthy: Any) -> None:
    assert healthy.client.post("/api/v1/applications", json={}).status_code == 403
    assert healthy.client.post("/api/dex/token", content=b"x").status_code == 403
    assert httpx.post(f"{healthy.client.base_url}/api/v1/applications/ledger/sync").status_code == 401
    assert len(healthy.argocd.refused) == 3


def test_reading_leaves_nothing_to_remember(healthy: Any) -> None:
    healthy.get("/api/v1/applications")
    healthy.get("/api/v1/nonsense")
    assert healthy.argocd.refused == []
