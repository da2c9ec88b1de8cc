"""Every Argo CD recording answers each of its own URLs with the body that was recorded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

RECORDED_AT = "http://127.0.0.1:3000/acme/"
SERVED_AT = "http://sandbox.test:1/acme/"
NAMES = [
    "00-healthy",
    "01-canary-crashloop",
    "02-canary-reverted",
    "03-many-incidents",
    "04-drift",
    "05-sync-failures",
    "06-shapes-healthy",
    "07-shapes-bad-releases",
    "08-shapes-degraded",
]


@pytest.mark.parametrize("name", NAMES)
def test_every_recorded_url_is_answered_as_recorded(
    name: str, recordings: Path, serve_recording: Callable[..., Any]
) -> None:
    served = serve_recording(recordings / name)
    index = json.loads((recordings / name / "index.json").read_text())
    assert index
    for call in index:
        answer = served.client.get(call["url"])
        expected = (recordings / name / call["file"]).read_text().replace(RECORDED_AT, SERVED_AT)
        assert (answer.status_code, answer.text) == (call["status"], expected), call["url"]


@pytest.mark.parametrize("name", NAMES)
def test_no_answer_names_the_recorded_host_of_the_repository(
    name: str, recordings: Path, serve_recording: Callable[..., Any]
) -> None:
    served = serve_recording(recordings / name)
    bodies = [
        served.client.get(call["url"]).text for call in json.loads((recordings / name / "index.json").read_text())
    ]
    assert not any("127.0.0.1:3000" in body for body in bodies)
    assert any('repoURL\\":\\"http://sandbox.test:1/acme/' in body for body in bodies)


def test_the_query_matches_in_any_order_and_empty_values_count_as_unset(
    recordings: Path, serve_recording: Callable[..., Any]
) -> None:
    served = serve_recording(recordings / "07-shapes-bad-releases")
    url = "/api/v1/applications/audit/resource"
    recorded = served.client.get(
        f"{url}?namespace=audit&resourceName=audit-54b4c49ddb-k6c78&version=v1&group=&kind=Pod"
    )
    shuffled = served.client.get(f"{url}?kind=Pod&version=v1&resourceName=audit-54b4c49ddb-k6c78&namespace=audit")
    assert recorded.status_code == 200
    assert shuffled.content == recorded.content


def test_project_and_namespace_of_the_application_do_not_hinder_a_match(
    recordings: Path, serve_recording: Callable[..., Any]
) -> None:
    served = serve_recording(recordings / "00-healthy")
    for detail in ("", "/resource-tree", "/managed-resources", "/events", "/manifests"):
        url = f"/api/v1/applications/ledger{detail}"
        assert served.get(url, project="default", appNamespace="argocd").content == served.get(url).content
        assert served.get(url).status_code == 200


def test_the_recorded_revision_is_rewritten_in_answers_and_understood_in_urls(
    recordings: Path, serve_recording: Callable[..., Any]
) -> None:
    recorded = "e283de8ef637c7df4ab636e326ee305f1e8dc2be"
    actual = "0123456789abcdef0123456789abcdef01234567"
    served = serve_recording(recordings / "02-canary-reverted", revision=(recorded, actual))
    application = served.get("/api/v1/applications/payments-production").json()
    assert application["status"]["sync"]["revision"] == actual
    assert application["status"]["history"][-1]["revision"] == actual
    metadata = served.get(f"/api/v1/applications/payments-production/revisions/{actual}/metadata")
    assert metadata.status_code == 200
    assert "Revert" in metadata.json()["message"]
    assert recorded not in served.get("/api/v1/applications").text
