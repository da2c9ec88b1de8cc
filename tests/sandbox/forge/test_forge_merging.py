"""Merges, made for real in the bare repository, and what stands against them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SEARCH = "apps/search/search.yaml"
PROTECTION = {
    "required_status_checks": {"strict": False, "contexts": ["render"]},
    "enforce_admins": False,
    "required_pull_request_reviews": None,
    "restrictions": None,
}


def message(api, sha: str) -> str:
    return api.repo("GET", f"/git/commits/{sha}")["message"]


def content(api, path: str) -> str:
    response = api.call("GET", f"/repos/acme/fleet/contents/{path}", accept="application/vnd.github.raw+json")
    return response.body.decode()


def test_a_merge_commit_has_both_parents(api) -> None:
    base = api.forge.branch_commit("main")
    made = api.pull("fix/search", title="Fix search")
    done = api.repo("PUT", "/pulls/1/merge", {"sha": made["head"]["sha"]})
    assert done == {
        "sha": api.forge.branch_commit("main"),
        "merged": True,
        "message": "Pull Request successfully merged",
    }
    commit = api.repo("GET", f"/git/commits/{done['sha']}")
    assert [parent["sha"] for parent in commit["parents"]] == [base, made["head"]["sha"]]
    assert commit["message"] == "Merge pull request #1 from acme/fix/search\n\nFix search"
    merged = api.repo("GET", "/pulls/1")
    assert (merged["merged"], merged["merge_commit_sha"], merged["commits"]) == (True, done["sha"], 1)
    assert merged["merged_by"]["login"] == "gitops-bot[bot]"
    assert content(api, SEARCH).startswith("replicas: 2")


def test_squash_makes_one_commit_with_the_request_in_its_title(api) -> None:
    api.pull("fix", title="Fix it")
    api.commit("fix", {SEARCH: "replicas: 3\n"}, message="Second\n\nGitops-Bot-Incident: ab12")
    done = api.repo("PUT", "/pulls/1/merge", {"merge_method": "squash"})
    assert message(api, done["sha"]) == "Fix it (#1)\n\n* Change\n\n* Second\n\nGitops-Bot-Incident: ab12"
    assert len(api.repo("GET", f"/git/commits/{done['sha']}")["parents"]) == 1


def test_squash_of_one_commit_takes_its_words_and_given_words_win(api) -> None:
    api.branch("one", {"one.yaml": "a: 1\n"}, message="One\n\nGitops-Bot-Incident: ab12")
    api.repo("POST", "/pulls", {"title": "Other words", "head": "one", "base": "main"}, status=201)
    done = api.repo("PUT", "/pulls/1/merge", {"merge_method": "squash"})
    assert message(api, done["sha"]) == "One (#1)\n\nGitops-Bot-Incident: ab12"
    api.pull("two", {"two.yaml": "a: 1\n"})
    asked = {"merge_method": "squash", "commit_title": "Mine", "commit_message": "Text"}
    assert message(api, api.repo("PUT", "/pulls/2/merge", asked)["sha"]) == "Mine\n\nText"


def test_rebase_replays_each_commit_on_a_base_that_moved(api) -> None:
    api.pull("fix", {"a.yaml": "a: 1\n"})
    api.commit("fix", {"b.yaml": "b: 1\n"}, message="Second")
    api.commit("main", {"c.yaml": "c: 1\n"}, message="Elsewhere")
    done = api.repo("PUT", "/pulls/1/merge", {"merge_method": "rebase"})
    log = api.repo("GET", f"/commits?sha={done['sha']}&per_page=3")
    assert [each["commit"]["message"] for each in log] == ["Second", "Change", "Elsewhere"]
    assert [content(api, f"{name}.yaml") for name in "abc"] == ["a: 1\n", "b: 1\n", "c: 1\n"]


def test_changes_to_different_lines_of_a_file_merge(api) -> None:
    lines = [f"line-{number}: 1\n" for number in range(12)]
    api.commit("main", {"long.yaml": "".join(lines)})
    api.pull("fix", {"long.yaml": "".join(["first: 2\n", *lines[1:]])})
    api.commit("main", {"long.yaml": "".join([*lines[:-1], "last: 2\n"])})
    assert api.repo("GET", "/pulls/1")["mergeable"] is True
    api.repo("PUT", "/pulls/1/merge", {})
    assert content(api, "long.yaml") == "".join(["first: 2\n", *lines[1:-1], "last: 2\n"])


def test_a_conflict_is_seen_and_refused(api) -> None:
    api.pull("fix", {SEARCH: "replicas: 2\n"})
    head = api.commit("main", {SEARCH: "replicas: 9\n"})
    read = api.repo("GET", "/pulls/1")
    assert (read["mergeable"], read["mergeable_state"]) == (False, "dirty")
    for method in ("merge", "squash", "rebase"):
        refused = api.repo("PUT", "/pulls/1/merge", {"merge_method": method}, status=405)
        assert refused["message"] == "Pull Request is not mergeable"
    assert api.forge.branch_commit("main") == head


def test_another_head_than_expected_is_refused(api) -> None:
    api.pull("fix")
    refused = api.repo("PUT", "/pulls/1/merge", {"sha": "0" * 40}, status=409)
    assert refused["message"] == "Head branch was modified. Review and try the merge again."


def test_a_closed_draft_or_merged_request_is_refused(api) -> None:
    api.pull("draft", draft=True)
    assert api.repo("PUT", "/pulls/1/merge", {}, status=405)["message"] == "Pull Request is still a draft"
    api.repo("PATCH", "/pulls/1", {"state": "closed"})
    assert api.repo("PUT", "/pulls/1/merge", {}, status=405)["message"] == "Pull Request is not mergeable"


def test_a_method_that_is_switched_off_is_refused(api) -> None:
    api.repo("PATCH", "", {"allow_merge_commit": False, "delete_branch_on_merge": True})
    api.pull("fix")
    refused = api.repo("PUT", "/pulls/1/merge", {}, status=405)
    assert refused["message"] == "Merge commits are not allowed on this repository."
    api.repo("PUT", "/pulls/1/merge", {"merge_method": "squash"})
    api.repo("GET", "/git/ref/heads/fix", status=404)
    assert api.repo("GET", "/pulls/1")["merged"] is True


def test_required_checks_block_until_they_pass(api) -> None:
    api.repo("PUT", "/branches/main/protection", PROTECTION)
    sha = api.pull("fix")["head"]["sha"]
    assert api.repo("GET", "/pulls/1")["mergeable_state"] == "blocked"
    assert api.repo("PUT", "/pulls/1/merge", {}, status=405)["message"] == 'Required status check "render" is expected.'
    api.repo("POST", f"/statuses/{sha}", {"state": "pending", "context": "render"}, status=201)
    assert "pending" in api.repo("PUT", "/pulls/1/merge", {}, status=405)["message"]
    api.repo("POST", f"/statuses/{sha}", {"state": "success", "context": "render"}, status=201)
    api.repo("POST", f"/statuses/{sha}", {"state": "failure", "context": "optional"}, status=201)
    assert api.repo("GET", "/pulls/1")["mergeable_state"] == "unstable"
    api.repo("PUT", "/pulls/1/merge", {})


def test_a_strict_base_asks_for_an_up_to_date_head(api) -> None:
    strict = {**PROTECTION, "required_status_checks": {"strict": True, "contexts": []}}
    api.pull("fix")
    api.commit("main", {"elsewhere.yaml": "a: 1\n"})
    api.repo("PUT", "/branches/main/protection", strict)
    assert api.repo("GET", "/pulls/1")["mergeable_state"] == "behind"
    assert "out of date" in api.repo("PUT", "/pulls/1/merge", {}, status=405)["message"]
    api.repo("PUT", "/pulls/1/update-branch", {"expected_head_sha": "1" * 40}, status=422)
    api.repo("PUT", "/pulls/1/update-branch", {}, status=202)
    assert api.repo("GET", "/pulls/1")["mergeable_state"] == "clean"
    api.repo("PUT", "/pulls/1/update-branch", {}, status=422)


def test_required_reviews_block_until_someone_approves(api) -> None:
    reviews = {**PROTECTION, "required_status_checks": None}
    reviews["required_pull_request_reviews"] = {"required_approving_review_count": 1}
    api.repo("PUT", "/branches/main/protection", reviews)
    api.pull("fix")
    refused = api.repo("PUT", "/pulls/1/merge", {}, status=405)
    assert refused["message"] == "At least 1 approving review is required by reviewers with write access."
    reviewer = api.as_("reviewer-token")
    reviewer.repo("POST", "/pulls/1/reviews", {"event": "REQUEST_CHANGES", "body": "no"})
    api.repo("PUT", "/pulls/1/merge", {}, status=405)
    reviewer.repo("POST", "/pulls/1/reviews", {"event": "APPROVE"})
    api.repo("PUT", "/pulls/1/merge", {})


def test_a_protected_branch_takes_no_direct_change(api) -> None:
    sha = api.branch("fix", {"a.yaml": "a: 1\n"})
    api.repo("PUT", "/branches/main/protection", PROTECTION)
    refused = api.repo("PATCH", "/git/refs/heads/main", {"sha": sha}, status=422)
    assert refused["message"] == 'Required status check "render" is expected.'
    api.repo("DELETE", "/branches/main/protection", status=204)
    api.repo("GET", "/branches/main/protection", status=404)
    api.repo("PATCH", "/git/refs/heads/main", {"sha": sha})


@pytest.mark.parametrize("bundle", ["fleet.bundle", "platform.bundle"])
def test_recorded_repositories_merge_too(bundle: str, tmp_path: Path, kit) -> None:
    source = kit.require(kit.SHARED / "recordings" / bundle)
    with kit.Forge.open(source, owner="acme", name="fleet", workspace=tmp_path, token=kit.TOKEN) as forge:
        api = kit.Api(forge)
        made = api.pull("fix", {"new/file.yaml": "a: 1\n"})
        assert made["changed_files"] == 1
        assert api.repo("PUT", "/pulls/1/merge", {"merge_method": "squash"})["merged"]
        assert json.loads(api.call("GET", "/repos/acme/fleet/contents/new").body)[0]["name"] == "file.yaml"
