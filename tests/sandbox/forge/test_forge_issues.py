"""Issues, comments, labels, reactions and search over REST."""

from __future__ import annotations

import pytest


def titles(found: list[dict[str, str]]) -> list[str]:
    return [each["title"] for each in found]


def test_an_issue_is_opened_edited_and_closed(api) -> None:
    made = api.repo("POST", "/issues", {"title": "Dashboard", "body": "x", "labels": ["gitops-bot"]}, status=201)
    assert (made["number"], made["state"], made["comments"], made["user"]["type"]) == (1, "open", 0, "Bot")
    assert made["html_url"].endswith("/acme/fleet/issues/1")
    assert "pull_request" not in made
    edited = api.repo("PATCH", "/issues/1", {"title": "Board", "body": "y", "labels": ["a", "A", "b"]})
    assert (edited["title"], edited["body"], [each["name"] for each in edited["labels"]]) == ("Board", "y", ["a", "b"])
    closed = api.repo("PATCH", "/issues/1", {"state": "closed", "state_reason": "not_planned"})
    assert (closed["state"], closed["state_reason"], closed["closed_by"]["login"]) == (
        "closed",
        "not_planned",
        "gitops-bot[bot]",
    )
    assert api.repo("PATCH", "/issues/1", {"state": "open"})["state_reason"] == "reopened"


@pytest.mark.parametrize("fields", [{"title": " "}, {"title": "x", "body": "y" * 65_537}, {"title": 7}, {"body": "y"}])
def test_an_issue_is_refused(api, fields: dict[str, object]) -> None:
    api.repo("POST", "/issues", fields, status=422)
    assert api.repo("GET", "/issues") == []


def test_issues_are_listed_with_pull_requests_among_them(api) -> None:
    api.repo("POST", "/issues", {"title": "One", "labels": ["kind/a", "b"]}, status=201)
    api.pull("fix", title="Two")
    api.repo("POST", "/issues", {"title": "Three", "labels": ["b"]}, status=201)
    api.repo("PATCH", "/issues/3", {"state": "closed"})
    found = api.repo("GET", "/issues?state=all")
    assert titles(found) == ["Three", "Two", "One"]
    assert [("pull_request" in each) for each in found] == [False, True, False]
    assert titles(api.repo("GET", "/issues?labels=b,Kind/A")) == ["One"]
    assert titles(api.repo("GET", "/issues?state=closed&labels=b")) == ["Three"]
    assert titles(api.repo("GET", "/issues?state=all&sort=updated&direction=asc")) == ["One", "Two", "Three"]
    assert titles(api.repo("GET", "/issues?creator=nobody")) == []
    assert titles(api.repo("GET", "/issues?since=2027-01-01T00:00:00Z")) == []
    api.repo("GET", "/issues?since=yesterday", status=422)


def test_closing_a_pull_request_as_an_issue_closes_it(api) -> None:
    api.pull("fix")
    api.repo("PATCH", "/issues/1", {"state": "closed", "labels": ["quarantine"]})
    read = api.repo("GET", "/pulls/1")
    assert (read["state"], [each["name"] for each in read["labels"]]) == ("closed", ["quarantine"])


def test_comments_are_written_edited_and_deleted(api) -> None:
    api.repo("POST", "/issues", {"title": "One"}, status=201)
    made = api.repo("POST", "/issues/1/comments", {"body": "/approve"}, status=201)
    human = api.as_("reviewer-token").repo("POST", "/issues/1/comments", {"body": "ok"}, status=201)
    assert (human["user"]["login"], human["user"]["type"]) == ("grace", "User")
    edited = api.repo("PATCH", f"/issues/comments/{made['id']}", {"body": "edited"})
    assert edited["updated_at"] > edited["created_at"]
    assert [each["body"] for each in api.repo("GET", "/issues/1/comments")] == ["edited", "ok"]
    assert len(api.repo("GET", "/issues/comments")) == 2
    assert len(api.repo("GET", f"/issues/1/comments?since={edited['updated_at']}")) == 1
    assert api.repo("GET", "/issues/1")["comments"] == 2
    api.repo("DELETE", f"/issues/comments/{made['id']}", status=204)
    api.repo("GET", f"/issues/comments/{made['id']}", status=404)
    api.repo("POST", "/issues/1/comments", {"body": ""}, status=422)
    api.repo("POST", "/issues/9/comments", {"body": "x"}, status=404)


