"""One query reads all that a bot wants to know of its pull requests and issues."""

from __future__ import annotations

from gitops_bot.sandbox.forge import Protection

READ = """query($labels: [String!], $after: String) {
  repository(owner: "acme", name: "fleet") {
    viewerPermission
    pullRequests(first: 1, after: $after, states: [OPEN], labels: $labels) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes {
        number id title body state isDraft mergeable mergeStateStatus reviewDecision authorAssociation
        headRefName headRefOid baseRefOid closedAt mergedAt mergeCommit { oid } autoMergeRequest { mergeMethod }
        mergeQueueEntry { position } isInMergeQueue changedFiles files(first: 5) { nodes { path additions } }
        author { login __typename } labels(first: 5) { nodes { name } }
        comments(last: 1) { totalCount nodes { body authorAssociation lastEditedAt author { login } } }
        commits(last: 1) { nodes { commit {
          oid author { name user { login } } committer { email } signature { isValid wasSignedByGitHub state }
          statusCheckRollup { state contexts(first: 9) { nodes { __typename
            ... on StatusContext { context state } ... on CheckRun { name conclusion } } } } } } }
        latestReviews(first: 5) { nodes { state author { login } } }
      }
    }
    issues(first: 10, states: [OPEN], labels: ["dashboard"]) { nodes { number title stateReason } }
  }
  search(query: "repo:acme/fleet is:pr head:two", type: ISSUE, first: 5) {
    issueCount nodes { __typename ... on PullRequest { number } }
  }
  rateLimit { limit remaining used resetAt cost }
}"""


def prepare(wire) -> None:
    wire.forge.protect("main", Protection(contexts=("render",)))
    for name in ("one", "two"):
        wire.pull(name, {f"{name}.yaml": "a: 1\n"})
        wire.repo("POST", f"/issues/{1 if name == 'one' else 2}/labels", {"labels": ["gitops-bot"]})
    wire.repo("POST", "/issues", {"title": "Board", "labels": ["dashboard"]}, status=201)
    wire.forge.report("one", "render")
    head = wire.forge.branch_commit("one")
    wire.repo("POST", "/check-runs", {"name": "lint", "head_sha": head, "conclusion": "failure"}, status=201)
    wire.forge.comment(1, "ok?", login="grace")
    wire.as_("reviewer-token").repo("POST", "/pulls/1/reviews", {"event": "APPROVE"})


def test_everything_comes_with_one_request(wire) -> None:
    prepare(wire)
    data = wire.graphql(READ, labels=["gitops-bot"])["data"]
    page = data["repository"]["pullRequests"]
    (pull,) = page["nodes"]
    assert (page["totalCount"], page["pageInfo"]["hasNextPage"], data["repository"]["viewerPermission"]) == (
        2,
        True,
        "WRITE",
    )
    assert (pull["number"], pull["mergeStateStatus"], pull["reviewDecision"]) == (1, "UNSTABLE", "APPROVED")
    assert pull["author"] == {"login": "gitops-bot", "__typename": "Bot"}
    assert pull["labels"]["nodes"] == [{"name": "gitops-bot"}]
    assert (pull["changedFiles"], pull["files"]["nodes"]) == (1, [{"path": "one.yaml", "additions": 1}])
    (comment,) = pull["comments"]["nodes"]
    assert (comment["author"]["login"], comment["authorAssociation"], comment["lastEditedAt"]) == (
        "grace",
        "MEMBER",
        None,
    )
    commit = pull["commits"]["nodes"][0]["commit"]
    assert commit["signature"] is None, "a commit made by REST is not signed"
    contexts = {each["__typename"]: each for each in commit["statusCheckRollup"]["contexts"]["nodes"]}
    assert contexts["StatusContext"] == {"__typename": "StatusContext", "context": "render", "state": "SUCCESS"}
    assert contexts["CheckRun"]["conclusion"] == "FAILURE"
    assert pull["latestReviews"]["nodes"] == [{"state": "APPROVED", "author": {"login": "grace"}}]
    assert data["repository"]["issues"]["nodes"] == [{"number": 3, "title": "Board", "stateReason": None}]
    assert data["search"] == {"issueCount": 1, "nodes": [{"__typename": "PullRequest", "number": 2}]}
    assert data["rateLimit"]["limit"] == 5000
    assert data["rateLimit"]["resetAt"].startswith("2026-11-23T13:")
    second = wire.graphql(READ, labels=["gitops-bot"], after=page["pageInfo"]["endCursor"])
    page = second["data"]["repository"]["pullRequests"]
    assert ([each["number"] for each in page["nodes"]], page["pageInfo"]["hasNextPage"]) == ([2], False)
    assert wire.graphql(READ, labels=["other"])["data"]["repository"]["pullRequests"]["nodes"] == []


def test_a_commit_by_mutation_is_signed_and_tells_who_asked(wire) -> None:
    wire.pull("one")
    commit = "mutation($input: CreateCommitOnBranchInput!) { createCommitOnBranch(input: $input) { commit { oid } } }"
    branch = {"repositoryNameWithOwner": "acme/fleet", "branchName": "one"}
    given = {"branch": branch, "message": {"headline": "x"}, "expectedHeadOid": wire.forge.branch_commit("one")}
    wire.as_("reviewer-token").graphql(commit, input=given)
    found = wire.graphql(READ)["data"]["repository"]["pullRequests"]["nodes"][0]["commits"]["nodes"][0]["commit"]
    assert found["signature"] == {"isValid": True, "wasSignedByGitHub": True, "state": "VALID"}
    assert found["author"] == {"name": "grace", "user": {"login": "grace"}}


def test_closed_and_merged_ones_tell_when(wire) -> None:
    wire.pull("one")
    wire.repo("PUT", "/pulls/1/merge", {"merge_method": "squash"})
    query = """{ repository(owner: "acme", name: "fleet") { pullRequests(first: 5, states: [MERGED], headRefName: "one")
      { nodes { state merged closedAt mergedAt mergedBy { login } mergeCommit { oid } mergeable } } } }"""
    (pull,) = wire.graphql(query)["data"]["repository"]["pullRequests"]["nodes"]
    assert (pull["state"], pull["merged"], pull["mergeable"]) == ("MERGED", True, "UNKNOWN")
    assert pull["mergedAt"] == pull["closedAt"]
    assert pull["mergeCommit"]["oid"] == wire.forge.branch_commit("main")


def test_drafts_are_made_and_made_ready(wire) -> None:
    wire.pull("one")
    for mutation, draft in (("convertPullRequestToDraft", True), ("markPullRequestReadyForReview", False)):
        kind = mutation[0].upper() + mutation[1:]
        query = f"mutation($input: {kind}Input!) {{ {mutation}(input: $input) {{ pullRequest {{ isDraft }} }} }}"
        answer = wire.graphql(query, input={"pullRequestId": "PR_1"})
        assert answer["data"][mutation]["pullRequest"]["isDraft"] is draft
