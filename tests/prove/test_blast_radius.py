"""Whoever reads an edited file is rendered before and after: nobody moves who should not."""

from __future__ import annotations

from gitops_bot.model.proposal import ReturnTo
from gitops_bot.prove import Expectation, prove
from tests.support.candidates import replacing, suspect
from tests.support.estate import URL, Estate
from tests.support.manifests import CHART, CHART_DEPLOYMENT, config_map

TEMPLATE = CHART_DEPLOYMENT.replace("name: {{ .Release.Name }}", "name: {{ .Release.Name }}")
STRICT = '{{ if and .Values.strict (eq .Values.image "app:1") }}{{ fail "too old" }}{{ end }}\n' + TEMPLATE


def shared(charted: Estate, template: str = TEMPLATE, *names: str, **extra: str) -> str:
    files = {"web/Chart.yaml": CHART, "web/templates/app.yaml": template, **extra}
    good = charted.commit({**files, "web/values.yaml": "image: app:1\n"})
    bad = charted.commit({"web/values.yaml": "image: app:2\n"})
    for name in names:
        charted.application(name, good, bad, path="web")
    return good


def back(charted: Estate, good: str, **companions: str):  # type: ignore[no-untyped-def]
    fleet = charted.fleet()
    candidate = replacing(
        fleet, "shop", "web/values.yaml", ReturnTo(good=good, suspects=(suspect("shop"),)), image="app:1"
    )
    expected = {name: Expectation(ReturnTo(good=to, suspects=(suspect(name),))) for name, to in companions.items()}
    return prove(fleet, candidate, expected)


def test_a_healthy_reader_that_would_move_refuses_the_edit(charted: Estate) -> None:
    proof = back(charted, shared(charted, TEMPLATE, "shop", "cart"))
    assert proof.refusal == "the edit would also change cart, where nothing is wrong"
    assert proof.moved == ("shop", "cart")
    assert proof.checks[0].lift


def test_a_reader_with_the_same_trouble_may_move_where_it_goes_back_too(charted: Estate) -> None:
    good = shared(charted, TEMPLATE, "shop", "cart")
    assert back(charted, good, cart=good).refusal == ""


def test_a_reader_with_the_same_trouble_that_would_not_go_back_refuses_the_edit(charted: Estate) -> None:
    other = charted.commit(
        {"web/Chart.yaml": CHART, "web/templates/app.yaml": TEMPLATE, "web/values.yaml": "image: app:0\n"}
    )
    good = shared(charted, TEMPLATE, "shop", "cart")
    assert "cart: spec.template.spec.containers[app].image" in back(charted, good, cart=other).refusal


def test_an_edit_that_makes_another_application_fail_is_refused(charted: Estate) -> None:
    good = shared(charted, STRICT, "shop")
    charted.application("strict", good, path="web", helm={"valuesObject": {"strict": True}})
    proof = back(charted, good)
    assert "strict" in proof.refusal
    [renders] = [check for check in proof.checks if check.name == "renders"]
    assert renders.detail == "strict would not render after the edit"


def test_a_reader_that_fails_before_and_after_stops_nothing_and_is_named(charted: Estate) -> None:
    good = shared(charted, TEMPLATE, "shop")
    charted.application("broken", good, path="web", helm={"valueFiles": ["gone.yaml"]})
    proof = back(charted, good)
    assert proof.refusal == ""
    assert proof.readers == ("broken",)
    assert "broken does not render, before or after" in proof.checks[0].detail
    assert "broken" not in proof.checks[1].detail


def test_a_reader_that_renders_only_after_the_edit_moves_as_well(charted: Estate) -> None:
    template = '{{ if and .Values.strict (eq .Values.image "app:2") }}{{ fail "too new" }}{{ end }}\n' + TEMPLATE
    good = shared(charted, template, "shop")
    charted.application("strict", good, path="web", helm={"valuesObject": {"strict": True}})
    assert "the edit would also change strict" in back(charted, good).refusal


def manifest(name: str, image: str) -> str:
    return f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: {name}
  namespace: argocd
spec:
  project: default
  source:
    repoURL: {URL}
    path: web
    targetRevision: main
    helm:
      valuesObject:
        image: {image}
"""


def declared(charted: Estate, **others: str) -> str:
    files = {"web/Chart.yaml": CHART, "web/templates/app.yaml": TEMPLATE, **others}
    good = charted.commit({**files, "apps/shop.yaml": manifest("shop", "app:1")})
    bad = charted.commit({"apps/shop.yaml": manifest("shop", "app:2")})
    charted.application("root", good, bad, path="apps")
    tracked = {"argocd.argoproj.io/tracking-id": "root:argoproj.io/Application:argocd/shop"}
    helm = {"helm": {"valuesObject": {"image": "app:2"}}, "before": {"helm": {"valuesObject": {"image": "app:1"}}}}
    charted.application("shop", good, bad, path="web", annotations=tracked, **helm)
    return good


def test_a_parent_may_carry_the_change_of_its_child(charted: Estate) -> None:
    good = declared(charted)
    fleet = charted.fleet()
    fleet.search_definition(fleet.applications["shop"])
    intent = ReturnTo(good=good, suspects=(suspect("shop"),))
    edit = {"spec__source__helm__valuesObject__image": "app:1"}
    proof = prove(fleet, replacing(fleet, "shop", "apps/shop.yaml", intent, **edit), {})
    assert proof.refusal == ""
    assert proof.moved == ("shop", "root")


def test_a_parent_whose_child_would_get_more_than_it_had_is_refused(charted: Estate) -> None:
    good = declared(charted)
    fleet = charted.fleet()
    fleet.search_definition(fleet.applications["shop"])
    intent = ReturnTo(good=good, suspects=(suspect("shop"),))
    edit = {"spec__source__helm__valuesObject__image": "app:1", "spec__project": "other"}
    proof = prove(fleet, replacing(fleet, "shop", "apps/shop.yaml", intent, **edit), {})
    assert "root: spec.project of Application argocd/shop would not be what it was" in proof.refusal


def test_a_parent_that_would_change_something_else_is_refused(charted: Estate) -> None:
    extra = "---\n" + config_map("extra", a="1")
    good = charted.commit(
        {
            "web/Chart.yaml": CHART,
            "web/templates/app.yaml": TEMPLATE,
            "apps/all.yaml": manifest("shop", "app:1") + extra,
        }
    )
    charted.commit({"apps/all.yaml": manifest("shop", "app:2") + extra.replace("'1'", "'2'")})
    charted.application("root", good, path="apps")
    charted.application("shop", good, path="web", helm={"valuesObject": {"image": "app:1"}})
    bad = charted.repository.head
    helm = {"helm": {"valuesObject": {"image": "app:2"}}, "before": {"helm": {"valuesObject": {"image": "app:1"}}}}
    charted.application("shop", good, bad, path="web", **helm)
    proposal = charted.one(charted.crash("shop"))
    # Whole, the commit would take back the parent's own object too: only the child's field goes back.
    assert proposal.refusal == ""
    assert charted.changed_lines(proposal) == {"apps/all.yaml": ["-        image: app:2", "+        image: app:1"]}
