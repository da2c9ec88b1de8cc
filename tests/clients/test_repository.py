from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitops_bot.clients.commits import Commit
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.errors import RepositoryError

Open = Callable[[Path], ConfigRepository]


def test_a_folder_that_is_no_repository_is_named_with_what_to_do(tmp_path):
    with pytest.raises(RepositoryError, match=r"no Git repository, at .*actions/checkout"):
        ConfigRepository.open(tmp_path)


def test_a_folder_that_is_not_there_is_no_repository(tmp_path):
    with pytest.raises(RepositoryError, match="no Git repository"):
        ConfigRepository.open(tmp_path / "gone")


def test_a_repository_without_commits_is_refused(checkout):
    with pytest.raises(RepositoryError, match=r"no commit yet.*Push the manifests first"):
        ConfigRepository.open(checkout.path)


def test_a_folder_inside_the_checkout_opens_it(checkout, opened):
    sha = checkout.commit({"a": "1"})
    (checkout.path / "deep" / "er").mkdir(parents=True)
    assert opened(checkout.path / "deep" / "er").head("main") == sha


def test_a_bare_repository_opens(checkout, opened, tmp_path):
    sha = checkout.commit({"a": "1"})
    checkout.git("clone", "--quiet", "--bare", ".", str(tmp_path / "bare.git"))
    assert opened(tmp_path / "bare.git").read(sha, "a") == b"1"


def test_settings_of_the_caller_do_not_reach_git(checkout, opened, monkeypatch, tmp_path):
    sha = checkout.commit({"a": "1"})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "not a number")
    assert opened(checkout.path).head("main") == sha


