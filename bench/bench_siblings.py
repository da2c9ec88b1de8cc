"""Proof of an edit in a file that an ApplicationSet makes 300 Helm applications of: those that stay are not rendered.

Needs helm on PATH.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from bench_blast_radius import URL, commit, write

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import Renderer, find_tools
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.application import Application, ApplicationSpec, Destination, Metadata, OwnerReference
from gitops_bot.model.proposal import Candidate, FieldsBecome
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.source import HelmOptions, HelmParameter, Source
from gitops_bot.prove import prove

SIBLINGS = 300
SET = f"""apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: web, namespace: argocd}}
spec:
  generators:
    - git: {{repoURL: {URL}, revision: main, files: [{{path: web.yaml}}]}}
  template:
    metadata: {{name: 'web-{{{{region}}}}'}}
    spec:
      destination: {{namespace: 'web-{{{{region}}}}'}}
      source:
        repoURL: {URL}
        targetRevision: main
        path: charts/web
        helm: {{parameters: [{{name: tag, value: '{{{{tag}}}}'}}]}}
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec: {template: {spec: {containers: [{name: web, image: "registry.example.com/web:{{ .Values.tag }}"}]}}}
"""


def parameters(**tags: str) -> str:
    """The generator's file: each region with its tag."""
    tag = {f"r{number}": "v1" for number in range(SIBLINGS)} | tags
    return "".join(f"- {{region: {region}, tag: {one}}}\n" for region, one in tag.items())


def populate(root: Path) -> list[Application]:
    """Write the set, its generator's file and the chart."""
    write(root / "sets/web.yaml", SET)
    write(root / "web.yaml", parameters(r7="v2"))
    write(root / "charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
    write(root / "charts/web/templates/deployment.yaml", DEPLOYMENT)
    owner = [OwnerReference(kind="ApplicationSet", name="web")]
    return [
        Application(
            metadata=Metadata(name=f"web-r{number}", namespace="argocd", owner_references=owner),
            spec=ApplicationSpec(destination=Destination(namespace=f"web-r{number}"), source=source(number)),
        )
        for number in range(SIBLINGS)
    ]


def source(number: int) -> Source:
    """What the set makes for one region."""
    options = HelmOptions(parameters=[HelmParameter(name="tag", value="v2" if number == 7 else "v1")])
    return Source(repo_url=URL, path="charts/web", target_revision="main", helm=options)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "repository"
        root.mkdir()
        applications = populate(root)
        commit(root)
        with ConfigRepository.open(root) as repository:
            head = repository.head("main")
            workspace = Workspace(repository, head, Path(folder) / "workspace")
            renderer = Renderer(workspace, find_tools(os.environ["PATH"]))
            fleet = Fleet(applications, repository, workspace, renderer, commit=head, branch="main", urls=(URL,))
            key = ResourceKey("apps", "Deployment", "web-r7", "web")
            image = ("/spec/template/spec/containers/0/image", "registry.example.com/web:v1")
            contents: dict[str, bytes | None] = {"web.yaml": parameters().encode()}
            intent = FieldsBecome(resource=key, values=(image,))
            start = time.perf_counter()
            proof = prove(fleet, Candidate(subject="web-r7", edits=(), contents=contents, intent=intent), {})
            took = time.perf_counter() - start
    assert not proof.refusal, proof.refusal
    assert (proof.moved, len(proof.readers)) == (("web-r7",), SIBLINGS - 1)
    print(f"proof of one of {SIBLINGS} siblings: {took:.2f} s, {renderer.render_count} renders")


if __name__ == "__main__":
    main()
