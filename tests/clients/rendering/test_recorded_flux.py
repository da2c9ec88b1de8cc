"""The Flux Kustomizations of the recordings render to what kustomize-controller applied to the real cluster."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from gitops_bot.clients.rendering import Renderer, RenderFailed, RenderInput
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.application import Application
from gitops_bot.model.flux import flux_application, git_sources
from gitops_bot.model.json import dig

SCENARIOS = {"09-flux-healthy": "eb1bfec", "10-flux-incidents": "8f6fdc7"}
KUSTOMIZATIONS = "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations"
REPOSITORIES = "/apis/source.toolkit.fluxcd.io/v1/gitrepositories"


def answers(folder: Path) -> dict[str, dict]:
    index = json.loads((folder / "index.json").read_text())
    return {call["url"]: json.loads((folder / call["file"]).read_text()) for call in index}


class Scenario:
    def __init__(self, folder: Path, workspace: Workspace, renderer: Renderer) -> None:
        self.answers = answers(folder)
        sources = git_sources(self.answers[REPOSITORIES]["items"])
        found = [flux_application(body, sources) for body in self.answers[KUSTOMIZATIONS]["items"]]
        self.applications = {one.name: one for one in found}
        self.workspace = workspace
        self._renderer = renderer

    def render(self, name: str) -> dict[str, dict]:
        rendered = self._renderer.render(request_for(self.applications[name]))
        return {one.key.path: one.body for one in rendered.manifests}


def request_for(application: Application) -> RenderInput:
    return RenderInput(
        application=application.name,
        namespace=application.spec.destination.namespace,
        sources=application.sources,
        repository_urls=(application.sources[0].repo_url,),
        branch="main",
    )


@pytest.fixture(params=SCENARIOS, scope="module")
def scenario(request, recordings, bundles, tools, tmp_path_factory):
    folder = tmp_path_factory.mktemp("flux")
    command = ["git", "clone", "--quiet", "-b", "main", str(bundles / "flux-fleet.bundle"), str(folder / "fleet")]
    subprocess.run(command, check=True)
    with ConfigRepository.open(folder / "fleet") as repository:
        commit = repository.commit(SCENARIOS[request.param]).sha
        workspace = Workspace(repository, commit, folder / "workspace")
        yield Scenario(recordings / request.param, workspace, Renderer(workspace, tools))


def test_the_parent_renders_the_children_as_the_cluster_has_them(scenario: Scenario) -> None:
    rendered = scenario.render("Kustomization/flux-system.flux-system")
    for live in scenario.answers[KUSTOMIZATIONS]["items"]:
        namespace, name = live["metadata"]["namespace"], live["metadata"]["name"]
        body = rendered[f"kustomize.toolkit.fluxcd.io/Kustomization/{namespace}/{name}"]
        assert body["metadata"]["labels"] == live["metadata"]["labels"]
        assert live["spec"] == {"force": False, **body["spec"]}
    assert len(rendered) == 4


def test_a_rendered_deployment_is_what_the_cluster_was_given(scenario: Scenario) -> None:
    [live] = scenario.answers["/apis/apps/v1/namespaces/shop-prod/deployments"]["items"]
    body = scenario.render("Kustomization/shop-prod.flux-system")["apps/Deployment/shop-prod/shop"]
    assert body["metadata"]["labels"] == live["metadata"]["labels"]
    for path in ("image", "resources", "name"):
        [container], [given] = (dig(one, "spec", "template", "spec", "containers") for one in (body, live))
        assert container[path] == given[path]
    assert body["spec"]["replicas"] == live["spec"]["replicas"]


def test_a_base_that_is_not_there_fails_as_it_failed_in_flux(scenario: Scenario) -> None:
    name = "Kustomization/shop-staging.flux-system"
    conditions = next(
        dig(one, "status", "conditions")
        for one in scenario.answers[KUSTOMIZATIONS]["items"]
        if one["metadata"]["name"] == "shop-staging"
    )
    told = next(one["message"] for one in conditions if one["type"] == "Ready")
    if "no such file" not in told:
        assert "apps/Deployment/shop-staging/shop" in scenario.render(name)
        return
    with pytest.raises(RenderFailed, match="accumulating resources") as failure:
        scenario.render(name)
    assert "../bases/shop" in told
    assert "../bases/shop" in failure.value.message
    assert failure.value.reads.covers("apps/bases/shop/kustomization.yaml")