def test_a_checkout_that_another_user_owns_is_read(checkout):
    sha = checkout.commit({"a": "1"})
    with ConfigRepository.open(checkout.path, {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1"}) as repository:
        assert repository.read(sha, "a") == b"1"
        assert repository.head("main") == sha


def test_the_remote_branch_goes_before_the_local_one(checkout, opened):
    first = checkout.commit({"a": "1"})
    checkout.git("update-ref", "refs/remotes/origin/main", first)
    second = checkout.commit({"a": "2"})
    repository = opened(checkout.path)
    assert repository.head("main") == first
    assert repository.head("") == second


def test_a_branch_that_is_not_there_says_what_to_do(checkout, opened):
    checkout.commit({"a": "1"})
    with pytest.raises(RepositoryError, match=r"no branch release.*fetch-depth: 0"):
        opened(checkout.path).head("release")


def test_a_detached_head_answers_where_no_branch_is_named(checkout, opened):
    sha = checkout.commit({"a": "1"})
    checkout.git("checkout", "--quiet", "--detach")
    checkout.git("branch", "-D", "main")
    assert opened(checkout.path).head("") == sha


def test_it_knows_which_commits_it_has_and_how_they_follow(checkout, opened):
    first, second = checkout.commit({"a": "1"}), checkout.commit({"a": "2"})
    repository = opened(checkout.path)
    assert repository.has(first)
    assert not repository.has("f" * 40)
    assert not repository.has("--all")
    assert repository.is_ancestor(first, second)
    assert not repository.is_ancestor(second, first)
    assert not repository.is_ancestor("f" * 40, second)
    assert repository.parent(second) == first
    assert repository.parent(first) is None


def test_files_are_read_as_their_blobs_are(checkout, opened):
    content = b"\xef\xbb\xbfa: 1\r\nb: \xff\0\n"
    sha = checkout.commit({"x/a.yaml": content, ".gitattributes": "* text eol=crlf ident\n"})
    repository = opened(checkout.path)
    assert repository.read(sha, "x/a.yaml") == content
    assert repository.blob_id(sha, "x/a.yaml") == checkout.git("rev-parse", f"{sha}:x/a.yaml")
    assert repository.blob(repository.blob_id(sha, "x/a.yaml")) == content
    for missing in ("x", "x/b.yaml", "x/a.yaml/b", "", "a\nb", "../x/a.yaml"):
        assert repository.read(sha, missing) is None
        assert repository.blob_id(sha, missing) is None
    assert repository.read("f" * 40, "x/a.yaml") is None


def test_files_are_listed_by_folder(checkout, opened):
    sha = checkout.commit({"a.yaml": "", "apps/b.yaml": "", "apps/deep/c.yaml": "", "apps2/d.yaml": "", "ü ñ.yaml": ""})
    repository = opened(checkout.path)
    assert repository.files(sha, "apps") == ("apps/b.yaml", "apps/deep/c.yaml")
    assert repository.files(sha, "apps/") == repository.files(sha, "apps")
    assert len(repository.files(sha)) == 5
    assert repository.read(sha, "ü ñ.yaml") == b""
    assert repository.files(sha, "nothing") == ()


def test_submodules_are_no_files(checkout, opened):
    sha = checkout.commit({"a": "1"})
    checkout.git("update-index", "--add", "--cacheinfo", f"160000,{sha},module")
    assert opened(checkout.path).files(checkout.commit({})) == ("a",)


def test_commits_are_told_oldest_first_with_all_they_say(checkout, opened):
    base = checkout.commit({"a": "1"})
    first = checkout.commit(
        {"a": "2"}, "Bump\n\nWhy: because.\n\nGitops-Bot-Action: rollback\nReviewed-by: Bob <b@x>\n"
    )
    second = checkout.commit({"b": "1"})
    one, two = opened(checkout.path).commits(base, second)
    assert (one.sha, two.sha) == (first, second)
    assert one.parents == (base,)
    assert one.author == "Ada <ada@example.com>"
    assert one.authored_at == datetime(2026, 11, 23, 9, 0, 2, tzinfo=UTC)
    assert one.subject == "Bump"
    assert one.trailers() == {"Why": "because.", "Gitops-Bot-Action": "rollback", "Reviewed-by": "Bob <b@x>"}
    assert opened(checkout.path).commit(first) == one
    assert [found.sha for found in opened(checkout.path).commits("", second)] == [base, first, second]
    assert [found.sha for found in opened(checkout.path).recent(second, 2)] == [second, first]


def test_commits_are_narrowed_to_literal_paths(checkout, opened):
    base = checkout.commit({"apps/a.yaml": "1", "*.yaml": "1"})
    folder = checkout.commit({"apps/a.yaml": "2"})
    star = checkout.commit({"*.yaml": "2"})
    repository = opened(checkout.path)
    assert [found.sha for found in repository.commits(base, star, ["apps"])] == [folder]
    assert [found.sha for found in repository.commits(base, star, ["*.yaml"])] == [star]
    assert repository.commits(base, star, ["gone"]) == ()
    assert repository.commits(star, star) == ()


def test_a_change_that_came_by_a_merge_is_named_by_its_own_commit(checkout, opened):
    base = checkout.commit({"a": "1", "b": "1"})
    checkout.git("checkout", "--quiet", "-b", "feature")
    change = checkout.commit({"a": "2"}, "Change a")
    checkout.git("checkout", "--quiet", "--force", "main")
    other = checkout.commit({"b": "2"}, "Change b")
    checkout.git("merge", "--quiet", "--no-ff", "-m", "Merge feature", "feature")
    head = checkout.git("rev-parse", "HEAD")
    repository = opened(checkout.path)
    assert [found.sha for found in repository.commits(base, head, ["a"])] == [change]
    assert {found.sha for found in repository.commits(base, head)} == {change, other, head}
    assert repository.commits(base, head)[-1].parents == (other, change)


def test_a_commit_that_is_not_there_is_an_expected_error(checkout, opened):
    checkout.commit({"a": "1"})
    with pytest.raises(RepositoryError, match="git log failed"):
        opened(checkout.path).commit("f" * 40)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", {}),
        ("Only prose here.", {}),
        ("Key: one\nKey: two", {"Key": "two"}),
        ("Key: one\n  and more", {"Key": "one and more"}),
        ("Not a trailer\nKey: one", {}),
        ("Key: one\n\n---------\n\nCo-authored-by: X <x@y>", {"Key": "one", "Co-authored-by": "X <x@y>"}),
        ("Earlier: no\n\nprose\n\nKey: one", {"Key": "one"}),
    ],
)
def test_trailers(body, expected):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert Commit("a", (), "x", moment, moment, "s", body).trailers() == expected


