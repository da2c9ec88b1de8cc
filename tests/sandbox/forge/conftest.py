"""A forge over a small repository, with a caller that holds every answer against GitHub's own description."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from gitops_bot.sandbox.forge import Forge, ManualClock
from gitops_bot.sandbox.http import Request, Response, RunningServer, serve
from tests.sandbox.forge.description import DESCRIPTION, SHARED, Description, require

TOKEN = "test-token"
READ_ONLY = "read-only-token"
REVIEWER = "reviewer-token"
FILES = {
    "README.md": "# fleet\n",
    "apps/payments/kustomization.yaml": "images:\n  - name: payments\n    newTag: v2.3.1\n",
    "apps/search/search.yaml": "replicas: 1\nimage: search:8.11.9\n",
    "scripts/run.sh": "#!/bin/sh\necho run\n",
}


def git(folder: Path, *arguments: str, check: bool = True) -> str:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        **{f"GIT_{role}_{part}": value for role in ("AUTHOR", "COMMITTER") for part, value in SOMEONE.items()},
    }
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, env=environment)
    if check and done.returncode:
        raise AssertionError(f"git {arguments}: {done.stderr}")
    return done.stdout.strip() if not done.returncode else done.stderr


SOMEONE = {"NAME": "Ada", "EMAIL": "ada@example.com", "DATE": "2026-11-01T10:00:00+0100"}


class Api:
    """Calls a forge directly. Where GitHub's description is at hand every answer must fit it."""

    def __init__(self, forge: Forge, token: str = TOKEN) -> None:
        self.forge = forge
        self.token = token
        self.checked = 0

    @staticmethod
    def json(response: Response):
        return json.loads(response.body)

    @staticmethod
    def request_of(method: str, target: str, token: str, body: bytes = b"") -> Request:
        return Request.of(method, target, {"authorization": f"Bearer {token}"}, body)

    def as_(self, token: str) -> Api:
        """The same, with another token."""
        return Api(self.forge, token)

    def send(self, request: Request) -> Response:
        return self.forge.handle(request)

    def call(self, method: str, path: str, value: object = None, **headers: str) -> Response:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        body = b"" if value is None else json.dumps(value).encode()
        request = Request.of(method, f"/api/v3{path}", sent, body)
        response = self.send(request)
        if DESCRIPTION.exists():
            differences = Description.shared().problems(request, response)
            assert differences == [], (method, path, response.status, response.body[:500])
            self.checked += 1
        return response

    def repo(self, method: str, path: str, value: object = None, *, status: int = 200, **headers: str):
        response = self.call(method, f"/repos/acme/fleet{path}", value, **headers)
        assert response.status == status, (method, path, response.status, response.body)
        return json.loads(response.body) if response.body else None

    def graphql(self, query: str, **variables: object):
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        response = self.send(Request("POST", "/api/graphql", headers=headers, body=body))
        assert response.status == 200, response.body
        return json.loads(response.body)

    def branch(
        self, name: str, files: dict[str, str] | None = None, *, start: str = "main", message: str = "Change"
    ) -> str:
        """Make a branch from `start` with one commit on it; no `files`: an empty one. Returns the commit."""
        base = self.forge.branch_commit(start)
        self.repo("POST", "/git/refs", {"ref": f"refs/heads/{name}", "sha": base}, status=201)
        return self.commit(name, files, message=message)

    def commit(self, branch: str, files: dict[str, str] | None = None, *, message: str = "Change") -> str:
        head = self.forge.branch_commit(branch)
        tree = self.forge.tree_of(head)
        if files:
            items = [{"path": path, "mode": "100644", "type": "blob", "content": text} for path, text in files.items()]
            tree = self.repo("POST", "/git/trees", {"base_tree": tree, "tree": items}, status=201)["sha"]
        made = self.repo("POST", "/git/commits", {"message": message, "tree": tree, "parents": [head]}, status=201)
        self.repo("PATCH", f"/git/refs/heads/{branch}", {"sha": made["sha"]})
        return made["sha"]

    def pull(self, branch: str, files: dict[str, str] | None = None, **fields: object):
        """A branch with a commit, and a pull request for it."""
        self.branch(branch, files or {"apps/search/search.yaml": "replicas: 2\nimage: search:8.11.9\n"})
        asked = {"title": f"Change {branch}", "head": branch, "base": "main", "body": "why", **fields}
        return self.repo("POST", "/pulls", asked, status=201)


class WireApi(Api):
    """The same over a socket."""

    def __init__(self, forge: Forge, client: httpx.Client, token: str = TOKEN) -> None:
        super().__init__(forge, token)
        self.client = client

    def as_(self, token: str) -> WireApi:
        return WireApi(self.forge, self.client, token)

    def send(self, request: Request) -> Response:
        answer = self.client.request(
            request.method, request.target, headers=dict(request.headers), content=request.body or None
        )
        return Response(answer.status_code, dict(answer.headers), answer.content)


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with three commits, as a checkout."""
    folder = tmp_path_factory.mktemp("source") / "fleet"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
        git(folder, "add", name)
    (folder / "scripts/run.sh").chmod(0o755)
    git(folder, "add", "scripts/run.sh")
    git(folder, "commit", "--quiet", "-m", "First")
    for number in (2, 3):
        (folder / "README.md").write_text(f"# fleet {number}\n")
        git(folder, "commit", "--quiet", "-am", f"Commit {number}")
    return folder


@pytest.fixture
def forge(source: Path, tmp_path: Path) -> Iterator[Forge]:
    made = Forge.open(
        source,
        owner="acme",
        name="fleet",
        workspace=tmp_path / "forge",
        token=TOKEN,
        read_only_token=READ_ONLY,
        clock=ManualClock(tick=timedelta(seconds=1)),
    )
    made.base_url = "http://127.0.0.1:8080"
    made.add_account(REVIEWER, "grace")
    yield made
    made.close()


@pytest.fixture
def api(forge: Forge) -> Api:
    return Api(forge)


@pytest.fixture
def server(forge: Forge) -> Iterator[RunningServer]:
    """The forge on a port; every exchange is held against GitHub's description."""
    differences: list[str] = []
    if DESCRIPTION.exists():
        forge.observers.append(Description.shared().watch(differences))
    with serve(forge.handle) as running:
        forge.base_url = running.url
        yield running
    assert differences == []


@pytest.fixture
def wire(forge: Forge, server: RunningServer) -> Iterator[WireApi]:
    """The bot, asking the forge over a socket with plain httpx."""
    with httpx.Client(base_url=server.url, timeout=10) as client:
        yield WireApi(forge, client)


class Kit:
    """What a test needs that opens a forge of its own."""

    Api = Api
    Forge = Forge
    SHARED = SHARED
    TOKEN = TOKEN
    READ_ONLY = READ_ONLY
    DESCRIPTION = DESCRIPTION
    git = staticmethod(git)
    problems = staticmethod(lambda request, response: Description.shared().problems(request, response))
    require = staticmethod(require)


@pytest.fixture
def kit() -> type[Kit]:
    return Kit
