"""The four intents: each holds where exactly that moves, and refuses all else."""

from __future__ import annotations

from gitops_bot.model.proposal import FieldsBecome, NothingMoves, RenderAgain, ReturnTo
from gitops_bot.model.resource import ResourceKey
from gitops_bot.prove import prove
from tests.support.candidates import replacing, suspect
from tests.support.estate import Estate
from tests.support.manifests import CHART, CHART_DEPLOYMENT, deployment

KEY = ResourceKey("apps", "Deployment", "shop", "shop")
FILE = "shop/app.yaml"
IMAGE = {"spec__template__spec__containers__0__image": "app:1"}


def released(estate: Estate) -> str:
    good = estate.commit({FILE: deployment("shop", replicas=2)})
    bad = estate.commit({FILE: deployment("shop", "app:2", replicas=3)})
    estate.application("shop", good, bad)
    return good


def test_what_goes_back_to_the_good_state_holds(estate: Estate) -> None:
    good = released(estate)
    fleet = estate.fleet()
    candidate = replacing(fleet, "shop", FILE, ReturnTo(good=good, suspects=(suspect("shop"),)), **IMAGE)
    proof = prove(fleet, candidate, {})
    assert proof.refusal == ""
    assert proof.moved == ("shop",)
    assert all(check.passed for check in proof.checks)


def test_what_goes_to_another_value_than_the_good_one_is_refused(estate: Estate) -> None:
    good = released(estate)
    fleet = estate.fleet()
    candidate = replacing(fleet, "shop", FILE, ReturnTo(good=good), spec__replicas=5)
    assert "spec.replicas of Deployment shop/shop would not be what it was" in prove(fleet, candidate, {}).refusal


def test_a_suspect_that_stays_is_refused(estate: Estate) -> None:
    good = released(estate)
    fleet = estate.fleet()
    candidate = replacing(fleet, "shop", FILE, ReturnTo(good=good, suspects=(suspect("shop"),)), spec__replicas=2)
    assert "containers[app].image of Deployment shop/shop would stay as it is" in prove(fleet, candidate, {}).refusal


def test_a_good_state_that_cannot_be_rendered_is_refused(estate: Estate) -> None:
    broken = estate.commit({FILE: "apiVersion: v1\nkind: [\nmetadata: {}\n"})
    bad = estate.commit({FILE: deployment("shop", "app:2")})
    estate.application("shop", broken, bad)
    fleet = estate.fleet()
    candidate = replacing(fleet, "shop", FILE, ReturnTo(good=broken), **IMAGE)
    assert "cannot be rendered at" in prove(fleet, candidate, {}).refusal


def test_exactly_the_fields_that_are_wanted_hold(estate: Estate) -> None:
    released(estate)
    fleet = estate.fleet()
    wanted = FieldsBecome(resource=KEY, values=(("/spec/replicas", 1),))
    assert prove(fleet, replacing(fleet, "shop", FILE, wanted, spec__replicas=1), {}).refusal == ""


def test_a_field_more_another_field_or_another_value_than_wanted_is_refused(estate: Estate) -> None:
    released(estate)
    fleet = estate.fleet()
    wanted = FieldsBecome(resource=KEY, values=(("/spec/replicas", 1),))
    more = replacing(fleet, "shop", FILE, wanted, spec__replicas=1, **IMAGE)
    other = replacing(fleet, "shop", FILE, wanted, **IMAGE)
    value = replacing(fleet, "shop", FILE, wanted, spec__replicas=7)
    for candidate in (more, other, value):
        assert "other fields than intended" in prove(fleet, candidate, {}).refusal


def test_a_comment_that_moves_nothing_holds_and_an_edit_that_moves_something_is_refused(estate: Estate) -> None:
    released(estate)
    fleet = estate.fleet()
    assert "the comment changes what is rendered: spec.replicas" in (
        prove(fleet, replacing(fleet, "shop", FILE, NothingMoves(), spec__replicas=1), {}).refusal
    )


def test_an_edit_that_moves_nothing_is_refused_where_something_should_move(charted: Estate) -> None:
    chart = {"shop/Chart.yaml": CHART, "shop/templates/app.yaml": CHART_DEPLOYMENT}
    good = charted.commit({**chart, "shop/values.yaml": "image: app:1\nunused: 1\n"})
    charted.application("shop", good)
    fleet = charted.fleet()
    candidate = replacing(fleet, "shop", "shop/values.yaml", ReturnTo(good=good), unused=2)
    assert prove(fleet, candidate, {}).refusal == "the edit changes nothing that is rendered"


def broken_chart(charted: Estate) -> str:
    template = '{{ if eq (.Values.port | toString) "x" }}{{ fail "port" }}{{ end }}\n' + CHART_DEPLOYMENT
    chart = {"shop/Chart.yaml": CHART, "shop/templates/app.yaml": template}
    good = charted.commit({**chart, "shop/values.yaml": "image: app:1\nport: 80\n"})
    charted.commit({"shop/values.yaml": "image: app:1\nport: x\n"})
    charted.application("shop", good)
    return good


def test_what_renders_again_as_it_did_holds(charted: Estate) -> None:
    good = broken_chart(charted)
    fleet = charted.fleet()
    proof = prove(fleet, replacing(fleet, "shop", "shop/values.yaml", RenderAgain(good=good), port=80), {})
    assert proof.refusal == ""
    assert proof.rendered[0].objects == ()


def test_what_renders_again_and_otherwise_is_refused(charted: Estate) -> None:
    good = broken_chart(charted)
    fleet = charted.fleet()
    candidate = replacing(fleet, "shop", "shop/values.yaml", RenderAgain(good=good), port=80, image="app:9")
    assert "would render again, but not as at" in prove(fleet, candidate, {}).refusal


def test_what_still_does_not_render_is_refused(charted: Estate) -> None:
    good = broken_chart(charted)
    fleet = charted.fleet()
    candidate = replacing(fleet, "shop", "shop/values.yaml", RenderAgain(good=good), image="app:9")
    assert "shop would not render after the edit" in prove(fleet, candidate, {}).refusal
