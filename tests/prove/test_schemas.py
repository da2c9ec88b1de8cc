"""Rendered objects against Kubernetes' own schemas: wrong types are found, unknown kinds are not judged."""

from __future__ import annotations

import pytest

from gitops_bot.model.json import Json
from gitops_bot.model.resource import Manifest
from gitops_bot.prove.schemas import schema_problems, schemas_installed


def deployment(**spec: Json) -> Manifest:
    template: Json = {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "a", "image": "a:1"}]}}
    whole: dict[str, Json] = {"selector": {"matchLabels": {"app": "a"}}, "template": template, **spec}
    return Manifest.of({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}, "spec": whole}, "n")


def test_the_extra_is_installed_for_development() -> None:
    assert schemas_installed()


@pytest.mark.parametrize("spec", [{}, {"replicas": 3}, {"revisionHistoryLimit": 0}])
def test_a_sound_object_has_no_problem(spec: dict[str, Json]) -> None:
    assert schema_problems([deployment(**spec)]) == frozenset()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"replicas": "two"}, "spec.replicas: 'two' is not of type 'integer'"),
        ({"template": {"spec": {"containers": [{"image": "a"}]}}}, "'name' is a required property"),
        ({"minReadySeconds": [1]}, "spec.minReadySeconds"),
    ],
)
def test_a_wrong_type_is_found_with_its_field(spec: dict[str, Json], words: str) -> None:
    ((key, problem),) = schema_problems([deployment(**spec)])
    assert key.name == "a"
    assert words in problem


def test_custom_resources_and_objects_without_a_kind_are_passed_over() -> None:
    rollout: dict[str, Json] = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "spec": {"replicas": "two"}}
    assert schema_problems([Manifest.of(rollout), Manifest.of({"spec": 1})]) == frozenset()
