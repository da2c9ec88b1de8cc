"""Which manifest in Git declares an Application, where several have its name."""

from __future__ import annotations

import msgspec
import pytest

from gitops_bot.clients.fleet import Fleet
from tests.support.estate import URL, Estate
from tests.support.manifests import deployment


def manifest(path: str, namespace: str = "shop", *, extra: str = "") -> str:
    return f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: argocd}}
spec:
  destination: {{namespace: {namespace}}}
  source: {{repoURL: {URL}, path: {path}, targetRevision: main{extra}}}
"""


def found(estate: Estate, files: dict[str, str], path: str = "shop/eu", **spec: object) -> tuple[Fleet, str | None]:
    good = estate.commit({**files, "shop/eu/app.yaml": deployment("shop"), "shop/us/app.yaml": deployment("shop")})
    estate.application("shop", good, path=path, **spec)
    fleet = estate.fleet()
    definition = fleet.search_definition(fleet.applications["shop"])
    return fleet, definition.path if definition else None


def test_of_a_folder_a_cluster_it_is_the_one_with_the_live_sources(estate: Estate) -> None:
    files = {"clusters/eu/app.yaml": manifest("shop/eu"), "clusters/us/app.yaml": manifest("shop/us")}
    fleet, path = found(estate, files)
    assert path == "clusters/eu/app.yaml"
    assert [one.name for one in fleet.readers(["clusters/eu/app.yaml"])] == ["shop"]
    assert fleet.readers(["clusters/us/app.yaml"]) == ()


def test_of_the_same_sources_it_is_the_one_with_the_live_destination(estate: Estate) -> None:
    files = {"clusters/eu/app.yaml": manifest("shop/eu"), "clusters/us/app.yaml": manifest("shop/eu", "other")}
    assert found(estate, files)[1] == "clusters/eu/app.yaml"


@pytest.mark.parametrize("second", [manifest("shop/eu"), manifest("shop/eu", extra=", ref: ''")])
def test_of_two_that_are_alike_it_is_neither(estate: Estate, second: str) -> None:
    fleet, path = found(estate, {"clusters/eu/app.yaml": manifest("shop/eu"), "clusters/us/app.yaml": second})
    assert path is None
    assert fleet.sources(fleet.applications["shop"])[0].path == "shop/eu"


def test_of_several_that_are_all_others_it_is_none(estate: Estate) -> None:
    files = {"clusters/eu/app.yaml": manifest("shop/eu"), "clusters/us/app.yaml": manifest("shop/us")}
    assert found(estate, files, "shop/elsewhere")[1] is None


def test_a_manifest_that_has_moved_on_is_known_by_what_argo_cd_deployed_of_it(estate: Estate) -> None:
    deployed = estate.commit({"clusters/eu/app.yaml": manifest("shop/eu"), "clusters/us/app.yaml": manifest("shop/us")})
    estate.commit({"clusters/eu/app.yaml": manifest("shop/new"), "shop/new/app.yaml": deployment("shop")})
    estate.application("shop", deployed, path="shop/eu")
    fleet = estate.fleet()
    shop = fleet.applications["shop"]
    definition = fleet.search_definition(shop)
    assert definition is not None
    assert definition.path == "clusters/eu/app.yaml"
    assert fleet.sources(shop)[0].path == "shop/new"


def test_a_manifest_of_another_place_that_nobody_deploys_as_it_is_says_nothing(estate: Estate) -> None:
    fleet, path = found(estate, {"apps/shop.yaml": manifest("nowhere")})
    shop = fleet.applications["shop"]
    assert path == "apps/shop.yaml"
    assert fleet.deployed_definition(shop) is None
    assert fleet.sources(shop) == shop.sources


def test_a_manifest_with_other_options_of_the_same_place_counts(estate: Estate) -> None:
    fleet, path = found(estate, {"apps/shop.yaml": manifest("shop/eu", extra=", directory: {recurse: true}")})
    shop = fleet.applications["shop"]
    assert path == "apps/shop.yaml"
    directory = fleet.sources(shop)[0].directory
    assert directory is not None
    assert msgspec.to_builtins(directory) == {"recurse": True}
