from __future__ import annotations

import pytest

from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.clients.rendering.patterns import argo_glob, path_glob, substitute


def config_map(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"


NAMES = ("a.yaml", "b.yml", "c.json", "d.txt", "sub/e.yaml", "sub/deep/f.yaml", "a/g.yaml")
FILES = {f"app/{name}": config_map(name.replace("/", "-")) for name in NAMES if not name.endswith("json")} | {
    "app/c.json": '{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c.json"}}'
}


def rendered(plain, **directory):
    return [
        name.removeprefix("ConfigMap prod/") for name in plain(FILES).names({"path": "app", "directory": directory})
    ]


def test_only_manifests_of_the_folder_itself_are_read(plain):
    assert rendered(plain) == ["a.yaml", "b.yml", "c.json"]


def test_recursion_goes_folder_by_folder(plain):
    assert rendered(plain, recurse=True) == ["a-g.yaml", "a.yaml", "b.yml", "c.json", "sub-deep-f.yaml", "sub-e.yaml"]


def test_include_and_exclude_pick_by_the_path_inside_the_folder(plain):
    assert rendered(plain, recurse=True, include="sub/*") == ["sub-deep-f.yaml", "sub-e.yaml"]
    assert rendered(plain, recurse=True, exclude="{*.json,sub/**}") == ["a-g.yaml", "a.yaml", "b.yml"]
    assert rendered(plain, recurse=True, include="*.yaml", exclude="sub/deep/*") == ["a-g.yaml", "a.yaml", "sub-e.yaml"]
    assert rendered(plain, include="[") == []


def test_lists_are_taken_apart_and_empty_documents_passed_over(plain):
    items = "kind: List\napiVersion: v1\nitems:\n- {kind: A, metadata: {name: x}}\n"
    content = f"---\n# nothing\n---\n{items}---\n{config_map('b')}"
    files = {"app/a.yaml": content, "app/b.yaml": "kind: NullList\nitems: null\n", "app/c.yaml": ""}
    assert plain(files).names({"path": "app"}) == ["A prod/x", "ConfigMap prod/b"]


def test_values_are_read_as_kubernetes_reads_them(plain):
    content = (
        "kind: X\nmetadata: {name: x}\ndata: {flag: yes, date: 2001-01-01, octal: 0755, same: &a [1], other: *a}\n"
    )
    [manifest] = plain({"app/a.yaml": content}).render({"path": "app"}).manifests
    assert manifest.body["data"] == {"flag": True, "date": "2001-01-01", "octal": 493, "same": [1], "other": [1]}


def test_marked_files_are_passed_over(plain):
    files = {
        "app/a.yaml": "# +argocd:skip-file-rendering\n{{ not yaml",
        "app/b.jsonnet": "// +argocd:skip-file-rendering",
    }
    assert plain(files).names({"path": "app"}) == []


def test_what_does_not_look_like_a_manifest_is_passed_over(plain):
    files = {
        "app/values.yaml": "image: x\n",
        "app/broken.yaml": "a: [\n",
        "app/list.yaml": "- 1\n",
        "app/ok.yaml": config_map("ok"),
    }
    assert plain(files).names({"path": "app"}) == ["ConfigMap prod/ok"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: [\n"),
        ("a.yaml", config_map("a") + "---\nno: kind\n"),
        ("a.json", "{"),
        ("a.json", '{"no": "kind"}'),
        ("a.json", "[]"),
        ("a.json", "null"),
        ("a.json", '{"kind": "A"} {"kind": "B"}'),
    ],
)
def test_broken_manifests_fail_with_their_name(plain, name, content):
    with pytest.raises(RenderFailed, match=f'app/{name}"?') as caught:
        plain({f"app/{name}": content}).render({"path": "app"})
    assert caught.value.reads.covers(f"app/{name}")


def test_jsonnet_is_not_renderable(plain):
    files = {"app/a.jsonnet": "{}", "app/b.yaml": ""}
    with pytest.raises(NotRenderable, match=r"app/a\.jsonnet is Jsonnet"):
        plain(files).render({"path": "app"})
    assert plain(files).names({"path": "app", "directory": {"exclude": "*.jsonnet", "jsonnet": {"tlas": []}}}) == []


def test_namespaces_are_given_to_kinds_that_have_one(plain):
    definition = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: wides.example.com, namespace: ignored}
spec: {group: example.com, scope: Cluster, names: {kind: Wide}}
"""
    wide = "apiVersion: example.com/v1\nkind: Wide\nmetadata: {name: w}\n"
    own = "kind: ConfigMap\nmetadata: {name: own, namespace: other}\n"
    role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: r, namespace: prod}\n"
    files = {"app/a.yaml": f"{definition}---\n{wide}---\n{own}---\n{role}"}
    assert plain(files).names({"path": "app"}) == [
        "CustomResourceDefinition wides.example.com",
        "Wide w",
        "ConfigMap other/own",
        "ClusterRole r",
    ]


def test_objects_with_generated_names_are_all_kept(plain):
    job = "apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: job-}\n"
    assert len(plain({"app/a.yaml": f"{job}---\n{job}"}).render({"path": "app"}).manifests) == 2


def test_links_are_followed_inside_the_repository(checkout, plain):
    checkout.link("app/link.yaml", "../shared/a.yaml")
    checkout.link("app/lost.yaml", "../shared/gone.yaml")
    assert plain({"shared/a.yaml": config_map("a")}).names({"path": "app"}) == ["ConfigMap prod/a"]


def test_reads_are_the_picked_files_there_are_and_could_be(plain):
    reads = plain(FILES).reads({"path": "app", "directory": {"recurse": True, "include": "sub/*"}})
    assert {"app/sub/e.yaml", "app/sub/deep/f.yaml"} < reads.files
    assert reads.covers("app/sub/new.yaml")
    assert reads.covers("app/.argocd-source-app.yaml")
    assert reads.covers("app/kustomization.yaml")
    for path in ("app/a.yaml", "app/sub/new.txt", "apps/sub/new.yaml", "app/.argocd-source-other.yaml"):
        assert not reads.covers(path)
    assert "app" in reads.paths


@pytest.mark.parametrize(
    ("pattern", "path", "argo", "helm"),
    [
        ("*.yaml", "a/b.yaml", True, False),
        ("**/*.yaml", "a/b/c.yaml", True, True),
        ("**/*.yaml", "c.yaml", False, True),
        ("a/**", "a/b/c", True, True),
        ("?.yaml", "a.yaml", True, True),
        ("a?b", "a/b", True, False),
        ("[a-c].yaml", "b.yaml", True, True),
        ("[!a-c].yaml", "b.yaml", False, False),
        ("[^a].yaml", "b.yaml", True, True),
        ("{a,b/*}.yaml", "b/x.yaml", True, True),
        ("{a,{b,c}}", "c", True, True),
        (r"a\*", "a*", True, True),
        (r"a\*", "ab", False, False),
        ("a.c", "abc", False, False),
        ("[", "[", False, False),
        ("{a", "a", False, False),
        ("a,b", "a,b", True, True),
    ],
)
def test_patterns(pattern, path, argo, helm):
    assert argo_glob(pattern, path) is argo
    assert path_glob(pattern, path) is helm


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A", "1"),
        ("${A}x", "1x"),
        ("$Ax", ""),
        ("$$A", "$A"),
        ("5$", "5$"),
        ("$-x", "x"),
        ("${", ""),
        ("${}", ""),
        ("$ A", "$ A"),
    ],
)
def test_variables_are_put_in(text, expected):
    assert substitute(text, {"A": "1"}) == expected
