"""The change stands in the values of the chart that renders the Application (app of apps)."""

from __future__ import annotations

from tests.support.estate import Estate
from tests.support.families import FAMILY, VALUES, child, values
from tests.support.manifests import config_map

SHARED = FAMILY["estate/templates/children.yaml"].replace("$image | quote", "$.Values.image | quote")


def released(estate: Estate, files: dict[str, str], old: str, new: str) -> None:
    """One commit of the parent's values brought the children `shop` and `cart` from app:1 to what the values say."""
    good = estate.commit({**FAMILY, **files, VALUES: old})
    bad = estate.commit({VALUES: new})
    estate.application("estate", good, bad)
    for name in ("shop", "cart"):
        moved = f"{name}: app:2" in new or "image: app:2" in new
        child(estate, name, good, bad, image="app:2" if moved else "app:1", before="app:1")


def test_a_childs_release_in_the_parents_values_goes_back_there(charted: Estate) -> None:
    released(charted, {}, values(shop="app:1", cart="app:1"), values(shop="app:2", cart="app:1"))
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.changed_lines(proposal) == {
        VALUES: ["-  shop: app:2   # of the shop team", "+  shop: app:1   # of the shop team"]
    }
    assert [one.application for one in proposal.rendered] == ["shop", "estate"]
    assert proposal.readers == ("cart",)


def test_of_two_children_in_one_commit_only_the_one_in_trouble_goes_back(charted: Estate) -> None:
    released(charted, {}, values(shop="app:1", cart="app:1"), values(shop="app:2", cart="app:2"))
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {VALUES: values(shop="app:1", cart="app:2").encode()}


def test_a_value_that_a_healthy_child_shares_is_never_changed(charted: Estate) -> None:
    files = {"estate/templates/children.yaml": SHARED}
    old, new = (f"image: app:{number}\n{values(shop='x', cart='x')}" for number in (1, 2))
    released(charted, files, old, new)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.edits == ()
    assert "the edit would also change cart" in proposal.refusal


def test_a_value_that_both_children_in_trouble_share_goes_back_once(charted: Estate) -> None:
    files = {"estate/templates/children.yaml": SHARED}
    old, new = (f"image: app:{number}\n{values(shop='x', cart='x')}" for number in (1, 2))
    released(charted, files, old, new)
    proposal = charted.one(charted.crash("shop"), charted.crash("cart"))
    assert proposal.refusal == ""
    assert proposal.applications == ("cart", "shop")
    assert charted.after(proposal) == {VALUES: old.encode()}


def test_what_else_the_commit_changed_in_the_parent_stays(charted: Estate) -> None:
    files = {"estate/templates/own.yaml": config_map("own", a="{{ .Values.a }}")}
    old, new = (f"a: a{number}\n{values(shop=f'app:{number}', cart='app:1')}" for number in (1, 2))
    released(charted, files, old, new)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {VALUES: old.replace("a: a1", "a: a2").encode()}


def test_a_child_whose_live_sources_nobody_declares_is_left_to_a_person(charted: Estate) -> None:
    good = charted.commit({**FAMILY, VALUES: values(shop="app:1")})
    bad = charted.commit({VALUES: values(shop="app:2")})
    child(charted, "shop", good, bad, image="app:2", before="app:1", parent="unknown")
    proposal = charted.one(charted.crash("shop"))
    assert proposal.edits == ()
