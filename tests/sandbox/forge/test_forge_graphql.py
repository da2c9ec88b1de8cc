"""GraphQL: commits by compare-and-swap, pull requests, and GitHub's shape of errors."""

from __future__ import annotations

import base64
import json

import pytest

COMMIT = """mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { clientMutationId commit { oid url messageHeadline } ref { name } }
}"""
RUN = "scripts/run.sh"


def contents(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def commit_input(api, branch: str = "main", **more: object) -> dict[str, object]:
    return {
        "branch": {"repositoryNameWithOwner": "acme/fleet", "branchName": branch},
        "message": {"headline": "Set replicas", "body": "Why\n\nGitops-Bot-Incident: ab12"},
        "expectedHeadOid": api.forge.branch_commit(branch),
        **more,
    }


def test_a_commit_on_a_branch_keeps_modes_and_is_verified(api) -> None:
    before = api.forge.branch_commit("main")
    changes = {
        "additions": [
            {"path": RUN, "contents": contents("#!/bin/sh\necho new\n")},
            {"path": "new/file.yaml", "contents": contents("a: 1\n")},
        ],
        "deletions": [{"path": "README.md"}],
    }
    done = api.graphql(COMMIT, input=commit_input(api, fileChanges=changes, clientMutationId="mine"))
    made = done["data"]["createCommitOnBranch"]
    sha = made["commit"]["oid"]
    assert sha == api.forge.branch_commit("main")
    assert made["commit"]["url"] == f"http://127.0.0.1:8080/acme/fleet/commit/{sha}"
    assert (made["ref"]["name"], made["clientMutationId"]) == ("main", "mine")
    read = api.repo("GET", f"/git/commits/{sha}")
    assert read["message"] == "Set replicas\n\nWhy\n\nGitops-Bot-Incident: ab12"
    assert (read["parents"][0]["sha"], read["verification"]["verified"]) == (before, True)
    modes = {each["path"]: each["mode"] for each in api.repo("GET", "/git/trees/main?recursive=1")["tree"]}
    assert (modes[RUN], modes["new/file.yaml"]) == ("100755", "100644")
    assert "README.md" not in modes


def test_an_empty_commit_has_its_parents_tree(api) -> None:
    before = api.forge.branch_commit("main")
    done = api.graphql(COMMIT, input=commit_input(api))
    sha = done["data"]["createCommitOnBranch"]["commit"]["oid"]
    assert sha != before
    assert api.forge.tree_of(sha) == api.forge.tree_of(before)


def test_a_branch_that_moved_is_stale_data(api) -> None:
    before = api.forge.branch_commit("main")
    answer = api.graphql(COMMIT, input=commit_input(api, expectedHeadOid="1" * 40))
    assert answer["data"] == {"createCommitOnBranch": None}
    (error,) = answer["errors"]
    assert (error["type"], error["path"]) == ("STALE_DATA", ["createCommitOnBranch"])
    assert error["message"] == f'Expected branch to point to "{"1" * 40}" but it did not.  Pull and try again.'
    assert error["locations"] == [{"line": 2, "column": 3}]
    assert api.forge.branch_commit("main") == before


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"fileChanges": {"deletions": [{"path": "nothing"}]}}, "NOT_FOUND"),
        ({"fileChanges": {"additions": [{"path": "../x", "contents": ""}]}}, "UNPROCESSABLE"),
        ({"fileChanges": {"additions": [{"path": "x", "contents": "%"}]}}, "UNPROCESSABLE"),
        (
            {
                "fileChanges": {
                    "additions": [{"path": "README.md", "contents": ""}],
                    "deletions": [{"path": "README.md"}],
                }
            },
            "UNPROCESSABLE",
        ),
        ({"branch": {"repositoryNameWithOwner": "acme/fleet", "branchName": "nowhere"}}, "NOT_FOUND"),
        ({"branch": {"repositoryNameWithOwner": "acme/other", "branchName": "main"}}, "NOT_FOUND"),
        ({"message": {"headline": None}}, "UNPROCESSABLE"),
    ],
)
def test_a_commit_is_refused_and_nothing_moves(api, changes: dict[str, object], kind: str) -> None:
    before = api.forge.branch_commit("main")
    answer = api.graphql(COMMIT, input={**commit_input(api), **changes})
    assert [error["type"] for error in answer["errors"]] == [kind]
    assert api.forge.branch_commit("main") == before


def test_a_protected_branch_takes_no_commit(api) -> None:
    protection = {"required_status_checks": None, "enforce_admins": True, "restrictions": None}
    protection["required_pull_request_reviews"] = {"required_approving_review_count": 1}
    api.repo("PUT", "/branches/main/protection", protection)
    (error,) = api.graphql(COMMIT, input=commit_input(api))["errors"]
    assert "Changes must be made through a pull request." in error["message"]


