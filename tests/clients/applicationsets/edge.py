"""One ApplicationSet over one file a region, for tests of what Applications it makes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gitops_bot.clients.fleet import Fleet
from gitops_bot.model.application import Application

OWN = "https://git.example.com/acme/fleet.git"
SET = """\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {name: edge, namespace: argocd}
spec:
  goTemplate: true
  goTemplateOptions: [missingkey=error]
  generators:
    - GENERATOR
  template:
    metadata: {name: 'edge-{{ .region }}'}
    spec:
      destination: {server: 'https://in-cluster', namespace: 'edge-{{ .region }}'}
      source: {repoURL: 'https://git.example.com/acme/fleet.git', targetRevision: main, path: 'sites/{{ .site }}'}
"""
GIT = "git: {repoURL: 'https://git.example.com/acme/fleet.git', revision: main, files: [{path: 'regions/*.json'}]}"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: which}\ndata: {site: SITE}\n"
FILES = {
    "sets/edge.yaml": SET.replace("GENERATOR", GIT),
    "regions/us.json": '{"region": "us", "site": "one"}\n',
    "regions/eu.json": '{"region": "eu", "site": "one"}\n',
    "sites/one/map.yaml": MAP.replace("SITE", "one"),
    "sites/two/map.yaml": MAP.replace("SITE", "two"),
}
ROOT_APPLICATION = {
    "metadata": {"name": "root", "namespace": "argocd"},
    "spec": {"source": {"repoURL": OWN, "path": "sets"}},
}


def live(region: str, site: str = "one", *, owner: str = "edge", **source: object) -> dict[str, Any]:
    """An Application as Argo CD has it."""
    metadata: dict[str, Any] = {"name": f"edge-{region}", "namespace": "argocd"}
    if owner:
        metadata["ownerReferences"] = [{"kind": "ApplicationSet", "name": owner}]
    origin = {"repoURL": OWN, "targetRevision": "main", "path": f"sites/{site}", **source}
    spec = {"source": origin, "destination": {"server": "https://in-cluster", "namespace": f"edge-{region}"}}
    return {"metadata": metadata, "spec": spec}


MakeFleet = Callable[..., Fleet]


def site(fleet: Fleet, name: str) -> object:
    [manifest] = fleet.render(fleet.applications[name]).manifests
    return manifest.body["data"]["site"]  # type: ignore[index,call-overload]


def learned(fleet: Fleet, name: str) -> Application:
    application = fleet.applications[name]
    assert fleet.search_definition(application) is None
    return application
