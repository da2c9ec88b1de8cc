"""A forge over a small repository, with a caller that holds every answer against GitHub's own description."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from gitops_bot.sandbox.forge import Forge
from gitops_bot.sandbox.http import Request, Response

TOKEN = "test-token"
READ_ONLY = "read-only-token"
REVIEWER = "reviewer-token"
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[4] / "shared"
DESCRIPTION = SHARED / "github" / "openapi-subset.json"
FILES = {
    "README.md": "# fleet\n",
    "apps/payments/kustomization.yaml": "images:\n  - name: payments\n    newTag: v2.3.1\n",
    "apps/search/search.yaml": "replicas: 1\nimage: search:8.11.9\n",
    "scripts/run.sh": "#!/bin/sh\necho run\n",
}


def require(path: Path) -> Path:
    """The shared file, or a skip that says so; with CI=true its absence is a failure."""
    if not path.exists():
        reason = f"{path} is not here"
        print(reason)
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


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


class Clock:
    """A clock that the test moves; it starts at noon and ticks one second a look."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def _null_allowed(value: object) -> object:
    """OpenAPI 3.0's `nullable` in JSON Schema's words. `oneOf` becomes `anyOf`: its branches are often all optional."""
    if isinstance(value, list):
        return [_null_allowed(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {"anyOf" if key == "oneOf" else key: _null_allowed(item) for key, item in value.items()}
    return {"anyOf": [{"type": "null"}, changed]} if changed.pop("nullable", False) else changed


@cache
def _description() -> dict[str, object]:
    converted = _null_allowed(json.loads(DESCRIPTION.read_text()))
    assert isinstance(converted, dict)
    return converted


@cache
def _registry() -> Registry[object]:
    return Registry().with_resource("urn:github", Resource(_description(), DRAFT202012))


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    paths = _description()["paths"]
    assert isinstance(paths, dict)
    several = {"ref", "branch", "path", "basehead"}
    rows = []
    for path in sorted(paths, key=lambda each: ("{" in each.rsplit("/", 1)[-1], each.count("{"))):
        names = re.sub(r"\{(\w+)\}", lambda found: ".+" if found[1] in several else "[^/]+", path)
        rows.append((re.compile(names), path))
    return tuple(rows)


def problems(request: Request, response: Response) -> list[str]:
    """How an exchange differs from GitHub's description; empty where it does not know the operation."""
    path = request.path.removeprefix("/api/v3")
    known = next((name for pattern, name in _patterns() if pattern.fullmatch(path)), "")
    root = f"/paths/{known.replace('~', '~0').replace('/', '~1')}/{request.method.lower()}"
    paths = _description()["paths"]
    assert isinstance(paths, dict)
    operation = paths.get(known, {}).get(request.method.lower())
    if operation is None:
        return []
    found: list[str] = []
    if request.body and "requestBody" in operation and response.status < 300:
        found += _differences(f"{root}/requestBody/content/application~1json/schema", json.loads(request.body))
    if str(response.status) not in operation["responses"]:
        # Any operation may answer these, with or without a word about it in the description.
        anywhere = response.status in {400, 401, 403, 404, 422, 429} or response.status >= 500
        return found if anywhere else [*found, f"status {response.status} is not one of {list(operation['responses'])}"]
    described = operation["responses"][str(response.status)]
    place = described.get("$ref", f"#{root}/responses/{response.status}").removeprefix("#")
    content = f"{place}/content/application~1json/schema"
    if "description" in described and "content" not in described:
        return found
    if response.body and "json" in response.headers["content-type"]:
        found += _differences(content, json.loads(response.body))
    return found


def _differences(pointer: str, value: object) -> list[str]:
    validator = Draft202012Validator({"$ref": f"urn:github#{pointer}"}, registry=_registry())
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in validator.iter_errors(value)
    ]


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
        return Api(self.forge, token)

    def call(self, method: str, path: str, value: object = None, **headers: str) -> Response:
        sent = {name.replace("_", "-"): text for name, text in headers.items()}
        if self.token:
            sent["authorization"] = f"Bearer {self.token}"
        body = b"" if value is None else json.dumps(value).encode()
        request = Request.of(method, f"/api/v3{path}", sent, body)
        response = self.forge.handle(request)
        if DESCRIPTION.exists():
            assert problems(request, response) == [], (method, path, response.status, response.body[:500])
            self.checked += 1
        return response

    def repo(self, method: str, path: str, value: object = None, *, status: int = 200, **headers: str):
        response = self.call(method, f"/repos/acme/fleet{path}", value, **headers)
        assert response.status == status, (method, path, response.status, response.body)
        return json.loads(response.body) if response.body else None

    def graphql(self, query: str, **variables: object):
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        response = self.forge.handle(Request("POST", "/api/graphql", headers=headers, body=body))
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
        clock=Clock(),
    )
    made.base_url = "http://127.0.0.1:8080"
    made.add_account(REVIEWER, "grace")
    yield made
    made.close()


@pytest.fixture
def api(forge: Forge) -> Api:
    return Api(forge)


class Kit:
    """What a test needs that opens a forge of its own."""

    Api = Api
    Clock = Clock
    Forge = Forge
    SHARED = SHARED
    TOKEN = TOKEN
    READ_ONLY = READ_ONLY
    DESCRIPTION = DESCRIPTION
    git = staticmethod(git)
    problems = staticmethod(problems)
    require = staticmethod(require)


@pytest.fixture
def kit() -> type[Kit]:
    return Kit
