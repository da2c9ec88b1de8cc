"""A workspace whose files come to disk when they are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.errors import RepositoryError
from tests.support.repository import Repository


def opened(folder: Path, files: dict[str, str | bytes | None]) -> tuple[ConfigRepository, Workspace]:
    made = Repository(folder / "repository")
    commit = made.commit(files)
    repository = ConfigRepository.open(made.path)
    return repository, Workspace(repository, commit, folder / "workspace", on_demand=True)


def on_disk(workspace: Workspace) -> set[str]:
    return {path.relative_to(workspace.root).as_posix() for path in workspace.root.rglob("*") if path.is_file()}


def test_files_come_to_disk_when_a_folder_of_them_is_looked_at(tmp_path: Path) -> None:
    repository, shown = opened(tmp_path, {"a/x.yaml": "1", "a/b/y.yaml": "2", "ab.yaml": "3", "c/z.yaml": "4"})
    with repository:
        assert on_disk(shown) == set()
        assert shown.read("ab.yaml") == b"3"
        assert on_disk(shown) == {"ab.yaml"}
        assert shown.locate("./a/") is not None
        assert on_disk(shown) == {"ab.yaml", "a/x.yaml", "a/b/y.yaml"}
        assert shown.locate("missing") is None
        assert shown.locate("../outside") is None
        assert shown.locate(".") is not None
        assert on_disk(shown) == {"ab.yaml", "a/x.yaml", "a/b/y.yaml", "c/z.yaml"}


def test_an_overlay_is_not_undone_by_looking_at_its_folder(tmp_path: Path) -> None:
    repository, shown = opened(tmp_path, {"a/x.yaml": "1", "a/y.yaml": "2"})
    with repository:
        with shown.overlay({"a/x.yaml": b"new", "a/y.yaml": None}):
            assert shown.locate("a") is not None
            assert shown.read("a/x.yaml") == b"new"
            assert shown.read("a/y.yaml") is None
        assert shown.read("a/x.yaml") == b"1"
        assert shown.read("a/y.yaml") == b"2"


def test_with_symbolic_links_all_files_are_there_from_the_start(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    made.commit({"a/x.yaml": "1"})
    blob = made.git("hash-object", "-w", "--stdin", text=b"../a/x.yaml")
    made.git("update-index", "--add", "--cacheinfo", f"120000,{blob},b/link.yaml")
    made.git("commit", "--quiet", "-m", "link")
    with ConfigRepository.open(made.path) as repository:
        shown = Workspace(repository, repository.head(""), tmp_path / "workspace", on_demand=True)
        assert shown.read("b/link.yaml") == b"1"


def test_with_symbolic_links_at_another_commit_all_files_are_there_from_then_on(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    plain = made.commit({"a/x.yaml": "1", "b/y.yaml": "2"})
    blob = made.git("hash-object", "-w", "--stdin", text=b"../a/x.yaml")
    made.git("update-index", "--add", "--cacheinfo", f"120000,{blob},b/link.yaml")
    linked = made.commit({"a/x.yaml": "new"})
    with ConfigRepository.open(made.path) as repository:
        shown = Workspace(repository, plain, tmp_path / "workspace", on_demand=True)
        with shown.at(linked):
            assert shown.read("b/link.yaml") == b"new"
        assert on_disk(shown) == {"a/x.yaml", "b/y.yaml"}


def test_a_folder_does_not_take_the_place_of_a_file_that_is_not_on_disk_yet(tmp_path: Path) -> None:
    repository, shown = opened(tmp_path, {"a": "1"})
    with repository, pytest.raises(RepositoryError, match="a folder in a file's place"), shown.overlay({"a/x": b"2"}):
        pass
