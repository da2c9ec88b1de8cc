"""The sandbox: one Argo CD and one forge behind one port, moving together."""

from __future__ import annotations

import json
import secrets
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlencode

import msgspec

from gitops_bot.errors import ConfigurationError, RepositoryError
from gitops_bot.sandbox.argocd.api import ArgoCd
from gitops_bot.sandbox.argocd.recording import Recording
from gitops_bot.sandbox.argocd.replay import Replay, repository_urls
from gitops_bot.sandbox.argocd.rewriting import RepositoryUrl, Rewriting, most_used_repository
from gitops_bot.sandbox.argocd.timeline import Chapter, Moment, first_moment, next_moment
from gitops_bot.sandbox.forge import Forge
from gitops_bot.sandbox.forge.opening import default_branch
from gitops_bot.sandbox.http import Handler, Request, Response, RunningServer, serve

_REQUESTS_KEPT = 10_000
_FORGE_API = {("api", "v3"), ("api", "graphql")}


@dataclass(frozen=True)
class RecordingAt:
    """A recording's folder and the commit (any name Git understands, empty: where the branch starts) it belongs to."""

    path: Path
    commit: str = ""

    @classmethod
    def parse(cls, text: str) -> RecordingAt:
        """Read `DIR` or `DIR@COMMIT`; an `@` in the name of a folder that exists is part of the name."""
        folder, separator, commit = text.rpartition("@")
        if not separator or Path(text).is_dir():
            return cls(Path(text))
        return cls(Path(folder), commit)


@dataclass(frozen=True)
class SeenRequest:
    """One request that came in: `service` is `argocd` or `forge`; `query` as sent, without the question mark."""

    service: str
    method: str
    path: str
    query: str
    status: int


class Story:
    """Which recording answers, following the forge's default branch. Safe for many threads."""

    def __init__(
        self, forge: Forge, chapters: Sequence[Chapter], repositories: tuple[RepositoryUrl, ...], base_url: str
    ) -> None:
        self._forge = forge
        self._chapters = chapters
        self._rewriting = Rewriting(repositories, base_url)
        self._guard = threading.Lock()
        self._seen = _head(forge)
        self._moment = first_moment(chapters, self._seen, _tree(forge, self._seen))
        self._replay = self._replay_of(self._moment)

    def replay(self) -> Replay:
        """The recording that is in force now; moves on where the branch has moved since the last call."""
        with self._guard:
            commit = _head(self._forge)
            if commit and commit != self._seen:
                self._seen = commit
                moment = next_moment(self._chapters, self._moment, commit, self._forge.tree_of(commit))
                if moment != self._moment:
                    self._moment, self._replay = moment, self._replay_of(moment)
            return self._replay

    def _replay_of(self, moment: Moment) -> Replay:
        rewriting = Rewriting(self._rewriting.repositories, self._rewriting.base_url, moment.revision)
        return Replay(moment.chapter.recording, rewriting)


