"""Clone, fetch and push: Git's own `git http-backend`, run as a CGI program."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path

from gitops_bot.sandbox.forge.git import ABSENT
from gitops_bot.sandbox.forge.git.process import clean_environment, git_program
from gitops_bot.sandbox.forge.protection import Push
from gitops_bot.sandbox.http import Request, Response

BRANCHES = "refs/heads/"
SERVICES = ("/info/refs", "/git-upload-pack", "/git-receive-pack")
_FORWARDED = {"content-encoding": "HTTP_CONTENT_ENCODING", "git-protocol": "HTTP_GIT_PROTOCOL", "accept": "HTTP_ACCEPT"}


def service_path(path: str, full_name: str) -> str:
    """The part of a Git request's path after the repository, empty where the request is none of Git's."""
    for root in (f"/{full_name}.git", f"/{full_name}"):
        if path.lower().startswith(f"{root.lower()}/") and path[len(root) :] in SERVICES:
            return path[len(root) :]
    return ""


def is_push(request: Request, service: str) -> bool:
    """Whether the request belongs to a push and so needs the right to write."""
    return service == "/git-receive-pack" or request.parameter("service") == "git-receive-pack"


def pushes(request: Request) -> list[Push]:
    """The branches that a push wants to move, read off the head of its body."""
    body = gzip.decompress(request.body) if request.headers.get("content-encoding") == "gzip" else request.body
    found: list[Push] = []
    position = 0
    while position + 4 <= len(body):
        size = int(body[position : position + 4], 16)
        if size < 4:
            break
        line = body[position + 4 : position + size].partition(b"\0")[0].decode("utf-8", "surrogateescape")
        old, new, name = line.strip().split(" ", 2)
        if name.startswith(BRANCHES):
            branch = name.removeprefix(BRANCHES)
            found.append(Push(branch, None if old == ABSENT else old, None if new == ABSENT else new))
        position += size
    return found


def run_backend(repository: Path, service: str, request: Request, user: str = "", refusals: str = "") -> Response:
    """Hand the request to `git http-backend` and read its answer.

    `user` is who pushes, empty for nobody; `refusals` is what the update hook has to refuse.
    """
    environment = {
        **clean_environment(),
        "GIT_PROJECT_ROOT": str(repository.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{repository.name}{service}",
        "QUERY_STRING": request.target.partition("?")[2],
        "REQUEST_METHOD": request.method,
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "REMOTE_ADDR": "127.0.0.1",
        "FORGE_REFUSALS": refusals,
    }
    if user:
        environment["REMOTE_USER"] = user
    for header, variable in _FORWARDED.items():
        if header in request.headers:
            environment[variable] = request.headers[header]
    done = subprocess.run(
        [git_program(), "http-backend"], input=request.body, capture_output=True, check=False, env=environment
    )
    head, separator, body = done.stdout.partition(b"\r\n\r\n")
    if not separator:
        return Response.text(500, "git http-backend gave no answer\n")
    status = 200
    headers: dict[str, str] = {}
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(": ")
        if name.lower() == "status":
            status = int(value.split(" ")[0])
        else:
            headers[name.lower()] = value
    return Response(status, headers, body)
