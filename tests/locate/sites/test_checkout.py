"""A local repository as the fleet's: which URLs and branch are its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites import Answer, find_sites, open_fleet
from gitops_bot.model.application import Application
from gitops_bot.model.resource import ResourceKey
from tests.support.repository import Repository

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {key: value}\n"
KEY = ResourceKey("", "ConfigMap", "x", "a")
Json = dict[str, object]


def application(*sources: Json) -> Application:
    body = {"metadata": {"name": "app", "namespace": "argocd"}, "spec": {"destination": {"namespace": "x"}}}
    spec = {**body["spec"], "sources": [{"targetRevision": "main", **source} for source in sources]}
    return msgspec.convert({**body, "spec": spec}, Application)


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Callable[..., Answer]]:
    """Commits files and asks for `/data/key` of the ConfigMap."""
    with ExitStack() as stack:

        def asked(files: dict[str, str | bytes | None], *sources: Json, prepare: str = "") -> Answer:
            repository = Repository(tmp_path / "repository")
            repository.commit(files)
            for words in [line.split() for line in prepare.splitlines()]:
                repository.git(*words)
            one = application(*sources)
            fleet: Fleet = stack.enter_context(open_fleet(repository.path, (one,), ""))
            return find_sites(fleet, one, KEY, "/data/key")

        yield asked


URL = "https://git.example.com/acme/config.git"
OTHER = "https://git.example.com/acme/other.git"


def test_any_host_is_this_repository_where_nothing_says_otherwise(ask: Callable[..., Answer]) -> None:
    answer = ask({"a/x.yaml": CONFIG}, {"repoURL": "ssh://git@internal:2222/some/where.git", "path": "a"})
    assert answer.sites[0].place.path == "a/x.yaml"


def test_of_several_repositories_it_is_the_one_whose_paths_are_there(ask: Callable[..., Answer]) -> None:
    answer = ask({"a/x.yaml": CONFIG}, {"repoURL": OTHER, "path": "elsewhere"}, {"repoURL": URL, "path": "a"})
    assert answer.sites[0].place.path == "a/x.yaml"


def test_of_several_repositories_it_is_the_one_that_the_remote_names(ask: Callable[..., Answer]) -> None:
    sources = ({"repoURL": OTHER, "path": "a"}, {"repoURL": URL, "path": "b"})
    files = {"a/x.yaml": CONFIG.replace("{key: value}", "{key: wrong}"), "b/x.yaml": CONFIG}
    answer = ask(files, *sources, prepare="remote add origin git@github.com:acme/config.git")
    assert answer.sites[0].place.path == "b/x.yaml"


@pytest.mark.parametrize("revision", ["", "HEAD", "main", "refs/heads/main", "production"])
def test_a_branch_that_this_clone_does_not_tell_from_head_is_head(ask: Callable[..., Answer], revision: str) -> None:
    assert ask({"a/x.yaml": CONFIG}, {"repoURL": URL, "path": "a", "targetRevision": revision}).expressible


@pytest.mark.parametrize(
    ("revision", "prepare", "said"),
    [
        ("v1.2.3", "", "pinned"),
        ("0123456789abcdef0123456789abcdef01234567", "", "pinned"),
        ("stable", "tag stable", "pinned to stable"),
        (">=1.0", "", "pinned"),
        ("live", "branch live\ncommit --quiet --allow-empty -m more", "follows the branch live"),
    ],
)
def test_a_source_that_no_commit_at_hand_reaches_is_refused(
    ask: Callable[..., Answer], revision: str, prepare: str, said: str
) -> None:
    answer = ask({"a/x.yaml": CONFIG}, {"repoURL": URL, "path": "a", "targetRevision": revision}, prepare=prepare)
    assert not answer.expressible
    assert said in answer.reason


def test_a_detached_head_stands_for_the_branches_that_contain_it(ask: Callable[..., Answer]) -> None:
    prepare = "checkout --quiet --detach\ncommit --quiet --allow-empty -m old\nupdate-ref refs/heads/main HEAD"
    assert ask({"a/x.yaml": CONFIG}, {"repoURL": URL, "path": "a"}, prepare=prepare).expressible