class Sandbox:
    """A running sandbox: a context manager, closed once.

    `url` is where it stands, `environment` what a client must export, `argocd` and `forge` the two stand-ins.
    """

    def __init__(
        self, server: RunningServer, router: _Router, argocd: ArgoCd, forge: Forge, resources: ExitStack
    ) -> None:
        self.url = server.url
        self.argocd = argocd
        self.forge = forge
        self._router = router
        self._resources = resources

    @classmethod
    def start(
        cls,
        recordings: Sequence[RecordingAt],
        repository: Path,
        at: str | None = None,
        port: int = 0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Sandbox:
        """Serve recordings and a copy of a repository on 127.0.0.1:`port` (0: a free one).

        `repository` is a bundle or a Git folder and is not changed; its default branch starts at `at`, else at the
        first recording's commit, else where it is. `clock` is the forge's (UTC). Raises ConfigurationError for a
        recording that cannot be read or a port that is taken, RepositoryError for a repository or a commit that cannot.
        """
        opened = [Recording.open(each.path) for each in recordings]
        repositories = _repository_of(opened)
        start = at or recordings[0].commit or None
        with ExitStack() as stack:
            workspace = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gitops-bot-sandbox-")))
            owner, name = repositories[0].owner, repositories[0].name
            branch = default_branch(repository)
            forge = stack.enter_context(
                Forge.open(
                    repository,
                    owner=owner,
                    name=name,
                    workspace=workspace,
                    at=start,
                    default_branch=branch,
                    clock=clock,
                )
            )
            chapters = _chapters(forge, recordings, opened)
            router = _Router(f"/{owner}/{name}")
            server = stack.enter_context(_listen(router.handle, port))
            forge.base_url = server.url
            story = Story(forge, chapters, repositories, server.url)
            argocd = ArgoCd(secrets.token_urlsafe(24), story.replay)
            stack.callback(argocd.faults.release)
            router.connect(argocd.handle, forge.handle)
            return cls(server, router, argocd, forge, stack.pop_all())

    @property
    def environment(self) -> dict[str, str]:
        """The variables that point a client at this sandbox."""
        return {
            "ARGOCD_SERVER": self.url,
            "ARGOCD_AUTH_TOKEN": self.argocd.token,
            "GITHUB_API_URL": f"{self.url}/api/v3",
            "GITHUB_GRAPHQL_URL": f"{self.url}/api/graphql",
            "GITHUB_SERVER_URL": self.url,
            "GITHUB_REPOSITORY": self.forge.full_name,
            "GITHUB_TOKEN": self.forge.token,
        }

    @property
    def requests(self) -> list[SeenRequest]:
        """The requests answered so far, oldest first; the last ten thousand."""
        return self._router.requests

    def intercept_forge(self, wrap: Callable[[Handler], Handler]) -> None:
        """Put `wrap(handler)` in the forge's place, for those who watch or break its requests."""
        self._router.connect(self.argocd.handle, wrap(self.forge.handle))

    def close(self) -> None:
        """Stop serving and remove the copy of the repository."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Router:
    """Sends each request to the stand-in that it is for, and remembers it."""

    def __init__(self, repository_path: str) -> None:
        self._repository_path = repository_path
        self._requests: deque[SeenRequest] = deque(maxlen=_REQUESTS_KEPT)
        self._handlers: dict[str, Handler] = {}

    def connect(self, argocd: Handler, forge: Handler) -> None:
        """Begin to answer; before it, requests are told to come later."""
        self._handlers = {"argocd": argocd, "forge": forge}

    @property
    def requests(self) -> list[SeenRequest]:
        """What was answered, oldest first."""
        return list(self._requests)

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        if request.path == "/sandbox/requests":
            return Response.json(200, [asdict(each) for each in self.requests])
        if request.path == "/":
            return Response(302, {"location": f"{self._repository_path}/pulls"})
        segments = request.segments
        service = "argocd" if segments[0] == "api" and segments[:2] not in _FORGE_API else "forge"
        handler = self._handlers.get(service)
        if handler is None:
            return Response.text(503, "The sandbox is starting.\n")
        response = handler(request)
        query = urlencode(request.query)
        self._requests.append(SeenRequest(service, request.method, request.path, query, response.status))
        return response


def _listen(handler: Handler, port: int) -> RunningServer:
    try:
        return serve(handler, port)
    except (OSError, OverflowError) as error:
        raise ConfigurationError(
            "the sandbox cannot listen",
            where=f"127.0.0.1:{port}",
            found=str(error),
            advice="Give another --port, or none for a free one.",
        ) from error


def _repository_of(recordings: Sequence[Recording]) -> tuple[RepositoryUrl, ...]:
    urls: list[str] = []
    for recording in recordings:
        try:
            urls += repository_urls(recording)
        except msgspec.DecodeError as error:
            raise ConfigurationError(
                "the recorded list of applications is none of Argo CD's", where=str(recording.path), found=str(error)
            ) from error
    repositories = most_used_repository(urls)
    if not repositories:
        raise ConfigurationError(
            "the recording names no Git repository",
            where=", ".join(str(recording.path) for recording in recordings),
            expected="applications whose repoURL ends in OWNER/NAME",
        )
    return repositories


def _head(forge: Forge) -> str:
    """The commit at the default branch's head, empty where there is no such branch: an empty repository has none."""
    try:
        return forge.branch_commit(forge.default_branch)
    except RepositoryError:
        return ""


def _tree(forge: Forge, commit: str) -> str:
    return forge.tree_of(commit) if commit else ""


def _chapters(forge: Forge, recordings: Sequence[RecordingAt], opened: Sequence[Recording]) -> list[Chapter]:
    start = _head(forge)
    chapters: list[Chapter] = []
    for number, (given, recording) in enumerate(zip(recordings, opened, strict=True)):
        if number > 0 and not given.commit:
            raise ConfigurationError(
                "a further recording needs the commit that it belongs to",
                where=f"--recording {given.path}",
                expected=f"--recording {given.path}@COMMIT",
            )
        commit = forge.resolve(given.commit) if given.commit else start
        if commit is None:
            raise RepositoryError(
                "the repository has no such commit",
                where=f"--recording {given.path}",
                found=given.commit,
                advice="Give a commit of the repository given with --repository.",
            )
        chapters.append(Chapter(recording, commit, _tree(forge, commit)))
    return chapters


def describe(environment: dict[str, str]) -> str:
    """The environment as a person reads it: `export` lines, and what to open in a browser."""
    pulls = f"{environment['GITHUB_SERVER_URL']}/{environment['GITHUB_REPOSITORY']}/pulls"
    exports = "\n".join(f"export {name}={json.dumps(value)}" for name, value in environment.items())
    return f"The sandbox serves until you stop it (Ctrl-C). In another shell:\n\n{exports}\n\nPull requests: {pulls}\n"
