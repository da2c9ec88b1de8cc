"""Nothing depends on how the recordings' estate happens to be named, or on how its repository is spelt."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.variations.building import Varied
from tests.end_to_end.variations.conftest import Run

Vary = Callable[..., Varied]


def test_other_names_of_everything(vary: Vary, run: Run) -> None:
    varied = vary()
    varied.rename(**{"ledger": "general-journal", "registry.example.com": "eu.gcr.example/team-a", "acme/fleet": "org-7/infra.live"})
    varied.keep("general-journal")
    written = run(varied)
    assert list(written.pulls) == ["general-journal"]
    (path, (before, after)), = written.pulls["general-journal"].items()
    assert path == "general-journal/general-journal.yaml"
    assert before == ["image: eu.gcr.example/team-a/general-journal:5.2.0  # pinned by release; synced 2026-11-23"]
    assert after == ["image: eu.gcr.example/team-a/general-journal:5.1.2  # pinned by release; synced 2026-11-23"]


def test_other_names_of_a_canary(vary: Vary, run: Run) -> None:
    varied = vary("01-canary-crashloop@2b4a2f8")
    varied.rename(**{"payments": "wallet", "overlays/production": "environments/live", "production": "live"})
    varied.keep("wallet-live")
    varied.application("wallet-live")["metadata"]["labels"] = {}
    written = run(varied)
    assert written.pulls == {}
    assert written.lines == {
        "wallet/environments/live/kustomization.yaml": (["newTag: v2.3.1"], ["newTag: v2.3.0"])
    }


@pytest.mark.parametrize("target", ["trunk", "HEAD", "refs/heads/trunk", "''"])
def test_another_default_branch(vary: Vary, run: Run, target: str) -> None:
    varied = vary()
    varied.keep("ledger")
    varied.branch = "trunk"
    varied.rename(**{"targetRevision: main": f"targetRevision: {target}"})
    varied.git("branch", "-m", "main", "trunk")
    source = varied.application("ledger")["spec"]["source"]
    source["targetRevision"] = target.strip("'")
    for entry in varied.application("ledger")["status"]["history"]:
        entry["source"]["targetRevision"] = target.strip("'")
    written = run(varied)
    assert list(written.pulls) == ["ledger"], written.skipped or written.issues
    assert written.commits == []