def test_reactions_answer_a_comment_once(api) -> None:
    api.repo("POST", "/issues", {"title": "One"}, status=201)
    comment = api.repo("POST", "/issues/1/comments", {"body": "/approve"}, status=201)["id"]
    for place in (f"/issues/comments/{comment}/reactions", "/issues/1/reactions"):
        made = api.repo("POST", place, {"content": "eyes"}, status=201)
        assert api.repo("POST", place, {"content": "eyes"})["id"] == made["id"]
        assert api.repo("GET", f"{place}?content=eyes")[0]["content"] == "eyes"
        api.repo("POST", place, {"content": "frown"}, status=422)
        api.repo("DELETE", f"{place}/{made['id']}", status=204)
        assert api.repo("GET", place) == []
    assert api.repo("GET", f"/issues/comments/{comment}")["reactions"]["total_count"] == 0


def test_labels_of_the_repository(api) -> None:
    made = api.repo("POST", "/labels", {"name": "gitops-bot: freeze", "color": "5319e7"}, status=201)
    assert made["url"].endswith("/labels/gitops-bot%3A%20freeze")
    again = api.repo("POST", "/labels", {"name": "GITOPS-BOT: freeze"}, status=422)
    assert again["errors"][0]["code"] == "already_exists"
    api.repo("POST", "/labels", {"name": "x", "color": "red"}, status=422)
    assert api.repo("GET", "/labels/GitOps-bot%3A%20freeze")["color"] == "5319e7"
    api.repo("POST", "/issues", {"title": "One", "labels": ["gitops-bot: freeze"]}, status=201)
    api.repo("PATCH", "/labels/gitops-bot%3A%20freeze", {"new_name": "thaw", "description": "go"})
    assert [each["name"] for each in api.repo("GET", "/issues/1/labels")] == ["thaw"]
    api.repo("DELETE", "/labels/thaw", status=204)
    assert api.repo("GET", "/issues/1/labels") == []
    assert "bug" in [each["name"] for each in api.repo("GET", "/labels?per_page=100")]


def test_labels_on_an_issue(api) -> None:
    api.repo("POST", "/issues", {"title": "One"}, status=201)

    def names(found: list[dict[str, str]]) -> list[str]:
        return [each["name"] for each in found]

    assert names(api.repo("POST", "/issues/1/labels", {"labels": ["a", "b/c"]})) == ["a", "b/c"]
    assert names(api.repo("POST", "/issues/1/labels", {"labels": ["a", "d"]})) == ["a", "b/c", "d"]
    assert names(api.repo("DELETE", "/issues/1/labels/b%2Fc")) == ["a", "d"]
    assert api.repo("DELETE", "/issues/1/labels/b%2Fc", status=404)["message"] == "Label does not exist"
    assert names(api.repo("PUT", "/issues/1/labels", {"labels": ["z"]})) == ["z"]
    api.repo("DELETE", "/issues/1/labels", status=204)
    assert api.repo("GET", "/issues/1/labels") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("repo:acme/fleet is:pr head:fix", ["Fix search"]),
        ("repo:acme/other is:pr", []),
        ("is:open is:issue", ["Dashboard"]),
        ("is:closed", ["Old"]),
        ("fingerprint-ab12 in:body", ["Fix search"]),
        ("fingerprint-ab12 in:title", []),
        ('"fix SEARCH" in:title', ["Fix search"]),
        ("label:board", ["Dashboard"]),
        ("-label:board is:open author:app/gitops-bot", ["Fix search"]),
        ("base:main state:open", ["Fix search"]),
        ("deep in:comments", ["Old"]),
        ("is:merged", []),
        ("draft:false is:pr", ["Fix search"]),
        ("draft:true", []),
        ("created:>=2026-11-23 is:open", ["Dashboard", "Fix search"]),
        ("updated:<2026-11-23T12:00:00Z", []),
        ("closed:2026-11-23", ["Old"]),
        ("created:2026-11-22..2026-11-23 is:issue is:open", ["Dashboard"]),
        ("merged:>2026-11-01", []),
    ],
)
def test_search_finds_by_qualifiers_and_words(api, query: str, expected: list[str]) -> None:
    api.pull("fix", title="Fix search", body="<!-- fingerprint-ab12 -->")
    api.repo("POST", "/issues", {"title": "Dashboard", "labels": ["board"]}, status=201)
    api.repo("POST", "/issues", {"title": "Old"}, status=201)
    api.repo("POST", "/issues/3/comments", {"body": "deep down"}, status=201)
    api.repo("PATCH", "/issues/3", {"state": "closed"})
    response = api.call("GET", f"/search/issues?q={query.replace(' ', '+')}")
    found = type(api).json(response)
    assert (titles(found["items"]), found["total_count"]) == (expected, len(expected))
    assert found["incomplete_results"] is False
