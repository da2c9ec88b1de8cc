"""Kustomizations as kustomize-controller builds them."""

from __future__ import annotations

import pytest

from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.model.json import Json, dig
from tests.clients.rendering.flux.conftest import Render, kustomization

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  template:
    spec:
      containers:
        - {name: web, image: "nginx:1.25"}
        - {name: proxy, image: "envoy:1.30"}
"""
CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\ndata: {key: value}\n"
FILES = {"apps/web.yaml": DEPLOYMENT, "apps/kustomization.yaml": "resources: [web.yaml]\n"}


def config(name: str) -> str:
    return CONFIG.replace("NAME", name)


def images(body: Json) -> list[Json]:
    containers = dig(body, "spec", "template", "spec", "containers")
    return [dig(one, "image") for one in containers] if isinstance(containers, list) else []


def test_a_folder_without_a_kustomization_gets_one_of_all_that_is_in_it(render: Render) -> None:
    files = {
        "apps/b.yml": config("b"),
        "apps/deep/er/c.yaml": config("c"),
        "apps/kept/kustomization.yaml": "namePrefix: kept-\nresources: [d.yaml]\n",
        "apps/kept/d.yaml": config("d"),
        "apps/kept/unused.yaml": config("unused"),
        "apps/notes.txt": "no manifest",
        "other/e.yaml": config("e"),
    }
    rendered = render(files, kustomization("  path: ./apps\n"))
    assert [one.key.name for one in rendered.manifests] == ["b", "c", "kept-d"]
    assert rendered.reads.covers("apps/new.yaml")


def test_a_yaml_file_that_is_no_manifest_fails_the_generated_kustomization(render: Render) -> None:
    with pytest.raises(RenderFailed, match=r"failed to decode Kubernetes YAML from apps/values\.yaml"):
        render({"apps/values.yaml": "key: value\n"}, kustomization("  path: apps\n"))


@pytest.mark.parametrize("path", ["./", ".", "''", "/"])
def test_no_path_is_the_root(render: Render, path: str) -> None:
    rendered = render({"a.yaml": config("a")}, kustomization(f"  path: {path}\n"))
    assert [one.key.name for one in rendered.manifests] == ["a"]


def test_options_are_laid_into_the_kustomization(render: Render) -> None:
    component = "kind: Component\napiVersion: kustomize.config.k8s.io/v1alpha1\nnameSuffix: -x\n"
    files = {
        **FILES,
        "apps/kustomization.yaml": "resources: [web.yaml]\nimages: [{name: nginx, newName: mirror/nginx}]\n",
        "components/x/kustomization.yaml": component,
    }
    spec = """\
  path: ./apps
  targetNamespace: prod
  namePrefix: eu-
  components: [../components/x]
  commonMetadata: {labels: {team: web}, annotations: {contact: web@example.com}}
  images:
    - {name: nginx, newTag: 1.27.0}
    - {name: envoy, digest: "sha256:00"}
  patches:
    - target: {kind: Deployment}
      patch: |
        - {op: replace, path: /spec/replicas, value: 5}
"""
    [manifest] = render(files, kustomization(spec)).manifests
    assert (manifest.key.namespace, manifest.key.name) == ("prod", "eu-web-x")
    # Flux puts its entry in the place of the one of the same name: that one's newName is gone.
    assert images(manifest.body) == ["nginx:1.27.0", "envoy@sha256:00"]
    assert dig(manifest.body, "spec", "replicas") == 5
    assert dig(manifest.body, "metadata", "annotations") == {"contact": "web@example.com"}
    assert dig(manifest.body, "metadata", "labels") == {
        "team": "web",
        "kustomize.toolkit.fluxcd.io/name": "apps",
        "kustomize.toolkit.fluxcd.io/namespace": "flux",
    }
    assert dig(manifest.body, "spec", "template", "metadata") is None


def test_older_forms_of_patches(render: Render) -> None:
    spec = """\
  path: ./apps
  patchesStrategicMerge:
    - {apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 4}}
  patchesJson6902:
    - target: {group: apps, version: v1, kind: Deployment, name: web}
      patch: [{op: add, path: /spec/paused, value: true}]
"""
    [manifest] = render(FILES, kustomization(spec)).manifests
    assert (dig(manifest.body, "spec", "replicas"), dig(manifest.body, "spec", "paused")) == (4, True)


def test_files_beside_the_folder_are_taken_and_others_than_the_repositorys_are_not(render: Render) -> None:
    beside = {"apps/kustomization.yaml": "resources: [../web.yaml]\n", "web.yaml": DEPLOYMENT}
    assert len(render(beside, kustomization("  path: apps\n")).manifests) == 1
    for outside in ("../../../../../../../../etc/hostname", "/etc/hostname"):
        files = {"apps/kustomization.yaml": f"resources: [{outside}]\n", "web.yaml": DEPLOYMENT}
        with pytest.raises(RenderFailed, match="outside the repository"):
            render(files, kustomization("  path: apps\n"))


def test_generators_with_files_of_their_own_are_not_run_without_restrictions(render: Render) -> None:
    generator = "apiVersion: builtin\nkind: ConfigMapGenerator\nmetadata: {name: g}\nfiles: [/etc/hostname]\n"
    files = {"apps/kustomization.yaml": "resources: [../web.yaml]\ngenerators: [g.yaml]\n", "web.yaml": DEPLOYMENT}
    with pytest.raises(NotRenderable, match="run transformers"):
        render({**files, "apps/g.yaml": generator}, kustomization("  path: apps\n"))


def test_a_path_that_is_not_there_fails(render: Render) -> None:
    with pytest.raises(RenderFailed, match="nowhere"):
        render(FILES, kustomization("  path: ./nowhere\n"))


def test_remote_bases_and_other_artifacts_are_not_rendered(render: Render) -> None:
    remote = {"apps/kustomization.yaml": "resources: ['https://github.com/acme/base?ref=v1']\n"}
    with pytest.raises(NotRenderable, match="acme/base"):
        render(remote, kustomization("  path: apps\n"))
    bucket = kustomization("  path: apps\n").replace("kind: GitRepository", "kind: OCIRepository")
    with pytest.raises(NotRenderable, match="its source is the OCIRepository flux/flux, not Git"):
        render(FILES, bucket)


def test_the_checkout_stays_as_it_is(case, render: Render) -> None:
    render({"apps/web.yaml": DEPLOYMENT}, kustomization("  path: apps\n  namePrefix: x-\n"))
    made = case({"apps/web.yaml": DEPLOYMENT})
    assert made.workspace.listing() == ("apps/web.yaml",)
    assert not (made.workspace.root / "apps" / "kustomization.yaml").exists()


def test_variables_of_the_post_build(render: Render) -> None:
    deployment = DEPLOYMENT.replace("replicas: 2", "replicas: ${replicas:=1}").replace("1.25", "${tag}")
    secret = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: 'ENC[AES]'}\nsops: {mac: ENC}\n"
    files = {"apps/web.yaml": deployment, "apps/sops.yaml": secret}
    spec = """\
  path: apps
  postBuild:
    substitute: {replicas: "3"}
    substituteFrom: [{kind: ConfigMap, name: settings}]
"""
    rendered = {
        one.key.kind: one.body for one in render(files, kustomization(spec), settings={"tag": "1.28"}).manifests
    }
    assert dig(rendered["Deployment"], "spec", "replicas") == 3
    assert images(rendered["Deployment"])[0] == "nginx:1.28"
    assert rendered["Secret"]["sops"] == {"mac": "ENC"}
