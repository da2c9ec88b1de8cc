"""Git that does not render, and objects that the cluster refuses."""

from __future__ import annotations

from gitops_bot.model.resource import ResourceKey
from tests.support.estate import Estate, refused, unrendered
from tests.support.manifests import CHART, CHART_DEPLOYMENT, config_map, deployment

KUSTOMIZATION = "resources: [app.yaml]\n"
BROKEN = "resources: [app.yaml, ../gone]\n"
WORKLOAD = ResourceKey("apps", "Deployment", "shop", "shop")


def overlay(estate: Estate) -> str:
    good = estate.commit({"shop/kustomization.yaml": KUSTOMIZATION, "shop/app.yaml": deployment("shop")})
    estate.application("shop", good)
    return good


def test_a_base_that_is_not_there_goes_back(charted: Estate) -> None:
    overlay(charted)
    bad = charted.commit({"shop/kustomization.yaml": BROKEN}, "Break")
    proposal = charted.one(unrendered(charted.applications["shop"]))
    assert proposal.refusal == ""
    assert proposal.origin is not None
    assert proposal.origin.commit == bad
    assert charted.after(proposal) == {"shop/kustomization.yaml": KUSTOMIZATION.encode()}


def test_a_base_that_somebody_removed_comes_back(charted: Estate) -> None:
    base = {"base/kustomization.yaml": "resources: [app.yaml]\n", "base/app.yaml": deployment("shop")}
    good = charted.commit({**base, "shop/kustomization.yaml": "resources: [../base]\n"})
    charted.commit(dict.fromkeys(base))
    charted.application("shop", good)
    proposal = charted.one(unrendered(charted.applications["shop"]))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {path: text.encode() for path, text in base.items()}


def test_bad_values_go_back(charted: Estate) -> None:
    chart = {"shop/Chart.yaml": CHART, "shop/templates/app.yaml": CHART_DEPLOYMENT}
    good = charted.commit({**chart, "shop/values.yaml": "image: app:1\nreplicas: 2\n"})
    charted.commit({"shop/values.yaml": "image: app:1\n replicas: 2\n"})
    charted.application("shop", good)
    proposal = charted.one(unrendered(charted.applications["shop"]))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {"shop/values.yaml": b"image: app:1\nreplicas: 2\n"}


def test_of_several_commits_the_one_that_broke_it_goes_back_and_later_ones_stay(charted: Estate) -> None:
    good = overlay(charted)
    charted.commit({"shop/app.yaml": deployment("shop", "app:2")}, "Before")
    bad = charted.commit({"shop/kustomization.yaml": BROKEN}, "Break")
    later = charted.commit({"shop/app.yaml": deployment("shop", "app:3")}, "After")
    proposal = charted.one(unrendered(charted.applications["shop"]))
    assert proposal.refusal == ""
    assert proposal.origin is not None
    assert (proposal.origin.commit, proposal.origin.good) == (bad, good)
    assert charted.after(proposal) == {"shop/kustomization.yaml": KUSTOMIZATION.encode()}
    told = " ".join(check.detail for check in proposal.proof)
    assert f"save for what {later[:7]} changed since: spec.template.spec.containers[app].image" in told


def test_what_was_mended_and_broken_again_is_the_last_ones_fault(charted: Estate) -> None:
    overlay(charted)
    charted.commit({"shop/kustomization.yaml": BROKEN})
    charted.commit({"shop/kustomization.yaml": KUSTOMIZATION})
    last = charted.commit({"shop/kustomization.yaml": BROKEN.replace("gone", "lost")})
    proposal = charted.one(unrendered(charted.applications["shop"]))
    assert proposal.refusal == ""
    assert proposal.edits[0].change.commits == (last,)


def test_two_commits_that_break_it_each_for_itself_need_a_person(charted: Estate) -> None:
    overlay(charted)
    charted.commit({"shop/kustomization.yaml": BROKEN})
    charted.commit({"shop/app.yaml": "kind: [\n"})
    proposal = charted.one(unrendered(charted.applications["shop"]))
    assert proposal.edits == ()
    assert "shop would not render after the edit" in proposal.refusal