def test_a_read_only_token_may_not_write(api) -> None:
    answer = api.as_("read-only-token").graphql(COMMIT, input=commit_input(api))
    assert [(error["type"], error["message"]) for error in answer["errors"]] == [
        ("FORBIDDEN", "Resource not accessible by integration")
    ]


def test_a_pull_request_lives_through_graphql(api) -> None:
    head = api.forge.branch_commit("main")
    create_ref = (
        "mutation($input: CreateRefInput!) { createRef(input: $input) { ref { id name prefix target { oid } } } }"
    )
    given = {"repositoryId": "R_1", "name": "refs/heads/gitops-bot/a/1", "oid": head}
    ref = api.graphql(create_ref, input=given)["data"]["createRef"]["ref"]
    assert ref == {
        "id": "REF_refs/heads/gitops-bot/a/1",
        "name": "gitops-bot/a/1",
        "prefix": "refs/heads/",
        "target": {"oid": head},
    }
    assert api.graphql(create_ref, input=given)["errors"][0]["type"] == "UNPROCESSABLE"
    api.graphql(COMMIT, input={**commit_input(api), "branch": {"id": ref["id"]}})
    create = """mutation($input: CreatePullRequestInput!) {
      createPullRequest(input: $input) { pullRequest { id number state mergeStateStatus mergeable url } } }"""
    asked = {"repositoryId": "R_1", "baseRefName": "main", "headRefName": "gitops-bot/a/1", "title": "T", "body": "B"}
    pull = api.graphql(create, input=asked)["data"]["createPullRequest"]["pullRequest"]
    assert (pull["number"], pull["state"], pull["mergeStateStatus"], pull["mergeable"]) == (
        1,
        "OPEN",
        "CLEAN",
        "MERGEABLE",
    )
    (again,) = api.graphql(create, input=asked)["errors"]
    assert again["message"] == "A pull request already exists for acme:gitops-bot/a/1."
    update = (
        "mutation($input: UpdatePullRequestInput!) { updatePullRequest(input: $input) { pullRequest { title body } } }"
    )
    changed = api.graphql(update, input={"pullRequestId": pull["id"], "title": "New"})["data"]
    assert changed["updatePullRequest"]["pullRequest"] == {"title": "New", "body": "B"}
    comment = """mutation($input: AddCommentInput!) { addComment(input: $input) {
      subject { id } commentEdge { node { body author { login __typename ... on Bot { url } } } } } }"""
    added = api.graphql(comment, input={"subjectId": pull["id"], "body": "hello"})["data"]["addComment"]
    assert added["commentEdge"]["node"]["author"] == {
        "login": "gitops-bot",
        "__typename": "Bot",
        "url": "http://127.0.0.1:8080/gitops-bot[bot]",
    }
    close = (
        "mutation($input: ClosePullRequestInput!) { closePullRequest(input: $input) { pullRequest { state closed } } }"
    )
    closed = api.graphql(close, input={"pullRequestId": pull["id"]})["data"]["closePullRequest"]["pullRequest"]
    assert closed == {"state": "CLOSED", "closed": True}
    assert api.graphql(close, input={"pullRequestId": "PR_9"})["errors"][0]["type"] == "NOT_FOUND"


ENABLE = """mutation($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) {
    pullRequest { autoMergeRequest { mergeMethod enabledBy { login } } } } }"""


def refusal(api) -> str:
    (error,) = api.graphql(ENABLE, input={"pullRequestId": "PR_1"})["errors"]
    return str(error["message"])


def test_auto_merge_waits_for_checks_and_refuses_a_clean_request(api) -> None:
    sha = api.pull("fix")["head"]["sha"]
    assert refusal(api) == "Pull request Protected branch rules not configured for this branch"
    protection = {"required_status_checks": {"strict": False, "contexts": ["render"]}, "enforce_admins": None}
    protection |= {"required_pull_request_reviews": None, "restrictions": None}
    api.repo("PUT", "/branches/main/protection", protection)
    api.repo("PATCH", "", {"allow_auto_merge": False})
    assert refusal(api) == "Auto merge is not allowed for this repository"
    api.repo("PATCH", "", {"allow_auto_merge": True})
    enabled = api.graphql(ENABLE, input={"pullRequestId": "PR_1", "mergeMethod": "SQUASH"})
    request = enabled["data"]["enablePullRequestAutoMerge"]["pullRequest"]["autoMergeRequest"]
    assert request == {"mergeMethod": "SQUASH", "enabledBy": {"login": "gitops-bot"}}
    assert api.repo("GET", "/pulls/1")["auto_merge"]["merge_method"] == "squash"
    api.repo("POST", f"/statuses/{sha}", {"state": "success", "context": "render"}, status=201)
    merged = api.repo("GET", "/pulls/1")
    assert (merged["merged"], merged["merge_commit_sha"]) == (True, api.forge.branch_commit("main"))
    sha = api.pull("next", {"next.yaml": "a: 1\n"})["head"]["sha"]
    api.repo("POST", f"/statuses/{sha}", {"state": "success", "context": "render"}, status=201)
    (error,) = api.graphql(ENABLE, input={"pullRequestId": "PR_2"})["errors"]
    assert error["message"] == "Pull request Pull request is in clean status"


