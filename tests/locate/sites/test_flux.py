"""Flux from the command line: recorded objects, a folder a cluster, and the files that objects are read from."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gitops_bot.clients.rendering import Tools
from gitops_bot.locate.sites import Answer, answer_text, find_sites, open_fleet, read_applications, read_files
from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey
from tests.locate.sites import shapes
from tests.support.repository import Repository

RECORDED = shapes.ROOT / "fixtures" / "recordings" / "10-flux-incidents"
BUNDLE = shapes.ROOT / "fixtures" / "repositories" / "flux-fleet.bundle"
IMAGE = "/spec/template/spec/containers/0/image"
SHOP = ResourceKey("apps", "Deployment", "shop-prod", "shop")
OWNER: Json = {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}

RELEASE = """\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: web}
spec:
  interval: 5m
  chart:
    spec: {chart: charts/web, sourceRef: {kind: GitRepository, name: fleet, namespace: flux-system}}
  values:
    tag: 1.0.0
"""
CLUSTERS = {
    **{
        path.replace("CLUSTER", cluster): content.replace("CLUSTER", cluster)
        for cluster in ("eu", "us")
        for path, content in {
            "clusters/CLUSTER/apps.yaml": (
                "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
                "metadata: {name: apps, namespace: flux-system}\n"
                "spec:\n  path: ./apps/CLUSTER\n  sourceRef: {kind: GitRepository, name: fleet}\n"
            ),
            "apps/CLUSTER/kustomization.yaml": (
                "namespace: web\nresources: [../base]\npatches:\n  - target: {kind: HelmRelease}\n    patch: |\n"
                "      - {op: add, path: /spec/values/host, value: web.CLUSTER}\n"
            ),
        }.items()
    },
    "apps/base/kustomization.yaml": "resources: [release.yaml]\n",
    "apps/base/release.yaml": RELEASE,
    "charts/web/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "charts/web/values.yaml": "tag: 0.0.1\nhost: none\n",
    "charts/web/templates/config.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
        "data: {tag: '{{ .Values.tag }}', host: '{{ .Values.host }}'}\n"
    ),
}
CONFIG = ResourceKey("", "ConfigMap", "web", "web")


def live_release(host: str, labels: Json) -> dict[str, Json]:
    reference: Json = {"kind": "GitRepository", "name": "fleet", "namespace": "flux-system"}
    return {
        "apiVersion": "helm.toolkit.fluxcd.io/v2",
        "kind": "HelmRelease",
        "metadata": {"name": "web", "namespace": "web", "labels": labels},
        "spec": {
            "chart": {"spec": {"chart": "charts/web", "sourceRef": reference, "version": "*"}},
            "values": {"tag": "1.0.0", "host": host},
        },
    }


@pytest.fixture
def recorded(tmp_path: Path, tools: Tools) -> Path:
    assert tools.kustomize
    subprocess.run(["git", "clone", "--quiet", "-b", "main", str(BUNDLE), str(tmp_path / "fleet")], check=True)
    subprocess.run(["git", "-C", str(tmp_path / "fleet"), "checkout", "--quiet", "8f6fdc7"], check=True)
    return tmp_path / "fleet"


def test_the_recorded_release_is_found_in_the_overlay_and_reads_well(recorded: Path) -> None:
    applications, _ = read_files([RECORDED / "002.json", RECORDED / "003.json"])
    with open_fleet(recorded, applications, shapes.TOOLS_PATH) as fleet:
        application = fleet.applications["Kustomization/shop-prod.flux-system"]
        answer = find_sites(fleet, application, SHOP, IMAGE)
        page = answer_text(fleet, application, SHOP, IMAGE, answer)
    assert [shapes.shown(site) for site in answer.sites] == [
        {"path": "apps/prod/kustomization.yaml", "document": 0, "pointer": "/images/0/newTag", "line": 9, "part": "tag"}
    ]
    assert page.split("\n")[:4] == [
        f"Kustomization/shop-prod.flux-system: Deployment shop-prod/shop  {IMAGE}",
        "  is registry.example.com/shop:1.1.0",
        "",
        "its tag stands in apps/prod/kustomization.yaml:9  (overlay's kustomization)",
    ]


def test_the_recorded_failure_is_the_reason(recorded: Path) -> None:
    applications, _ = read_files([RECORDED / "002.json", RECORDED / "003.json"])
    with open_fleet(recorded, applications, shapes.TOOLS_PATH) as fleet:
        application = fleet.applications["Kustomization/shop-staging.flux-system"]
        answer = find_sites(fleet, application, ResourceKey("apps", "Deployment", "shop-staging", "shop"), IMAGE)
    assert not answer.expressible
    assert "does not render" in answer.reason
    assert "../bases/shop" in answer.reason


@pytest.fixture
def asked(tmp_path: Path, tools: Tools) -> Iterator[Callable[[dict[str, Json], str], Answer]]:
    """Asks for a key of the rendered ConfigMap, of a HelmRelease in a repository with a folder a cluster."""
    assert tools.helm
    repository = Repository(tmp_path / "fleet")
    repository.commit(dict(CLUSTERS))
    with ExitStack() as stack:

        def ask(body: dict[str, Json], key: str) -> Answer:
            file = tmp_path / "release.json"
            file.write_text(json.dumps(body), encoding="utf-8")
            applications = read_applications(file)
            fleet = stack.enter_context(open_fleet(repository.path, applications, shapes.TOOLS_PATH))
            return find_sites(fleet, applications[0], CONFIG, f"/data/{key}")

        yield ask


@pytest.mark.parametrize("labels", [OWNER, {}])
@pytest.mark.parametrize("cluster", ["eu", "us"])
def test_of_several_clusters_the_one_counts_that_renders_the_object_as_it_is(
    asked: Callable[[dict[str, Json], str], Answer], cluster: str, labels: Json
) -> None:
    [site] = asked(live_release(f"web.{cluster}", labels), "host").sites
    assert (site.place.path, site.line) == (f"apps/{cluster}/kustomization.yaml", 6)


def test_what_only_the_base_says_is_set_in_the_overlay_of_the_cluster(
    asked: Callable[[dict[str, Json], str], Answer],
) -> None:
    own, base = asked(live_release("web.us", OWNER), "tag").sites
    assert (own.place.path, own.exists) == ("apps/us/kustomization.yaml", False)
    assert (base.place.path, base.line) == ("apps/base/release.yaml", 9)


NESTED = {
    "flux/root.yaml": (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: root, namespace: flux-system}\n"
        "spec:\n  path: ./apps\n  sourceRef: {kind: GitRepository, name: fleet}\n  patches:\n"
        "    - target: {kind: Kustomization}\n      patch: |\n"
        "        - op: add\n          path: /spec/postBuild\n"
        "          value: {substituteFrom: [{kind: ConfigMap, name: settings}]}\n"
    ),
    "flux/settings.yaml": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: flux-system}\ndata:\n  tag: 1.0.0\n"
    ),
    "apps/apps.yaml": (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: apps, namespace: flux-system}\n"
        "spec: {path: web, targetNamespace: web, sourceRef: {kind: GitRepository, name: fleet}}\n"
    ),
    "web/release.yaml": RELEASE.replace("tag: 1.0.0", "tag: ${tag}\n    host: ${tag}.${other:=x}"),
}


def test_what_a_kustomization_far_above_patches_counts(tmp_path: Path, tools: Tools) -> None:
    assert tools.kustomize
    repository = Repository(tmp_path / "fleet")
    repository.commit(dict(NESTED))
    applications = read_applications(write(tmp_path / "release.json", live_release("1.0.0.x", OWNER)))
    key = applications[0].key
    with open_fleet(repository.path, applications, shapes.TOOLS_PATH) as fleet:
        [site] = find_sites(fleet, applications[0], key, "/spec/values/tag").sites
    assert (site.place.path, site.line, site.also_moves) == (
        "flux/settings.yaml",
        5,
        ("HelmRelease web/web spec.values.host",),
    )


def test_a_git_repository_in_one_file_counts_for_all(tmp_path: Path) -> None:
    recorded = json.loads((RECORDED / "003.json").read_text(encoding="utf-8"))
    [apps], others = read_files(
        [write(tmp_path / "one.json", live_release("x", {})), write(tmp_path / "two", recorded)]
    )
    assert apps.sources[0].repo_url == "flux:GitRepository/flux-system/fleet"
    assert others == ()
    [_, prod, _], _ = read_files([RECORDED / "002.json", tmp_path / "two"])
    assert prod.sources[0].repo_url == "http://127.0.0.1:3000/acme/flux-fleet.git"
    assert prod.sources[0].target_revision == "main"


def test_flux_objects_and_applications_stand_in_one_list(tmp_path: Path) -> None:
    application: Json = {"kind": "Application", "metadata": {"name": "shop"}, "spec": {"source": {"path": "shop"}}}
    items: Json = [application, live_release("x", {}), {"kind": "HelmRepository", "metadata": {"name": "acme"}}]
    found = read_applications(write(tmp_path / "list.json", {"kind": "List", "items": items}))
    assert [one.name for one in found] == ["shop", "HelmRelease/web.web"]


def write(path: Path, value: Json) -> Path:
    path.write_text(json.dumps(value), encoding="utf-8")
    return path
