from __future__ import annotations

import pytest

from gitops_bot.clients.rendering import NotRenderable, RenderFailed, same_repository
from gitops_bot.clients.rendering.steps import join

CHART = "apiVersion: v2\nname: chart\nversion: 1.0.0\n"


def config_map(name: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n"


def test_a_folder_with_a_chart_is_helm(case):
    files = {"app/Chart.yaml": CHART, "app/templates/a.yaml": config_map("{{ .Release.Name }}")}
    assert case(files).names({"path": "app"}) == ["ConfigMap prod/app"]


def test_a_folder_with_a_kustomization_is_kustomize_even_beside_a_chart(case):
    for name in ("kustomization.yaml", "kustomization.yml", "Kustomization"):
        files = {
            f"{name}/{name}": "resources: [a.yaml]\n",
            f"{name}/a.yaml": config_map("a"),
            f"{name}/b.yaml": "kind: X\n",
        }
        assert case({**files, f"{name}/Chart.yaml": CHART}).names({"path": name}) == ["ConfigMap prod/a"]


def test_any_other_folder_is_plain(plain):
    files = {"app/a.yaml": config_map("a"), "app/sub/Chart.yaml": CHART, "app/sub/b.yaml": config_map("b")}
    assert plain(files).names({"path": "app"}) == ["ConfigMap prod/a"]


def test_an_explicit_kind_goes_before_what_the_folder_looks_like(plain):
    files = {"app/kustomization.yaml": "kind: Kustomization\nmetadata: {name: k}\n", "app/a.yaml": config_map("a")}
    assert plain(files).names({"path": "app", "directory": {"include": "a.yaml"}}) == ["ConfigMap prod/a"]


def test_two_explicit_kinds_contradict_each_other(plain):
    with pytest.raises(RenderFailed, match="multiple application sources defined: Kustomize,Helm"):
        plain({"app/a.yaml": ""}).render({"path": "app", "helm": {}, "kustomize": {}})


def test_a_folder_that_is_not_there_fails_and_is_what_was_read(plain):
    with pytest.raises(RenderFailed, match="app/gone: app path does not exist") as caught:
        plain({"app/a.yaml": ""}).render({"path": "app/gone"})
    assert caught.value.reads.covers("app/gone/kustomization.yaml")
    assert not caught.value.reads.covers("app/a.yaml")


@pytest.mark.parametrize("path", ["../x", "/app", "app/../../x"])
def test_a_folder_outside_the_repository_fails(plain, path):
    with pytest.raises(RenderFailed, match="not inside the repository"):
        plain({"app/a.yaml": ""}).render({"path": path})


@pytest.mark.parametrize("path", ["", ".", "./"])
def test_the_root_is_a_folder_too(plain, path):
    one = plain({"a.yaml": config_map("a"), "sub/b.yaml": config_map("b")})
    assert one.names({"path": path}) == ["ConfigMap prod/a"]


def test_overrides_in_the_folder_change_options_and_nothing_else(case):
    files = {
        "app/kustomization.yaml": "resources: [a.yaml]\n",
        "app/a.yaml": config_map("a"),
        "app/.argocd-source.yaml": "path: x\nrepoURL: nowhere\nkustomize:\n  namePrefix: general-\n  nameSuffix: -x\n",
        "app/.argocd-source-app.yaml": "kustomize:\n  namePrefix: own-\n  nameSuffix: null\n",
        "app/.argocd-source-other.yaml": "kustomize:\n  namePrefix: other-\n",
    }
    one = case(files)
    assert one.names({"path": "app"}) == ["ConfigMap prod/own-a"]
    assert one.names({"path": "app"}, application="third") == ["ConfigMap prod/general-a-x"]
    assert one.names({"path": "app", "kustomize": {"nameSuffix": "-y"}}) == ["ConfigMap prod/own-a"]


def test_overrides_replace_lists_whole(case):
    files = {
        "app/Chart.yaml": CHART,
        "app/templates/a.yaml": config_map("{{ .Values.a }}-{{ .Values.b }}"),
        "app/values.yaml": "a: x\nb: y\n",
        "app/.argocd-source.yaml": "helm:\n  parameters:\n    - name: b\n      value: two\n",
    }
    source = {"path": "app", "helm": {"parameters": [{"name": "a", "value": "one"}]}}
    assert case(files).names(source) == ["ConfigMap prod/x-two"]


def test_broken_overrides_fail_with_their_name(plain):
    for content in ("helm: [", "helm: 5"):
        with pytest.raises(RenderFailed) as caught:
            plain({"app/a.yaml": "", "app/.argocd-source.yaml": content}).render({"path": "app"})
        assert caught.value.reads.covers("app/.argocd-source.yaml")


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ({"chart": "redis", "repoURL": "https://charts.example.com"}, "the chart redis is in a registry"),
        ({"repoURL": "oci://registry.example.com/app"}, "registry"),
        ({"repoURL": "https://git.example.com/acme/other.git"}, r"another repository \(https://git"),
        ({"plugin": {}}, "config management plugin"),
        ({"targetRevision": "v1.2.3"}, "pinned to v1.2.3"),
        ({"targetRevision": "0123456789abcdef0123456789abcdef01234567"}, "pinned"),
        ({"targetRevision": "refs/tags/x"}, "pinned"),
        ({"targetRevision": "1.*"}, "pinned"),
    ],
)
def test_what_is_not_in_the_repository_is_not_renderable(plain, source, reason):
    with pytest.raises(NotRenderable, match=reason):
        plain({"app/a.yaml": ""}).render({"path": "app", **source})


