"""What another render shows of a field, and of what stands beside it."""

from __future__ import annotations

import copy

from gitops_bot.locate.sites.proving.movement import movement
from gitops_bot.locate.sites.target import find_target
from gitops_bot.model.json import Json
from gitops_bot.model.resource import Manifest, ResourceKey

KEY = ResourceKey("rbac.authorization.k8s.io", "RoleBinding", "shop", "reader")
BODY: dict[str, Json] = {
    "apiVersion": "rbac.authorization.k8s.io/v1",
    "kind": "RoleBinding",
    "metadata": {"name": "reader", "namespace": "shop"},
    "subjects": [{"kind": "ServiceAccount", "name": "shop-reader", "namespace": "shop"}],
}


def moved(pointer: str, **subject: str) -> tuple[bool, object, tuple[str, ...]]:
    before = (Manifest(KEY, BODY),)
    body = copy.deepcopy(BODY)
    body["subjects"][0].update(subject)  # type: ignore[index, union-attr]
    target = find_target(before, KEY, pointer)
    assert target is not None
    found = movement(target, before, (Manifest(KEY, body),))
    return found.moved, found.value, found.others


def test_an_element_that_gets_another_merge_key_is_the_field_that_moved() -> None:
    assert moved("/subjects/0/name", name="other") == (True, "other", ())


def test_what_moves_beside_the_merge_key_is_told() -> None:
    found, value, others = moved("/subjects/0/namespace", name="reader", namespace="store")
    assert (found, value) == (True, "store")
    assert [one.rpartition(" ")[2] for one in others] == ["/subjects/0/name"]


def test_a_field_that_stays_has_not_moved() -> None:
    found, value, others = moved("/metadata/name", name="other")
    assert (found, value) == (False, "reader")
    assert others
