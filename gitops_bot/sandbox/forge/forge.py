"""The forge: who asks, which operation it is, and what is remembered of it."""

from __future__ import annotations

import base64
import binascii
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from gitops_bot.errors import RepositoryError
from gitops_bot.sandbox.forge import graphql, rest, web
from gitops_bot.sandbox.forge.answering import CREATING, Asked, limited
from gitops_bot.sandbox.forge.api import ApiError, Call, find_route, not_found
from gitops_bot.sandbox.forge.branches import follow_branches, tell_push
from gitops_bot.sandbox.forge.limits.faults import Faults
from gitops_bot.sandbox.forge.merging import settle_auto_merge
from gitops_bot.sandbox.forge.opening import check_names, copy_repository
from gitops_bot.sandbox.forge.permissions import accepted, check_access, is_granted
from gitops_bot.sandbox.forge.protection import hook_refusals
from gitops_bot.sandbox.forge.records import Account, Token
from gitops_bot.sandbox.forge.state import State
from gitops_bot.sandbox.forge.steering import Controls
from gitops_bot.sandbox.forge.transport import is_push, pushes, run_backend, service_path
from gitops_bot.sandbox.http import Request, Response

API = "/api/v3"
GRAPHQL = "/api/graphql"
REQUESTS_KEPT = 100_000
READING = {"GET", "HEAD"}
BOT = Account("gitops-bot[bot]", "Bot")


@dataclass(frozen=True)
class SeenRequest:
    """One request that the forge answered: `path` with its query, `login` who asked (empty: nobody), sizes in bytes.

    `conditional` says whether it carried If-None-Match or If-Modified-Since.
    """

    method: str
    path: str
    status: int
    login: str = ""
    size: int = 0
    answer_size: int = 0
    conditional: bool = False


class Forge(Controls):
    """A forge with one repository. REST stands under `/api/v3`, GraphQL at `/api/graphql`, Git and pages at the root.

    `handle` may be called from many threads: whatever reads or changes the state takes turns under one lock.
    `faults` makes calls go wrong; each of `observers` sees every request with its answer.
    """

    def __init__(self, state: State, tokens: Mapping[str, Token], token: str) -> None:
        super().__init__()
        self.state = state
        self.token = token
        self.faults = Faults()
        self.observers: list[Callable[[Request, Response], None]] = []
        self._requests: deque[SeenRequest] = deque(maxlen=REQUESTS_KEPT)
        self._answered = 0
        state.tokens.update(tokens)

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
        tokens = {token: Token(BOT)}
        if read_only_token is not None:
            tokens[read_only_token] = Token(replace(BOT, can_write=False))
        return cls(State(owner, name, default_branch, copy, clock, BOT), tokens, token)

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

    def forget_requests(self) -> None:
        """Begin the list of requests anew."""
        self._requests.clear()

    @property
    def base_url(self) -> str:
        """The forge's own root, such as `http://127.0.0.1:8080`; set once the socket is bound."""
        return self.state.base_url

    @base_url.setter
    def base_url(self, url: str) -> None:
        self.state.base_url = url.rstrip("/")

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
        """End the reader of Git objects and let go of answers held back; the forge answers nothing after that."""
        self.faults.release()
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
        response = self.faults.apply(request, self._serve)
        token = self._token(request)
        conditional = not {"if-none-match", "if-modified-since"}.isdisjoint(request.headers)
        login, sizes = token.account.login if token else "", (len(request.body), len(response.body))
        self._requests.append(SeenRequest(request.method, request.target, response.status, login, *sizes, conditional))
        for observe in self.observers:
            observe(request, response)
        return response

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
        token = self._token(request)
        push = is_push(request, service)
        if token is None and (push or "authorization" in request.headers):
            challenge = {"www-authenticate": 'Basic realm="GitHub"', "content-type": "text/plain"}
            return Response(401, challenge, b"Authentication required\n")
        if not push or token is None:
            return run_backend(self.state.git.folder, service, request)
        if not token.account.may_push or not is_granted(token, "contents=write"):
            return Response.text(403, "Write access to repository not granted.\n")
        return self._push(request, service, token)

    def _push(self, request: Request, service: str, token: Token) -> Response:
        asked = pushes(request) if request.method == "POST" else []
        with self._lock:
            refusals = hook_refusals(self.state, token.account, asked)
        response = run_backend(self.state.git.folder, service, request, token.account.login, refusals)
        with self._lock:
            for push in asked:
                if self.state.git.branch(push.branch) == push.new:
                    tell_push(self.state, push.branch, push.old, push.new, token.account)
            if asked:
                follow_branches(self.state, token.account)
                settle_auto_merge(self.state)
            self._events.deliver(self.state, token)
        return response

    def _token(self, request: Request) -> Token | None:
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            try:
                value = base64.b64decode(value).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return None
        return self.state.tokens.get(value) if value else None

    def _api(self, request: Request) -> Response:
        token = self._token(request)
        self._answered += 1
        number = {"x-github-request-id": f"SAND:{self._answered:08X}"}
        if token is None and "authorization" in request.headers:
            response = ApiError(401, "Bad credentials").response()
        else:
            asked = self._asked(request, token)
            response = limited(self.state, asked, lambda: self._operation(asked))
            if request.method not in READING:
                settle_auto_merge(self.state)
        self._events.deliver(self.state, token)
        return replace(response, headers={**response.headers, **number})

    def _asked(self, request: Request, token: Token | None) -> Asked:
        if request.path == GRAPHQL:
            return Asked(request, GRAPHQL, token, "graphql", graphql.is_mutation(request))
        path = request.path.removeprefix(API)
        resource = "search" if path.startswith("/search/") else "core"
        return Asked(request, path, token, resource, request.method in CREATING, accepted(request.method, path))

    def _operation(self, asked: Asked) -> Response:
        request = asked.request
        if asked.resource == "graphql":
            return graphql.answer(self.state, request, asked.token)
        method = "GET" if request.method == "HEAD" else request.method
        found = find_route(rest.ROUTES, method, asked.path)
        try:
            if found is None or not self._is_here(found[1]):
                return self._elsewhere(asked)
            check_access(self.state, asked.token, method, asked.path)
            operation, arguments = found
            return operation(Call(self.state, request, arguments, asked.token))
        except ApiError as error:
            return error.response()

    def _elsewhere(self, asked: Asked) -> Response:
        """The redirect from a former name of the repository: 301 for who reads, 307 for who writes."""
        _, _, owner, name, *below = asked.path.split("/") if asked.path.startswith("/repos/") else ("",) * 4
        if f"{owner}/{name}".lower() not in self.state.former_names:
            raise not_found()
        status = 301 if asked.request.method in READING else 307
        _, question, query = asked.request.target.partition("?")
        target = f"{'/'.join((self.state.repository_api, *below))}{question}{query}"
        return Response.json(status, {"message": "Moved Permanently", "url": target}, {"location": target})

    def _is_here(self, arguments: Mapping[str, str]) -> bool:
        full_name = f"{arguments['owner']}/{arguments['repo']}" if "owner" in arguments else self.state.full_name
        return full_name.lower() == self.state.full_name.lower()
