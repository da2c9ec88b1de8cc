"""Flux objects as the Applications that they amount to."""

from __future__ import annotations

import pytest

from gitops_bot.model.application import Application
from gitops_bot.model.flux import UNKNOWN_SOURCE, flux_application, git_sources, is_flux, plain_name
from gitops_bot.model.json import Json
from gitops_bot.model.source import Source

FLEET: Json = {"kind": "GitRepository", "name": "fleet"}


def git_repository(ref: Json) -> Json:
    return {
        "apiVersion": "source.toolkit.fluxcd.io/v1",
        "kind": "GitRepository",
        "metadata": {"name": "fleet", "namespace": "flux-system"},
        "spec": {"url": "https://git.example.com/acme/fleet.git", "ref": ref},
    }


def kustomization(version: str = "v1", **spec: Json) -> Json:
    return {
        "apiVersion": f"kustomize.toolkit.fluxcd.io/{version}",
        "kind": "Kustomization",
        "metadata": {"name": "apps", "namespace": "flux-system"},
        "spec": {"sourceRef": FLEET, **spec},
        "status": {"lastAttemptedRevision": "main@sha1:8f6fdc78a0cb75971e5a6203ccd75b97c1aa86aa"},
    }


def release(version: str = "v2", **spec: Json) -> Json:
    return {
        "apiVersion": f"helm.toolkit.fluxcd.io/{version}",
        "kind": "HelmRelease",
        "metadata": {"name": "podinfo", "namespace": "apps"},
        "spec": spec,
    }


def chart(**spec: Json) -> Json:
    return {"spec": {"chart": "./charts/podinfo", "sourceRef": {**FLEET, "namespace": "flux-system"}, **spec}}  # type: ignore[dict-item]


def source(application: Application) -> Source:
    [found] = application.sources
    return found


@pytest.mark.parametrize("version", ["v1", "v1beta2", "v1beta1"])
def test_a_kustomization(version: str) -> None:
    application = flux_application(kustomization(version, path="./apps/eu"), git_sources([git_repository(None)]))
    assert application.name == "Kustomization/apps.flux-system"
    assert application.key.path == "kustomize.toolkit.fluxcd.io/Kustomization/flux-system/apps"
    assert application.revisions == ("8f6fdc78a0cb75971e5a6203ccd75b97c1aa86aa",)
    assert source(application).path == "apps/eu"
    assert source(application).repo_url == "https://git.example.com/acme/fleet.git"
    assert source(application).target_revision == "master"


@pytest.mark.parametrize("version", ["v2", "v2beta2", "v2beta1"])
def test_a_helm_release(version: str) -> None:
    application = flux_application(release(version, chart=chart(), targetNamespace="eu"), {})
    assert application.name == "HelmRelease/podinfo.apps"
    assert application.spec.destination.namespace == "eu"
    found = source(application)
    assert (found.path, found.chart) == ("charts/podinfo", "")
    assert found.helm is not None
    assert (found.helm.release_name, found.helm.namespace) == ("eu-podinfo", "eu")


@pytest.mark.parametrize(
    ("ref", "revision"),
    [
        ({"branch": "main"}, "main"),
        ({"branch": "main", "tag": "v1"}, "refs/tags/v1"),
        ({"tag": "v1", "semver": "1.x"}, "1.x"),
        ({"semver": "1.x", "name": "refs/heads/release"}, "refs/heads/release"),
        ({"branch": "main", "name": "refs/heads/release", "commit": "8f6fdc7"}, "8f6fdc7"),
    ],
)
def test_what_a_git_repository_follows(ref: Json, revision: str) -> None:
    application = flux_application(kustomization(), git_sources([git_repository(ref)]))
    assert source(application).target_revision == revision


def test_a_source_that_nobody_tells_of_is_named() -> None:
    unknown = flux_application(kustomization(), {})
    assert source(unknown).repo_url == f"{UNKNOWN_SOURCE}GitRepository/flux-system/fleet"


@pytest.mark.parametrize(
    "spec",
    [
        {"chart": chart(sourceRef={"kind": "HelmRepository", "name": "acme"}, chart="podinfo", version="6.x")},
        {"chartRef": {"kind": "OCIRepository", "name": "podinfo"}},
    ],
)
def test_a_chart_from_a_registry_is_one(spec: dict[str, Json]) -> None:
    assert source(flux_application(release(**spec), {})).chart == "podinfo"


def test_what_is_a_flux_object() -> None:
    assert is_flux(kustomization())
    assert is_flux(release())
    assert not is_flux({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"})
    assert not is_flux({"apiVersion": "helm.toolkit.fluxcd.io/v2", "kind": "Kustomization"})
    assert not is_flux(None)


def test_names_of_events_and_of_objects() -> None:
    assert plain_name("HelmRelease/my.app.apps") == "my.app"
    assert plain_name("shop") == "shop"
