"""A workspace whose files come to disk when they are looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def test_of_another_commit_only_what_is_looked_at_comes_to_disk(tmp_path: Path) -> None:
    made = Repository(tmp_path / "repository")
    first = made.commit({"a/x.yaml": "1", "b/y.yaml": "1", "c/z.yaml": "1"})
    second = made.commit({"a/x.yaml": "2", "b/y.yaml": None, "c/w.yaml": "2"})
    with ConfigRepository.open(made.path) as repository:
        shown = Workspace(repository, first, tmp_path / "workspace", on_demand=True)
        assert shown.locate(".") is not None
        with shown.at(second):
            assert on_disk(shown) == {"c/z.yaml"}  # what is other there is gone at once: nothing stale can be read
            assert shown.locate("b") is None
            assert shown.locate("c") is not None
            assert on_disk(shown) == {"c/z.yaml", "c/w.yaml"}
            assert shown.read("a/x.yaml") == b"2"
        assert on_disk(shown) == {"c/z.yaml"}
        assert shown.locate(".") is not None
        assert on_disk(shown) == {"a/x.yaml", "b/y.yaml", "c/z.yaml"}


FILES = ("a.yaml", "apps/b.yaml", "apps/deep/c.yaml", "other/d.yaml")
CONTENTS = st.dictionaries(st.sampled_from(FILES), st.none() | st.sampled_from(["1", "2", "3"]), max_size=4)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(commits=st.lists(CONTENTS, min_size=2, max_size=4), steps=st.data())
def test_what_is_looked_at_is_what_a_workspace_on_disk_shows(
    tmp_path_factory: pytest.TempPathFactory, commits: list[dict[str, str | None]], steps: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("histories")
    made = Repository(folder / "repository")
    history = [made.commit({"kept.yaml": "0"})]
    history += [made.commit(dict(one)) for one in commits]
    looks = st.sampled_from([*FILES, "apps", "apps/deep", "."])
    with ConfigRepository.open(made.path) as repository:
        lazy = Workspace(repository, history[0], folder / "lazy", on_demand=True)
        whole = Workspace(repository, history[0], folder / "whole")
        for commit in steps.draw(st.lists(st.sampled_from(history), min_size=1, max_size=5)):
            look, inner = steps.draw(looks), steps.draw(looks)
            with lazy.at(commit), whole.at(commit):
                assert _seen(lazy, look) == _seen(whole, look)
                with lazy.overlay({"kept.yaml": b"new"}), whole.overlay({"kept.yaml": b"new"}):
                    assert _seen(lazy, inner) == _seen(whole, inner)
            assert _seen(lazy, inner) == _seen(whole, inner)


def _seen(workspace: Workspace, path: str) -> dict[str, bytes] | bytes | None:
    """What a program sees that is started on a path after it was looked at."""
    found = workspace.locate(path)
    if found is None or found.is_file():
        return None if found is None else found.read_bytes()
    return {one.relative_to(found).as_posix(): one.read_bytes() for one in found.rglob("*") if one.is_file()}
