"""The change stands in the Application's own manifest, which another Application deploys."""

from __future__ import annotations

import pytest

from gitops_bot.model.diagnosis import IgnoreDifference
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.resource import ResourceKey
from tests.support.estate import URL, Estate, diagnosed
from tests.support.manifests import CHART, CHART_DEPLOYMENT, deployment

CHARTED = {"charts/web/Chart.yaml": CHART, "charts/web/templates/app.yaml": CHART_DEPLOYMENT}
MANIFEST = f"""\
# Owned by the shop team.
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: shop
  namespace: argocd
spec:
  project: default
  destination:
    namespace: shop
  source:
    repoURL: {URL}
    path: charts/web
    targetRevision: main
    helm:
      valuesObject:
        image: app:1   # bumped by a pipeline
"""
AS_TEXT = MANIFEST.replace("      valuesObject:\n", "      values: |\n        # of the shop\n").replace(
    "   # bumped by a pipeline", "   # a comment in the text"
)
TRACKED = {"argocd.argoproj.io/tracking-id": "root:argoproj.io/Application:argocd/shop"}


def deploy(estate: Estate, old: str, new: str) -> None:
    good = estate.commit({**CHARTED, "apps/shop.yaml": old})
    bad = estate.commit({"apps/shop.yaml": new})
    estate.application("root", good, bad, path="apps")
    before = {"helm": {"valuesObject": {"image": "app:1"}}}
    helm = {"valuesObject": {"image": "app:2"}}
    estate.application("shop", good, bad, path="charts/web", helm=helm, before=before, annotations=TRACKED)


@pytest.mark.parametrize("manifest", [MANIFEST, AS_TEXT], ids=["values-object", "block-scalar"])
def test_an_override_in_the_manifest_goes_back_and_its_comments_stay(charted: Estate, manifest: str) -> None:
    deploy(charted, manifest, manifest.replace("app:1", "app:2"))
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {"apps/shop.yaml": manifest.encode()}
    assert {one.application for one in proposal.rendered} == {"root", "shop"}


def test_what_else_the_commit_changed_in_the_manifest_goes_back_with_it(charted: Estate) -> None:
    after = MANIFEST.replace("app:1", "app:2").replace("namespace: shop", "namespace: shop2")
    deploy(charted, MANIFEST, after)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {"apps/shop.yaml": MANIFEST.encode()}


def test_kustomize_images_in_the_manifest_go_back(charted: Estate) -> None:
    manifest = (
        MANIFEST.split("    helm:", maxsplit=1)[0].replace("charts/web", "web")
        + "    kustomize:\n      images:\n        - app:1\n"
    )
    files = {"web/kustomization.yaml": "resources: [app.yaml]\n", "web/app.yaml": deployment("shop", "app")}
    good = charted.commit({**files, "apps/shop.yaml": manifest})
    bad = charted.commit({"apps/shop.yaml": manifest.replace("app:1", "app:2")})
    charted.application("root", good, bad, path="apps")
    images = {"kustomize": {"images": ["app:2"]}, "before": {"kustomize": {"images": ["app:1"]}}}
    charted.application("shop", good, bad, path="web", annotations=TRACKED, **images)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {"apps/shop.yaml": manifest.encode()}


def test_an_override_file_beside_the_manifests_goes_back(charted: Estate) -> None:
    override = "helm:\n  parameters:\n    - name: image\n      value: app:1\n"
    good = charted.commit({**CHARTED, "charts/web/.argocd-source-shop.yaml": override})
    bad = charted.commit({"charts/web/.argocd-source-shop.yaml": override.replace("app:1", "app:2")})
    charted.application("shop", good, bad, path="charts/web")
    charted.application("other", good, bad, path="charts/web", helm={"valuesObject": {"image": "x"}})
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {"charts/web/.argocd-source-shop.yaml": override.encode()}


def test_several_sources_with_values_of_this_repository_go_back(charted: Estate) -> None:
    good = charted.commit({**CHARTED, "envs/shop.yaml": "image: app:1\n"})
    bad = charted.commit({"envs/shop.yaml": "image: app:2\n"})
    chart = {
        "repoURL": URL,
        "path": "charts/web",
        "targetRevision": "main",
        "helm": {"valueFiles": ["$values/envs/shop.yaml"]},
    }
    charted.application("shop", good, bad, sources=[chart, {"repoURL": URL, "targetRevision": "main", "ref": "values"}])
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {"envs/shop.yaml": b"image: app:1\n"}


def test_going_back_to_a_remote_chart_is_not_provable(charted: Estate) -> None:
    remote = MANIFEST.replace(
        f"repoURL: {URL}\n    path: charts/web", "repoURL: https://charts.example.com\n    chart: web"
    )
    good = charted.commit(
        {**CHARTED, "apps/shop.yaml": remote.replace("targetRevision: main", "targetRevision: 1.0.0")}
    )
    bad = charted.commit({"apps/shop.yaml": MANIFEST})
    charted.application("root", good, bad, path="apps")
    before = {"repoURL": "https://charts.example.com", "chart": "web", "path": "", "targetRevision": "1.0.0"}
    helm = {"valuesObject": {"image": "app:1"}}
    charted.application("shop", good, bad, path="charts/web", helm=helm, before=before, annotations=TRACKED)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.edits == ()
    assert proposal.refusal != ""


def test_handing_a_field_over_edits_the_manifest_and_moves_nothing_else(estate: Estate) -> None:
    manifest = MANIFEST.split("    helm:", maxsplit=1)[0].replace("charts/web", "shop")
    good = estate.commit({"apps/shop.yaml": manifest, "shop/app.yaml": deployment("shop")})
    estate.application("root", good, path="apps")
    application = estate.application("shop", good, annotations=TRACKED)
    key = ResourceKey("apps", "Deployment", "shop", "shop")
    incident = Incident(application=application, trouble=Trouble.DRIFT, resource=key, signals=())
    proposal = estate.one(diagnosed(incident, IgnoreDifference(resource=key, pointers=("/spec/replicas",)), "drift"))
    assert proposal.refusal == ""
    after = estate.after(proposal)["apps/shop.yaml"]
    assert after is not None
    assert after.startswith(manifest.encode())
    assert b"RespectIgnoreDifferences=true" in after
