"""Two Applications of one name, in Argo CD's own namespace and in a team's: nothing mixes them up."""

from __future__ import annotations

from msgspec.structs import replace

from gitops_bot.clients.fleet import Fleet
from gitops_bot.model.application import Application
from gitops_bot.model.resource import ResourceKey
from tests.support.estate import URL, Estate
from tests.support.families import FAMILY, VALUES, child
from tests.support.manifests import CHART, CHART_DEPLOYMENT, deployment


def standing_in(application: Application, namespace: str) -> Application:
    """The Application in a namespace, as an Argo CD in `argocd` tells it."""
    status = replace(application.status, controller_namespace="argocd")
    return replace(application, metadata=replace(application.metadata, namespace=namespace), status=status)


def twins(estate: Estate, good: str, bad: str = "", **spec: object) -> Fleet:
    """`shop` of the folder `shop`, and the team's `shop` of the folder `team`."""
    deployed = (good, bad) if bad else (good,)
    own = standing_in(estate.application("shop", *deployed, **spec), "argocd")
    other = standing_in(estate.application("shop", *deployed, **{"path": "team", **spec}), "team")
    estate.applications = {one.name: one for one in (own, other)}
    return estate.fleet()


def test_each_has_a_name_and_files_of_its_own(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop"), "team/app.yaml": deployment("shop")})
    fleet = twins(estate, good)
    assert sorted(fleet.applications) == ["shop", "team/shop"]
    assert [one.name for one in fleet.readers(["shop/app.yaml"])] == ["shop"]
    assert [one.name for one in fleet.readers(["team/app.yaml"])] == ["team/shop"]
    other = fleet.applications["team/shop"]
    assert other.key == ResourceKey("argoproj.io", "Application", "team", "shop")
    assert other.instance == "team_shop"


def test_each_has_the_manifest_of_its_namespace(estate: Estate) -> None:
    body = f"""\
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: SPACE}}
spec: {{source: {{repoURL: {URL}, path: FOLDER, targetRevision: main}}}}
"""
    good = estate.commit(
        {
            "apps/a.yaml": body.replace("SPACE", "argocd").replace("FOLDER", "shop"),
            "apps/b.yaml": body.replace("SPACE", "team").replace("FOLDER", "team"),
            "shop/app.yaml": deployment("shop"),
            "team/app.yaml": deployment("shop"),
        }
    )
    fleet = twins(estate, good)
    found = [fleet.search_definition(one) for one in fleet.applications.values()]
    assert [one.path for one in found if one is not None] == ["apps/a.yaml", "apps/b.yaml"]
    assert [one.name for one in fleet.readers(["apps/b.yaml"])] == ["team/shop"]


def test_a_chart_is_released_by_the_plain_name_and_overridden_by_the_instance(charted: Estate) -> None:
    good = charted.commit(
        {
            "web/Chart.yaml": CHART,
            "web/templates/app.yaml": CHART_DEPLOYMENT,
            "web/values.yaml": "image: app:1\n",
            "web/.argocd-source-team_shop.yaml": "helm: {parameters: [{name: image, value: 'app:team'}]}\n",
        }
    )
    fleet = twins(charted, good, path="web")
    images = {}
    for name, application in fleet.applications.items():
        [manifest] = fleet.render(application).manifests
        assert manifest.key.name == "shop"
        images[name] = "app:team" in str(manifest.body)
    assert images == {"shop": False, "team/shop": True}


def test_the_others_change_is_not_taken_for_ones_own(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop"), "team/app.yaml": deployment("shop")})
    bad = estate.commit({"team/app.yaml": deployment("shop", "app:2")})
    twins(estate, good, bad)
    innocent = estate.one(estate.crash("shop"))
    assert "no file that shop reads changed" in innocent.refusal
    proposal = estate.one(estate.crash("team/shop", workload="shop"))
    assert proposal.refusal == ""
    assert proposal.applications == ("team/shop",)
    assert estate.after(proposal) == {"team/app.yaml": deployment("shop").encode()}


def test_a_parent_makes_both_and_each_follows_its_own(charted: Estate) -> None:
    template = FAMILY["estate/templates/children.yaml"]
    both = template.replace("range $name, $image", "range $space, $image")
    both = both.replace("{name: {{ $name }}, namespace: argocd}", "{name: shop, namespace: {{ $space }}}")
    old, new = (f"images: {{argocd: 'app:1', team: 'app:{number}'}}\n" for number in (1, 2))
    good = charted.commit({**FAMILY, "estate/templates/children.yaml": both.replace("$name", "$space"), VALUES: old})
    charted.application("estate", good)
    parent = charted.applications["estate"]
    child(charted, "shop", good, image="app:1")
    shop = charted.applications["shop"]
    charted.applications = {one.name: one for one in (parent, *(standing_in(shop, one) for one in ("argocd", "team")))}
    fleet = charted.fleet()
    assert [one.name for one in fleet.readers([VALUES])] == ["estate", "shop", "team/shop"]
    with fleet.workspace.overlay({VALUES: new.encode()}):
        moved = [name for name, one in fleet.applications.items() if "app:2" in str(fleet.sources(one))]
    assert moved == ["team/shop"]
