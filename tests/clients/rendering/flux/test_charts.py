"""HelmReleases of charts in Git, as helm-controller renders them."""

from __future__ import annotations

import pytest

from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.model.json import Json, dig
from tests.clients.rendering.flux.conftest import Render, release

TEMPLATE = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: "{{ .Release.Name }}", namespace: "{{ .Release.Namespace }}"}
data:
  a: {{ .Values.a | quote }}
  b: {{ .Values.b | quote }}
  image: {{ .Values.image | default "nginx:1" | quote }}
  list: {{ join "," .Values.list | quote }}
"""
FILES = {
    "charts/shop/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
    "charts/shop/values.yaml": "a: default\nb: default\nlist: [p, q]\n",
    "charts/shop/values-prod.yaml": "a: prod\nlist: []\n",
    "charts/shop/templates/config.yaml": TEMPLATE,
}


def data(render: Render, spec: str, **given: dict[str, str]) -> Json:
    [manifest] = render(FILES, release(spec), **given).manifests
    return dig(manifest.body, "data")


@pytest.mark.parametrize(
    ("spec", "named"),
    [
        ("  values: {}\n", "web/shop"),
        ("  targetNamespace: eu\n", "eu/eu-shop"),
        ("  targetNamespace: eu\n  storageNamespace: flux\n  releaseName: mine\n", "eu/mine"),
    ],
)
def test_release_names_and_namespaces(render: Render, spec: str, named: str) -> None:
    [manifest] = render(FILES, release(spec)).manifests
    assert f"{manifest.key.namespace}/{manifest.key.name}" == named
    assert dig(manifest.body, "metadata", "labels") == {
        "helm.toolkit.fluxcd.io/name": "shop",
        "helm.toolkit.fluxcd.io/namespace": "web",
    }


def test_values_by_precedence(render: Render) -> None:
    spec = """\
  values: {a: inline}
  valuesFrom:
    - {kind: ConfigMap, name: one}
    - {kind: ConfigMap, name: two, valuesKey: other.yaml}
    - {kind: ConfigMap, name: absent, optional: true}
    - {kind: ConfigMap, name: two, valuesKey: tag, targetPath: image}
"""
    given = {"one": {"values.yaml": "a: one\nb: one\n"}, "two": {"other.yaml": "b: two\n", "tag": "set"}}
    assert data(render, spec, **given) == {"a": "inline", "b": "two", "image": "set", "list": "p,q"}


def test_a_quoted_value_for_a_path_is_a_string(render: Render) -> None:
    spec = "  valuesFrom: [{kind: ConfigMap, name: one, valuesKey: v, targetPath: a}]\n"
    assert dig(data(render, spec, one={"v": "'007'"}), "a") == "007"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ("[charts/shop/values.yaml, ./charts/shop/values-prod.yaml]", {"a": "prod", "b": "default", "list": ""}),
        ("[charts/shop/values-prod.yaml]", {"a": "prod", "b": None, "list": ""}),
    ],
)
def test_value_files_take_the_place_of_the_charts_own(render: Render, files: str, expected: dict[str, Json]) -> None:
    reference = "{kind: GitRepository, name: flux, namespace: flux}"
    spec = f"  chart:\n    spec: {{chart: charts/shop, valuesFiles: {files}, sourceRef: {reference}}}\n"
    assert data(render, spec) == {**expected, "image": "nginx:1"}


def test_post_renderers_of_kustomize(render: Render) -> None:
    spec = """\
  postRenderers:
    - kustomize:
        patches:
          - target: {kind: ConfigMap}
            patch: |
              - {op: add, path: /data/added, value: first}
    - kustomize:
        patchesStrategicMerge:
          - {apiVersion: v1, kind: ConfigMap, metadata: {name: shop, namespace: web}, data: {added: second}}
"""
    assert dig(data(render, spec), "added") == "second"


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("  valuesFrom: [{kind: Secret, name: s}]\n", "the Secret s as well, and secrets are not read"),
        ("  valuesFrom: [{kind: ConfigMap, name: c}]\n", "no manifest in this repository makes it"),
        (
            "  chart: {spec: {chart: shop, sourceRef: {kind: HelmRepository, name: acme}}}\n",
            "the chart shop is in a reg",
        ),
        ("  chartRef: {kind: OCIRepository, name: shop}\n", "OCIRepository/shop"),
        ("  postRenderers: [{wasm: {}}]\n", "its post-renderer has wasm"),
    ],
)
def test_what_git_does_not_hold_is_not_rendered(render: Render, spec: str, reason: str) -> None:
    with pytest.raises(NotRenderable, match=reason):
        render(FILES, release(spec))


def test_a_config_map_without_the_key_fails(render: Render) -> None:
    with pytest.raises(RenderFailed, match=r"no key values\.yaml"):
        data(render, "  valuesFrom: [{kind: ConfigMap, name: one}]\n", one={"other": ""})
