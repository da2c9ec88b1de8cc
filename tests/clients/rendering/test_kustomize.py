from __future__ import annotations

import pytest

from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.errors import ToolMissing

APP = {"path": "overlays/prod"}
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {}\ndata:\n  key: one\n"
BASE = {"base/kustomization.yaml": "resources:\n- map.yaml\n", "base/map.yaml": MAP.format("map")}
TREE = {
    **BASE,
    "overlays/prod/kustomization.yaml": """\
resources:
- ../../base
components:
- ../../components/extra
patches:
- path: patch.yaml
- patch: |-
    - {op: add, path: /data/inline, value: yes}
  target: {kind: ConfigMap, name: map}
patchesStrategicMerge:
- strategic.yaml
- |-
  apiVersion: v1
  kind: ConfigMap
  metadata: {name: map}
  data: {inlined: text}
configMapGenerator:
- name: made
  files: [named=files/a.txt, files/b.txt]
  envs: [vars.env]
replacements:
- path: replacement.yaml
transformers:
- transformer.yaml
""",
    "overlays/prod/patch.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {patched: x}\n",
    "overlays/prod/strategic.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: map}\ndata: {strategic: x}\n",
    "overlays/prod/files/a.txt": "a",
    "overlays/prod/files/b.txt": "b",
    "overlays/prod/vars.env": "E=1\n",
    "overlays/prod/replacement.yaml": """\
source: {kind: ConfigMap, name: map, fieldPath: data.key}
targets:
- select: {kind: ConfigMap, name: map}
  fieldPaths: [data.replaced]
  options: {create: true}
""",
    "overlays/prod/transformer.yaml": """\
apiVersion: builtin
kind: AnnotationsTransformer
metadata: {name: x}
annotations: {by: transformer}
fieldSpecs: [{path: metadata/annotations, create: true}]
""",
    "components/extra/kustomization.yaml": """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
resources: [extra.yaml]
""",
    "components/extra/extra.yaml": MAP.format("extra"),
    "unrelated/kustomization.yaml": "resources: []\n",
}


def test_everything_that_a_kustomization_names_is_read(case):
    one = case(TREE)
    found = {manifest.key.name.partition("-")[0]: manifest.body["data"] for manifest in one.render(APP).manifests}
    assert found == {
        "map": {
            "key": "one",
            "patched": "x",
            "inline": True,
            "strategic": "x",
            "inlined": "text",
            "replaced": "one",
        },
        "extra": {"key": "one"},
        "made": {"named": "a", "b.txt": "b", "E": "1"},
    }
    reads = one.reads(APP)
    for path in TREE:
        assert reads.covers(path) is not path.startswith("unrelated")


def test_what_is_read_suffices_to_render(case):
    # With a source's options the files that are read are copied, and nothing else is there.
    plain_names = case(TREE).names(APP)
    prefixed = case(TREE).names({**APP, "kustomize": {"namePrefix": "x-"}})
    assert [name.replace("/", "/x-") for name in plain_names] == prefixed


@pytest.mark.parametrize(
    "entry",
    [
        "https://github.com/acme/base//deploy?ref=v1",
        "github.com/acme/base",
        "git@git.example.com:acme/base.git",
        "ssh://git@git.example.com/acme/base",
        "git::https://git.example.com/acme/base",
        "https://example.com/install.yaml",
    ],
)
def test_a_remote_base_anywhere_is_not_renderable(case, entry):
    files = {**BASE, "base/kustomization.yaml": f"resources: [map.yaml, '{entry}']\n"}
    with pytest.raises(NotRenderable, match="the kustomization in base builds on"):
        case({**files, "overlays/prod/kustomization.yaml": "resources: [../../base]\n"}).render(APP)


def test_a_file_with_an_at_sign_is_no_remote_base(case):
    files = {"app/kustomization.yaml": "resources: [map@x.yaml]\n", "app/map@x.yaml": MAP.format("map")}
    assert case(files).names({"path": "app"}) == ["ConfigMap prod/map"]