def test_a_plugin_in_an_override_is_not_renderable(plain):
    with pytest.raises(NotRenderable, match="plugin"):
        plain({"app/a.yaml": "", "app/.argocd-source.yaml": "plugin: {name: x}"}).render({"path": "app"})


def test_an_application_without_sources_is_not_renderable(plain):
    with pytest.raises(NotRenderable, match="sourceHydrator"):
        plain({"a": ""}).render()


@pytest.mark.parametrize("revision", ["", "HEAD", "main", "refs/heads/main"])
def test_the_branch_at_hand_is_renderable(plain, revision):
    assert plain({"app/a.yaml": ""}).names({"path": "app", "targetRevision": revision}, branch="main") == []


def test_another_branch_is_not_renderable(plain):
    with pytest.raises(NotRenderable, match="pinned to release"):
        plain({"app/a.yaml": ""}).render({"path": "app", "targetRevision": "release"}, branch="main")


def test_several_sources_are_rendered_together_the_last_of_a_name_winning(plain):
    files = {
        "a/x.yaml": config_map("x") + "data: {from: a}\n",
        "a/z.yaml": config_map("z"),
        "b/x.yaml": config_map("x"),
    }
    rendered = plain(files).render({"path": "a"}, {"path": "b"}, {"ref": "values"})
    assert [str(manifest.key) for manifest in rendered.manifests] == ["ConfigMap prod/x", "ConfigMap prod/z"]
    assert "data" not in rendered.manifests[0].body


@pytest.mark.parametrize(
    ("folder", "path", "joined"),
    [
        ("a/b", "../c", "a/c"),
        ("a", "..", ""),
        ("a", "../..", None),
        ("", "../x", None),
        ("", ".", ""),
        ("a", "/x", "x"),
        ("a", "/../x", None),
        ("", "", ""),
        ("a", "./b//c/", "a/b/c"),
    ],
)
def test_paths_are_joined_inside_the_root(folder, path, joined):
    assert join(folder, path) == joined


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://github.com/Acme/fleet.git", "git@github.com:acme/fleet"),
        ("https://user:secret@git.example.com/a/b", "https://git.example.com/a/b/"),
        ("https://GIT.example.com:443/a/b.git", "http://git.example.com/a/b"),
        ("ssh://git@git.example.com:22/a/b.git", "git@git.example.com:a/b.git"),
        ("ssh://git@git.example.com:2222/a/b.git", "https://git.example.com/a/b"),
        ("ssh://git@ssh.github.com:443/acme/fleet.git", "https://github.com/acme/fleet"),
        ("git@ssh.dev.azure.com:v3/org/project/repo", "https://org@dev.azure.com/org/project/_git/repo"),
        ("https://bitbucket.corp/scm/PRJ/repo.git", "ssh://git@bitbucket.corp:7999/PRJ/repo.git"),
        ("http://127.0.0.1:3000/acme/fleet.git", "http://127.0.0.1:3000/acme/fleet"),
        ("/srv/git/fleet.git", "/srv/git/fleet"),
    ],
)
def test_spellings_of_one_repository(first, second):
    assert same_repository(first, second)
    assert same_repository(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("https://github.com/acme/fleet", "https://github.com/acme/fleet2"),
        ("https://github.com/acme/fleet", "https://gitlab.com/acme/fleet"),
        ("https://git.example.com/a/Fleet", "https://git.example.com/a/fleet"),
        ("http://127.0.0.1:3000/a/b", "http://127.0.0.1:3001/a/b"),
        ("", ""),
        ("https://[broken", "https://github.com/a/b"),
    ],
)
def test_different_repositories(first, second):
    assert not same_repository(first, second)
