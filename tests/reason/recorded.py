"""What observe makes of a recording: an Argo CD that answers from files, with only the transport faked."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from gitops_bot.clients.argocd import ArgoCD
from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.model.incident import Estate
from gitops_bot.observe import observe

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 11, 15, tzinfo=UTC)
LIST = "/api/v1/applications"


def recorded_estate(name: str) -> Estate:
    folder = _recordings() / name
    index = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    answers = {call["url"]: (call["status"], folder / call["file"]) for call in index}

    def answer(request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode()
        target = LIST if target.startswith(f"{LIST}?") else target
        if target not in answers:
            return httpx.Response(403, json={"message": "permission denied"})
        status, file = answers[target]
        return httpx.Response(status, content=file.read_bytes())

    transport = httpx.MockTransport(answer)
    with ReadOnlyClient("http://argocd.test", token="t", transport=transport) as client:
        return observe(ArgoCD(client), now=NOW)


def _recordings() -> Path:
    for folder in (ROOT / "fixtures" / "recordings", ROOT.parent / "shared" / "recordings"):
        if folder.is_dir():
            return folder
    reason = "no fixtures/recordings and no ../shared/recordings"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)
