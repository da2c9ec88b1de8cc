from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from gitops_bot.clients.rendering import ReadSet, Rendered, Renderer, RenderInput, Tools
from gitops_bot.clients.rendering.programs import confinement
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.source import Source
from tests.clients.rendering.hostile import Surroundings
from tests.support.fixtures import tools

__all__ = ["tools"]

ROOT = Path(__file__).parents[3]
URL = "https://git.example.com/acme/fleet.git"


def request_for(*sources: dict[str, object], **others: object) -> RenderInput:
    """An Application `app` with the given sources, each in the API's own field names."""
    decoded = tuple(msgspec.convert({"repoURL": URL, "targetRevision": "main", **source}, Source) for source in sources)
    defaults = {"application": "app", "namespace": "prod", "repository_urls": (URL,)}
    return RenderInput(sources=decoded, **{**defaults, **others})


Files = dict[str, str | bytes | None]


class Case:
    """A repository's files with an Application on them."""

    def __init__(self, workspace: Workspace, tools: Tools) -> None:
        self.workspace = workspace
        self.renderer = Renderer(workspace, tools)

    def render(self, *sources: dict[str, object], **others: object) -> Rendered:
        return self.renderer.render(request_for(*sources, **others))

    def reads(self, *sources: dict[str, object], **others: object) -> ReadSet:
        return self.renderer.reads(request_for(*sources, **others))

    def names(self, *sources: dict[str, object], **others: object) -> list[str]:
        return [str(manifest.key) for manifest in self.render(*sources, **others).manifests]

    def body(self, *sources: dict[str, object], kind: str = "ConfigMap") -> dict[str, object]:
        """The one object of a kind."""
        [found] = [manifest.body for manifest in self.render(*sources).manifests if manifest.key.kind == kind]
        return found


@pytest.fixture
def case(workspace_of: Callable[[Files], Workspace], tools: Tools) -> Callable[[Files], Case]:
    return lambda files: Case(workspace_of(files), tools)


@pytest.fixture
def plain(workspace_of: Callable[[Files], Workspace]) -> Callable[[Files], Case]:
    """As `case`, without any program."""
    return lambda files: Case(workspace_of(files), Tools())


@pytest.fixture(params=["confined", "checks alone"])
def surroundings(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Surroundings]:
    """With the kernel's help, and as on a system that gives none."""
    if request.param != "confined":
        monkeypatch.setattr(confinement, "_confine", lambda _: None)
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield Surroundings(tmp_path, server)
