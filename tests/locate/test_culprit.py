"""Which commit the trouble began with."""

from __future__ import annotations

from tests.support.estate import Estate
from tests.support.manifests import config_map, deployment, from_config_map


def test_the_culprit_among_several_commits_between_two_deployments(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop"), "shop/README.md": "shop\n"})
    estate.commit({"shop/README.md": "the shop\n"}, "Describe")
    culprit = estate.commit({"shop/app.yaml": deployment("shop", "app:2")}, "Release")
    bad = estate.commit({"other/app.yaml": deployment("other")}, "Something else")
    estate.application("shop", good, bad)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert proposal.origin is not None
    assert proposal.origin.commit == culprit
    assert estate.changed_lines(proposal) == {"shop/app.yaml": ["-          image: app:2", "+          image: app:1"]}


def test_unrelated_commits_in_the_same_folder_stay(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop"), "shop/settings.yaml": config_map("unused", a="1")})
    culprit = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    bad = estate.commit({"shop/settings.yaml": config_map("unused", a="2"), "shop/more.yaml": config_map("more")})
    estate.application("shop", good, bad)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert proposal.origin is not None
    assert proposal.origin.commit == culprit
    assert [edit.path for edit in proposal.edits] == ["shop/app.yaml"]


def test_a_branch_that_was_merged_in_between_is_not_blamed_for_what_it_did_not_touch(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop"), "shop/settings.yaml": config_map("settings", a="1")})
    culprit = estate.commit({"shop/app.yaml": deployment("shop", "app:2")}, "Release")
    side = estate.commit({"shop/settings.yaml": config_map("settings", a="2")}, "Side", parents=(good,))
    merge = estate.commit({"shop/settings.yaml": config_map("settings", a="2")}, "Merge", parents=(culprit, side))
    estate.application("shop", good, merge)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert proposal.origin is not None
    assert proposal.origin.commit == culprit
    assert [edit.path for edit in proposal.edits] == ["shop/app.yaml"]


def test_the_commit_inside_a_merged_branch_is_the_culprit(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop"), "shop/settings.yaml": config_map("settings", a="1")})
    ours = estate.commit({"shop/settings.yaml": config_map("settings", a="2")}, "Ours")
    culprit = estate.commit({"shop/app.yaml": deployment("shop", "app:2")}, "Release", parents=(good,))
    merge = estate.commit({"shop/app.yaml": deployment("shop", "app:2")}, "Merge", parents=(ours, culprit))
    estate.application("shop", good, merge)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert proposal.origin is not None
    assert proposal.origin.commit == culprit
    assert [edit.path for edit in proposal.edits] == ["shop/app.yaml"]


def test_a_merge_that_brings_in_what_neither_side_has_is_a_culprit_itself(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop"), "other.yaml": "a: 1\n"})
    ours = estate.commit({"other.yaml": "a: 2\n"}, "Ours")
    side = estate.commit({"third.yaml": "a: 3\n"}, "Side", parents=(good,))
    merge = estate.commit({"third.yaml": "a: 3\n", "shop/app.yaml": deployment("shop", "app:2")}, parents=(ours, side))
    estate.application("shop", good, merge)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert proposal.origin is not None
    assert proposal.origin.commit == merge
    assert [edit.path for edit in proposal.edits] == ["shop/app.yaml"]


def test_a_squash_merge_of_many_files_gives_back_only_what_the_application_renders(estate: Estate) -> None:
    before = {f"{name}/app.yaml": deployment(name) for name in ("shop", "cart", "search")}
    after = {f"{name}/app.yaml": deployment(name, "app:2") for name in ("shop", "cart", "search")}
    good = estate.commit({**before, "docs/notes.md": "1\n", "shop/README.md": "1\n"})
    bad = estate.commit({**after, "docs/notes.md": "2\n", "shop/README.md": "2\n"}, "Release train (#12)")
    for name in ("shop", "cart", "search"):
        estate.application(name, good, bad)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert [edit.path for edit in proposal.edits] == ["shop/app.yaml"]


def test_two_commits_that_moved_the_workload_go_back_together(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    first = estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    second = estate.commit({"shop/app.yaml": deployment("shop", "app:2", extra="env:\n  - name: A\n    value: b\n")})
    estate.application("shop", good, second)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    [edit] = proposal.edits
    assert edit.change.commits == (second, first)
    assert estate.after(proposal)["shop/app.yaml"] == deployment("shop").encode()


def test_what_moved_there_and_back_again_is_nobodys_fault(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    estate.commit({"shop/app.yaml": deployment("shop", "app:2")})
    estate.commit({"shop/app.yaml": deployment("shop")})
    culprit = estate.commit({"shop/app.yaml": deployment("shop", extra="args: [--bad]\n")})
    estate.application("shop", good, culprit)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert proposal.edits[0].change.commits == (culprit,)


def test_a_changed_config_map_that_the_pods_use_is_the_culprit(estate: Estate) -> None:
    app = deployment("shop", extra=from_config_map("settings"))
    good = estate.commit({"shop/app.yaml": app, "shop/settings.yaml": config_map("settings", url="a")})
    bad = estate.commit({"shop/settings.yaml": config_map("settings", url="b")})
    estate.application("shop", good, bad)
    proposal = estate.one(
        estate.crash("shop", born=estate.deployed_at(good), since=estate.deployed_at(bad), restarts=1)
    )
    assert proposal.refusal == ""
    assert [edit.path for edit in proposal.edits] == ["shop/settings.yaml"]


def test_a_removed_config_map_that_the_pods_use_comes_back(estate: Estate) -> None:
    app = deployment("shop", extra=from_config_map("settings"))
    good = estate.commit({"shop/app.yaml": app, "shop/settings.yaml": config_map("settings", url="a")})
    bad = estate.commit({"shop/settings.yaml": None})
    estate.application("shop", good, bad)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert estate.after(proposal)["shop/settings.yaml"] == config_map("settings", url="a").encode()


def test_a_config_map_that_the_pods_do_not_use_is_not_blamed_even_if_named_like_them(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop"), "shop/settings.yaml": config_map("shop", url="a")})
    bad = estate.commit({"shop/settings.yaml": config_map("shop", url="b")})
    estate.application("shop", good, bad)
    proposal = estate.one(estate.crash("shop"))
    assert proposal.edits == ()
    assert "nothing that Deployment shop/shop is made of changed" in proposal.refusal


def test_a_config_map_of_another_namespace_is_not_blamed(estate: Estate) -> None:
    app = deployment("shop", extra=from_config_map("settings"))
    other = config_map("settings", url="a").replace("name: settings", "name: settings\n  namespace: elsewhere")
    good = estate.commit({"shop/app.yaml": app, "shop/other.yaml": other})
    bad = estate.commit({"shop/other.yaml": other.replace("'a'", "'b'")})
    estate.application("shop", good, bad)
    assert "is made of" in estate.one(estate.crash("shop")).refusal


def test_a_label_on_the_workload_is_not_blamed_for_a_crash(estate: Estate) -> None:
    good = estate.commit({"shop/app.yaml": deployment("shop")})
    bad = estate.commit(
        {"shop/app.yaml": deployment("shop").replace("  name: shop\n", "  name: shop\n  labels: {a: b}\n")}
    )
    estate.application("shop", good, bad)
    assert "is made of" in estate.one(estate.crash("shop")).refusal


def test_a_generated_config_map_with_its_hash_goes_back_with_the_script_it_holds(charted: Estate) -> None:
    kustomization = (
        "resources: [app.yaml]\ngeneratorOptions: {}\nconfigMapGenerator:\n  - name: script\n    files: [start.sh]\n"
    )
    app = deployment("shop", extra="envFrom:\n  - configMapRef:\n      name: script\n")
    good = charted.commit(
        {"shop/kustomization.yaml": kustomization, "shop/app.yaml": app, "shop/start.sh": "#!/bin/sh\nexec a\n"}
    )
    bad = charted.commit({"shop/start.sh": "#!/bin/sh\nexec b\n"})
    charted.application("shop", good, bad)
    proposal = charted.one(charted.crash("shop"))
    assert proposal.refusal == ""
    assert charted.after(proposal) == {"shop/start.sh": b"#!/bin/sh\nexec a\n"}


def test_an_application_on_the_whole_repository_reads_all_of_it(estate: Estate) -> None:
    good = estate.commit({"deep/er/app.yaml": deployment("shop")})
    bad = estate.commit({"deep/er/app.yaml": deployment("shop", "app:2"), "docs/notes.txt": "x\n"})
    estate.application("shop", good, bad, path=".", directory={"recurse": True})
    proposal = estate.one(estate.crash("shop"))
    assert proposal.refusal == ""
    assert estate.after(proposal) == {"deep/er/app.yaml": deployment("shop").encode()}
