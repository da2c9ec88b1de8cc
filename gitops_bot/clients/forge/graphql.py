"""GitHub's GraphQL API, for what REST cannot do: verified commits on an expected head, and auto-merge."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

import msgspec
from msgspec import Struct

from gitops_bot.clients.forge.errors import AnswerError
from gitops_bot.model.json import Json

if TYPE_CHECKING:
    import httpx

_COMMIT = """
mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}
"""
_AUTO_MERGE = """
mutation ($input: EnablePullRequestAutoMergeInput!) {
  enablePullRequestAutoMerge(input: $input) { pullRequest { number } }
}
"""
_NO_AUTO_MERGE = """
mutation ($input: DisablePullRequestAutoMergeInput!) {
  disablePullRequestAutoMerge(input: $input) { pullRequest { number } }
}
"""
_REFS = """
mutation ($input: UpdateRefsInput!) {
  updateRefs(input: $input) { clientMutationId }
}
"""
_REVERT = """
mutation ($input: RevertPullRequestInput!) {
  revertPullRequest(input: $input) { revertPullRequest { number } }
}
"""
_VIEWER = "query { viewer { login } }"
ABSENT = "0" * 40
Data = TypeVar("Data")


class RefMove(Struct, frozen=True, kw_only=True):
    """A reference that must stand at `before` and is to stand at `after`; `ABSENT` for one that is not there."""

    name: str
    before: str
    after: str


class _Error(Struct, frozen=True):
    message: str = ""
    type: str = ""


class _Oid(Struct, frozen=True):
    oid: str


class _CommitPayload(Struct, frozen=True):
    commit: _Oid | None = None


class _CommitData(Struct, frozen=True, rename="camel"):
    create_commit_on_branch: _CommitPayload | None = None


class _Number(Struct, frozen=True):
    number: int


class _RevertPayload(Struct, frozen=True, rename="camel"):
    revert_pull_request: _Number | None = None


class _RevertData(Struct, frozen=True, rename="camel"):
    revert_pull_request: _RevertPayload | None = None


class _Viewer(Struct, frozen=True):
    login: str


class _ViewerData(Struct, frozen=True):
    viewer: _Viewer


class _Envelope(Struct, frozen=True):
    data: msgspec.Raw = msgspec.Raw(b"null")
    errors: list[_Error] = []
    message: str = ""


class GraphQL:
    """A client of one GraphQL endpoint. Every method raises AnswerError where it does not succeed."""

    def __init__(self, url: str, token: str, timeout: float) -> None:
        self._url = url
        self._token = token
        self._timeout = timeout
        self._open: httpx.Client | None = None

    def close(self) -> None:
        """Close the connection."""
        if self._open is not None:
            self._open.close()

    def create_commit(
        self,
        repository: str,
        branch: str,
        expected_head: str,
        message: tuple[str, str],
        files: tuple[Mapping[str, bytes], tuple[str, ...]],
    ) -> str:
        """Return the id of a new commit on `branch`: headline and body, additions and deletions."""
        additions, deletions = files
        changes: dict[str, Json] = {
            "additions": [
                {"path": path, "contents": base64.b64encode(content).decode()} for path, content in additions.items()
            ],
            "deletions": [{"path": path} for path in deletions],
        }
        given: dict[str, Json] = {
            "branch": {"repositoryNameWithOwner": repository, "branchName": branch},
            "expectedHeadOid": expected_head,
            "message": {"headline": message[0], "body": message[1]},
            "fileChanges": changes,
        }
        payload = self._ask(_COMMIT, given, _CommitData).create_commit_on_branch
        if payload is None or payload.commit is None:
            raise AnswerError(0, "the answer names no commit")
        return payload.commit.oid

    def enable_auto_merge(self, node_id: str, expected_head: str, method: str) -> None:
        """Let the pull request merge once its requirements are met; `method` is MERGE, SQUASH or REBASE."""
        given: dict[str, Json] = {"pullRequestId": node_id, "expectedHeadOid": expected_head, "mergeMethod": method}
        self._ask(_AUTO_MERGE, given, msgspec.Raw)

    def disable_auto_merge(self, node_id: str) -> None:
        """Let the pull request wait for somebody to merge it."""
        self._ask(_NO_AUTO_MERGE, {"pullRequestId": node_id}, msgspec.Raw)

    def update_refs(self, repository_id: str, moves: Sequence[RefMove]) -> str:
        """Move references all together or none; return where the first stands now."""
        updates: list[Json] = [
            {"name": move.name, "beforeOid": move.before, "afterOid": move.after, "force": True} for move in moves
        ]
        self._ask(_REFS, {"repositoryId": repository_id, "refUpdates": updates}, msgspec.Raw)
        return moves[0].after

    def revert(self, node_id: str, title: str, body: str) -> int:
        """Open a pull request that takes a merged one back; return its number."""
        given: dict[str, Json] = {"pullRequestId": node_id, "title": title, "body": body}
        payload = self._ask(_REVERT, given, _RevertData).revert_pull_request
        if payload is None or payload.revert_pull_request is None:
            raise AnswerError(0, "the answer names no pull request")
        return payload.revert_pull_request.number

    def viewer(self) -> str:
        """Return the login that the token is for."""
        return self._ask(_VIEWER, None, _ViewerData).viewer.login

    def _ask(self, query: str, given: dict[str, Json] | None, shape: type[Data]) -> Data:
        body: dict[str, Json] = {"query": query, "variables": {} if given is None else {"input": given}}
        response = self._client().post(self._url, json=body)
        try:
            envelope = msgspec.json.decode(response.content, type=_Envelope)
        except msgspec.DecodeError as error:
            status = response.status_code if response.status_code >= 400 else 0
            raise AnswerError(status, f"no GraphQL answer: {error}", response.headers) from error
        if response.status_code != 200:
            raise AnswerError(response.status_code, envelope.message, response.headers)
        if envelope.errors:
            first = envelope.errors[0]
            raise AnswerError(200, first.message, response.headers, first.type)
        try:
            return msgspec.json.decode(envelope.data, type=shape)
        except msgspec.DecodeError as error:
            raise AnswerError(0, f"a GraphQL answer of another shape: {error}") from error

    def _client(self) -> httpx.Client:
        import httpx

        if self._open is None:
            headers = {"Authorization": f"Bearer {self._token}", "User-Agent": "gitops-bot"}
            self._open = httpx.Client(headers=headers, timeout=self._timeout)
        return self._open
