"""Pull requests over REST: opening, listing, editing, and what branches do to them."""

from __future__ import annotations

import pytest

SEARCH = "apps/search/search.yaml"


def test_a_pull_request_is_opened_listed_and_read(api) -> None:
    made = api.pull("fix/search", title="Fix search")
    assert (made["number"], made["state"], made["mergeable"], made["mergeable_state"]) == (1, "open", True, "clean")
    assert (made["commits"], made["changed_files"], made["additions"], made["deletions"]) == (1, 1, 1, 1)
    assert made["html_url"] == "http://127.0.0.1:8080/acme/fleet/pull/1"
    files = api.repo("GET", "/pulls/1/files")
    assert files[0]["filename"] == SEARCH
    assert files[0]["patch"].startswith("@@ -1,2 +1,2 @@")
    assert [each["commit"]["message"] for each in api.repo("GET", "/pulls/1/commits")] == ["Change"]
    assert b"+replicas: 2" in api.call("GET", "/repos/acme/fleet/pulls/1", accept="application/vnd.github.diff").body


def test_pull_requests_are_found_by_head_base_and_state(api) -> None:
    api.pull("fix/search")
    api.pull("other", {"other.yaml": "a: 1\n"})
    api.repo("PATCH", "/pulls/2", {"state": "closed"})

    def numbers(query: str) -> list[int]:
        return [each["number"] for each in api.repo("GET", f"/pulls?{query}")]

    assert numbers("head=acme:fix/search&state=all") == [1]
    assert numbers("head=ACME:nowhere") == []
    assert numbers("head=nowhere") == [1], "GitHub passes over a head without an owner"
    assert numbers("base=main&state=closed") == [2]
    assert numbers("base=other&state=all") == []
    assert numbers("state=all") == [2, 1]
    assert numbers("state=all&direction=asc") == [1, 2]
    assert numbers("state=all&sort=updated&direction=desc") == [2, 1]


def test_an_empty_commit_is_enough_for_a_pull_request(api) -> None:
    api.branch("resync")
    made = api.repo("POST", "/pulls", {"title": "Resync", "head": "resync", "base": "main"}, status=201)
    assert (made["commits"], made["changed_files"], made["body"]) == (1, 0, None)
    assert api.repo("PUT", "/pulls/1/merge", {"merge_method": "squash"})["merged"] is True


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"head": "fix"}, "A pull request already exists for acme:fix."),
        ({"head": "acme:fix"}, "A pull request already exists for acme:fix."),
        ({"head": "idle"}, "No commits between main and idle"),
    ],
)
def test_a_pull_request_is_refused_in_githubs_words(api, fields: dict[str, str], message: str) -> None:
    api.pull("fix")
    api.repo("POST", "/git/refs", {"ref": "refs/heads/idle", "sha": api.forge.branch_commit("main")}, status=201)
    refused = api.repo("POST", "/pulls", {"title": "Again", "base": "main", **fields}, status=422)
    assert refused["message"] == "Validation Failed"
    assert refused["errors"] == [{"resource": "PullRequest", "code": "custom", "message": message}]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"head": "nowhere"}, "head"),
        ({"head": "someone:fix"}, "head"),
        ({"base": "nowhere"}, "base"),
        ({"title": " "}, "title"),
        ({"body": "x" * 65_537}, "body"),
    ],
)
def test_a_pull_request_is_refused_by_its_field(api, fields: dict[str, str], field: str) -> None:
    api.branch("fix", {"a.yaml": "a: 1\n"})
    refused = api.repo("POST", "/pulls", {"title": "Fix", "head": "fix", "base": "main", **fields}, status=422)
    assert [error["field"] for error in refused["errors"]] == [field]
    assert api.repo("GET", "/pulls") == []


def test_title_body_and_state_are_edited(api) -> None:
    api.pull("fix")
    edited = api.repo("PATCH", "/pulls/1", {"title": "Better", "body": "more"})
    assert (edited["title"], edited["body"], edited["state"]) == ("Better", "more", "open")
    closed = api.repo("PATCH", "/pulls/1", {"state": "closed"})
    assert (closed["state"], closed["merged"], closed["mergeable"]) == ("closed", False, None)
    assert closed["closed_at"] is not None
    assert api.repo("PATCH", "/pulls/1", {"state": "open"})["closed_at"] is None


