"""Applications that another one's chart or overlay renders: their sources are what its render says now."""

from __future__ import annotations

import pytest

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import RenderFailed
from tests.support.estate import URL, Estate
from tests.support.families import FAMILY, VALUES, child, values
from tests.support.manifests import deployment


def image(fleet: Fleet, name: str) -> str:
    """The image that the one child's sources say."""
    helm = fleet.sources(fleet.applications[name])[0].helm
    assert helm is not None
    assert helm.parameters
    return helm.parameters[0].value


def family(estate: Estate, parent: str = "estate") -> Fleet:
    """Two children, of one parent that the fleet knows too."""
    good = estate.commit({**FAMILY, VALUES: values(shop="app:1", cart="app:1")})
    estate.application("estate", good)
    for name in ("shop", "cart"):
        child(estate, name, good, image="app:1", parent=parent)
    return estate.fleet()


def learned(fleet: Fleet, name: str) -> Fleet:
    assert fleet.search_definition(fleet.applications[name]) is None
    return fleet


def test_a_childs_sources_and_namespace_follow_the_parents_files(charted: Estate) -> None:
    fleet = learned(family(charted), "shop")
    shop = fleet.applications["shop"]
    assert fleet.maker(shop) == fleet.applications["estate"]
    template = FAMILY["estate/templates/children.yaml"].replace("{namespace: {{", "{namespace: far-{{").encode()
    with fleet.workspace.overlay({VALUES: values(shop="app:2", cart="app:1").encode()}):
        assert (image(fleet, "shop"), image(fleet, "cart")) == ("app:2", "app:1")
    with fleet.workspace.overlay({"estate/templates/children.yaml": template}):
        assert fleet.render(shop).manifests[0].key.namespace == "far-shop"
    assert image(fleet, "shop") == "app:1"
    assert fleet.render(shop).manifests[0].key.namespace == "shop"


def test_what_the_parent_reads_the_child_reads(charted: Estate) -> None:
    fleet = learned(family(charted), "shop")
    reads = fleet.reads(fleet.applications["shop"])
    assert reads is not None
    assert all(reads.covers(path) for path in FAMILY)
    assert reads.covers(VALUES)


def test_an_edit_of_the_parents_values_has_all_children_as_readers(charted: Estate) -> None:
    fleet = family(charted)
    assert [one.name for one in fleet.readers([VALUES])] == ["cart", "estate", "shop"]
    assert [one.name for one in fleet.readers(["web/values.yaml"])] == ["cart", "shop"]


def test_a_parent_that_the_fleet_does_not_know_counts_where_git_declares_it(charted: Estate) -> None:
    root = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: estate, namespace: argocd}}
