"""One file and several Applications: only the part of the one in trouble goes back, and no healthy one moves."""

from __future__ import annotations

from gitops_bot.model.plan import FieldPatch, HunkReversal
from tests.support.estate import Estate
from tests.support.manifests import CHART, CHART_DEPLOYMENT

CHARTED = {
    "charts/web/Chart.yaml": CHART,
    "charts/web/templates/app.yaml": CHART_DEPLOYMENT.replace(".Values.image", "(index .Values .Release.Name).image"),
}
# Far apart, so that each application's lines are hunks of their own; the comments must stay.
APART = "".join(f"  # note {number}\n" for number in range(8))


def values(shop: str, cart: str) -> str:
    return f"shop:\n  image: {shop}   # of the shop\n{APART}cart:\n  image: {cart}\n"


def on_chart(estate: Estate, name: str, *deployed: str, files: tuple[str, ...] = ()) -> None:
    helm = {"valueFiles": list(files)} if files else {}
    estate.application(name, *deployed, path="charts/web", helm=helm)


def test_of_a_file_with_lines_of_two_applications_only_the_fields_of_the_one_at_fault_go_back(charted: Estate) -> None:
    good = charted.commit({**CHARTED, "charts/web/values.yaml": values("app:1", "app:1")})
    bad = charted.commit({"charts/web/values.yaml": values("app:2", "app:2")})
    on_chart(charted, "shop", good, bad)
    on_chart(charted, "cart", good, bad)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert isinstance(proposal.edits[0].change, FieldPatch)
    assert charted.after(proposal)["charts/web/values.yaml"] == values("app:1", "app:2").encode()
    assert proposal.readers == ("cart",)


def test_both_applications_of_such_a_file_in_trouble_have_one_remediation(charted: Estate) -> None:
    good = charted.commit({**CHARTED, "charts/web/values.yaml": values("app:1", "app:1")})
    bad = charted.commit({"charts/web/values.yaml": values("app:2", "app:2")})
    on_chart(charted, "shop", good, bad)
    on_chart(charted, "cart", good, bad)
    proposal = charted.one(charted.crash("shop"), charted.crash("cart"))
    assert proposal.refusal == ""
    assert proposal.applications == ("cart", "shop")
    assert isinstance(proposal.edits[0].change, HunkReversal)
    assert {one.application for one in proposal.rendered} == {"cart", "shop"}


SHARED = {"charts/web/Chart.yaml": CHART, "charts/web/templates/app.yaml": CHART_DEPLOYMENT}


def test_shared_values_that_a_healthy_application_reads_are_never_changed(charted: Estate) -> None:
    good = charted.commit({**SHARED, "charts/web/values.yaml": "image: app:1\n"})
    bad = charted.commit({"charts/web/values.yaml": "image: app:2\n"})
    on_chart(charted, "shop", good, bad)
    on_chart(charted, "healthy", good, bad)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.edits == ()
    assert "the edit would also change healthy, where nothing is wrong" in proposal.refusal


def test_shared_values_that_a_healthy_application_overrides_go_back(charted: Estate) -> None:
    good = charted.commit({**SHARED, "charts/web/values.yaml": "image: app:1\n", "own.yaml": "image: app:own\n"})
    bad = charted.commit({"charts/web/values.yaml": "image: app:2\n"})
    on_chart(charted, "shop", good, bad)
    on_chart(charted, "healthy", good, bad, files=("/own.yaml",))
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert proposal.readers == ("healthy",)


def test_a_shared_base_that_a_healthy_overlay_reads_is_never_changed(charted: Estate) -> None:
    overlay = "resources: [../base]\nnamePrefix: {}\n"
    base = {"base/kustomization.yaml": "resources: [app.yaml]\n", "base/app.yaml": plain("app:1")}
    good = charted.commit(
        {**base, "shop/kustomization.yaml": overlay.format("shop-"), "cart/kustomization.yaml": overlay.format("cart-")}
    )
    bad = charted.commit({"base/app.yaml": plain("app:2")})
    charted.application("shop", good, bad)
    charted.application("cart", good, bad)
    proposal = charted.one(charted.crash("shop", workload="shop-app"))
    added = ["+images:", "+  - name: app", '+    newTag: "1"']
    assert charted.changed_lines(proposal) == {"shop/kustomization.yaml": added}
    assert [change.application for change in proposal.rendered] == ["shop"]


def plain(image: str) -> str:
    return (
        CHART_DEPLOYMENT.replace("{{ .Release.Name }}", "app")
        .replace("{{ .Values.image }}", image)
        .replace("{{ .Values.replicas | default 1 }}", "1")
    )


def test_both_readers_of_shared_values_in_trouble_have_one_remediation_of_one_name(charted: Estate) -> None:
    good = charted.commit({**SHARED, "charts/web/values.yaml": "image: app:1\n"})
    bad = charted.commit({"charts/web/values.yaml": "image: app:2\n"})
    on_chart(charted, "shop", good, bad)
    on_chart(charted, "cart", good, bad)
    both = charted.one(charted.crash("shop"), charted.crash("cart"))
    assert both.refusal == ""
    assert both.applications == ("cart", "shop")
    assert len(both.edits) == 1
    turned = charted.one(charted.crash("cart"), charted.crash("shop"))
    assert turned.fingerprint == both.fingerprint


def test_a_commit_that_also_changed_a_healthy_applications_files_leaves_those_alone(charted: Estate) -> None:
    good = charted.commit({**SHARED, "shop.yaml": "image: app:1\n", "cart.yaml": "image: app:1\n"})
    bad = charted.commit({"shop.yaml": "image: app:2\n", "cart.yaml": "image: app:2\n"})
    on_chart(charted, "shop", good, bad, files=("/shop.yaml",))
    on_chart(charted, "cart", good, bad, files=("/cart.yaml",))
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {"shop.yaml": b"image: app:1\n"}


def test_an_unreadable_application_that_takes_the_file_from_a_remote_chart_stops_the_edit(charted: Estate) -> None:
    good = charted.commit({**SHARED, "env.yaml": "image: app:1\n"})
    bad = charted.commit({"env.yaml": "image: app:2\n"})
    on_chart(charted, "shop", good, bad, files=("/env.yaml",))
    remote = {"repoURL": "https://charts.example.com", "chart": "web", "targetRevision": "1.0.0"}
    own = {"repoURL": "https://git.example.com/acme/fleet.git", "targetRevision": "main", "ref": "values"}
    files = {"valueFiles": ["$values/env.yaml"]}
    charted.application("remote", good, bad, sources=[{**remote, "helm": files}, own])
    proposal = charted.one(charted.crash("shop"))
    assert proposal.edits == ()
    assert "remote may read the files too, and cannot be rendered here" in proposal.refusal


def test_a_remote_chart_with_other_values_of_this_repository_stops_nothing(charted: Estate) -> None:
    good = charted.commit({**SHARED, "env.yaml": "image: app:1\n", "other.yaml": "a: 1\n"})
    bad = charted.commit({"env.yaml": "image: app:2\n"})
    on_chart(charted, "shop", good, bad, files=("/env.yaml",))
    remote = {"repoURL": "https://charts.example.com", "chart": "web", "targetRevision": "1.0.0"}
    own = {"repoURL": "https://git.example.com/acme/fleet.git", "targetRevision": "main", "ref": "values"}
    files = {"valueFiles": ["$values/other.yaml"]}
    charted.application("remote", good, bad, sources=[{**remote, "helm": files}, own])
    assert charted.one(charted.crash("shop")).refusal == ""
