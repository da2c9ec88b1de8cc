from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from gitops_bot.sandbox.argocd import faults

LIST = "/api/v1/applications"


@pytest.fixture
def healthy(recordings: Path, serve_recording: Callable[..., Any]) -> Any:
    return serve_recording(recordings / "00-healthy")


def test_a_fault_for_once_spoils_one_answer_to_the_paths_that_fit(healthy: Any) -> None:
    healthy.argocd.faults.add(f"^{LIST}$", faults.status(500), once=True)
    assert healthy.get("/api/version").status_code == 200
    broken = healthy.get(LIST)
    assert broken.status_code == 500
    assert broken.json()["code"] == 2
    assert healthy.get(LIST).status_code == 200


def test_a_lasting_fault_spoils_until_it_is_cleared(healthy: Any) -> None:
    healthy.argocd.faults.add("/ledger", faults.status(503))
    assert [healthy.get(f"{LIST}/ledger").status_code for _ in range(2)] == [503, 503]
    healthy.argocd.faults.clear()
    assert healthy.get(f"{LIST}/ledger").status_code == 200


def test_a_truncated_body_and_a_login_page_are_no_json(healthy: Any) -> None:
    for spoil in (faults.truncated, faults.not_json):
        healthy.argocd.faults.add(LIST, spoil, once=True)
        answer = healthy.get(LIST)
        assert answer.status_code == 200
        with pytest.raises(json.JSONDecodeError):
            answer.json()


def test_a_dropped_connection_ends_without_an_answer(healthy: Any) -> None:
    healthy.argocd.faults.add(LIST, faults.dropped, once=True)
    with pytest.raises(httpx.TransportError):
        healthy.get(LIST)
    assert healthy.get(LIST).status_code == 200


def test_an_answer_that_hangs_runs_into_the_clients_time_limit(healthy: Any) -> None:
    healthy.argocd.faults.add(LIST, healthy.argocd.faults.hang)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{healthy.client.base_url}{LIST}", timeout=0.2)


def test_an_answer_that_hangs_comes_at_its_release(healthy: Any) -> None:
    healthy.argocd.faults.add(LIST, healthy.argocd.faults.hang)
    threading.Timer(0.05, healthy.argocd.faults.release).start()
    assert healthy.get(LIST).status_code == 200


def test_a_slow_answer_comes_late_but_whole(healthy: Any) -> None:
    healthy.argocd.faults.add(LIST, healthy.argocd.faults.slow(0.05))
    answer = healthy.get(LIST)
    assert answer.elapsed.total_seconds() >= 0.05
    assert answer.json()["items"]
