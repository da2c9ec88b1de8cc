"""Pointers that lead nowhere, or to what no place can hold: an answer all the same, and never a wrong place."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gitops_bot.locate.sites import answer_json, answer_text, find_sites
from gitops_bot.model.resource import ResourceKey
from tests.locate.sites import shapes

CASES = [
    ("directory", "shop", ResourceKey("apps", "Deployment", "shop", "cart")),
    ("helm-values", "billing-staging", ResourceKey("apps", "Deployment", "billing", "billing-service")),
    ("kustomize-options", "web-one", ResourceKey("apps", "Deployment", "one", "one-web")),
]
POINTERS = [
    "",
    "/",
    "/spec/",
    "/status",
    "/status/replicas",
    "/spec/replicas/more",
    "/spec/template/spec/containers/9/image",
    "/spec/template/spec/containers/-/image",
    "/spec/template/spec/volumes/0/name",
]


@pytest.mark.parametrize(("shape_name", "application", "resource"), CASES)
@pytest.mark.parametrize("pointer", POINTERS)
def test_what_no_place_can_hold_is_not_expressible(
    shape: Callable[[str], shapes.Shape], shape_name: str, application: str, resource: ResourceKey, pointer: str
) -> None:
    fleet = shape(shape_name).fleet
    answer = find_sites(fleet, fleet.applications[application], resource, pointer)
    assert not answer.expressible
    assert answer.sites == ()
    assert answer.reason
    assert answer_json(answer)
    assert answer.reason in answer_text(fleet, fleet.applications[application], resource, pointer, answer)


def test_an_object_that_is_not_rendered_is_said_to_be_none_of_the_application_s(
    shape: Callable[[str], shapes.Shape],
) -> None:
    fleet = shape("directory").fleet
    answer = find_sites(fleet, fleet.applications["shop"], ResourceKey("", "Secret", "shop", "x"), "/data/x")
    assert answer.reason == "Secret shop/x is not among what shop renders to"


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("limits", {"memory": "128Mi"}), ("limits/cpu", "100m"), ("requests/memory", "128Mi")],
)
def test_what_is_to_be_inserted_has_the_type_of_such_a_field(
    shape: Callable[[str], shapes.Shape], pointer: str, value: object
) -> None:
    fleet = shape("app-of-apps").fleet
    key = ResourceKey("apps", "Deployment", "guestbook", "guestbook-ui")
    answer = find_sites(
        fleet, fleet.applications["guestbook"], key, f"/spec/template/spec/containers/0/resources/{pointer}"
    )
    assert answer.sites[0].default == value
