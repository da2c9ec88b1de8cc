"""The index of who reads what follows the workspace: only those of whose files one has changed are looked at again."""

from __future__ import annotations

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import ReadSet, Renderer, RenderInput, Tools
from tests.support.estate import Estate
from tests.support.manifests import deployment

KUSTOMIZED = "resources: [app.yaml]\n"


class CountingRenderer(Renderer):
    """Remembers of whom it was asked what they read."""

    asked: tuple[str, ...] = ()

    def reads(self, request: RenderInput) -> ReadSet:
        self.asked += (request.application,)
        return super().reads(request)


def counted(estate: Estate) -> tuple[Fleet, CountingRenderer]:
    fleet = estate.fleet()
    renderer = CountingRenderer(fleet.workspace, Tools())
    fleet.renderer = renderer
    return fleet, renderer


def names(fleet: Fleet, path: str) -> list[str]:
    return [one.name for one in fleet.readers([path])]


def test_at_another_commit_only_those_are_looked_at_of_whose_files_one_changed(estate: Estate) -> None:
    first = estate.commit(
        {
            "shop/kustomization.yaml": KUSTOMIZED,
            "shop/app.yaml": deployment("shop"),
            "cart/kustomization.yaml": KUSTOMIZED,
            "cart/app.yaml": deployment("cart"),
            "extra/kustomization.yaml": "resources: [more.yaml]\n",
        }
    )
    head = estate.commit({"shop/kustomization.yaml": "resources: [app.yaml, ../extra]\n", "README.md": "new\n"})
    for name in ("shop", "cart"):
        estate.application(name, first, head)
    fleet, renderer = counted(estate)
    assert names(fleet, "extra/more.yaml") == ["shop"]
    assert sorted(renderer.asked) == ["cart", "shop"]
    with fleet.workspace.at(first):
        assert names(fleet, "extra/more.yaml") == []
        assert names(fleet, "shop/app.yaml") == ["shop"]
        assert renderer.asked[2:] == ("shop",)
    assert names(fleet, "extra/more.yaml") == ["shop"]
    assert renderer.asked[2:] == ("shop", "shop")


def test_a_change_that_nobody_reads_asks_nobody(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop"), "README.md": "old\n"})
    estate.application("shop", good)
    fleet, renderer = counted(estate)
    assert names(fleet, "shop/new.yaml") == ["shop"]
    with fleet.workspace.overlay({"README.md": b"new\n", "cart/app.yaml": b"a: 1\n"}):
        assert names(fleet, "shop/app.yaml") == ["shop"]
    assert renderer.asked == ("shop",)


def test_with_symbolic_links_any_change_counts(estate: Estate) -> None:
    good = estate.commit({"real/app.yaml": deployment("shop")})
    link = estate.repository.git("hash-object", "-w", "--stdin", text=b"real")
    estate.repository.git("update-index", "--add", "--cacheinfo", f"120000,{link},shop")
    estate.application("shop", good)
    estate.commit({"README.md": "old\n"})
    fleet, renderer = counted(estate)
    fleet.readers(["README.md"])
    with fleet.workspace.overlay({"README.md": b"new\n"}):
        fleet.readers(["README.md"])
        assert renderer.asked == ("shop", "shop")


def test_what_could_not_be_told_is_asked_again_when_something_changed(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    estate.application("shop", good)
    estate.application("plugged", good, path="shop")
    override = b"plugin: {name: cmp}\n"
    fleet, _ = counted(estate)
    with fleet.workspace.overlay({"shop/.argocd-source-plugged.yaml": override}):
        assert names(fleet, "shop/app.yaml") == ["shop"]
    assert names(fleet, "shop/app.yaml") == ["plugged", "shop"]
