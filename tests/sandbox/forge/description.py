"""GitHub's own description of its REST API, and how a request or an answer differs from it.

A test switches it on with `forge.observers.append(Description.shared().watch(differences))`.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from gitops_bot.sandbox.http import Request, Response

SHARED = Path(__file__).resolve().parents[4] / "shared"
DESCRIPTION = SHARED / "github" / "openapi-subset.json"
API = "/api/v3"
# Any operation may answer these, with or without a word about it in the description.
ANYWHERE = {304, 400, 401, 403, 404, 422, 429}
SEVERAL_SEGMENTS = {"ref", "branch", "path", "basehead"}


def require(path: Path) -> Path:
    """The shared file, or a skip that says so; with CI=true its absence is a failure."""
    if not path.exists():
        reason = f"{path} is not here"
        print(reason)
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return path


def _json_schema(value: object) -> object:
    """OpenAPI 3.0's `nullable` in JSON Schema's words. `oneOf` becomes `anyOf`: its branches are often all optional."""
    if isinstance(value, list):
        return [_json_schema(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {"anyOf" if key == "oneOf" else key: _json_schema(item) for key, item in value.items()}
    return {"anyOf": [{"type": "null"}, changed]} if changed.pop("nullable", False) else changed


class Description:
    """The description, ready to check exchanges against. Operations that it does not know pass."""

    def __init__(self, path: Path) -> None:
        document = _json_schema(json.loads(path.read_text()))
        assert isinstance(document, dict)
        self._paths: dict[str, dict[str, dict]] = document["paths"]
        self._parameters: dict[str, dict] = document["components"]["parameters"]
        self._registry: Registry = Registry().with_resource("urn:github", Resource(document, DRAFT202012))
        self._patterns = [(re.compile(_pattern(known)), known) for known in sorted(self._paths, key=_specific)]

    @staticmethod
    @cache
    def shared() -> Description:
        """The description in the shared folder. Skips the test where it is missing, and fails it where CI=true."""
        return Description(require(DESCRIPTION))

    def watch(self, differences: list[str]) -> Callable[[Request, Response], None]:
        """An observer of a forge that notes how its exchanges differ."""

        def note(request: Request, response: Response) -> None:
            differences.extend(self.problems(request, response))

        return note

    def problems(self, request: Request, response: Response) -> list[str]:
        """How a request and its answer differ; a request that was refused may be as wrong as it likes."""
        found = self.answer_problems(request, response)
        return [*self.request_problems(request), *found] if response.status < 300 else found

    def request_problems(self, request: Request) -> list[str]:
        """How a request differs: unknown or ill-typed query parameters, a body that is missing or of another shape."""
        root, operation = self._operation(request)
        if operation is None:
            return []
        return [*self._query_problems(request, operation), *self._body_problems(request, root, operation)]

    def _query_problems(self, request: Request, operation: dict) -> list[str]:
        named = [
            self._parameters[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
            for each in operation["parameters"]
        ]
        known = {each["name"]: each for each in named if each["in"] == "query"}
        found = [f"query {name}: not a parameter of this operation" for name, _ in request.query if name not in known]
        for name, each in known.items():
            if each.get("required") and not any(name == given for given, _ in request.query):
                found.append(f"query {name}: is missing")
        for name, value in request.query:
            schema = known.get(name, {}).get("schema", {})
            number = schema.get("type") == "integer"
            if number and not value.isdecimal():
                found.append(f"query {name}: {value!r} is not an integer")
            else:
                held = int(value) if number else value
                found += [f"query {name}: {each}" for each in self._differences(schema, held)]
        return found

    def _body_problems(self, request: Request, root: str, operation: dict) -> list[str]:
        described = operation.get("requestBody")
        if described is None:
            return [f"body: {request.method} takes none here"] if request.body and request.method == "GET" else []
        if not request.body:
            return ["body: is missing"] if described.get("required") else []
        if request.path.endswith("/labels") and isinstance(json.loads(request.body), list):
            return []  # PyGithub sends a bare list of labels, which GitHub takes and does not describe.
        place = f"urn:github#{root}/requestBody/content/application~1json/schema"
        return [f"body {each}" for each in self._differences({"$ref": place}, json.loads(request.body))]

    def answer_problems(self, request: Request, response: Response) -> list[str]:
        """How an answer differs: its status, or its body's shape."""
        root, operation = self._operation(request)
        if operation is None or response.drop:
            return []
        status = str(response.status)
        described = operation["responses"].get(status)
        if described is None:
            anywhere = response.status in ANYWHERE or response.status >= 500
            return [] if anywhere else [f"status {status} is not one of {list(operation['responses'])}"]
        place = described.get("$ref", f"#{root}/responses/{status}").removeprefix("#")
        if "description" in described and "content" not in described:
            return []
        if not response.body or "json" not in response.headers["content-type"]:
            return []
        schema = {"$ref": f"urn:github#{place}/content/application~1json/schema"}
        try:
            held = json.loads(response.body)
        except ValueError:
            return ["the answer is no JSON"]
        return self._differences(schema, held)

    def _operation(self, request: Request) -> tuple[str, dict | None]:
        path = request.path.removeprefix(API)
        known = next((name for pattern, name in self._patterns if pattern.fullmatch(path)), "")
        method = "get" if request.method == "HEAD" else request.method.lower()
        operation = self._paths.get(known, {}).get(method) if request.path.startswith(f"{API}/") else None
        return f"/paths/{known.replace('~', '~0').replace('/', '~1')}/{method}", operation

    def _differences(self, schema: dict, value: object) -> list[str]:
        validator = Draft202012Validator(schema, registry=self._registry)
        return [
            f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
            for error in validator.iter_errors(value)
        ]


def _pattern(path: str) -> str:
    return re.sub(r"\\?\{(\w+)\\?\}", lambda found: ".+" if found[1] in SEVERAL_SEGMENTS else "[^/]+", path)


def _specific(path: str) -> tuple[bool, int]:
    """What ends in a fixed word comes before what takes the rest of a path."""
    return "{" in path.rsplit("/", 1)[-1], path.count("{")
