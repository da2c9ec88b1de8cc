from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gitops_bot.clients.applicationsets import ApplicationSets, Checkout, Generated
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import Renderer, Tools, find_tools
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json
from tests.clients.applicationsets.edge import FILES, OWN, MakeFleet

Spec = dict[str, Json]
Files = dict[str, str | bytes | None]
Expand = Callable[..., dict[str, Generated]]


@pytest.fixture(scope="session")
def tools() -> Tools:
    """What is on PATH; only tests that name `helm` too need it there."""
    return find_tools(os.environ["PATH"])


@pytest.fixture(scope="session")
def helm() -> None:
    if shutil.which("helm") is None:
        reason = "helm is not on PATH"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)


@pytest.fixture
def expand(
    workspace_of: Callable[[Files], Workspace], tools: Tools, request: pytest.FixtureRequest
) -> Iterator[Expand]:
    """Expands one ApplicationSet, given as its spec, over files; the template is filled in where the spec has none."""
    with ExitStack() as stack:

        def run(spec: Spec, files: Files | None = None, *, using: Tools = tools) -> dict[str, Generated]:
            body: Json = {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "ApplicationSet",
                "metadata": {"name": "set", "namespace": "argocd"},
                "spec": spec,
            }
            workspace = workspace_of({**(files or {}), "sets/set.json": msgspec.json.encode(body)})
            repository = stack.enter_context(ConfigRepository.open(request.getfixturevalue("checkout").path))
            checkout = Checkout(repository, workspace, workspace.commit, "main", (OWN,))
            sets = ApplicationSets(checkout, using)
            return sets.expansion(sets.declared[0]).applications

        yield run


@pytest.fixture
def fleet_of(checkout: Any, opened: Callable[[Path], ConfigRepository], tmp_path: Path) -> MakeFleet:
    def make(*applications: dict[str, Any], files: dict[str, Any] | None = None) -> Fleet:
        commit = checkout.commit(FILES if files is None else files)
        repository = opened(checkout.path)
        workspace = Workspace(repository, commit, tmp_path / "workspace")
        decoded = [msgspec.convert(one, Application) for one in applications]
        return Fleet(
            decoded, repository, workspace, Renderer(workspace, Tools()), commit=commit, branch="main", urls=(OWN,)
        )

    return make
