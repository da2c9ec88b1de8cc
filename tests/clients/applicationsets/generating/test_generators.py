"""Each generator gives the parameters that Argo CD's gives, and refuses what it would refuse."""

from __future__ import annotations

from typing import Any

import pytest

from gitops_bot.clients.applicationsets import ExpansionFailed, NotExpandable

OWN = "https://git.example.com/acme/fleet.git"


def git(**fields: Any) -> dict[str, Any]:
    return {"git": {"repoURL": OWN, "revision": "HEAD", **fields}}


def spec(*generators: dict[str, Any], name: str, go: bool = True, path: str = "apps") -> dict[str, Any]:
    options = {"goTemplate": True, "goTemplateOptions": ["missingkey=error"]} if go else {}
    source = {"repoURL": OWN, "path": path}
    return {
        **options,
        "generators": [*generators],
        "template": {"metadata": {"name": name}, "spec": {"source": source}},
    }


def listed(*elements: Any, **more: Any) -> dict[str, Any]:
    return {"list": {"elements": [*elements]}, **more}


REGIONS = {
    "regions/us/config.json": '{"region": "us", "tag": "5.6.0", "replicas": 2, "nested": {"deep": [1, "b"]}}',
    "regions/eu/config.json": '{"region": "eu", "tag": "5.5.0", "replicas": 1, "nested": {"deep": [3, "d"]}}',
    "regions/eu/zone/config.json": '{"region": "eu-1", "tag": "5", "replicas": 1, "nested": {"deep": [3, "d"]}}',
    "regions/many.yaml": "- {region: a, tag: '1'}\n- {region: b, tag: '2'}\n",
    "regions/empty.yaml": "",
    "regions/words.txt": "just words\n",
    "teams/red/bot/k.yaml": "a: 1\n",
    "teams/blue/bot/k.yaml": "a: 1\n",
    "teams/blue/Web_App/k.yaml": "a: 1\n",
    "teams/.hidden/bot/k.yaml": "a: 1\n",
}

FILES = [
    ("regions/*/config.json", "{{ .region }}", ["eu", "eu-1", "us"]),
    ("regions/**/config.json", "{{ .region }}", ["eu", "eu-1", "us"]),
    ("regions/us/config.json", "{{ .region }}-{{ .replicas }}", ["us-2"]),
    ("regions/us", "{{ .region }}", ["us"]),
    ("regions/u?/*.json", "{{ .path.basename }}-{{ .path.filename }}", ["us-config.json"]),
    ("regions/us/*", "{{ .path.path }}|{{ index .path.segments 1 }}", ["regions/us|us"]),
    ("regions/us/*", "{{ index .nested.deep 1 }}{{ index .nested.deep 0 }}", ["b1"]),
    ("regions/many.yaml", "{{ .region }}{{ .tag }}", ["a1", "b2"]),
    ("regions/empty.yaml", "{{ .path.filenameNormalized }}", ["empty.yaml"]),
    ("regions/nothing*", "{{ .region }}", []),
]


@pytest.mark.parametrize(("pattern", "name", "expected"), FILES)
def test_git_files_go(expand: Any, pattern: str, name: str, expected: list[str]) -> None:
    found = expand(spec(git(files=[{"path": pattern}]), name=name), REGIONS)
    assert sorted(found) == sorted(expected)


def test_git_files_of_an_application_are_those_it_is_made_of(expand: Any) -> None:
    found = expand(spec(git(files=[{"path": "regions/*.json"}]), name="{{ .region }}"), REGIONS)
    assert found["us"].files == {"regions/us/config.json"}


def test_git_files_excluded_win_over_included(expand: Any) -> None:
    files = [{"path": "regions/*.json"}, {"path": "regions/eu/*", "exclude": True}]
    assert list(expand(spec(git(files=files), name="{{ .region }}"), REGIONS)) == ["us"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("{{region}}-{{replicas}}", "us-2"),
        ("{{ path }}|{{path.basename}}|{{path[0]}}|{{path[1]}}", "regions/us|us|regions|us"),
        ("{{nested.deep.0}}{{nested.deep.1}}", "1b"),
        ("{{path.filename}}{{unknown}}", "config.json{{unknown}}"),
        ("{{ .region }}", "{{ .region }}"),
    ],
)
def test_git_files_without_go_templates(expand: Any, name: str, expected: str) -> None:
    files = [{"path": "regions/us/config.json"}]
    assert list(expand(spec(git(files=files), name=name, go=False), REGIONS)) == [expected]


def test_git_files_under_a_prefix_and_with_values(expand: Any) -> None:
    one = git(files=[{"path": "regions/us/*"}], pathParamPrefix="my", values={"label": "{{ .my.path.basename }}-x"})
    assert list(expand(spec(one, name="{{ .values.label }}/{{ .my.path.path }}"), REGIONS)) == ["us-x/regions/us"]
    old = git(files=[{"path": "regions/us/*"}], pathParamPrefix="my", values={"label": "{{my.path.basename}}-x"})
    assert list(expand(spec(old, name="{{values.label}}/{{my.path[0]}}", go=False), REGIONS)) == ["us-x/regions"]