def test_the_base_can_change_and_an_unknown_one_changes_nothing(api) -> None:
    api.pull("fix")
    api.branch("release", {"release.yaml": "a: 1\n"})
    refused = api.repo("PATCH", "/pulls/1", {"title": "New", "base": "nowhere"}, status=422)
    assert refused["errors"][0]["field"] == "base"
    assert api.repo("GET", "/pulls/1")["title"] == "Change fix"
    assert api.repo("PATCH", "/pulls/1", {"base": "release"})["base"]["ref"] == "release"


def test_a_commit_on_the_branch_moves_the_head(api) -> None:
    before = api.pull("fix")
    sha = api.commit("fix", {SEARCH: "replicas: 3\n"})
    after = api.repo("GET", "/pulls/1")
    assert after["head"]["sha"] == sha != before["head"]["sha"]
    assert after["commits"] == 2
    assert after["updated_at"] > before["updated_at"]


def test_deleting_the_branch_closes_the_pull_request_for_good(api) -> None:
    api.pull("fix")
    api.repo("DELETE", "/git/refs/heads/fix", status=204)
    assert api.repo("GET", "/pulls/1")["state"] == "closed"
    refused = api.repo("PATCH", "/pulls/1", {"state": "open"}, status=422)
    assert "The fix branch has been deleted" in refused["errors"][0]["message"]


def test_the_same_commits_pushed_to_the_base_merge_it(api) -> None:
    made = api.pull("fix")
    api.repo("PATCH", "/git/refs/heads/main", {"sha": made["head"]["sha"]})
    merged = api.repo("GET", "/pulls/1")
    assert (merged["merged"], merged["state"], merged["merge_commit_sha"]) == (True, "closed", made["head"]["sha"])
    api.repo("GET", "/pulls/1/merge", status=204)


def test_a_branch_taken_back_to_its_base_closes_without_a_merge(api) -> None:
    api.pull("fix")
    api.repo("PATCH", "/git/refs/heads/fix", {"sha": api.forge.branch_commit("main"), "force": True})
    closed = api.repo("GET", "/pulls/1")
    assert (closed["merged"], closed["state"]) == (False, "closed")


def test_pages_have_links(api) -> None:
    for number in range(5):
        api.pull(f"fix-{number}", {f"{number}.yaml": "a: 1\n"})
    response = api.call("GET", "/repos/acme/fleet/pulls?state=open&per_page=2&page=2")
    root = "http://127.0.0.1:8080/api/v3/repos/acme/fleet/pulls?state=open&per_page=2&page="
    assert response.headers["link"] == (
        f'<{root}1>; rel="prev", <{root}3>; rel="next", <{root}3>; rel="last", <{root}1>; rel="first"'
    )
    assert "link" not in api.call("GET", "/repos/acme/fleet/pulls").headers


def test_reviews_and_requests_for_them(api) -> None:
    api.pull("fix")
    asked = api.repo("POST", "/pulls/1/requested_reviewers", {"reviewers": ["grace"]}, status=201)
    assert [each["login"] for each in asked["requested_reviewers"]] == ["grace"]
    refused = api.repo("POST", "/pulls/1/reviews", {"event": "APPROVE"}, status=422)
    assert refused["errors"] == ["Can not approve your own pull request"]
    given = api.as_("reviewer-token").repo("POST", "/pulls/1/reviews", {"event": "APPROVE", "body": "fine"})
    assert (given["state"], given["user"]["login"]) == ("APPROVED", "grace")
    assert api.repo("GET", "/pulls/1/requested_reviewers")["users"] == []
    assert [each["id"] for each in api.repo("GET", "/pulls/1/reviews")] == [given["id"]]
    assert api.repo("GET", f"/pulls/1/reviews/{given['id']}")["body"] == "fine"
    api.repo("GET", "/pulls/1/reviews/9999", status=404)