spec: {{source: {{repoURL: {URL}, path: estate, targetRevision: main}}}}
"""
    good = charted.commit({**FAMILY, "root.yaml": root, VALUES: values(shop="app:1", cart="app:1")})
    for name in ("shop", "cart"):
        child(charted, name, good, image="app:1")
    fleet = learned(charted.fleet(), "shop")
    assert [one.name for one in fleet.readers([VALUES])] == ["cart", "shop"]


def test_children_of_children_follow_too(charted: Estate) -> None:
    middle = FAMILY["estate/templates/children.yaml"].replace("path: web", "path: estate").replace("image,", "tag,")
    # The parent of the parent gives the parent the images of its children.
    top = {"top/Chart.yaml": FAMILY["estate/Chart.yaml"], "top/templates/children.yaml": middle}
    files = {**FAMILY, **top, "top/values.yaml": "images: {estate: x1}\n", VALUES: values(shop="app:1")}
    good = charted.commit(files)
    charted.application("top", good)
    tracked = {"argocd.argoproj.io/tracking-id": "top:argoproj.io/Application:argocd/estate"}
    charted.application("estate", good, helm={"parameters": [{"name": "tag", "value": "x1"}]}, annotations=tracked)
    child(charted, "shop", good, image="app:1")
    fleet = charted.fleet()
    assert [one.name for one in fleet.readers(["top/values.yaml"])] == ["estate", "shop", "top"]


def test_a_child_that_the_parent_no_longer_renders_fails(charted: Estate) -> None:
    fleet = learned(family(charted), "shop")
    shop = fleet.applications["shop"]
    with (
        fleet.workspace.overlay({VALUES: values(cart="app:1").encode()}),
        pytest.raises(RenderFailed, match="does not make it any more"),
    ):
        fleet.render(shop)
    with (
        fleet.workspace.overlay({VALUES: b"images: [\n"}),
        pytest.raises(RenderFailed, match="estate, which makes it, fails"),
    ):
        fleet.render(shop)


def test_a_render_that_never_gave_what_argo_cd_has_is_not_believed(charted: Estate) -> None:
    good = charted.commit({**FAMILY, VALUES: values(shop="app:1")})
    charted.application("estate", good)
    child(charted, "shop", good, image="app:1")
    child(charted, "cart", good, image="app:1")
    elsewhere = charted.applications["shop"].sources[0]
    charted.application("shop", good, path="other", annotations=charted.applications["shop"].metadata.annotations)
    fleet = learned(learned(charted.fleet(), "shop"), "cart")
    assert elsewhere.path == "web"
    assert fleet.maker(fleet.applications["shop"]) is None
    assert fleet.maker(fleet.applications["cart"]) is None
    assert fleet.sources(fleet.applications["shop"])[0].path == "other"


def test_what_an_older_commit_gave_is_believed(charted: Estate) -> None:
    old = charted.commit({**FAMILY, VALUES: values(shop="app:1")})
    moved = FAMILY["estate/templates/children.yaml"].replace("path: web", "path: site")
    charted.commit({"estate/templates/children.yaml": moved, "site/Chart.yaml": FAMILY["web/Chart.yaml"]})
    charted.application("estate", old)
    child(charted, "shop", old, image="app:1")
    fleet = learned(charted.fleet(), "shop")
    assert fleet.sources(fleet.applications["shop"])[0].path == "site"


@pytest.mark.parametrize("manifest", [True, False], ids=["with a manifest", "of a plain folder"])
def test_children_that_are_written_out_cause_no_render(charted: Estate, manifest: bool) -> None:
    body = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: argocd}}
spec: {{source: {{repoURL: {URL}, path: shop, targetRevision: main}}}}
"""
    overlay = {"apps/kustomization.yaml": "resources: [shop.yaml]\n"} if manifest else {}
    good = charted.commit({"apps/shop.yaml": body, "shop/app.yaml": deployment("shop"), **overlay})
    charted.application("estate", good, path="apps")
    tracked = {"argocd.argoproj.io/tracking-id": "estate:argoproj.io/Application:argocd/shop"}
    charted.application("shop", good, annotations=tracked)
    fleet = charted.fleet()
    assert fleet.search_definition(fleet.applications["shop"]) is not None
    assert [one.name for one in fleet.readers(["apps/shop.yaml"])] == ["estate", "shop"]
    assert fleet.maker(fleet.applications["shop"]) is None
    assert fleet.renderer.render_count == 0


def test_an_overlay_that_patches_a_manifest_on_its_way_says_what_it_becomes(charted: Estate) -> None:
    body = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: argocd}}
spec: {{source: {{repoURL: {URL}, path: nowhere, targetRevision: main}}}}
"""
    patch = '[{"op": "replace", "path": "/spec/source/path", "value": "shop"}]'
    overlay = f"resources: [shop.yaml]\npatches: [{{target: {{kind: Application}}, patch: '{patch}'}}]\n"
    files = {"apps/shop.yaml": body, "apps/kustomization.yaml": overlay, "shop/app.yaml": deployment("shop")}
    good = charted.commit(files)
    charted.application("estate", good, path="apps")
    tracked = {"argocd.argoproj.io/tracking-id": "estate:argoproj.io/Application:argocd/shop"}
    charted.application("shop", good, annotations=tracked)
    fleet = charted.fleet()
    shop = fleet.applications["shop"]
    assert fleet.search_definition(shop) is not None
    assert fleet.deployed_definition(shop) is None
    assert fleet.maker(shop) == fleet.applications["estate"]
    with fleet.workspace.overlay({"apps/kustomization.yaml": overlay.replace('"shop"', '"cart"').encode()}):
        assert fleet.sources(shop)[0].path == "cart"


def test_applications_that_name_each_other_as_parents_go_in_no_circle(charted: Estate) -> None:
    files = {path.replace("estate/", f"{name}/"): text for name in ("one", "two") for path, text in FAMILY.items()}
    templates = {
        f"{name}/templates/children.yaml": FAMILY["estate/templates/children.yaml"].replace(
            "path: web", f"path: {other}"
        )
        for name, other in (("one", "two"), ("two", "one"))
    }
    good = charted.commit(
        {**files, **templates, "one/values.yaml": values(two="app:1"), "two/values.yaml": values(one="app:1")}
    )
    child(charted, "one", good, image="app:1", parent="two")
    child(charted, "two", good, image="app:1", parent="one")
    for name, other in (("one", "two"), ("two", "one")):
        charted.applications[name] = charted.application(
            name,
            good,
            helm={"parameters": [{"name": "image", "value": "app:1"}]},
            annotations={"argocd.argoproj.io/tracking-id": f"{other}:argoproj.io/Application:argocd/{name}"},
        )
    fleet = charted.fleet()
    assert {one.name for one in fleet.readers(["one/values.yaml"])} == {"one", "two"}
    fleet.search_definition(fleet.applications["one"])
    assert fleet.sources(fleet.applications["one"])[0].path == "one"
    assert fleet.sources(fleet.applications["two"])[0].path == "two"
