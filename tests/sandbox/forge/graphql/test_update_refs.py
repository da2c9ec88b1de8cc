"""Several branches made, moved and deleted at once, all or none, each where it was expected to stand."""

from __future__ import annotations

import pytest

from gitops_bot.sandbox.forge import Protection

UPDATE = "mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }"
ABSENT = "0" * 40


def update(wire, *updates: dict[str, object]):
    return wire.graphql(UPDATE, input={"repositoryId": "R_1", "refUpdates": list(updates), "clientMutationId": "mine"})


def ref(branch: str, after: str, **more: object) -> dict[str, object]:
    return {"name": f"refs/heads/{branch}", "afterOid": after, **more}


def heads(wire) -> dict[str, str]:
    return {each["name"]: each["commit"]["sha"] for each in wire.repo("GET", "/branches")}


@pytest.fixture
def three(wire) -> tuple[str, str, str]:
    """The heads of main, one and two."""
    main = wire.forge.branch_commit("main")
    return main, wire.branch("one", {"a.yaml": "a: 1\n"}), wire.branch("two", {"b.yaml": "b: 1\n"})


def test_branches_are_made_moved_and_deleted_at_once(wire, three) -> None:
    _, one, two = three
    done = update(
        wire,
        ref("new", one, beforeOid=ABSENT),
        ref("two", one, beforeOid=two, force=True),
        ref("one", ABSENT, beforeOid=one),
        ref("main", one),
    )
    assert done["data"]["updateRefs"] == {"clientMutationId": "mine"}
    assert heads(wire) == {"main": one, "new": one, "two": one}


@pytest.mark.parametrize(
    ("wrong", "kind", "words"),
    [
        (ref("two", "one", beforeOid="main", force=True), "STALE_DATA", "Expected refs/heads/two"),
        (ref("two", "one", beforeOid=ABSENT), "STALE_DATA", "Expected refs/heads/two"),
        (ref("two", "one"), "UNPROCESSABLE", "Update is not a fast forward"),
        (ref("two", "1" * 40), "UNPROCESSABLE", "No object"),
        (ref("gone", ABSENT), "NOT_FOUND", "Could not resolve to a Ref"),
        ({"name": "refs/tags/v1", "afterOid": "one"}, "UNPROCESSABLE", "branches only"),
    ],
)
def test_one_that_is_refused_moves_none(wire, three, wrong: dict[str, object], kind: str, words: str) -> None:
    commits = dict(zip(("main", "one", "two"), three, strict=True))
    asked = {name: commits.get(value, value) if isinstance(value, str) else value for name, value in wrong.items()}
    before = heads(wire)
    (error,) = update(wire, ref("new", three[1]), asked)["errors"]
    assert (error["type"], error["path"]) == (kind, ["updateRefs"])
    assert words in error["message"]
    assert heads(wire) == before


def test_pull_requests_follow(wire, three) -> None:
    main, one, _ = three
    wire.repo("POST", "/pulls", {"title": "One", "head": "one", "base": "main"}, status=201)
    wire.repo("POST", "/pulls", {"title": "Two", "head": "two", "base": "main"}, status=201)
    update(wire, ref("one", main, beforeOid=one, force=True), ref("two", ABSENT))
    assert [each["state"] for each in wire.repo("GET", "/pulls?state=all")] == ["closed", "closed"]


def test_a_protected_branch_is_refused(wire, three) -> None:
    wire.forge.protect("main", Protection(approvals=1))
    (error,) = update(wire, ref("main", three[1]), ref("new", three[1]))["errors"]
    assert error["type"] == "BRANCH_PROTECTION_RULE_VIOLATION"
    assert "new" not in heads(wire)
