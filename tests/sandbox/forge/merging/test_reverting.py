"""A merged pull request is taken back by another one."""

from __future__ import annotations

import pytest

REVERT = """mutation($input: RevertPullRequestInput!) { revertPullRequest(input: $input) {
  pullRequest { number } revertPullRequest { number title body headRefName baseRefName state } } }"""
SEARCH = "apps/search/search.yaml"


def revert(wire, **more: object):
    return wire.graphql(REVERT, input={"pullRequestId": "PR_1", **more})


@pytest.mark.parametrize("method", ["merge", "squash", "rebase"])
def test_it_undoes_every_commit_and_nothing_else(wire, method: str) -> None:
    before = wire.repo("GET", f"/contents/{SEARCH}")["sha"]
    wire.pull("fix", title="Fix search")
    wire.commit("fix", {"second.yaml": "a: 1\n"}, message="Second")
    wire.repo("PUT", "/pulls/1/merge", {"merge_method": method})
    wire.forge.commit("main", {"meanwhile.yaml": "a: 1\n"})
    made = revert(wire)["data"]["revertPullRequest"]
    assert made == {
        "pullRequest": {"number": 1},
        "revertPullRequest": {
            "number": 2,
            "title": 'Revert "Fix search"',
            "body": "Reverts acme/fleet#1",
            "headRefName": "revert-1-fix",
            "baseRefName": "main",
            "state": "OPEN",
        },
    }
    assert {each["filename"] for each in wire.repo("GET", "/pulls/2/files")} == {SEARCH, "second.yaml"}
    wire.repo("PUT", "/pulls/2/merge", {})
    assert wire.repo("GET", f"/contents/{SEARCH}")["sha"] == before
    wire.repo("GET", "/contents/second.yaml", status=404)
    wire.repo("GET", "/contents/meanwhile.yaml")


def test_its_words_and_its_name_are_free(wire) -> None:
    wire.pull("fix")
    wire.repo("PUT", "/pulls/1/merge", {})
    wire.forge.commit("revert-1-fix", {"x.yaml": "a: 1\n"}, start="main")
    made = revert(wire, title="Back", body="because", draft=True)["data"]["revertPullRequest"]["revertPullRequest"]
    assert (made["title"], made["body"], made["headRefName"]) == ("Back", "because", "revert-1-fix-1")


def test_what_is_not_merged_or_conflicts_is_refused(wire) -> None:
    wire.pull("fix", {SEARCH: "replicas: 2\n"})
    (error,) = revert(wire)["errors"]
    assert (error["type"], error["path"]) == ("UNPROCESSABLE", ["revertPullRequest"])
    wire.repo("PUT", "/pulls/1/merge", {})
    wire.forge.commit("main", {SEARCH: "replicas: 9\n"})
    assert "could not be reverted" in revert(wire)["errors"][0]["message"]