def test_a_query_reads_what_it_names_with_aliases_fragments_and_directives(api) -> None:
    api.pull("fix", labels=["x"])
    api.pull("more", {"more.yaml": "a: 1\n"})
    query = """query Read($owner: String!, $name: String = "fleet", $first: Int!, $no: Boolean = false) {
      repository(owner: $owner, name: $name) {
        branch: defaultBranchRef { name target {
          ...tip ... on Commit { history(first: 2) { totalCount nodes { oid } } } } }
        pullRequests(first: $first, states: [OPEN], orderBy: {field: CREATED_AT, direction: DESC}) {
          totalCount pageInfo { hasNextPage endCursor } nodes { number author { login } commits(last: 1) {
            nodes { commit { messageHeadline statusCheckRollup { state } } } } } }
        pullRequest(number: 1) { title @include(if: $no) number headRefName baseRefOid }
        missing: ref(qualifiedName: "refs/heads/nowhere") { name }
      }
      viewer { login }
    }
    fragment tip on Commit { __typename oid messageHeadline }"""
    data = api.graphql(query, owner="acme", first=1)["data"]
    found = data["repository"]
    head = api.forge.branch_commit("main")
    assert found["branch"]["target"]["oid"] == head
    assert found["branch"]["target"]["__typename"] == "Commit"
    assert found["branch"]["target"]["history"]["totalCount"] == 3
    page = found["pullRequests"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], page["nodes"][0]["number"]) == (2, True, 2)
    assert page["nodes"][0]["commits"]["nodes"] == [
        {"commit": {"messageHeadline": "Change", "statusCheckRollup": None}}
    ]
    assert found["pullRequest"] == {"number": 1, "headRefName": "fix", "baseRefOid": head}
    assert (found["missing"], data["viewer"]["login"]) == (None, "gitops-bot")
    second = """query($a: String!) { repository(owner: "acme", name: "fleet") {
      pullRequests(first: 5, after: $a) { nodes { number } } } }"""
    rest = api.graphql(second, a=base64.b64encode(b"cursor:0").decode())
    assert rest["data"]["repository"]["pullRequests"]["nodes"] == [{"number": 2}]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ nothing }", "Field 'nothing' doesn't exist on type 'Query'"),
        ("mutation { createRef(input: {}) { ref { nope } } }", "Field 'nope' doesn't exist on type 'Ref'"),
        ("{ viewer }", "Field must have selections (field 'viewer' returns Actor but has no selections.)"),
        ("{ viewer { login { x } } }", "Selections can't be made on scalars"),
        ("{ viewer { ...gone } }", "Fragment gone was used, but not defined"),
        ("query($x: Int!) { viewer { login } }", "Variable $x of type Int! was provided invalid value"),
        ("{ viewer { login }", "Parse error on 'end of document'"),
        ("{ viewer % }", "Parse error on '%' at [1, 10]"),
        ("subscription { x }", "Parse error on 'subscription' at [1, 1]"),
        ("{ viewer { ...a } } fragment a on Actor { ...a }", "Fragment a contains an infinite loop"),
    ],
)
def test_a_document_with_a_mistake_does_nothing(api, query: str, message: str) -> None:
    answer = api.graphql(query)
    assert "data" not in answer
    assert answer["errors"][0]["message"].startswith(message)


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ('{ repository(owner: "acme", name: "other") { id } }', "NOT_FOUND"),
        ('{ repository(owner: "acme", name: "fleet") { pullRequest(number: 7) { id } } }', "NOT_FOUND"),
        (
            '{ repository(owner: "acme", name: "fleet") { pullRequests { totalCount } } }',
            "MISSING_PAGINATION_BOUNDARIES",
        ),
        ('{ node(id: "PR_7") { id } }', "NOT_FOUND"),
    ],
)
def test_what_is_not_there_is_null_with_an_error(api, query: str, kind: str) -> None:
    assert [error["type"] for error in api.graphql(query)["errors"]] == [kind]


def test_nobody_may_ask(api) -> None:
    request = type(api).request_of("POST", "/api/graphql", "wrong", b"{}")
    assert json.loads(api.forge.handle(request).body)["message"] == "Bad credentials"
