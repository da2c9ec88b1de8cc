"""A protected branch refuses a direct change by git, REST and GraphQL, each in GitHub's words."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from gitops_bot.sandbox.forge import Protection, Ruleset

PULL_ONLY = "Changes must be made through a pull request."
COMMIT = "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }"
RULES = [
    (Protection(approvals=0), PULL_ONLY),
    (Protection(contexts=("render",)), 'Required status check "render" is expected.'),
    (Protection(contexts=("render", "policy")), "2 of 2 required status checks are expected."),
    (Protection(pushers=("grace",)), "You're not authorized to push to this branch."),
    (Ruleset(approvals=1), PULL_ONLY),
    (Ruleset(contexts=("render",)), 'Required status check "render" is expected.'),
    (Ruleset(update=True), "Cannot update this protected ref."),
    (Ruleset(merge_queue="SQUASH"), "Changes must be made through the merge queue"),
    (Ruleset(branches=("release/*", "ma*"), approvals=0), PULL_ONLY),
]


def install(forge, rule) -> None:
    if isinstance(rule, Protection):
        forge.protect("main", rule)
    else:
        forge.add_ruleset(rule)


def create_commit(wire, branch: str = "main"):
    given = {
        "branch": {"repositoryNameWithOwner": "acme/fleet", "branchName": branch},
        "message": {"headline": "Change"},
        "expectedHeadOid": wire.forge.branch_commit(branch),
    }
    return wire.graphql(COMMIT, input=given)


@pytest.mark.parametrize(("rule", "words"), RULES)
def test_a_direct_change_is_refused_everywhere(wire, tmp_path: Path, kit, server, rule, words: str) -> None:
    head = wire.forge.branch_commit("main")
    sha = wire.branch("fix", {"a.yaml": "a: 1\n"})
    install(wire.forge, rule)
    by_ruleset = isinstance(rule, Ruleset)
    refused = wire.repo("PATCH", "/git/refs/heads/main", {"sha": sha}, status=422)["message"]
    assert words in refused
    assert refused.startswith("Repository rule violations found\n\n") == by_ruleset
    text = base64.b64encode(b"x").decode()
    asked = {"message": "New", "content": text, "branch": "main"}
    assert words in wire.repo("PUT", "/contents/new", asked, status=409)["message"]
    (error,) = create_commit(wire)["errors"]
    assert words in error["message"]
    assert error["type"] == ("UNPROCESSABLE" if by_ruleset else "BRANCH_PROTECTION_RULE_VIOLATION")
    remote = server.url.replace("http://", f"http://x:{kit.TOKEN}@") + "/acme/fleet.git"
    kit.git(tmp_path, "clone", "--quiet", remote, "copy")
    said = kit.git(tmp_path / "copy", "push", "origin", "origin/fix:main", check=False)
    assert words in said
    assert ("GH013: Repository rule violations found" if by_ruleset else "GH006: Protected branch update") in said
    assert wire.forge.branch_commit("main") == head
    assert "data" in create_commit(wire, "fix")


def test_a_commit_whose_checks_passed_may_be_pushed(wire) -> None:
    sha = wire.branch("fix", {"a.yaml": "a: 1\n"})
    wire.forge.protect("main", Protection(contexts=("render",)))
    wire.repo("PATCH", "/git/refs/heads/main", {"sha": sha}, status=422)
    wire.repo("POST", f"/statuses/{sha}", {"state": "success", "context": "render"}, status=201)
    wire.repo("PATCH", "/git/refs/heads/main", {"sha": sha})


@pytest.mark.parametrize("rule", [Protection(), Ruleset(force_push=True, deletion=True)])
def test_history_is_kept_and_the_branch_too(wire, tmp_path: Path, kit, server, rule) -> None:
    wire.branch("release", {"a.yaml": "a: 1\n"})
    old = wire.forge.branch_commit("main")
    if isinstance(rule, Protection):
        wire.forge.protect("release", rule)
    else:
        wire.forge.add_ruleset(Ruleset(branches=("release",), force_push=True, deletion=True))
    refused = wire.repo("PATCH", "/git/refs/heads/release", {"sha": old, "force": True}, status=422)
    assert "Cannot force-push to this branch" in refused["message"]
    assert "Cannot delete this branch" in wire.repo("DELETE", "/git/refs/heads/release", status=422)["message"]
    remote = server.url.replace("http://", f"http://x:{kit.TOKEN}@") + "/acme/fleet.git"
    kit.git(tmp_path, "clone", "--quiet", remote, "copy")
    copy = tmp_path / "copy"
    assert "Cannot force-push" in kit.git(copy, "push", "--force", "origin", "main:release", check=False)
    assert "Cannot delete" in kit.git(copy, "push", "origin", ":release", check=False)
    kit.git(copy, "switch", "--quiet", "release")
    (copy / "b.yaml").write_text("b: 1\n")
    kit.git(copy, "add", "b.yaml")
    kit.git(copy, "commit", "--quiet", "-m", "Forward")
    kit.git(copy, "push", "--quiet", "origin", "release")
    assert wire.forge.branch_commit("release") == kit.git(copy, "rev-parse", "HEAD")


def test_a_linear_history_takes_no_merge_commit(wire, tmp_path: Path, kit, server) -> None:
    wire.branch("fix", {"a.yaml": "a: 1\n"})
    wire.forge.commit("main", {"b.yaml": "b: 1\n"})
    wire.forge.protect("main", Protection(linear_history=True))
    remote = server.url.replace("http://", f"http://x:{kit.TOKEN}@") + "/acme/fleet.git"
    kit.git(tmp_path, "clone", "--quiet", remote, "copy")
    kit.git(tmp_path / "copy", "merge", "--quiet", "--no-ff", "-m", "Merge", "origin/fix")
    said = kit.git(tmp_path / "copy", "push", "origin", "main", check=False)
    assert "This branch must not contain merge commits." in said


def test_administrators_and_those_on_a_bypass_list_are_let_through(wire) -> None:
    wire.forge.add_account("root-token", "root", role="admin")
    wire.forge.add_ruleset(Ruleset(approvals=1, bypass=("grace",)))
    wire.forge.protect("main", Protection(approvals=1))
    root, grace = wire.as_("root-token"), wire.as_("reviewer-token")
    assert "errors" in create_commit(root), "the ruleset binds administrators"
    assert "errors" in create_commit(grace), "the protection binds everybody else"
    wire.forge.clear_rulesets()
    assert create_commit(root)["data"]["createCommitOnBranch"]["commit"]
    wire.forge.protect("main", Protection(approvals=1, enforce_admins=True))
    assert "errors" in create_commit(root)


def test_a_ruleset_that_only_watches_refuses_nothing(wire) -> None:
    wire.forge.add_ruleset(Ruleset(approvals=1, enforcement="evaluate"))
    wire.forge.add_ruleset(Ruleset(approvals=1, branches=("other",)))
    assert create_commit(wire)["data"]["createCommitOnBranch"]["commit"]
    assert wire.repo("GET", "/rules/branches/main") == []


def test_creation_can_be_restricted(wire) -> None:
    wire.forge.add_ruleset(Ruleset(branches=("locked/*",), creation=True))
    asked = {"ref": "refs/heads/locked/a", "sha": wire.forge.branch_commit("main")}
    refused = wire.repo("POST", "/git/refs", asked, status=422)["message"]
    assert "Cannot create ref due to creations being restricted." in refused
    wire.repo("POST", "/git/refs", {**asked, "ref": "refs/heads/open/a"}, status=201)


def test_the_rules_of_a_branch_are_told(wire) -> None:
    made = wire.forge.add_ruleset(
        Ruleset(contexts=("render",), strict=True, approvals=2, merge_queue="SQUASH", force_push=True, deletion=True)
    )
    rules = {rule["type"]: rule for rule in wire.repo("GET", "/rules/branches/main")}
    assert set(rules) == {"required_status_checks", "pull_request", "merge_queue", "non_fast_forward", "deletion"}
    assert rules["required_status_checks"]["parameters"]["required_status_checks"] == [{"context": "render"}]
    assert rules["pull_request"]["parameters"]["required_approving_review_count"] == 2
    assert {rule["ruleset_id"] for rule in rules.values()} == {made.id}
    assert wire.repo("GET", "/branches/main")["protected"] is False, "rulesets do not show there"
    assert wire.repo("GET", "/branches/main/protection", status=404)["message"] == "Branch not protected"


def test_restrictions_are_set_and_told_over_the_api(wire) -> None:
    asked = {"required_status_checks": None, "enforce_admins": None, "required_pull_request_reviews": None}
    asked["restrictions"] = {"users": ["grace"], "teams": [], "apps": ["gitops-bot"]}
    told = wire.repo("PUT", "/branches/main/protection", asked)["restrictions"]
    assert [each["login"] for each in told["users"]] == ["grace"]
    assert [each["slug"] for each in told["apps"]] == ["gitops-bot"]
    assert create_commit(wire)["data"]["createCommitOnBranch"]["commit"], "the bot is on the list"
