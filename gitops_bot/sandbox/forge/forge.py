"""The forge: who asks, which operation it is, and what every answer carries."""

from __future__ import annotations

import base64
import binascii
import hashlib
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from gitops_bot.errors import RepositoryError
from gitops_bot.sandbox.forge import graphql, rest, web
from gitops_bot.sandbox.forge.api import ApiError, Call, find_route, not_found
from gitops_bot.sandbox.forge.branches import follow_branches
from gitops_bot.sandbox.forge.faults import Faults, dropped
from gitops_bot.sandbox.forge.opening import check_names, copy_repository
from gitops_bot.sandbox.forge.records import Account
from gitops_bot.sandbox.forge.rest.repository import REQUESTS_PER_HOUR
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.forge.transport import is_push, run_backend, service_path
from gitops_bot.sandbox.http import Request, Response

API = "/api/v3"
GRAPHQL = "/api/graphql"
REQUESTS_KEPT = 100_000
BOT = Account("gitops-bot[bot]", "Bot")


@dataclass(frozen=True)
class SeenRequest:
    """One request that the forge answered: `path` with its query."""

    method: str
    path: str
    status: int


class Forge:
    """A forge with one repository. REST stands under `/api/v3`, GraphQL at `/api/graphql`, Git and pages at the root.

    `handle` may be called from many threads: whatever reads or changes the state takes turns under one lock.
    """

    def __init__(self, state: State, accounts: Mapping[str, Account], token: str) -> None:
        self.state = state
        self.token = token
        self.faults = Faults()
        self._requests: deque[SeenRequest] = deque(maxlen=REQUESTS_KEPT)
        self._lock = threading.RLock()
        state.accounts.update(accounts)

    @classmethod
    def open(
        cls,
        repository: Path,
        *,
        owner: str,
        name: str,
        workspace: Path,
        at: str | None = None,
        default_branch: str = "main",
        token: str = "sandbox-token",  # noqa: S107 (a sandbox's token guards nothing)
        read_only_token: str | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Forge:
        """Copy `repository` (a bundle, a bare folder or a checkout; never changed) below `workspace` and serve it.

        The default branch is set to the commit `at` where given. `token` may write, `read_only_token` only read;
        `clock` gives the present in UTC. Raises RepositoryError and ToolMissing.
        """
        check_names(owner, name)
        copy = copy_repository(repository, workspace / owner / f"{name}.git", default_branch, at)
        accounts = {token: BOT}
        if read_only_token is not None:
            accounts[read_only_token] = replace(BOT, can_write=False)
        return cls(State(owner, name, default_branch, copy, clock, BOT), accounts, token)

    @property
    def default_branch(self) -> str:
        """The name of the branch that everything is merged into."""
        return self.state.default_branch

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return self.state.full_name

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests answered so far, oldest first; the last hundred thousand."""
        return list(self._requests)

    @property
    def base_url(self) -> str:
        """The forge's own root, such as `http://127.0.0.1:8080`; set once the socket is bound."""
        return self.state.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self.state.base_url = url.rstrip("/")

    def add_account(self, token: str, login: str, *, kind: str = "User", can_write: bool = True) -> None:
        """Let `token` be someone else's: a person who comments, reviews or pushes."""
        self.state.accounts[token] = Account(login, kind, can_write)

    def branch_commit(self, branch: str) -> str:
        """The commit at a branch's head. Raises RepositoryError where there is no such branch."""
        with self._lock:
            found = self.state.git.branch(branch)
        if found is None:
            raise RepositoryError("the repository has no such branch", where=self.state.full_name, found=branch)
        return found

    def resolve(self, name: str) -> str | None:
        """The commit that any name which Git understands (a branch, `main~2`, a short id) means, None for none."""
        with self._lock:
            found = self.state.git.object(f"{name}^{{commit}}")
        return found.sha if found else None

    def tree_of(self, commit: str) -> str:
        """The id of a commit's tree. Raises RepositoryError where there is no such commit."""
        with self._lock:
            found = self.state.git.commit(commit)
        if found is None:
            raise RepositoryError("the repository has no such commit", where=self.state.full_name, found=commit)
        return found.tree

    def close(self) -> None:
        """End the reader of Git objects; the forge answers nothing after that."""
        with self._lock:
            self.state.git.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def handle(self, request: Request) -> Response:
        """Answer one request, and remember it."""
        fault = self.faults.take(request)
        response = fault.answer() if fault and fault.kind != "drop" else self._serve(request)
        self._requests.append(SeenRequest(request.method, request.target, response.status))
        return dropped(response) if fault and fault.kind == "drop" else response

    def _serve(self, request: Request) -> Response:
        service = service_path(request.path, self.state.full_name)
        if service:
            return self._git(request, service)
        with self._lock:
            if request.path == GRAPHQL or request.path.startswith((f"{API}/", f"{GRAPHQL}/")):
                return self._api(request)
            return web.page(self.state, request)

    def _git(self, request: Request, service: str) -> Response:
        """Clone and fetch for everybody, push for who may write; a push moves pull requests along."""
        account = self._account(request)
        push = is_push(request, service)
        if account is None and (push or "authorization" in request.headers):
            challenge = {"www-authenticate": 'Basic realm="GitHub"', "content-type": "text/plain"}
            return Response(401, challenge, b"Authentication required\n")
        if push and account and not account.can_write:
            return Response.text(403, f"Write access to {self.state.full_name} is not granted.\n")
        response = run_backend(self.state.git.folder, service, request, account.login if account and push else "")
        if push and request.method == "POST":
            with self._lock:
                follow_branches(self.state)
        return response

    def _account(self, request: Request) -> Account | None:
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                value = base64.b64decode(value).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return None
        return self.state.accounts.get(value) if value else None

    def _api(self, request: Request) -> Response:
        state = self.state
        state.used_requests += 1
        viewer = self._account(request)
        if viewer is None and "authorization" in request.headers:
            response = ApiError(401, "Bad credentials").response()
        elif request.path == GRAPHQL:
            response = graphql.answer(state, request, viewer)
        else:
            response = self._rest(request, viewer)
        return self._dressed(request, response)

    def _rest(self, request: Request, viewer: Account | None) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        found = find_route(rest.ROUTES, method, request.path.removeprefix(API))
        try:
            if found is None or not self._is_here(found[1]):
                raise not_found()
            operation, arguments = found
            return operation(Call(self.state, request, arguments, viewer))
        except ApiError as error:
            return error.response()

    def _is_here(self, arguments: Mapping[str, str]) -> bool:
        full_name = f"{arguments['owner']}/{arguments['repo']}" if "owner" in arguments else self.state.full_name
        return full_name.lower() == self.state.full_name.lower()

    def _dressed(self, request: Request, response: Response) -> Response:
        """The answer with its ETag, 304 where the caller has it already, and the headers that every answer has."""
        headers = dict(response.headers)
        for key, value in self.state.rate(REQUESTS_PER_HOUR).items():
            headers.setdefault(f"x-ratelimit-{key}", str(value))
        headers["x-ratelimit-resource"] = "graphql" if request.path == GRAPHQL else "core"
        headers["x-github-request-id"] = f"SAND:{self.state.used_requests:08X}"
        headers["x-github-media-type"] = "github.v3; format=json"
        if request.method == "GET" and response.status == 200:
            headers["etag"] = f'W/"{hashlib.sha256(response.body).hexdigest()}"'
            if request.headers.get("if-none-match") == headers["etag"]:
                return replace(response, status=304, headers=headers, body=b"")
        return replace(response, headers=headers)
