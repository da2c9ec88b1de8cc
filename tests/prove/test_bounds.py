"""How much work a proof takes: counted, not timed."""

from __future__ import annotations

import pytest

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import ReadSet, Renderer, RenderInput, Tools
from gitops_bot.proposing import propose
from tests.support.estate import Estate
from tests.support.manifests import CHART, CHART_DEPLOYMENT, deployment

KUSTOMIZED = "resources: [app.yaml]\n"


def renders(fleet: Fleet, *diagnoses: object) -> int:
    proposals, skipped = propose(fleet, diagnoses)  # type: ignore[arg-type]
    assert [one.refusal for one in proposals] == [""] * len(proposals)
    assert proposals
    assert skipped == ()
    return fleet.renderer.render_count


def test_one_release_of_plain_manifests_takes_two_renders(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    estate.application("shop", good, bad)
    assert renders(estate.fleet(), estate.crash("shop")) <= 2


def test_one_release_of_a_chart_takes_few_renders(charted: Estate) -> None:
    chart = {"shop/Chart.yaml": CHART, "shop/templates/app.yaml": CHART_DEPLOYMENT}
    good = charted.commit({**chart, "shop/values.yaml": "image: app:1\n"})
    bad = charted.commit({"shop/values.yaml": "image: app:2\n"})
    charted.application("shop", good, bad)
    assert renders(charted.fleet(), charted.crash("shop")) <= 4


def test_commits_that_the_application_does_not_read_take_none(charted: Estate) -> None:
    good = charted.commit({"shop/kustomization.yaml": KUSTOMIZED, "shop/app.yaml": deployment("shop")})
    for number in range(8):
        charted.commit({"shop/README.md": f"{number}\n", f"other/{number}.yaml": "a: 1\n"})
    bad = charted.commit({"shop/app.yaml": deployment("shop", "app:2")})
    for number in range(8):
        charted.commit({"shop/README.md": f"later {number}\n"})
    last = charted.repository.head
    charted.application("shop", good, last)
    assert charted.one(charted.crash("shop")).origin.commit == bad  # type: ignore[union-attr]
    assert renders(charted.fleet(), charted.crash("shop")) <= 6


def test_a_later_commit_to_the_same_file_takes_few_renders_more(charted: Estate) -> None:
    good = charted.commit({"shop/kustomization.yaml": KUSTOMIZED, "shop/app.yaml": deployment("shop")})
    bad = charted.commit({"shop/app.yaml": deployment("shop", "app:2")})
    charted.commit({"shop/app.yaml": deployment("shop", "app:2", replicas=2)})
    charted.application("shop", good, bad)
    assert renders(charted.fleet(), charted.crash("shop")) <= 6


class CountingRenderer(Renderer):
    asked = 0

    def reads(self, request: RenderInput) -> ReadSet:
        self.asked += 1
        return super().reads(request)


@pytest.mark.parametrize("size", [60, 200])
def test_finding_readers_asks_each_application_once(estate: Estate, size: int) -> None:
    names = [f"app-{number:04d}" for number in range(size)]
    good = estate.commit({f"{name}/app.yaml": deployment(name) for name in names[:20]})
    for number, name in enumerate(names):
        estate.application(name, good, path=names[number % 20])
    fleet = estate.fleet()
    renderer = CountingRenderer(fleet.workspace, Tools())
    fleet.renderer = renderer
    for name in names[:20]:
        assert len(fleet.readers([f"{name}/app.yaml"])) == size // 20
    assert renderer.asked == size
