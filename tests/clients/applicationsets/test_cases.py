"""Whole ApplicationSets: each case of `fixtures/applicationsets` gives exactly the Applications written beside it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gitops_bot.clients.applicationsets import ApplicationSets, Checkout, NotExpandable
from gitops_bot.clients.rendering import Tools
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.json import mapping
from gitops_bot.yamlpatch import load_documents

OWN = "https://git.example.com/acme/fleet.git"
CASES = Path(__file__).parents[3] / "fixtures" / "applicationsets"
NAMES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


@pytest.mark.usefixtures("helm")
@pytest.mark.parametrize("name", NAMES)
def test_case(
    name: str, checkout: Any, opened: Callable[[Path], ConfigRepository], tools: Tools, tmp_path: Path
) -> None:
    case = CASES / name
    shutil.copytree(case / "repository", checkout.path, dirs_exist_ok=True)
    checkout.git("add", "--all")
    commit = checkout.commit({})
    repository = opened(checkout.path)
    workspace = Workspace(repository, commit, tmp_path / "workspace")
    sets = ApplicationSets(Checkout(repository, workspace, commit, "main", (OWN,)), tools)
    [declared] = sets.declared
    if (case / "refused.txt").is_file():
        with pytest.raises(NotExpandable) as refusal:
            sets.expansion(declared)
        assert (case / "refused.txt").read_text().strip() in refusal.value.reason
        return
    [expected] = load_documents((case / "expected.yaml").read_bytes())
    found = {}
    for application in sets.expansion(declared).applications.values():
        metadata = mapping(application.body["metadata"])
        assert metadata["namespace"] == "argocd"
        kept = {key: metadata[key] for key in ("labels", "annotations") if key in metadata}
        found[application.name] = {**kept, "spec": application.body["spec"]}
    assert found == expected