def test_changes_between_commits_tell_no_renames(checkout, opened):
    before = checkout.commit({"kept": "1", "changed": "1", "moved": "long enough to be found\n" * 9})
    after = checkout.commit({"changed": "2", "moved": None, "there": "long enough to be found\n" * 9})
    changes = {change.path: change for change in opened(checkout.path).changes(before, after)}
    assert sorted(changes) == ["changed", "moved", "there"]
    assert changes["moved"].after is None
    assert changes["there"].before is None
    assert changes["there"].after == changes["moved"].before
    assert changes["changed"].before != changes["changed"].after
    assert changes["changed"].old_path == "changed"


def test_the_tree_tells_equal_contents(checkout, opened):
    first, second, third = checkout.commit({"a": "1"}), checkout.commit({"a": "2"}), checkout.commit({"a": "1"})
    repository = opened(checkout.path)
    assert repository.tree(first) == repository.tree(third) != repository.tree(second)


@pytest.mark.parametrize(
    ("ours", "base", "theirs", "merged"),
    [
        (b"a\nb\nc\nd\ne\n", b"a\nb\nc\nd\nE\n", b"A\nb\nc\nd\nE\n", b"A\nb\nc\nd\ne\n"),
        (b"a\r\nb\r\nc\r\nd\r\ne", b"a\r\nb\r\nc\r\nd\r\nE", b"A\r\nb\r\nc\r\nd\r\nE", b"A\r\nb\r\nc\r\nd\r\ne"),
        (b"a", b"a", b"b", b"b"),
        (b"a", b"b", b"c", None),
        (b"same", b"other", b"same", b"same"),
        (b"\0bin", b"\0ary", b"\0ies", None),
        (b"", b"", b"x\n", b"x\n"),
    ],
)
def test_three_way_merge(checkout, opened, ours, base, theirs, merged):
    checkout.commit({"a": "1"})
    assert opened(checkout.path).merge(ours, base, theirs) == merged


def test_grep_takes_text_literally(checkout, opened):
    sha = checkout.commit({"a": "image: x.y:1", "b": "image: xzy:1", "c/d": "-e x.y", "e": b"\0x.y:"})
    repository = opened(checkout.path)
    assert repository.grep(sha, "x.y") == ("a", "c/d", "e")
    assert repository.grep(sha, "-e x") == ("c/d",)
    assert repository.grep(sha, "nothing") == ()
    assert repository.grep(sha, "") == repository.grep(sha, "a\nb") == ()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([b"a\n", b"b\r\n", b"c", b"\n"]), max_size=6).map(b"".join))
def test_a_merge_with_one_side_unchanged_is_the_other_side(checkout, text):
    checkout.commit({"a": "1"})
    with ConfigRepository.open(checkout.path) as repository:
        assert repository.merge(text, text, b"other\n") == b"other\n"
        assert repository.merge(b"other\n", text, text) == b"other\n"


def test_closing_twice_ends_the_process_once(checkout):
    checkout.commit({"a": "1"})
    repository = ConfigRepository.open(checkout.path)
    assert repository.read("main", "a") == b"1"
    repository.close()
    repository.close()


def test_the_checkout_is_left_alone(checkout, opened):
    sha = checkout.commit({"a": "1"})
    before = subprocess.check_output(["git", "status", "--porcelain"], cwd=checkout.path)
    repository = opened(checkout.path)
    repository.files(sha), repository.grep(sha, "1"), repository.merge(b"a", b"b", b"c")
    assert subprocess.check_output(["git", "status", "--porcelain"], cwd=checkout.path) == before
