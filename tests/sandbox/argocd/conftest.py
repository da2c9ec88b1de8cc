from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from gitops_bot.sandbox.argocd.api import ArgoCd
from gitops_bot.sandbox.argocd.recording import Recording
from gitops_bot.sandbox.argocd.replay import Replay, repository_urls
from gitops_bot.sandbox.argocd.rewriting import Rewriting, most_used_repository
from gitops_bot.sandbox.http import serve


class Served:
    """An Argo CD on a real socket, with a client that has its token."""

    def __init__(self, argocd: ArgoCd, client: httpx.Client) -> None:
        self.argocd = argocd
        self.client = client

    def get(self, path: str, **query: str) -> httpx.Response:
        return self.client.get(path, params=query or None)

    def names(self, **query: str | list[str]) -> list[str]:
        answer = self.client.get("/api/v1/applications", params=query)
        assert answer.status_code == 200, answer.text
        return [item["metadata"]["name"] for item in answer.json()["items"] or []]


Serve = Callable[..., Served]


@pytest.fixture
def serve_recording() -> Iterator[Serve]:
    with ExitStack() as stack:

        def start(path: Path, revision: tuple[str, str] | None = None) -> Served:
            recording = Recording.open(path)
            repositories = most_used_repository(repository_urls(recording))
            replay = Replay(recording, Rewriting(repositories, "http://sandbox.test:1", revision))
            argocd = ArgoCd("right-token", lambda: replay)
            server = stack.enter_context(serve(argocd.handle))
            stack.callback(argocd.faults.release)
            headers = {"authorization": "Bearer right-token"}
            client = stack.enter_context(httpx.Client(base_url=server.url, headers=headers, timeout=10))
            return Served(argocd, client)

        yield start


@pytest.fixture
def write_recording(tmp_path: Path) -> Callable[..., Path]:
    """Writes a recording of a version and the given applications; further bodies by URL, as text or JSON."""

    def write(applications: list[object], bodies: dict[str, object] | None = None) -> Path:
        folder = tmp_path / "recording"
        folder.mkdir()
        listed = {"items": applications, "metadata": {"resourceVersion": "7"}}
        calls = {"/api/v1/applications": listed, **(bodies or {})}
        index = []
        for number, (url, body) in enumerate(calls.items()):
            file = f"{number:03}.json"
            (folder / file).write_text(body if isinstance(body, str) else json.dumps(body))
            index.append({"method": "GET", "url": url, "status": 200, "file": file})
        (folder / "index.json").write_text(json.dumps(index))
        return folder

    return write
