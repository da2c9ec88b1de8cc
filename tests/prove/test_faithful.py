"""Our render beside Argo CD's own: the same, different, or not to be told."""

from __future__ import annotations

import copy

import pytest

from gitops_bot.model.json import Json, mapping
from gitops_bot.model.resource import Manifest
from gitops_bot.proposing import propose
from gitops_bot.prove.faithful import faithful
from tests.support.estate import Estate
from tests.support.manifests import deployment


def manifests_of(estate: Estate) -> tuple[Manifest, ...]:
    """Deploy one application and return what we render for it, as Argo CD would mark it."""
    commit = estate.commit({"shop/app.yaml": deployment("shop")})
    estate.application("shop", commit, path="shop")
    fleet = estate.fleet()
    marked = []
    for manifest in fleet.render(fleet.applications["shop"]).manifests:
        body = copy.deepcopy(manifest.body)
        metadata = mapping(body["metadata"])
        metadata["annotations"] = {"argocd.argoproj.io/tracking-id": "shop:apps/Deployment:shop/shop"}
        metadata["labels"] = {"app.kubernetes.io/instance": "shop"}
        marked.append(Manifest(manifest.key, body))
    return tuple(marked)


def test_the_marks_of_argo_cd_make_no_difference(estate: Estate) -> None:
    theirs = manifests_of(estate)
    fleet = estate.fleet()
    fleet.argocd_renders = lambda _: theirs
    check = faithful(fleet, fleet.applications["shop"])
    assert check is not None
    assert check.passed
    assert "Argo CD's own" in check.detail


@pytest.mark.parametrize(("path", "value"), [("replicas", 7), ("paused", True)])
def test_another_render_is_told_with_its_fields(estate: Estate, path: str, value: Json) -> None:
    theirs = manifests_of(estate)
    mapping(theirs[0].body["spec"])[path] = value
    fleet = estate.fleet()
    fleet.argocd_renders = lambda _: theirs
    check = faithful(fleet, fleet.applications["shop"])
    assert check is not None
    assert not check.passed
    assert f"spec.{path} of Deployment" in check.detail


def test_a_different_render_takes_confidence_off(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    estate.application("shop", good, bad, path="shop")
    sure = estate.one(estate.crash("shop"))
    doubted = estate.fleet()
    doubted.argocd_renders = lambda _: ()
    ((proposal,), _) = propose(doubted, [estate.crash("shop")])
    assert proposal.edits == sure.edits
    assert proposal.cases[0].confidence == sure.cases[0].confidence - 10


def test_what_argo_cd_does_not_tell_is_no_check(estate: Estate) -> None:
    manifests_of(estate)
    fleet = estate.fleet()
    assert faithful(fleet, fleet.applications["shop"]) is None
