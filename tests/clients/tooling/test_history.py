"""The history of the files that an Application reads, and of no others, in a real repository."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gitops_bot.clients.rendering import ReadSet
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.tooling import ToolRefused
from gitops_bot.clients.tooling.history import History, git_diff, git_log
from gitops_bot.clients.tooling.wording import MOST_CHARACTERS
from gitops_bot.model.application import Application, ApplicationStatus, Deployment
from gitops_bot.model.json import Json
from tests.clients.conftest import Checkout

READS = ReadSet(files=frozenset({"shop/values.yaml"}), folders=frozenset({"shop/chart"}))
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData:\n  password: tr0ub4dor-and-3\n"


class Told:
    """The history of one Application at the head of a repository."""

    def __init__(self, checkout: Checkout, repository: ConfigRepository, reads: ReadSet = READS) -> None:
        head = checkout.git("rev-parse", "HEAD")
        deployed = Deployment(revision=head, deployed_at=datetime(2026, 11, 23, 10, 30, tzinfo=UTC))
        application = Application(status=ApplicationStatus(history=[deployed]))
        self._history = History(application, repository, head, lambda: reads)

    def log(self, **arguments: Json) -> list[str]:
        return git_log(self._history).run(arguments).split("\n")

    def diff(self, commit: str, **arguments: Json) -> str:
        return git_diff(self._history).run({"commit": commit, **arguments})


@pytest.fixture
def commits(checkout: Checkout) -> dict[str, str]:
    return {
        "begin": checkout.commit(
            {"shop/values.yaml": "tag: 1\n", "shop/chart/db.yaml": SECRET, "pay/x.yaml": "a: 1\n"}
        ),
        "other": checkout.commit({"pay/x.yaml": "a: 2\n"}, "Of another team"),
        "release": checkout.commit({"shop/values.yaml": "tag: 2\n", "pay/x.yaml": "a: 3\n"}, "Release 2"),
        "secret": checkout.commit({"shop/chart/db.yaml": SECRET.replace("3", "4")}, "Rotate\n\nWith a body"),
    }


@pytest.fixture
def told(checkout: Checkout, commits: dict[str, str], opened: Callable[..., ConfigRepository]) -> Told:
    assert checkout.git("rev-parse", "HEAD") == commits["secret"]
    return Told(checkout, opened(checkout.path))


def test_the_log_is_of_the_files_that_are_read(told: Told, commits: dict[str, str]) -> None:
    newest, release, begin = told.log()
    assert newest.startswith(f"{commits['secret'][:12]} 2026-11-23T09:00Z Ada: ")
    assert newest.endswith(": Rotate (deployed 2026-11-23T10:30:00Z) [shop/chart/db.yaml]")
    assert release.endswith(": Release 2 [shop/values.yaml]")
    assert begin.endswith("[shop/chart/db.yaml, shop/values.yaml]")
    assert "@" not in release


def test_the_log_can_be_narrowed(told: Told) -> None:
    assert len(told.log(limit=1)) == 1
    assert len(told.log(path="shop")) == 3
    assert len(told.log(path="./shop/values.yaml")) == 2
    assert len(told.log(path="shop/chart/")) == 2


def test_a_diff_shows_no_file_that_is_not_read(told: Told, commits: dict[str, str]) -> None:
    text = told.diff(commits["release"][:8])
    assert "-tag: 1\n+tag: 2\n" in text
    assert "pay" not in text
    assert text.endswith("(1 other changed files are not asked for, or not read by this Application)")
    assert "changes none of these files" in told.diff(commits["other"])
    assert "changes none of these files" in told.diff(commits["release"], path="shop/chart")
    assert "+++ b/shop/values.yaml" in told.diff(commits["begin"], path="shop/values.yaml")


def test_a_diff_shows_no_secret(told: Told, commits: dict[str, str]) -> None:
    text = told.diff(commits["secret"])
    assert "tr0ub4dor" not in text
    assert "shop/chart/db.yaml" in text


def test_a_commit_of_another_branch_is_refused(
    checkout: Checkout, commits: dict[str, str], opened: Callable[..., ConfigRepository]
) -> None:
    told = Told(checkout, opened(checkout.path))
    later = checkout.commit({"shop/values.yaml": "tag: 3\n"})
    blob = checkout.git("rev-parse", f"{commits['begin']}:pay/x.yaml")
    for name in (later, blob, "0123456789"):
        with pytest.raises(ToolRefused, match="no commit of the branch"):
            told.diff(name)


def test_large_and_encrypted_files_are_named_alone(checkout: Checkout, opened: Callable[..., ConfigRepository]) -> None:
    sealed = "password: ENC[AES256_GCM,data:xyz]\nsops: {mac: x}\n"
    commit = checkout.commit({"shop/chart/big.yaml": "x" * 600_000, "shop/chart/sops.yaml": sealed})
    text = Told(checkout, opened(checkout.path)).diff(commit)
    assert "shop/chart/big.yaml: changed, too large to be shown" in text
    assert "shop/chart/sops.yaml: changed, encrypted with SOPS" in text
    assert "ENC[" not in text


def test_each_of_many_files_has_its_share(checkout: Checkout, opened: Callable[..., ConfigRepository]) -> None:
    long = "\n".join(f"line{number}: {number}" for number in range(2000))
    files: dict[str, str | bytes | None] = {f"shop/chart/{letter}.yaml": long for letter in "abcd"}
    commit = checkout.commit(files)
    text = Told(checkout, opened(checkout.path)).diff(commit)
    assert [f"+++ b/shop/chart/{letter}.yaml" in text for letter in "abc"] == [True] * 3
    assert len(text) <= MOST_CHARACTERS + 100
    assert "more lines of this file)" in text


def test_who_reads_the_whole_repository_sees_it_whole(
    checkout: Checkout, commits: dict[str, str], opened: Callable[..., ConfigRepository]
) -> None:
    told = Told(checkout, opened(checkout.path), ReadSet(folders=frozenset({""})))
    assert len(told.log()) == 4
    assert "a: 3" in told.diff(commits["release"])
    with pytest.raises(ToolRefused, match="none of the files"):
        told.log(path="../elsewhere")


def test_merges_are_shown_against_their_first_parent(
    checkout: Checkout, commits: dict[str, str], opened: Callable[..., ConfigRepository]
) -> None:
    checkout.git("switch", "--quiet", "--create", "side", commits["release"])
    checkout.commit({"shop/values.yaml": "tag: 2\nside: 1\n"}, "On the side")
    checkout.git("switch", "--quiet", "--force", "main")
    checkout.git("merge", "--quiet", "--no-ff", "-m", "Merge it", "side")
    told = Told(checkout, opened(checkout.path))
    assert any(": On the side [shop/values.yaml]" in line for line in told.log())
    assert "+side: 1" in told.diff(checkout.git("rev-parse", "HEAD"))
