from __future__ import annotations

import json

import pytest

from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.errors import ToolMissing

CHART = "apiVersion: v2\nname: chart\nversion: 1.0.0\n"
SHOW = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
data:
  values: {{ .Values | toJson | quote }}
  version: {{ .Capabilities.KubeVersion.Version | quote }}
  extra: {{ .Capabilities.APIVersions.Has "example.com/v1" | quote }}
"""
FILES = {"app/Chart.yaml": CHART, "app/templates/show.yaml": SHOW, "app/values.yaml": "a: chart\n"}


def values(case, files, *sources, helm=None):
    sources = sources or ({"path": "app", "helm": helm or {}},)
    [manifest] = case({**FILES, **files}).render(*sources).manifests
    return json.loads(manifest.body["data"]["values"])


def test_release_name_and_namespace(case):
    one = case(FILES)
    assert one.names({"path": "app"}) == ["ConfigMap prod/app"]
    assert one.names({"path": "app", "helm": {"releaseName": "r", "namespace": "other"}}) == ["ConfigMap other/r"]


def test_later_layers_win(case):
    files = {"app/one.yaml": "a: one\nb: one\n", "app/two.yaml": "b: two\nc: two\n"}
    helm = {"valueFiles": ["one.yaml", "two.yaml"], "values": "c: inline\nd: inline\n"}
    assert values(case, files, helm=helm) == {"a": "one", "b": "two", "c": "inline", "d": "inline"}
    helm["valuesObject"] = {"c": "object"}
    helm["parameters"] = [{"name": "b", "value": "set"}]
    assert values(case, files, helm=helm) == {"a": "one", "b": "set", "c": "object"}


def test_value_files_are_found_beside_the_chart_from_the_root_and_above(case):
    files = {"env/x.yaml": "a: env\n", "app/sub/y.yaml": "b: sub\n"}
    assert values(case, files, helm={"valueFiles": ["../env/x.yaml", "sub/y.yaml"]}) == {"a": "env", "b": "sub"}
    assert values(case, files, helm={"valueFiles": ["/env/x.yaml"]}) == {"a": "env"}


def test_value_files_of_another_source(case):
    files = {"env/prod.yaml": "a: referred\n"}
    source = {"path": "app", "helm": {"valueFiles": ["$values/env/$ARGOCD_APP_NAMESPACE.yaml"]}}
    assert values(case, files, source, {"ref": "values"}) == {"a": "referred"}


def test_value_files_of_another_repository_are_not_renderable(case):
    source = {"path": "app", "helm": {"valueFiles": ["$values/env/x.yaml"]}}
    other = {"ref": "values", "repoURL": "https://git.example.com/acme/values"}
    with pytest.raises(NotRenderable, match="another repository"):
        case(FILES).render(source, other)
    assert case(FILES).names({"path": "app"}, other) == ["ConfigMap prod/app"]
    with pytest.raises(NotRenderable, match="not in Git"):
        case(FILES).render({"path": "app", "helm": {"valueFiles": ["https://example.com/values.yaml"]}})


def test_value_files_by_pattern_come_in_order_with_explicit_ones_in_their_place(case):
    files = {"env/a.yaml": "a: a\n", "env/b.yaml": "a: b\n", "env/c.yaml": "a: c\n", "env/deep/d.yaml": "a: d\n"}
    assert values(case, files, helm={"valueFiles": ["../env/*.yaml"]}) == {"a": "c"}
    assert values(case, files, helm={"valueFiles": ["../env/**/*.yaml", "../env/b.yaml"]}) == {"a": "b"}
    with pytest.raises(RenderFailed, match="matched no files"):
        case({**FILES, **files}).render({"path": "app", "helm": {"valueFiles": ["../env/*.yml"]}})


def test_a_missing_value_file_fails_unless_that_is_allowed(case):
    one = case(FILES)
    with pytest.raises(RenderFailed, match=r"open app/gone\.yaml: no such file") as caught:
        one.render({"path": "app", "helm": {"valueFiles": ["gone.yaml"]}})
    assert caught.value.reads.covers("app/gone.yaml")
    allowed = {"path": "app", "helm": {"valueFiles": ["../gone.yaml"], "ignoreMissingValueFiles": True}}
    assert one.names(allowed) == ["ConfigMap prod/app"]
    assert one.reads(allowed).covers("gone.yaml")


def test_a_value_file_outside_the_repository_fails(case):
    for path in ("../../x.yaml", "/../x.yaml"):
        with pytest.raises(RenderFailed, match="outside repository root"):
            case(FILES).render({"path": "app", "helm": {"valueFiles": [path]}})


def test_parameters_are_set_as_given(case):
    parameters = [
        {"name": "number", "value": "1"},
        {"name": "text", "value": "1", "forceString": True},
        {"name": "comma", "value": r"a,b\,c"},
        {"name": "list", "value": "{a,b}"},
        {"name": "nested.key", "value": "$ARGOCD_APP_NAME"},
        {"name": "twice", "value": "first"},
        {"name": "twice", "value": "second"},
    ]
    assert values(case, {"app/values.yaml": ""}, helm={"parameters": parameters}) == {
        "number": 1,
        "text": "1",
        "comma": "a,b,c",
        "list": ["a", "b"],
        "nested": {"key": "app"},
        "twice": "second",
    }


def test_file_parameters_carry_a_files_text(case):
    helm = {"fileParameters": [{"name": "script", "path": "files/run.sh"}]}
    assert values(case, {"app/values.yaml": "", "app/files/run.sh": "echo\n"}, helm=helm) == {"script": "echo\n"}


def test_versions_are_the_clusters_unless_the_source_says_other(case):
    one = case(FILES)
    cluster = {"kube_version": "v1.29.3+k3s1", "api_versions": ("example.com/v1",)}
    [manifest] = one.render({"path": "app"}, **cluster).manifests
    assert manifest.body["data"]["version"] == "v1.29.3"
    assert manifest.body["data"]["extra"] == "true"
    own = {"path": "app", "helm": {"kubeVersion": "1.30.0", "apiVersions": ["v1"]}}
    [manifest] = one.render(own, **cluster).manifests
    assert manifest.body["data"]["version"] == "v1.30.0"
    assert manifest.body["data"]["extra"] == "false"


def test_definitions_and_tests_come_unless_skipped(case):
    definition = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: a.b}\n"
    hook = "kind: Pod\nmetadata: {name: test, annotations: {helm.sh/hook: test}}\n"
    one = case({**FILES, "app/crds/a.yaml": definition, "app/templates/tests/t.yaml": hook})
    assert sorted(one.names({"path": "app"})) == ["ConfigMap prod/app", "CustomResourceDefinition a.b", "Pod prod/test"]
    skipped = {"path": "app", "helm": {"skipCrds": True, "skipTests": True}}
    assert one.names(skipped) == ["ConfigMap prod/app"]


def test_a_schema_is_checked_unless_skipped(case):
    schema = json.dumps({"properties": {"a": {"type": "integer"}}})
    one = case({**FILES, "app/values.schema.json": schema})
    with pytest.raises(RenderFailed, match="values don't meet the specifications"):
        one.render({"path": "app"})
    assert one.names({"path": "app", "helm": {"skipSchemaValidation": True}}) == ["ConfigMap prod/app"]


def test_a_template_that_fails_says_where(case):
    with pytest.raises(RenderFailed, match=r"chart/templates/bad\.yaml:1:3.*wrong number") as caught:
        case({**FILES, "app/templates/bad.yaml": "{{ fail }}"}).render({"path": "app"})
    assert caught.value.reads.covers("app/templates/bad.yaml")


def test_a_local_dependency_is_built(case):
    sub = {
        "libs/sub/Chart.yaml": CHART.replace("chart", "sub"),
        "libs/sub/templates/s.yaml": "kind: Sub\nmetadata: {name: s}\n",
    }
    chart = CHART + "dependencies:\n- {name: sub, version: 1.0.0, repository: 'file://../libs/sub'}\n"
    one = case({**FILES, **sub, "app/Chart.yaml": chart})
    assert sorted(one.names({"path": "app"})) == ["ConfigMap prod/app", "Sub prod/s"]
    assert one.reads({"path": "app"}).covers("libs/sub/values.yaml")
    assert not (one.workspace.root / "app" / "charts").exists()


def test_one_dependency_may_stand_under_two_aliases(case):
    sub = {
        "libs/sub/Chart.yaml": CHART.replace("chart", "sub"),
        "libs/sub/templates/s.yaml": "kind: Sub\nmetadata: {name: {{ .Chart.Name }}}\n",
    }
    entry = "- {name: sub, version: 1.0.0, alias: %s, repository: 'file://../libs/sub'}\n"
    chart = CHART + "dependencies:\n" + entry % "one" + entry % "two"
    names = case({**FILES, **sub, "app/Chart.yaml": chart}).names({"path": "app"})
    assert sorted(names) == ["ConfigMap prod/app", "Sub prod/one", "Sub prod/two"]


def test_a_carried_dependency_needs_nothing(case):
    chart = CHART + "dependencies:\n- {name: sub, version: 1.0.0, repository: 'https://charts.example.com'}\n"
    files = {
        **FILES,
        "app/Chart.yaml": chart,
        "app/charts/folder/Chart.yaml": CHART.replace("chart", "sub"),
        "app/charts/folder/templates/s.yaml": "kind: Sub\nmetadata: {name: s}\n",
    }
    assert sorted(case(files).names({"path": "app"})) == ["ConfigMap prod/app", "Sub prod/s"]


def test_a_dependency_to_be_fetched_is_not_renderable(case):
    chart = CHART + "dependencies:\n- {name: sub, version: 1.0.0, repository: 'oci://registry.example.com/charts'}\n"
    with pytest.raises(NotRenderable, match=r"needs sub from oci://registry"):
        case({**FILES, "app/Chart.yaml": chart}).render({"path": "app"})


def test_reads_are_the_chart_and_the_value_files(case):
    reads = case(FILES).reads({"path": "app", "helm": {"valueFiles": ["../env/x.yaml"]}})
    for path in (
        "app/templates/new.yaml",
        "app/Chart.yaml",
        "app/values.yaml",
        "env/x.yaml",
        "app/.argocd-source.yaml",
    ):
        assert reads.covers(path)
    assert not reads.covers("env/y.yaml")
    assert not reads.covers("application/x.yaml")


def test_without_helm_it_is_said_what_to_install(plain):
    with pytest.raises(ToolMissing, match=r"helm is not installed.*Install helm"):
        plain(FILES).render({"path": "app"})
    assert plain(FILES).reads({"path": "app"}).covers("app/values.yaml")


def test_a_chart_renders_to_the_same_bytes_each_time(case):
    parameters = [{"name": f"p{number}", "value": str(number)} for number in range(9)]
    one, two = case(FILES), case(FILES)
    source = {"path": "app", "helm": {"parameters": parameters, "values": "x: 1\n"}}
    assert one.render(source) == two.render(source)
    assert one.renderer is not two.renderer


def test_a_helper_that_lists_files_sees_only_the_chart(case):
    listing = 'kind: X\nmetadata: {name: x}\nfiles: {{ .Files.Get "extra.txt" | quote }}\n'
    [_, manifest] = (
        case({**FILES, "app/templates/z.yaml": listing, "app/extra.txt": "hi"}).render({"path": "app"}).manifests
    )
    assert manifest.body["files"] == "hi"
