"""One proposal for each cause, with a name that stays as long as the cause does."""

from __future__ import annotations

from pathlib import Path

import msgspec

from gitops_bot.clients.rendering import Tools
from gitops_bot.model.diagnosis import Escalate, IgnoreDifference, LeaveAlone, Resync
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.resource import ResourceKey
from tests.support.estate import URL, Estate, crash, diagnosed
from tests.support.fixtures import charted, estate, tools
from tests.support.manifests import CHART, CHART_DEPLOYMENT, deployment

__all__ = ["charted", "estate", "tools"]
SHARED = {"web/Chart.yaml": CHART, "web/templates/app.yaml": CHART_DEPLOYMENT}


def released(made: Estate, *names: str, image: str = "app:2") -> None:
    good = made.commit({f"{name}/app.yaml": deployment(name) for name in names})
    bad = made.commit({f"{name}/app.yaml": deployment(name, image) for name in names})
    for name in names:
        made.application(name, good, bad)


def test_the_name_stays_whatever_the_value_the_pod_and_the_rule_are(estate: Estate, tmp_path: Path) -> None:
    released(estate, "shop")
    name = estate.one(estate.crash("shop")).fingerprint
    assert estate.one(estate.crash("shop", pod="y9", restarts=9)).fingerprint == name
    assert estate.one(estate.crash("shop", rule="probe-failing")).fingerprint == name
    assert estate.one(estate.crash("shop", older_healthy=2)).fingerprint == name
    with Estate(tmp_path / "second", Tools()) as other:
        released(other, "shop", image="app:9-broken")
        assert other.one(other.crash("shop")).fingerprint == name


def test_other_files_and_other_fields_have_other_names(estate: Estate, tmp_path: Path) -> None:
    released(estate, "shop", "cart")
    shop, cart = (estate.one(estate.crash(name)).fingerprint for name in ("shop", "cart"))
    assert shop != cart
    with Estate(tmp_path / "second", Tools()) as other:
        good = other.commit({"shop/app.yaml": deployment("shop")})
        bad = other.commit({"shop/app.yaml": deployment("shop", extra="args: [--bad]\n")})
        other.application("shop", good, bad)
        assert other.one(other.crash("shop")).fingerprint not in (shop, cart)


def test_two_applications_of_one_file_with_lines_of_their_own_have_names_of_their_own(charted: Estate) -> None:
    # The culprit's hunk covers both; a third application, healthy, keeps it from going back whole.
    template = CHART_DEPLOYMENT.replace(".Values.image", "(index .Values .Release.Name)")
    good = charted.commit(
        {**SHARED, "web/templates/app.yaml": template, "web/values.yaml": "a: app:1\nb: app:1\nc: app:1\n"}
    )
    bad = charted.commit({"web/values.yaml": "a: app:2\nb: app:2\nc: app:2\n"})
    for name in ("a", "b", "c"):
        charted.application(name, good, bad, path="web")
    proposals, _ = charted.propose(charted.crash("a"), charted.crash("b"))
    assert [one.refusal for one in proposals] == ["", ""]
    assert len({one.fingerprint for one in proposals}) == 2


def test_the_name_of_two_applications_stays_when_one_of_them_heals(charted: Estate) -> None:
    template = CHART_DEPLOYMENT.replace("- name: app", "- name: {{ .Release.Name }}")
    files = {**SHARED, "web/templates/app.yaml": template}
    good = charted.commit({**files, "web/values.yaml": "image: app:1\n", "own.yaml": "replicas: 2\n"})
    bad = charted.commit({"web/values.yaml": "image: app:2\n"})
    charted.application("shop", good, bad, path="web")
    charted.application("cart", good, bad, path="web")
    both = charted.one(charted.crash("shop"), charted.crash("cart"))
    assert both.applications == ("cart", "shop")
    charted.applications.pop("cart")
    assert charted.one(charted.crash("shop")).fingerprint == both.fingerprint


def test_the_order_of_incidents_changes_no_name_and_only_the_order(estate: Estate) -> None:
    released(estate, "shop", "cart", "search")
    diagnoses = [estate.crash(name) for name in ("shop", "cart", "search")]
    there, _ = estate.propose(*diagnoses)
    back, _ = estate.propose(*reversed(diagnoses))
    assert [one.fingerprint for one in there] == [one.fingerprint for one in reversed(back)]
    again, _ = estate.propose(*diagnoses)
    assert msgspec.json.encode(again) == msgspec.json.encode(there)


