"""Every Application of the recordings renders to what the recorded Argo CD said."""

from __future__ import annotations

import json
import subprocess
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest

from gitops_bot.clients.rendering import Renderer, RenderFailed, RenderInput
from gitops_bot.clients.rendering.manifests import named
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.application import Application
from gitops_bot.model.difference import compare

SCENARIOS = {
    "00-healthy": ("fleet", "eea9963"),
    "01-canary-crashloop": ("fleet", "2b4a2f8"),
    "02-canary-reverted": ("fleet", "e283de8"),
    "03-many-incidents": ("fleet", "01b9168"),
    "04-drift": ("fleet", "01b9168"),
    "05-sync-failures": ("fleet", "048ee38"),
    "06-shapes-healthy": ("platform", "8773bf4"),
    "07-shapes-bad-releases": ("platform", "16e305a"),
    "08-shapes-degraded": ("platform", "16e305a"),
}
TRACKING = "argocd.argoproj.io/tracking-id"


def answers(folder: Path) -> dict[str, tuple[int, dict]]:
    index = json.loads((folder / "index.json").read_text())
    return {call["url"]: (call["status"], json.loads((folder / call["file"]).read_text())) for call in index}


def untracked(body: dict) -> dict:
    metadata = dict(body["metadata"])
    annotations = {name: value for name, value in metadata.pop("annotations", {}).items() if name != TRACKING}
    return {**body, "metadata": metadata | ({"annotations": annotations} if annotations else {})}


@pytest.fixture(scope="module")
def repositories(bundles, tmp_path_factory):
    found = {}
    for name in ("fleet", "platform"):
        folder = tmp_path_factory.mktemp(name) / name
        command = ["git", "clone", "--quiet", "-b", "main", str(bundles / f"{name}.bundle"), str(folder)]
        subprocess.run(command, check=True)
        found[name] = ConfigRepository.open(folder)
    yield found
    for repository in found.values():
        repository.close()


@pytest.fixture(params=SCENARIOS, scope="module")
def scenario(request, recordings, repositories, tools, tmp_path_factory):
    name, commit = SCENARIOS[request.param]
    repository = repositories[name]
    full = next(found.sha for found in repository.recent("main", 100) if found.sha.startswith(commit))
    workspace = Workspace(repository, full, tmp_path_factory.mktemp("workspace") / "files")
    return answers(recordings / request.param), Renderer(workspace, tools)


def request_of(application: Application) -> RenderInput:
    urls = tuple(source.repo_url for source in application.sources)
    return RenderInput(application.name, application.spec.destination.namespace, application.sources, urls, "main")


def test_renders_are_what_argo_cd_made(scenario):
    recorded, renderer = scenario
    applications = [msgspec.convert(item, Application) for item in recorded["/api/v1/applications"][1]["items"]]
    assert len(applications) >= 8
    for application in applications:
        status, answer = recorded[f"/api/v1/applications/{application.name}/manifests"]
        request = request_of(application)
        if status != 200:
            with pytest.raises(RenderFailed) as caught:
                renderer.render(request)
            assert caught.value.message in answer["message"].replace("<path to cached source>/", "")
            continue
        expected = named([untracked(json.loads(text)) for text in answer["manifests"]], request.namespace)
        rendered = renderer.render(request).manifests
        assert compare(expected, rendered) == (), application.name
        assert [manifest.key for manifest in rendered] == [manifest.key for manifest in expected]


def test_the_second_question_costs_no_render(scenario):
    recorded, renderer = scenario
    for item in recorded["/api/v1/applications"][1]["items"]:
        request = request_of(msgspec.convert(item, Application))
        counts = []
        for _ in range(2):
            with suppress(RenderFailed):
                renderer.render(request)
            counts.append(renderer.render_count)
        assert counts[0] == counts[1]


def test_a_missing_base_names_the_path_and_who_refers_to_it(recordings, repositories, tools, tmp_path):
    repository = repositories["fleet"]
    workspace = Workspace(repository, repository.head("main"), tmp_path / "files")
    items = answers(recordings / "05-sync-failures")["/api/v1/applications"][1]["items"]
    [application] = [
        msgspec.convert(item, Application) for item in items if item["metadata"]["name"] == "payments-staging"
    ]
    with pytest.raises(RenderFailed) as caught:
        Renderer(workspace, tools).render(request_of(application))
    reads = caught.value.reads
    assert "payments/bases" in caught.value.message
    assert str(tmp_path) not in caught.value.message
    assert reads.covers("payments/bases/kustomization.yaml")
    assert reads.covers("payments/overlays/staging/kustomization.yaml")
    assert not reads.covers("payments/overlays/production/kustomization.yaml")
    assert not reads.covers("payments/base/rollout.yaml")
    with workspace.at(repository.parent(workspace.commit)):
        assert len(Renderer(workspace, tools).render(request_of(application)).manifests) == 2
