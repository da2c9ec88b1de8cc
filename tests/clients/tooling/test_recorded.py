"""The tools as a run assembles them: a recorded Argo CD, the recorded repository, and the line behind a live field."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from gitops_bot.clients.argocd import ArgoCD
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.clients.tooling import Locate, Sources, toolbox
from gitops_bot.locate.sites import answer_text, find_sites, open_fleet
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json
from gitops_bot.sandbox.argocd.api import ArgoCd
from gitops_bot.sandbox.argocd.recording import Recording
from gitops_bot.sandbox.argocd.replay import Replay
from gitops_bot.sandbox.argocd.rewriting import Rewriting
from gitops_bot.sandbox.http import serve
from tests.clients.tooling.conftest import NOW

Ask = Callable[..., str]


def locating(fleet: Fleet) -> Callable[[Application], Locate]:
    return lambda application: (
        lambda key, pointer: answer_text(fleet, application, key, pointer, find_sites(fleet, application, key, pointer))
    )


@pytest.fixture
def incident(recordings: Path, bundles: Path, tmp_path: Path) -> Iterator[Callable[[str, str, str], Ask]]:
    """Makes the tools for one Application of a recording, whose repository stood at a commit."""
    with ExitStack() as stack:

        def make(recorded: str, commit: str, name: str) -> Ask:
            folder = tmp_path / "fleet"
            for command in (
                ["clone", "--quiet", "-b", "main", str(bundles / "fleet.bundle"), str(folder)],
                ["-C", str(folder), "reset", "--quiet", "--hard", commit],
            ):
                subprocess.run(["git", *command], check=True)
            replay = Replay(Recording.open(recordings / recorded), Rewriting((), "http://sandbox.test:1"))
            server = stack.enter_context(serve(ArgoCd("right-token", lambda: replay).handle))
            argocd = ArgoCD(stack.enter_context(ReadOnlyClient(server.url, token="right-token")))
            fleet = stack.enter_context(open_fleet(folder, argocd.applications().applications, ""))
            sources = Sources(
                now=NOW,
                repository=fleet.repository,
                commit=fleet.commit,
                reads=fleet.reads,
                argocd=argocd,
                locate=locating(fleet),
            )
            tools = {one.description.name: one for one in toolbox(sources, argocd.application(name))}

            def ask(tool: str, /, **arguments: Json) -> str:
                return tools[tool].run(arguments)

            return ask

        yield make


def test_from_the_crashing_pod_to_the_commit_and_the_line(incident: Callable[..., Ask]) -> None:
    ask = incident("03-many-incidents", "01b9168", "ledger")
    assert "Pod ledger/" in ask("argocd_tree", troubled_only=True).split("\n")[1]
    newest = ask("git_log").split("\n")[0]
    assert "ledger" in newest
    diff = ask("git_diff", commit=newest.split(" ")[0])
    assert "registry.example.com/ledger:5.2.0" in next(line for line in diff.split("\n") if line.startswith("+   "))
    image = "/spec/template/spec/containers/0/image"
    found = ask("locate", kind="Deployment", name="ledger", pointer=image)
    assert "registry.example.com/ledger:5.2.0" in found
    assert "stands in ledger/" in found


def test_an_application_that_does_not_render_has_a_history(incident: Callable[..., Ask]) -> None:
    ask = incident("05-sync-failures", "048ee38", "payments-staging")
    newest = ask("git_log", limit=3).split("\n")[0]
    assert "payments/overlays/staging/kustomization.yaml" in newest
    diff = ask("git_diff", commit=newest.split(" ")[0])
    assert "+++ b/payments/overlays/staging/kustomization.yaml" in diff
    assert "ComparisonError" in ask("argocd_tree")