def test_two_workloads_of_one_application_broken_by_one_commit_have_one_proposal(estate: Estate) -> None:
    two = deployment("web") + "---\n" + deployment("worker")
    good = estate.commit({"shop/app.yaml": two})
    bad = estate.commit({"shop/app.yaml": two.replace("app:1", "app:2")})
    estate.application("shop", good, bad)
    proposal = estate.one(estate.crash("shop", workload="web"), estate.crash("shop", workload="worker"))
    assert proposal.refusal == ""
    assert [one.resource.name for one in proposal.cases] == ["web", "worker"]


def test_two_fields_handed_over_in_one_manifest_have_two_names(estate: Estate) -> None:
    manifest = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata:\n  name: shop\n  namespace: argocd\nspec:\n"
        f"  project: default\n  source:\n    repoURL: {URL}\n    path: shop\n    targetRevision: main\n"
    )
    good = estate.commit(
        {"apps/shop.yaml": manifest, "shop/app.yaml": deployment("web") + "---\n" + deployment("worker")}
    )
    estate.application("root", good, path="apps")
    tracked = {"argocd.argoproj.io/tracking-id": "root:argoproj.io/Application:argocd/shop"}
    application = estate.application("shop", good, annotations=tracked)
    diagnoses = []
    for name in ("web", "worker"):
        key = ResourceKey("apps", "Deployment", "shop", name)
        incident = Incident(application=application, trouble=Trouble.DRIFT, resource=key, signals=())
        diagnoses.append(diagnosed(incident, IgnoreDifference(resource=key, pointers=("/spec/replicas",)), "drift"))
    proposals, _ = estate.propose(*diagnoses)
    assert [one.refusal for one in proposals] == ["", ""]
    assert len({one.fingerprint for one in proposals}) == 2


def test_two_escalations_of_one_application_stay_apart(estate: Estate) -> None:
    application = estate.application("shop", estate.commit({"shop/app.yaml": deployment("shop")}))
    diagnoses = [
        msgspec.structs.replace(crash(application, workload=name), remedy=Escalate(reason="unclear"))
        for name in ("web", "worker")
    ]
    proposals, _ = estate.propose(*diagnoses)
    assert [one.refusal for one in proposals] == ["unclear", "unclear"]
    assert len({one.fingerprint for one in proposals}) == 2


def test_two_resyncs_are_two_commits(estate: Estate) -> None:
    good = estate.commit({f"{name}/app.yaml": deployment(name) for name in ("shop", "cart")})
    diagnoses = []
    for name in ("shop", "cart"):
        application = estate.application(name, good, syncPolicy={"automated": {}})
        key = ResourceKey("apps", "Deployment", name, name)
        incident = Incident(application=application, trouble=Trouble.DRIFT, resource=key, signals=())
        diagnoses.append(diagnosed(incident, Resync(resources=(key,)), "drift-by-hand"))
    proposals, _ = estate.propose(*diagnoses)
    assert [(one.edits, one.refusal) for one in proposals] == [((), ""), ((), "")]
    assert len({one.fingerprint for one in proposals}) == 2


def test_a_missing_program_is_this_machines_problem_and_the_others_are_treated(estate: Estate) -> None:
    released(estate, "shop")
    good = estate.commit({"web/kustomization.yaml": "resources: [app.yaml]\n", "web/app.yaml": deployment("web")})
    bad = estate.commit({"web/app.yaml": deployment("web", "app:2")})
    estate.application("web", good, bad)
    [proposal], [skipped] = estate.propose(estate.crash("web"), estate.crash("shop"))
    assert proposal.applications == ("shop",)
    assert proposal.refusal == ""
    assert skipped.application == "web"
    assert skipped.problem
    assert "kustomize" in skipped.reason


def test_a_change_through_a_symbolic_link_is_a_problem_of_its_own_and_the_others_are_treated(estate: Estate) -> None:
    released(estate, "shop")
    blob = estate.repository.git("hash-object", "-w", "--stdin", text=b"real")
    estate.repository.git("update-index", "--add", "--cacheinfo", f"120000,{blob},web")
    good = estate.commit({"real/app.yaml": deployment("web")})
    bad = estate.commit({"real/app.yaml": deployment("web", "app:2")})
    estate.application("web", good, bad)
    proposals, skipped = estate.propose(estate.crash("web"), estate.crash("shop"))
    assert [one.applications for one in proposals if not one.refusal][-1] == ("shop",)
    assert len(proposals) + len(skipped) == 2


def test_a_remedy_that_git_cannot_express_is_an_escalation(estate: Estate) -> None:
    released(estate, "shop")
    proposal = estate.one(msgspec.structs.replace(estate.crash("shop"), remedy=LeaveAlone(reason="noise")))
    assert proposal.edits == ()
    assert proposal.refusal == "no change in Git expresses the remedy"
