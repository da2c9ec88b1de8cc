"""The forge behind a socket, as its real clients see it: git, and PyGithub."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import github
import pytest

from gitops_bot.sandbox.http import RunningServer


@pytest.fixture
def remote(server: RunningServer, kit) -> str:
    return server.url.replace("http://", f"http://x-access-token:{kit.TOKEN}@") + "/acme/fleet.git"


@pytest.fixture
def checkout(remote: str, tmp_path: Path, kit) -> Path:
    kit.git(tmp_path, "clone", "--quiet", remote, "checkout")
    return tmp_path / "checkout"


def commit(checkout: Path, kit, name: str = "new.yaml", text: str = "a: 1\n") -> str:
    (checkout / name).write_text(text)
    kit.git(checkout, "add", name)
    kit.git(checkout, "commit", "--quiet", "-m", f"Write {name}")
    return str(kit.git(checkout, "rev-parse", "HEAD"))


@pytest.mark.parametrize("path", ["/acme/fleet.git", "/acme/fleet"])
def test_anybody_may_clone_and_fetch(server: RunningServer, tmp_path: Path, api, kit, path: str) -> None:
    kit.git(tmp_path, "clone", "--quiet", server.url + path, "copy")
    assert kit.git(tmp_path / "copy", "rev-parse", "HEAD") == api.forge.branch_commit("main")
    assert (tmp_path / "copy/scripts/run.sh").stat().st_mode & 0o111
    sha = api.branch("fix", {"a.yaml": "a: 1\n"})
    kit.git(tmp_path / "copy", "fetch", "--quiet", "origin", "fix")
    assert kit.git(tmp_path / "copy", "rev-parse", "FETCH_HEAD") == sha


def test_a_shallow_clone_works(server: RunningServer, tmp_path: Path, kit) -> None:
    kit.git(tmp_path, "clone", "--quiet", "--depth=1", f"{server.url}/acme/fleet.git", "copy")
    assert kit.git(tmp_path / "copy", "rev-list", "--count", "HEAD") == "1"


def test_a_push_lands_and_moves_pull_requests(checkout: Path, api, kit) -> None:
    first = api.pull("fix")["head"]["sha"]
    kit.git(checkout, "fetch", "--quiet", "origin", "fix:fix")
    kit.git(checkout, "switch", "--quiet", "fix")
    sha = commit(checkout, kit, "big.txt", "".join(f"line {number}\n" for number in range(200_000)))
    kit.git(checkout, "push", "--quiet", "origin", "fix")
    assert api.repo("GET", "/pulls/1")["head"]["sha"] == sha != first
    kit.git(checkout, "push", "--quiet", "origin", "fix:main")
    assert api.repo("GET", "/pulls/1")["merged"] is True
    kit.git(checkout, "push", "--quiet", "origin", ":fix")
    api.repo("GET", "/git/ref/heads/fix", status=404)


def test_a_pushed_merge_commit_merges_the_request(checkout: Path, api, kit) -> None:
    api.pull("fix")
    kit.git(checkout, "fetch", "--quiet", "origin", "fix:fix")
    kit.git(checkout, "merge", "--quiet", "--no-ff", "-m", "Merge by hand", "fix")
    kit.git(checkout, "push", "--quiet", "origin", "main")
    read = api.repo("GET", "/pulls/1")
    assert (read["merged"], read["merge_commit_sha"]) == (True, api.forge.branch_commit("main"))


def test_a_push_that_lost_a_race_is_refused(checkout: Path, api, kit) -> None:
    head = api.commit("main", {"meanwhile.yaml": "a: 1\n"})
    commit(checkout, kit)
    assert "rejected" in kit.git(checkout, "push", "origin", "main", check=False)
    assert api.forge.branch_commit("main") == head


def test_a_push_to_a_protected_branch_is_declined(checkout: Path, api, kit) -> None:
    protection = {"required_status_checks": None, "enforce_admins": None, "restrictions": None}
    protection["required_pull_request_reviews"] = {"required_approving_review_count": 1}
    api.repo("PUT", "/branches/main/protection", protection)
    commit(checkout, kit)
    words = kit.git(checkout, "push", "origin", "main", check=False)
    assert "GH006: Protected branch update failed for refs/heads/main." in words
    kit.git(checkout, "push", "--quiet", "origin", "main:other")


@pytest.mark.parametrize(("user", "words"), [("", "could not read Username"), ("x:wrong@", "Authentication failed")])
def test_a_push_needs_the_token(server: RunningServer, checkout: Path, kit, user: str, words: str) -> None:
    commit(checkout, kit)
    target = server.url.replace("http://", f"http://{user}") + "/acme/fleet.git"
    assert words in kit.git(checkout, "push", target, "HEAD:x", check=False)


def test_a_read_only_token_may_not_push(server: RunningServer, checkout: Path, api, kit) -> None:
    commit(checkout, kit)
    target = server.url.replace("http://", f"http://x-access-token:{kit.READ_ONLY}@") + "/acme/fleet.git"
    assert "403" in kit.git(checkout, "push", target, "HEAD:x", check=False)
    api.repo("GET", "/git/ref/heads/x", status=404)


def test_the_bare_copy_is_sound_after_all_of_it(checkout: Path, api, kit) -> None:
    api.pull("fix")
    api.repo("PUT", "/pulls/1/merge", {"merge_method": "rebase"})
    kit.git(checkout, "pull", "--quiet", "origin", "main")
    sha = commit(checkout, kit)
    kit.git(checkout, "push", "--quiet", "origin", "main")
    done = subprocess.run(["git", "fsck", "--strict"], cwd=api.forge.state.git.folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert api.forge.branch_commit("main") == sha


@pytest.fixture
def client(server: RunningServer, kit) -> Iterator[github.Github]:
    auth = github.Auth.Token(kit.TOKEN)
    made = github.Github(
        auth=auth,
        base_url=f"{server.url}/api/v3",
        seconds_between_requests=None,
        seconds_between_writes=None,
        retry=None,
    )
    yield made
    made.close()


def test_pygithub_opens_edits_and_merges_a_pull_request(client: github.Github, api) -> None:
    repository = client.get_repo("acme/fleet")
    assert (repository.default_branch, repository.full_name) == ("main", "acme/fleet")
    head = repository.get_branch("main").commit.sha
    repository.create_git_ref("refs/heads/gitops-bot/search/ab12", head)
    file = repository.get_contents("apps/search/search.yaml", ref="gitops-bot/search/ab12")
    repository.update_file(file.path, "Fix search", "replicas: 2\n", file.sha, branch="gitops-bot/search/ab12")
    pull = repository.create_pull(base="main", head="gitops-bot/search/ab12", title="Fix search", body="why")
    with pytest.raises(github.GithubException) as refused:
        repository.create_pull(base="main", head="gitops-bot/search/ab12", title="Fix search", body="why")
    assert refused.value.status == 422
    pull.edit(title="Fix search now", body="because")
    pull.add_to_labels("gitops-bot", "tier/approve")
    pull.remove_from_labels("tier/approve")
    pull.create_issue_comment("seen").create_reaction("eyes")
    listed = repository.get_pulls(state="open", head="acme:gitops-bot/search/ab12", base="main")
    assert [(each.number, each.title) for each in listed] == [(1, "Fix search now")]
    read = repository.get_pull(1)
    assert ([label.name for label in read.labels], read.mergeable) == (["gitops-bot"], True)
    assert [file.filename for file in read.get_files()] == ["apps/search/search.yaml"]
    repository.get_commit(read.head.sha).create_status("success", context="render", description="ok")
    assert repository.get_commit(read.head.sha).get_combined_status().state == "success"
    assert read.merge(merge_method="squash", sha=read.head.sha).merged
    assert api.forge.branch_commit("main") == repository.get_pull(1).merge_commit_sha
    repository.get_git_ref("heads/gitops-bot/search/ab12").delete()
    assert [ref.ref for ref in repository.get_git_matching_refs("heads/")] == ["refs/heads/main"]


def test_pygithub_keeps_issues_and_labels(client: github.Github) -> None:
    repository = client.get_repo("acme/fleet")
    repository.create_label("dashboard", "5319e7", "What the bot sees")
    issue = repository.create_issue("Dashboard", body="one", labels=["dashboard"])
    for number in range(40):
        repository.create_issue(f"Issue {number}")
    assert len(list(repository.get_issues(state="all"))) == 41
    assert [each.number for each in repository.get_issues(labels=["dashboard"])] == [issue.number]
    issue.edit(body="two", state="closed")
    assert repository.get_issue(issue.number).state == "closed"
    assert [each.number for each in client.search_issues("repo:acme/fleet is:issue is:closed")] == [1]
    assert repository.create_repository_dispatch("argocd", {"app": "payments"})
    assert client.get_user().login == "gitops-bot[bot]"
    with pytest.raises(github.UnknownObjectException):
        client.get_repo("acme/nothing")


def test_pygithub_speaks_graphql(client: github.Github, api) -> None:
    query = 'query($name: String!) { repository(owner: "acme", name: $name) { defaultBranchRef { target { oid } } } }'
    _, data = client.requester.graphql_query(query, {"name": "fleet"})
    assert data["data"]["repository"]["defaultBranchRef"]["target"]["oid"] == api.forge.branch_commit("main")
