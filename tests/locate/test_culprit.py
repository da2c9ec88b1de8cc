"""Which commit the trouble began with."""

from __future__ import annotations

from tests.support.estate import Estate
from tests.support.manifests import deployment


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
    [edit] = proposal.edits
    assert edit.path == "shop/app.yaml"
    assert [line for line in edit.diff.splitlines() if line[0] in "+-"][2:] == [
        "-          image: app:2",
        "+          image: app:1",
    ]
