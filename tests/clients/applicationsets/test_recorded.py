"""What a real Argo CD made of the recorded ApplicationSets, field for field."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from gitops_bot.clients.applicationsets import ApplicationSets, Checkout
from gitops_bot.clients.rendering import Tools
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.application import Application

RECORDED = [("06-shapes-healthy", "8773bf4"), ("07-shapes-bad-releases", "16e305a"), ("08-shapes-degraded", "16e305a")]


def generated_ones(recording: Path) -> dict[str, dict[str, object]]:
    """Return the live Applications that an ApplicationSet owns, as Argo CD listed them."""
    calls = json.loads((recording / "index.json").read_text())
    [listing] = [call["file"] for call in calls if call["url"].endswith("/api/v1/applications")]
    items = json.loads((recording / listing).read_text())["items"]
    return {item["metadata"]["name"]: item for item in items if item["metadata"].get("ownerReferences")}


@pytest.mark.parametrize(("name", "commit"), RECORDED)
def test_the_expansion_is_what_argocd_made(
    name: str,
    commit: str,
    recordings: Path,
    bundles: Path,
    tmp_path: Path,
    opened: Callable[[Path], ConfigRepository],
) -> None:
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "-b", "main", str(bundles / "platform.bundle"), str(clone)], check=True)
    repository = opened(clone)
    full = repository.commit(commit).sha
    workspace = Workspace(repository, full, tmp_path / "workspace")
    checkout = Checkout(repository, workspace, full, "main", ("http://127.0.0.1:3000/acme/platform.git",))
    # The recorded templates are plain references: no program is needed.
    sets = ApplicationSets(checkout, Tools())
    live = generated_ones(recordings / name)
    assert {one.name for one in sets.declared} == {"edge", "teams"}
    made = {
        found.name: (declared, found)
        for declared in sets.declared
        for found in sets.expansion(declared).applications.values()
    }
    assert set(made) == set(live)
    for application, (declared, found) in made.items():
        known = live[application]
        metadata = known["metadata"]
        assert isinstance(metadata, dict)
        assert json.loads(msgspec.json.encode(found.body["spec"])) == known["spec"]
        assert found.body["metadata"]["labels"] == metadata["labels"]  # type: ignore[index,call-overload]
        assert found.namespace == metadata["namespace"]
        decoded = msgspec.convert(known, Application, strict=False)
        assert found.sources == decoded.sources
        assert sets.owner(decoded) == sets.maker(decoded) == declared