def test_what_renders_here_is_not_broken_in_git(charted: Estate) -> None:
    overlay(charted)
    head = charted.commit({"shop/app.yaml": deployment("shop", "app:2")})
    proposal = charted.one(unrendered(charted.applications["shop"]))
    assert proposal.edits == ()
    assert f"shop renders here at {head[:7]}: what fails is not in this repository's files" in proposal.refusal


def test_one_line_of_several_is_set_back_where_the_others_were_changed_since(charted: Estate) -> None:
    chart = {
        "shop/Chart.yaml": CHART,
        "shop/templates/app.yaml": CHART_DEPLOYMENT + '{{ .Values.port | int | required "" }}',
    }
    template = '{{ if not (kindIs "float64" .Values.replicas) }}{{ fail "replicas" }}{{ end }}\n' + CHART_DEPLOYMENT
    chart["shop/templates/app.yaml"] = template
    good = charted.commit({**chart, "shop/values.yaml": "image: app:1\nreplicas: 2\n"})
    charted.commit({"shop/values.yaml": "image: app:2\nreplicas: two\n"})
    charted.application("shop", good)
    charted.commit({"shop/values.yaml": "image: app:3\nreplicas: two\n"})
    proposal = charted.one(unrendered(charted.applications["shop"]))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {"shop/values.yaml": b"image: app:3\nreplicas: 2\n"}


def test_a_new_object_that_is_refused_goes_whole(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/new.yaml": config_map("Bad_Name", a="1"), "other/x.yaml": config_map("x")})
    application = estate.application("shop", good)
    proposal = estate.one(refused(application, ResourceKey("", "ConfigMap", "shop", "Bad_Name"), bad, "/metadata/name"))
    assert proposal.refusal == ""
    assert estate.after(proposal) == {"shop/new.yaml": None}
    assert proposal.rendered[0].objects[0].removed


def test_an_immutable_field_goes_back_with_what_must_match_it(estate: Estate) -> None:
    before = deployment("shop").replace("  template:\n", "  selector: {matchLabels: {a: b}}\n  template:\n")
    good = estate.commit({"shop/app.yaml": before})
    bad = estate.commit({"shop/app.yaml": before.replace("a: b", "a: c").replace("app:1", "app:2")})
    application = estate.application("shop", good)
    proposal = estate.one(refused(application, WORKLOAD, bad, "/spec/selector", "/spec/template/metadata/labels"))
    assert proposal.refusal == ""
    assert estate.after(proposal) == {"shop/app.yaml": before.encode()}


def test_an_invalid_value_of_an_older_sync_is_looked_for_up_to_the_commit_that_was_refused(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", replicas=-1)})
    estate.commit({"shop/other.yaml": config_map("other")})
    application = estate.application("shop", good)
    proposal = estate.one(refused(application, WORKLOAD, bad, "/spec/replicas"))
    assert proposal.refusal == ""
    assert estate.after(proposal) == {"shop/app.yaml": deployment("shop").encode()}


def test_a_refusal_is_not_blamed_on_a_config_map(estate: Estate) -> None:
    app = deployment("shop", extra="envFrom:\n  - configMapRef:\n      name: settings\n")
    good = estate.commit({"shop/app.yaml": app, "shop/settings.yaml": config_map("settings", a="1")})
    bad = estate.commit({"shop/settings.yaml": config_map("settings", a="2")})
    application = estate.application("shop", good)
    assert "is made of" in estate.one(refused(application, WORKLOAD, bad, "/spec/replicas")).refusal


def test_two_applications_that_one_commit_broke_have_one_remediation(charted: Estate) -> None:
    base = {"base/kustomization.yaml": KUSTOMIZATION, "base/app.yaml": deployment("app")}
    overlays = {f"{name}/kustomization.yaml": "resources: [../base]\n" for name in ("shop", "cart")}
    good = charted.commit({**base, **overlays})
    charted.commit({"base/kustomization.yaml": BROKEN})
    applications = [charted.application(name, good) for name in ("shop", "cart")]
    proposal = charted.one(*(unrendered(one) for one in applications))
    assert proposal.refusal == ""
    assert proposal.applications == ("cart", "shop")
    assert charted.after(proposal) == {"base/kustomization.yaml": KUSTOMIZATION.encode()}
