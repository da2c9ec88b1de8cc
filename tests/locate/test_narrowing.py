"""A shared value that hurts one application alone: it gets the old value in its own layer, and nobody else moves."""

from __future__ import annotations

from tests.support.estate import Estate
from tests.support.manifests import CHART, CHART_DEPLOYMENT

CHARTED = {"web/Chart.yaml": CHART, "web/templates/app.yaml": CHART_DEPLOYMENT}


def charted_pair(charted: Estate) -> None:
    files = {**CHARTED, "web/shop.yaml": "replicas: 1\n", "web/cart.yaml": "replicas: 1\n"}
    good = charted.commit({**files, "web/values.yaml": "image: app:1\n"})
    bad = charted.commit({"web/values.yaml": "image: app:2\n"})
    for name in ("shop", "cart"):
        charted.application(name, good, bad, path="web", helm={"valueFiles": [f"{name}.yaml"]})


def test_the_old_value_goes_into_the_application_s_own_values_file(charted: Estate) -> None:
    charted_pair(charted)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.changed_lines(proposal) == {"web/shop.yaml": ["+image: app:1"]}
    assert [change.application for change in proposal.rendered] == ["shop"]


def test_where_both_are_in_trouble_the_shared_file_itself_goes_back(charted: Estate) -> None:
    charted_pair(charted)
    proposal = charted.one(charted.crash("shop"), charted.crash("cart"))
    assert charted.changed_lines(proposal) == {"web/values.yaml": ["-image: app:2", "+image: app:1"]}
    assert proposal.applications == ("cart", "shop")


def test_without_a_layer_of_its_own_nothing_is_written(charted: Estate) -> None:
    good = charted.commit({**CHARTED, "web/values.yaml": "image: app:1\n"})
    bad = charted.commit({"web/values.yaml": "image: app:2\n"})
    for name in ("shop", "cart"):
        charted.application(name, good, bad, path="web")
    proposal = charted.one(charted.crash("shop"))
    assert proposal.edits == ()
    assert "would also change cart, where nothing is wrong" in proposal.refusal
