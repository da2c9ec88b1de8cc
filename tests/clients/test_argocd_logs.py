"""The log of a pod as Argo CD streams it: the exact target, and what is made of the stream."""

from __future__ import annotations

import httpx
import pytest

from gitops_bot.clients.argocd import ArgoCD, Node
from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.errors import SourceUnavailable
from gitops_bot.model.application import Application, ApplicationStatus, Metadata

SHOP = Application(
    metadata=Metadata(name="shop", namespace="team"), status=ApplicationStatus(controller_namespace="argocd")
)
POD = Node(kind="Pod", version="v1", namespace="shop", name="web-1", uid="u-1")
LINE = b'{"result":{"content":"started","timeStampStr":"x","timeStamp":"2026-11-23T10:28:57Z","podName":"web-1"}}\n'
BLANK = b'{"result":{"content":"","timeStamp":"2026-11-23T10:28:58Z","podName":"web-1","last":false}}\n'
END = b'{"result":{"content":"","last":true,"timeStamp":"2026-11-23T10:30:00Z"}}\n'


def read(body: bytes) -> tuple[str, list[str]]:
    """The target that was asked for, and the lines that came of a stream."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        return httpx.Response(200, content=body)

    with ReadOnlyClient("https://argocd.example.com", transport=httpx.MockTransport(answer)) as client:
        entries = ArgoCD(client).logs(SHOP, POD, container="web", lines=5, previous=True)
    return asked[0], [entry.content for entry in entries]


def test_the_end_of_the_log_is_asked_for() -> None:
    target, lines = read(LINE + BLANK + END)
    assert target == (
        "/api/v1/applications/shop/logs?podName=web-1&container=web&namespace=shop&tailLines=5&previous=true"
        "&follow=false&appNamespace=team"
    )
    assert lines == ["started", ""]


def test_a_log_without_a_line_is_empty() -> None:
    assert read(END)[1] == []
    assert read(b"")[1] == []


def test_an_error_in_the_stream_is_told() -> None:
    with pytest.raises(SourceUnavailable, match="container is gone"):
        read(LINE + b'{"error":{"grpc_code":2,"http_code":500,"message":"container is gone"}}\n')


def test_a_broken_stream_is_told() -> None:
    with pytest.raises(SourceUnavailable, match="broken JSON"):
        read(LINE[:40])
