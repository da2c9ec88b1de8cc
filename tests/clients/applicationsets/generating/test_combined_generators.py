"""Matrix and merge: how the parameters of several generators come together."""

from __future__ import annotations

from typing import Any

import pytest

from gitops_bot.clients.applicationsets import ExpansionFailed

OWN = "https://git.example.com/acme/fleet.git"
FILES = {
    "clusters/eu/config.yaml": "cluster: {name: eu, tier: gold}\n",
    "clusters/us/config.yaml": "cluster: {name: us, tier: tin}\n",
    "apps/gold/web/k.yaml": "a: 1\n",
    "apps/gold/db/k.yaml": "a: 1\n",
    "apps/tin/web/k.yaml": "a: 1\n",
}


def spec(*generators: dict[str, Any], name: str, go: bool = True) -> dict[str, Any]:
    options = {"goTemplate": True, "goTemplateOptions": ["missingkey=error"]} if go else {}
    template = {"metadata": {"name": name}, "spec": {"source": {"repoURL": OWN, "path": "apps"}}}
    return {**options, "generators": [*generators], "template": template}


def git(**fields: Any) -> dict[str, Any]:
    return {"git": {"repoURL": OWN, "revision": "HEAD", **fields}}


def listed(*elements: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"list": {"elements": [*elements]}, **more}


def matrix(*generators: dict[str, Any]) -> dict[str, Any]:
    return {"matrix": {"generators": [*generators]}}


def merge(*generators: dict[str, Any], keys: tuple[str, ...] = ("key",)) -> dict[str, Any]:
    return {"merge": {"mergeKeys": [*keys], "generators": [*generators]}}


def test_matrix_is_every_pair_in_order(expand: Any) -> None:
    both = matrix(listed({"a": "1"}, {"a": "2"}), listed({"b": "x"}, {"b": "y"}))
    assert list(expand(spec(both, name="{{ .a }}{{ .b }}"))) == ["1x", "1y", "2x", "2y"]
    assert list(expand(spec(both, name="{{a}}{{b}}", go=False))) == ["1x", "1y", "2x", "2y"]


def test_matrix_second_generator_uses_the_first_ones_parameters(expand: Any) -> None:
    second = git(directories=[{"path": "apps/{{ .cluster.tier }}/*"}], pathParamPrefix="app")
    both = matrix(git(files=[{"path": "clusters/*/config.yaml"}]), second)
    found = expand(spec(both, name="{{ .cluster.name }}-{{ .app.path.basename }}-{{ .path.basename }}"), FILES)
    assert list(found) == ["eu-db-eu", "eu-web-eu", "us-web-us"]
    assert found["us-web-us"].files == {"clusters/us/config.yaml"}


def test_matrix_second_generator_without_go_templates(expand: Any) -> None:
    second = git(directories=[{"path": "apps/{{cluster.tier}}/*"}], pathParamPrefix="app")
    both = matrix(git(files=[{"path": "clusters/*/config.yaml"}]), second)
    assert list(expand(spec(both, name="{{cluster.name}}-{{app.path.basename}}", go=False), FILES)) == [
        "eu-db",
        "eu-web",
        "us-web",
    ]


def test_matrix_first_generator_wins_where_both_have_a_value(expand: Any) -> None:
    both = matrix(listed({"a": "1", "m": {"x": "1"}}), listed({"a": "2", "m": {"x": "2", "y": "2"}}))
    assert list(expand(spec(both, name="{{ .a }}{{ .m.x }}{{ .m.y }}"))) == ["112"]


def test_matrix_without_go_templates_refuses_differing_values(expand: Any) -> None:
    with pytest.raises(ExpansionFailed, match="both generators of a matrix give a"):
        expand(spec(matrix(listed({"a": "1"}), listed({"a": "2"})), name="{{a}}", go=False))


def test_matrix_in_matrix_and_selectors_within(expand: Any) -> None:
    inner = matrix(listed({"b": "x"}, {"b": "y"}, selector={"matchLabels": {"b": "y"}}), listed({"c": "p"}, {"c": "q"}))
    assert list(expand(spec(matrix(listed({"a": "1"}), inner), name="{{ .a }}{{ .b }}{{ .c }}"))) == ["1yp", "1yq"]


@pytest.mark.parametrize(
    ("generator", "message"),
    [
        (matrix(listed({"a": "1"})), "needs two"),
        (matrix(listed(), listed(), listed()), "takes two"),
        (matrix({**listed({"a": "1"}), **git(files=[])}, listed({"b": "1"})), "neither files nor"),
        (merge(listed({"key": "1"})), "needs two"),
        (merge(listed({"key": "1"}), listed({"key": "1"}), keys=()), "no mergeKeys"),
        (merge(listed({"key": "1"}), listed({"key": "1"}, {"key": "1"})), "the same merge keys"),
        (merge(listed({"x": "1"}, {"x": "2"}), listed({"key": "1"})), "the same merge keys"),
        ({}, "names no generator"),
    ],
)
def test_wrong_combinations_fail(expand: Any, generator: dict[str, Any], message: str) -> None:
    with pytest.raises(ExpansionFailed, match=message):
        expand(spec(generator, name="{{ .key }}"))


def test_merge_later_generators_override_by_key(expand: Any) -> None:
    one = merge(
        listed({"key": "a", "v": "base", "m": {"x": "1"}}, {"key": "b", "v": "base", "m": {"x": "1"}}),
        listed({"key": "a", "v": "second", "m": {"x": "2"}}, {"key": "unknown", "v": "second"}),
        listed({"key": "a", "v": ""}, {"key": "b", "v": "third"}),
    )
    assert list(expand(spec(one, name="{{ .key }}-{{ .v }}-{{ .m.x }}"))) == ["a-second-2", "b-third-1"]


def test_merge_without_go_templates(expand: Any) -> None:
    one = merge(
        listed({"key": "a", "k2": "1", "v": "base"}, {"key": "a", "k2": "2", "v": "base"}),
        listed({"key": "a", "k2": "2", "v": "over"}),
        keys=("key", "k2"),
    )
    assert list(expand(spec(one, name="{{key}}{{k2}}{{v}}", go=False))) == ["a1base", "a2over"]


def test_several_generators_add_up_and_one_name_twice_fails(expand: Any) -> None:
    assert list(expand(spec(listed({"a": "1"}), listed({"a": "2"}), name="{{ .a }}"))) == ["1", "2"]
    with pytest.raises(ExpansionFailed, match="two Applications of the name 1"):
        expand(spec(listed({"a": "1"}), listed({"a": "1"}), name="{{ .a }}"))