@pytest.mark.parametrize("path", ["regions/words.txt", "regions/*.txt"])
def test_git_file_that_is_no_map_fails(expand: Any, path: str) -> None:
    with pytest.raises(ExpansionFailed, match=r"regions/words\.txt"):
        expand(spec(git(files=[{"path": path}]), name="{{ .region }}"), REGIONS)


DIRECTORIES = [
    ([{"path": "teams/*/bot"}], "{{ index .path.segments 1 }}", ["blue", "red"]),
    ([{"path": "teams/*"}], "{{ .path.basename }}", ["blue", "red"]),
    (
        [{"path": "teams/*/*"}],
        "{{ .path.basenameNormalized }}-{{ index .path.segments 1 }}",
        ["web-app-blue", "bot-blue", "bot-red"],
    ),
    ([{"path": "teams/*/*"}, {"path": "teams/blue/*", "exclude": True}], "{{ .path.path }}", ["teams/red/bot"]),
    ([{"path": "teams/[a-c]*/[^W]*"}], "{{ .path.path }}", ["teams/blue/bot"]),
    ([{"path": "*"}], "{{ .path.path }}", ["regions", "sets", "teams"]),
    ([{"path": "teams/**"}], "{{ .path.path }}", ["teams/blue", "teams/red"]),
]


@pytest.mark.parametrize(("directories", "name", "expected"), DIRECTORIES)
def test_git_directories(expand: Any, directories: list[Any], name: str, expected: list[str]) -> None:
    assert list(expand(spec(git(directories=directories), name=name), REGIONS)) == expected


@pytest.mark.parametrize(
    ("generator", "reason"),
    [
        ({"clusters": {}}, "clusters"),
        ({"scmProvider": {"github": {}}}, "scmProvider"),
        ({"pullRequest": {"github": {}}}, "pullRequest"),
        ({"plugin": {"configMapRef": {"name": "p"}}}, "plugin"),
        ({"clusterDecisionResource": {"configMapRef": "c"}}, "clusterDecisionResource"),
        ({"oracle": {}}, "oracle"),
        (
            {"git": {"repoURL": "https://git.example.com/acme/other.git", "directories": [{"path": "*"}]}},
            "another repository",
        ),
        ({"git": {"repoURL": OWN, "revision": "v1.0.0", "directories": [{"path": "*"}]}}, "v1.0.0"),
        ({"matrix": {"generators": [listed({"a": "b"}), {"clusters": {}}]}}, "clusters"),
    ],
)
def test_what_git_does_not_hold_is_not_expanded(expand: Any, generator: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotExpandable, match=reason):
        expand(spec(generator, name="x"), REGIONS)


def test_own_repository_under_another_host_and_as_a_branch(expand: Any) -> None:
    mirror = {"git": {"repoURL": "git@mirror.internal:acme/fleet", "revision": "main", "directories": [{"path": "*"}]}}
    assert "teams" in expand(spec(mirror, name="{{ .path.path }}"), REGIONS)


def test_list_elements_and_elements_yaml(expand: Any) -> None:
    one = {"list": {"elements": [{"a": "x", "n": 1}], "elementsYaml": "- {a: w, n: 2}\n- {a: z, n: 1234567}\n"}}
    assert list(expand(spec(one, name="{{ .a }}{{ .n }}"))) == ["x1", "w2", "z1.234567e+06"]


def test_list_without_go_templates_takes_texts_and_values(expand: Any) -> None:
    one = listed({"a": "x", "values": {"b": "y"}})
    assert list(expand(spec(one, name="{{a}}-{{values.b}}", go=False))) == ["x-y"]
    with pytest.raises(ExpansionFailed, match="no text"):
        expand(spec(listed({"a": 1}), name="{{a}}", go=False))


SELECTORS = [
    ({"matchLabels": {"env": "prod"}}, ["a", "c"]),
    ({"matchLabels": {"n": "2"}}, ["b"]),
    ({"matchLabels": {"deep.x": "true"}}, ["c"]),
    ({"matchExpressions": [{"key": "env", "operator": "NotIn", "values": ["prod"]}]}, ["b"]),
    ({"matchExpressions": [{"key": "deep.x", "operator": "Exists"}]}, ["c"]),
    ({"matchExpressions": [{"key": "deep.x", "operator": "DoesNotExist"}]}, ["a", "b"]),
    ({"matchExpressions": [{"key": "a", "operator": "In", "values": ["a", "b"]}]}, ["a", "b"]),
    ({}, ["a", "b", "c"]),
]


@pytest.mark.parametrize(("selector", "expected"), SELECTORS)
def test_selector(expand: Any, selector: dict[str, Any], expected: list[str]) -> None:
    one = listed(
        {"a": "a", "env": "prod", "n": 1},
        {"a": "b", "env": "test", "n": 2},
        {"a": "c", "env": "prod", "deep": {"x": True}},
        selector=selector,
    )
    assert list(expand(spec(one, name="{{ .a }}"))) == expected
