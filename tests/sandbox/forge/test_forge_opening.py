"""Opening a forge: what it takes, what it leaves alone, and what it says when it cannot."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from gitops_bot.errors import RepositoryError


def digest(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in files)).hexdigest()


def test_a_checkout_is_copied_and_left_alone(source: Path, tmp_path: Path, kit) -> None:
    before = digest(source)
    with kit.Forge.open(source, owner="acme", name="fleet", workspace=tmp_path, token=kit.TOKEN) as forge:
        kit.Api(forge).commit("main", {"new.yaml": "a: 1\n"})
        assert forge.branch_commit("main") != kit.git(source, "rev-parse", "main")
        assert (forge.full_name, forge.default_branch, forge.token) == ("acme/fleet", "main", kit.TOKEN)
    assert digest(source) == before


def test_a_bundle_and_a_bare_folder_open_at_a_commit(source: Path, tmp_path: Path, kit) -> None:
    kit.git(source, "bundle", "create", "--quiet", str(tmp_path / "fleet.bundle"), "main")
    kit.git(tmp_path, "clone", "--quiet", "--bare", str(source), "bare.git")
    old = kit.git(source, "rev-parse", "main~1")
    for number, given in enumerate(("fleet.bundle", "bare.git")):
        workspace = tmp_path / str(number)
        with kit.Forge.open(tmp_path / given, owner="acme", name="fleet", workspace=workspace, at=old[:8]) as forge:
            assert forge.branch_commit("main") == old
            assert forge.tree_of(old) == kit.git(source, "rev-parse", "main~1^{tree}")
            newest = kit.git(source, "rev-parse", "main")
            assert forge.resolve(newest[:7]) == newest
            assert forge.resolve("main~1") == kit.git(source, "rev-parse", "main~2")
            assert forge.resolve("nothing") is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"at": "feedbeef"}, "no such commit"),
        ({"default_branch": "trunk"}, "expected trunk"),
        ({"owner": ".."}, "no repository can be called so"),
        ({"name": "a/b"}, "no repository can be called so"),
    ],
)
def test_what_cannot_be_opened_is_said(source: Path, tmp_path: Path, kit, options: dict[str, str], words: str) -> None:
    with pytest.raises(RepositoryError, match=words):
        kit.Forge.open(source, **{"owner": "acme", "name": "fleet", "workspace": tmp_path, **options})


def test_what_is_no_repository_is_said(tmp_path: Path, kit) -> None:
    (tmp_path / "file").write_text("no bundle")
    for given, words in (("file", "cannot be read as a Git repository"), ("nothing", "does not exist")):
        with pytest.raises(RepositoryError, match=words):
            kit.Forge.open(tmp_path / given, owner="acme", name="fleet", workspace=tmp_path / f"w-{given}")


def test_an_empty_repository_answers_as_githubs_does(tmp_path: Path, kit) -> None:
    kit.git(tmp_path, "init", "--quiet", "--bare", "empty.git")
    source, workspace = tmp_path / "empty.git", tmp_path / "w"
    with kit.Forge.open(source, owner="acme", name="fleet", workspace=workspace, token=kit.TOKEN) as forge:
        api = kit.Api(forge)
        assert api.repo("GET", "/commits", status=409)["message"] == "Git Repository is empty."
        assert api.repo("GET", "/pulls") == []
        with pytest.raises(RepositoryError, match="no such branch"):
            forge.branch_commit("main")


def test_one_workspace_holds_one_copy(source: Path, tmp_path: Path, kit) -> None:
    with kit.Forge.open(source, owner="acme", name="fleet", workspace=tmp_path):
        with pytest.raises(RepositoryError, match="there is a repository already"):
            kit.Forge.open(source, owner="acme", name="fleet", workspace=tmp_path)
        kit.Forge.open(source, owner="acme", name="other", workspace=tmp_path).close()


def test_githubs_description_is_at_hand(api, kit) -> None:
    """Every call of these tests is held against it; where it is missing that must be seen."""
    kit.require(kit.DESCRIPTION)
    api.call("GET", "/repos/acme/fleet")
    assert api.checked == 1
