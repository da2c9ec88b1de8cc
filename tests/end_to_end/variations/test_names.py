"""Nothing depends on how the recordings' estate happens to be named, or on how its repository is spelt."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gitops_bot.sandbox.http import Request, Response
from gitops_bot.sandbox.http import serve as listening
from tests.end_to_end.conftest import Estate
from tests.end_to_end.variations.building import Varied
from tests.end_to_end.variations.conftest import Run

Vary = Callable[..., Varied]
WORDS = {
    "payments": "wallet",
    "catalog": "assortment",
    "ledger": "general-journal",
    "checkout": "till",
    "search": "finder",
    "production": "live",
    "registry.example.com": "eu.gcr.example/team-a",
    "acme/": "org-7/",
    "gateway": "front-door",
    "pricing": "tariffs",
    "invoices": "bills",
}
SPELLINGS = [
    "git@github.example.com:acme/fleet.git",
    "ssh://git@github.example.com:7999/acme/fleet.git",
    "https://github.example.com/acme/fleet.git",
    "https://oauth2@github.example.com/acme/fleet.git/",
    "https://GitHub.example.com/Acme/Fleet.git",
    "http://git-mirror.internal:3000/git/acme/fleet.git",
]


def test_other_names_of_everything(vary: Vary, run: Run) -> None:
    varied = vary()
    varied.rename(
        **{
            "ledger": "general-journal",
            "registry.example.com": "eu.gcr.example/team-a",
            "acme/fleet": "org-7/infra.live",
        }
    )
    varied.keep("general-journal")
    written = run(varied)
    assert list(written.pulls) == ["general-journal"]
    ((path, (before, after)),) = written.pulls["general-journal"].items()
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
    assert written.lines == {"wallet/environments/live/kustomization.yaml": (["newTag: v2.3.1"], ["newTag: v2.3.0"])}


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


def sentences(estate: Estate) -> set[str]:
    """What the bot would do, without ids."""
    planned = estate.bot("plan", "--json").document["remediations"]
    assert isinstance(planned, list)
    lines = []
    for one in planned:
        edits = [[line for line in edit["diff"].splitlines() if line[:1] in "+-"] for edit in one["edits"]]
        lines.append(
            json.dumps([sorted(one["applications"]), one["action"], one["tier"], one["confidence"], sorted(edits)])
        )
    return set(lines)


@pytest.mark.parametrize(
    ("recording", "repository"),
    [
        ("05-sync-failures@048ee38", "fleet"),
        ("08-shapes-degraded@16e305a", "platform"),
    ],
)
def test_the_plan_does_not_depend_on_names(
    tmp_path: Path, serve: Callable[[Varied], Estate], recording: str, repository: str
) -> None:
    plain, renamed = (Varied(tmp_path / name, recording, repository) for name in ("plain", "renamed"))
    renamed.rename(**WORDS)
    expected = sentences(serve(plain))
    for old, new in WORDS.items():
        expected = {text.replace(old, new) for text in expected}
    assert sentences(serve(renamed)) == expected


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_however_argo_cd_spells_the_repository(vary: Vary, serve: Callable[[Varied], Estate], spelling: str) -> None:
    varied = vary()
    varied.keep("ledger")
    estate = serve(varied)
    own = f"{estate.sandbox.url}/acme/fleet.git".encode()

    def spelt(request: Request) -> Response:
        answer = estate.sandbox.argocd.handle(request)
        return replace(answer, body=answer.body.replace(own, spelling.encode()))

    with listening(spelt, 0) as server:
        estate.set(ARGOCD_SERVER=server.url, GITHUB_REPOSITORY="acme/fleet")
        planned = estate.bot("plan", "--json").document
    assert [one["applications"] for one in planned["remediations"]] == [["ledger"]], planned["skipped"]
