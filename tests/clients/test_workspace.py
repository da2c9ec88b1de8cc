from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.errors import RepositoryError

PATHS = ("a.yaml", "apps/b.yaml", "apps/deep/c.yaml", "new.yaml", "apps/new/d.yaml", "other/e.yaml")


def state(root: Path) -> dict[str, tuple[str, bytes]]:
    """Everything in a folder: kind and content by path, empty folders too."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            found[name] = ("link", os.fsencode(path.readlink()))
        elif path.is_dir():
            found[name] = ("folder", b"")
        else:
            found[name] = (
                ("file", path.read_bytes()) if not os.access(path, os.X_OK) else ("program", path.read_bytes())
            )
    return found


def test_files_hold_the_bytes_of_the_blobs(workspace_of):
    crlf, ident = b"a: 1\r\nb: 2\n", b"# $Id$\n"
    workspace = workspace_of({".gitattributes": "* text eol=crlf ident\nx export-ignore\n", "x": crlf, "y/z": ident})
    assert (workspace.root / "x").read_bytes() == crlf
    assert (workspace.root / "y/z").read_bytes() == ident


def test_programs_and_links_are_such(checkout, workspace_of):
    checkout.program("run.sh", "#!/bin/sh\n")
    checkout.link("apps/link.yaml", "../real/a.yaml")
    checkout.link("outside", "../../elsewhere")
    checkout.link("absolute", "/dev/null")
    workspace = workspace_of({"real/a.yaml": "a: 1\n"})
    found = state(workspace.root)
    assert found["run.sh"][0] == "program"
    assert found["apps/link.yaml"] == ("link", b"../real/a.yaml")
    assert found["outside"] == ("file", b"../../elsewhere")
    assert found["absolute"] == ("file", b"/dev/null")
    assert workspace.read("apps/link.yaml") == b"a: 1\n"


def test_an_overlay_shows_and_takes_back(workspace_of):
    workspace = workspace_of({"a.yaml": "1", "apps/b.yaml": "1"})
    before = state(workspace.root)
    with workspace.overlay({"a.yaml": b"2", "apps/b.yaml": None, "new/c.yaml": b"3"}) as root:
        assert root == workspace.root
        assert state(root) == {"a.yaml": ("file", b"2"), "new": ("folder", b""), "new/c.yaml": ("file", b"3")}
        assert workspace.listing() == ("a.yaml", "new/c.yaml")
        assert workspace.listing("apps") == ()
        assert workspace.listing("new") == workspace.listing("new/c.yaml") == ("new/c.yaml",)
    assert state(workspace.root) == before
    assert workspace.listing() == ("a.yaml", "apps/b.yaml")


def test_an_overlay_is_taken_back_after_an_error(workspace_of):
    workspace = workspace_of({"a.yaml": "1"})
    with pytest.raises(KeyError), workspace.overlay({"a.yaml": b"2", "b": b""}):
        raise KeyError
    assert state(workspace.root) == {"a.yaml": ("file", b"1")}


def test_overlays_nest(workspace_of):
    workspace = workspace_of({"a": "1", "b": "1"})
    with workspace.overlay({"a": b"2", "c": b"2"}):
        with workspace.overlay({"a": None, "b": b"3", "c": b"3"}):
            assert state(workspace.root) == {"b": ("file", b"3"), "c": ("file", b"3")}
        assert state(workspace.root) == {"a": ("file", b"2"), "b": ("file", b"1"), "c": ("file", b"2")}
    assert state(workspace.root) == {"a": ("file", b"1"), "b": ("file", b"1")}


def test_a_folder_may_take_a_files_place_and_back(workspace_of):
    workspace = workspace_of({"x": "1", "y/z": "1"})
    before = state(workspace.root)
    with workspace.overlay({"x": None, "x/a": b"1", "y/z": None, "y": b"1"}):
        assert state(workspace.root) == {"x": ("folder", b""), "x/a": ("file", b"1"), "y": ("file", b"1")}
    assert state(workspace.root) == before


def test_a_program_stays_one(checkout, workspace_of):
    checkout.program("run.sh", "1")
    workspace = workspace_of({})
    with workspace.overlay({"run.sh": b"2"}):
        assert state(workspace.root) == {"run.sh": ("program", b"2")}


@pytest.mark.parametrize(
    "path", ["../x", "/x", "a/../../x", "a/../b", "", ".", "./a", "a//b", ".git/config", "a/", "a\0b", "..", "link/x"]
)
def test_paths_that_lead_out_are_refused(checkout, workspace_of, path):
    checkout.link("link", "a")
    workspace = workspace_of({"a/b": "1"})
    before = state(workspace.root)
    with pytest.raises(RepositoryError, match=r"A change (leaves|goes)"), workspace.overlay({"a/b": b"2", path: b"x"}):
        pytest.fail("shown")
    assert state(workspace.root) == before


@pytest.mark.parametrize("path", ["a", "a/b/c"])
def test_files_and_folders_do_not_trade_places_unasked(workspace_of, path):
    workspace = workspace_of({"a/b": "1", "a/d": "1"})
    with pytest.raises(RepositoryError, match=r"A change puts a f"), workspace.overlay({path: b"x"}):
        pytest.fail("shown")
    assert workspace.listing() == ("a/b", "a/d")


def test_a_link_is_not_written_through(checkout, workspace_of):
    checkout.link("link", "a")
    workspace = workspace_of({"a": "1"})
    with pytest.raises(RepositoryError, match="symbolic link"), workspace.overlay({"link": b"x"}):
        pytest.fail("shown")
    with workspace.overlay({"link": None}):
        assert state(workspace.root) == {"a": ("file", b"1")}
    assert state(workspace.root)["link"] == ("link", b"a")


def test_another_commit_is_shown_whole(checkout, opened, tmp_path):
    first = checkout.commit({"a": "1", "gone": "1", "x/y": "1"})
    checkout.program("a", "1")
    checkout.link("link", "a")
    second = checkout.commit({"gone": None, "x/y": None, "x": "now a file", "new/b": "2"})
    repository = opened(checkout.path)
    workspace = Workspace(repository, first, tmp_path / "first")
    before = state(workspace.root)
    with workspace.at(second):
        assert state(workspace.root) == state(Workspace(repository, second, tmp_path / "second").root)
        with workspace.at(first):
            assert state(workspace.root) == before
        assert workspace.listing() == repository.files(second)
    assert state(workspace.root) == before


def test_an_overlay_on_another_commit(checkout, opened, tmp_path):
    first = checkout.commit({"a": "1", "b": "1"})
    second = checkout.commit({"b": "2"})
    workspace = Workspace(opened(checkout.path), second, tmp_path / "workspace")
    with workspace.overlay({"a": b"mine", "b": b"mine"}), workspace.at(first):
        assert state(workspace.root) == {"a": ("file", b"mine"), "b": ("file", b"1")}
    with workspace.at(first), workspace.overlay({"b": None}):
        assert state(workspace.root) == {"a": ("file", b"1")}
    assert state(workspace.root) == {"a": ("file", b"1"), "b": ("file", b"2")}


def test_digests_tell_contents_and_nothing_else(workspace_of):
    workspace = workspace_of({"a/x": "1", "a/y": "1", "b": "1"})
    folder, file, none = workspace.digest(["a"]), workspace.digest(["b"]), workspace.digest(["c"])
    assert len({folder, file, none}) == 3
    assert workspace.digest(["b", "a"]) == workspace.digest(["a", "b", "a"])
    with workspace.overlay({"a/x": b"1", "c": None}):
        assert workspace.digest(["a"]) == folder
    with workspace.overlay({"a/x": b"2", "a/z": b""}):
        assert workspace.digest(["a"]) != folder
        assert workspace.digest(["b"]) == file
    with workspace.overlay({"c": b""}):
        assert workspace.digest(["c"]) != none
    assert workspace.digest(["a"]) == folder


def test_what_differs_from_an_earlier_picture_is_told_by_contents_and_modes(checkout, workspace_of):
    first = checkout.commit({"a": "1", "b": "1", "c": "1"})
    checkout.program("c", "1")
    workspace = workspace_of({"a": "2", "b": "1"})
    start = workspace.picture()
    with workspace.at(first):
        old = workspace.picture()
        assert workspace.differing(start) == {"a", "c"}
        with workspace.overlay({"b": b"2", "a": b"2", "new": b""}):
            assert workspace.differing(start) == {"b", "c", "new"}
            assert workspace.differing(old) == {"a", "b", "new"}
    assert workspace.differing(start) == frozenset()
    assert workspace.differing(old) == {"a", "c"}


def test_digests_see_changes_behind_links(checkout, workspace_of):
    checkout.link("link", "a")
    workspace = workspace_of({"a": "1"})
    before = workspace.digest(["link"])
    with workspace.overlay({"a": b"2"}):
        assert workspace.digest(["link"]) != before


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.dictionaries(st.sampled_from(PATHS), st.none() | st.binary(max_size=3), max_size=4), min_size=1, max_size=3
    )
)
def test_any_nesting_of_overlays_is_taken_back(checkout, layers):
    sha = checkout.commit({"a.yaml": "1", "apps/b.yaml": "2", "apps/deep/c.yaml": "3"})
    with ConfigRepository.open(checkout.path) as repository, tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(repository, sha, Path(folder) / "workspace")
        states = [(state(workspace.root), workspace.digest([""]), workspace.listing())]
        opened = []
        for layer in layers:
            opened.append(workspace.overlay(layer))
            opened[-1].__enter__()
            states.append((state(workspace.root), workspace.digest([""]), workspace.listing()))
            files = {name for name, (kind, _) in states[-1][0].items() if kind != "folder"}
            assert files == set(workspace.listing())
        for overlay in reversed(opened):
            states.pop()
            overlay.__exit__(None, None, None)
            assert (state(workspace.root), workspace.digest([""]), workspace.listing()) == states[-1]
