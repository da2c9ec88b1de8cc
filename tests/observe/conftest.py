from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from gitops_bot.clients.argocd import ArgoCD
from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.model.incident import Estate
from gitops_bot.model.signal import Signal
from gitops_bot.observe import observe

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CREATED = "2026-11-23T11:00:00Z"
LIST = "/api/v1/applications"
GROUPS = {
    "ReplicaSet": ("apps", "v1"),
    "Deployment": ("apps", "v1"),
    "StatefulSet": ("apps", "v1"),
    "DaemonSet": ("apps", "v1"),
    "ControllerRevision": ("apps", "v1"),
    "Rollout": ("argoproj.io", "v1alpha1"),
    "AnalysisRun": ("argoproj.io", "v1alpha1"),
    "Job": ("batch", "v1"),
    "CronJob": ("batch", "v1"),
    "HorizontalPodAutoscaler": ("autoscaling", "v2"),
    "ScaledObject": ("keda.sh", "v1alpha1"),
    "Ingress": ("networking.k8s.io", "v1"),
}
Json = dict[str, object]


def recordings_folder() -> Path:
    for folder in (ROOT / "fixtures" / "recordings", ROOT.parent / "shared" / "recordings"):
        if folder.is_dir():
            return folder
    reason = "no fixtures/recordings and no ../shared/recordings"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


class Recorded:
    """An Argo CD that answers literally from a recording; what was not recorded is answered as it does itself: 403."""

    def __init__(self, folder: Path) -> None:
        index = json.loads((folder / "index.json").read_text())
        self.answers = {call["url"]: (call["status"], folder / call["file"]) for call in index}
        self.asked: list[str] = []
        self.unknown: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode()
        self.asked.append(target)
        if target.startswith(f"{LIST}?fields="):
            target = LIST
        if target not in self.answers:
            self.unknown.append(target)
            return httpx.Response(403, json={"error": "permission denied", "message": "permission denied"})
        status, file = self.answers[target]
        return httpx.Response(status, content=file.read_bytes())


class Handmade:
    """An Argo CD of one Application, `shop`, put together by a test; further ones can be added."""

    def __init__(self) -> None:
        self.answers: dict[str, object] = {}
        self.asked: list[str] = []
        self.items: list[object] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        target = request.url.raw_path.decode()
        self.asked.append(target)
        if target.startswith(f"{LIST}?fields="):
            return httpx.Response(200, json={"items": self.items})
        answer = self.answers.get(target, 404)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return httpx.Response(answer, json={"message": f"said {answer}"})
        return httpx.Response(200, content=answer) if isinstance(answer, bytes) else httpx.Response(200, json=answer)

    def application(
        self, name: str = "shop", *, health: str = "Healthy", sync: str = "Synced", **status: object
    ) -> Json:
        body: Json = {
            "metadata": {"name": name, "namespace": "argocd"},
            "spec": {"source": {"repoURL": "https://git.test/acme/fleet", "path": name}},
            "status": {
                "health": {"status": health, "lastTransitionTime": CREATED},
                "sync": {"status": sync, "revision": "a" * 40},
                "controllerNamespace": "argocd",
                **status,
            },
        }
        self.items.append(body)
        self.answers[f"{LIST}/{name}"] = body
        self.answers.setdefault(f"{LIST}/{name}/resource-tree", {"nodes": None})
        return body

    def tree(self, *nodes: Json, name: str = "shop") -> None:
        self.answers[f"{LIST}/{name}/resource-tree"] = {"nodes": list(nodes)}

    def managed(self, *items: Json, name: str = "shop") -> None:
        self.answers[f"{LIST}/{name}/managed-resources"] = {"items": list(items)}

    def node(
        self, kind: str, name: str, status: str = "", *, message: str = "", owner: Json | None = None, **more: object
    ) -> Json:
        group, version = GROUPS.get(kind, ("", "v1"))
        node: Json = {"kind": kind, "version": version, "namespace": "shop", "name": name, "uid": f"uid-{kind}-{name}"}
        if group:
            node["group"] = group
        if status:
            node["health"] = {"status": status, "message": message}
        if owner:
            node["parentRefs"] = [owner]
        return {**node, "createdAt": CREATED, **more}

    def pod(self, name: str = "web-1", *, reason: str = "", status: str = "Degraded", **more: object) -> Json:
        """A pod's node below ReplicaSet and Deployment `web`; those are put into the tree with it."""
        deployment = self.node("Deployment", "web", "Progressing")
        owner = self.node("ReplicaSet", "web-rs", "Progressing", owner=deployment)
        info = [{"name": "Status Reason", "value": reason}, {"name": "Node"}]
        pod = self.node("Pod", name, status, owner=owner, info=info, **more)
        self.tree(deployment, owner, pod)
        self.manifest(deployment, {"kind": "Deployment"})
        return pod

    def manifest(self, node: Json, body: object) -> None:
        values = [node["namespace"], node["name"], node["version"], node.get("group", ""), node["kind"]]
        names = ["namespace", "resourceName", "version", "group", "kind"]
        query = "&".join(f"{name}={value}" for name, value in zip(names, values, strict=True))
        self.answers[f"{LIST}/shop/resource?{query}"] = {"manifest": json.dumps(body)}

    def events(self, node: Json, *events: Json) -> None:
        query = f"resourceNamespace={node['namespace']}&resourceName={node['name']}&resourceUID={node['uid']}"
        self.answers[f"{LIST}/shop/events?{query}"] = {"items": list(events)}

    def observe(self, **arguments: object) -> Estate:
        with ReadOnlyClient("http://argocd.test", transport=httpx.MockTransport(self), sleep=_no_wait) as client:
            return observe(ArgoCD(client), **{"now": NOW, **arguments})  # type: ignore[arg-type]

    def signals(self) -> tuple[Signal, ...]:
        """What is seen; a test of signals wants nothing to be unreadable."""
        estate = self.observe()
        assert estate.unread == ()
        return estate.signals


def _no_wait(_: float) -> None:
    """Waiting is not tested here."""


@pytest.fixture
def handmade() -> Handmade:
    return Handmade()


Replayed = Callable[[str], tuple[Estate, Recorded]]


@pytest.fixture
def replay() -> Iterator[Replayed]:
    folder = recordings_folder()
    with ExitStack() as stack:

        def run(name: str) -> tuple[Estate, Recorded]:
            recorded = Recorded(folder / name)
            transport = httpx.MockTransport(recorded)
            client = stack.enter_context(ReadOnlyClient("http://argocd.test", token="t", transport=transport))
            return observe(ArgoCD(client), now=datetime(2026, 11, 23, 11, 13, tzinfo=UTC)), recorded

        yield run