@pytest.mark.parametrize(
    ("entry", "covered"),
    [
        ("../../bases", "bases/kustomization.yaml"),
        ("gone.yaml", "overlays/prod/gone.yaml"),
        ("../../x/y", "x/y/z/new.yaml"),
    ],
)
def test_a_missing_base_is_part_of_what_is_read(case, entry, covered):
    one = case({**BASE, "overlays/prod/kustomization.yaml": f"resources: [{entry}]\n"})
    with pytest.raises(RenderFailed, match=r"no such file or directory|not a valid directory") as caught:
        one.render(APP)
    assert caught.value.reads == one.reads(APP)
    assert caught.value.reads.covers(covered)
    assert str(one.workspace.root.parent) not in caught.value.message


def test_a_kustomization_that_is_no_yaml_fails_as_kustomize_says(case):
    one = case({"overlays/prod/kustomization.yaml": "resources: [\n"})
    with pytest.raises(RenderFailed, match="invalid Kustomization: yaml: line 1") as caught:
        one.render(APP)
    assert caught.value.reads.covers("overlays/prod/kustomization.yaml")


def test_bases_that_go_round_end(case):
    files = {"a/kustomization.yaml": "resources: [../b]\n", "b/kustomization.yaml": "resources: [../a]\n"}
    with pytest.raises(RenderFailed, match="cycle"):
        case(files).render({"path": "a"})


def test_files_above_the_kustomization_need_the_option(case):
    files = {"app/kustomization.yaml": "resources: [../map.yaml]\n", "map.yaml": MAP.format("map")}
    with pytest.raises(RenderFailed, match="security"):
        case(files).render({"path": "app"})
    for options in ("--load-restrictor LoadRestrictionsNone", "--load-restrictor=LoadRestrictionsNone"):
        assert case(files).names({"path": "app"}, build_options=options) == ["ConfigMap prod/map"]


def test_options_that_run_programs_are_not_renderable(case):
    with pytest.raises(NotRenderable, match="--enable-exec"):
        case(TREE).render(
            APP, build_options="--enable-alpha-plugins --enable-exec".removeprefix("--enable-alpha-plugins ")
        )


def test_helm_charts_inside_are_rendered_where_they_are_local(case):
    files = {
        "app/kustomization.yaml": "helmCharts:\n- {name: sub, releaseName: r, valuesFile: v.yaml}\n",
        "app/v.yaml": "name: from-values\n",
        "app/charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
        "app/charts/sub/templates/a.yaml": MAP.format("{{ .Values.name }}"),
    }
    one = case(files)
    assert one.names({"path": "app"}, build_options="--enable-helm") == ["ConfigMap prod/from-values"]
    assert one.reads({"path": "app"}, build_options="--enable-helm").covers("app/charts/sub/values.yaml")
    with pytest.raises(NotRenderable, match="needs --enable-helm"):
        one.render({"path": "app"})


def test_helm_charts_inside_that_are_fetched_are_not_renderable(case):
    files = {"app/kustomization.yaml": "helmCharts:\n- {name: sub, repo: 'https://charts.example.com'}\n"}
    with pytest.raises(NotRenderable, match="the Helm chart sub, which is not in this repository"):
        case(files).render({"path": "app"}, build_options="--enable-helm")


def test_the_workspace_is_left_as_it_was(case):
    one = case(TREE)
    before = {path: path.read_bytes() for path in one.workspace.root.rglob("*") if path.is_file()}
    one.render(APP)
    one.render({**APP, "kustomize": {"images": ["a=b:1"], "namespace": "other"}})
    assert {path: path.read_bytes() for path in one.workspace.root.rglob("*") if path.is_file()} == before
    assert [path.name for path in one.workspace.root.parent.iterdir() if path.name.startswith("tmp")] == []


def test_without_kustomize_it_is_said_what_to_install(plain):
    with pytest.raises(ToolMissing, match=r"kustomize is not installed.*Install kustomize"):
        plain(TREE).render(APP)
    assert plain(TREE).reads(APP).covers("base/map.yaml")
