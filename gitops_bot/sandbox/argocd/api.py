"""Argo CD's HTTP API as the read-only account `gitops-bot` sees it, answered from a replayed recording.

Statuses and texts of errors are those that Argo CD 3.6 gives through its grpc-gateway: `{"error", "code", "message"}`
with the gRPC code.
"""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

import msgspec

from gitops_bot.sandbox.argocd.faults import Faults
from gitops_bot.sandbox.argocd.recording import Query, normalised_query
from gitops_bot.sandbox.argocd.replay import ListedApplication, ListQuery, Replay, ResourceQuery
from gitops_bot.sandbox.argocd.selector import SelectorError
from gitops_bot.sandbox.http import Request, Response

_STATUS_OF_CODE = {2: 500, 3: 400, 5: 404, 7: 403, 16: 401}
_ISSUED_AT = "2026-11-23T10:14:11Z"
# What tells applications of one name apart, or does not change what a recording holds.
_NOT_MATCHED = frozenset(
    {"appNamespace", "project", "refresh", "resourceVersion", "sourceIndex", "versionId", "fields"}
)
# Collections that Argo CD has: asked for and not recorded, they are refused as to an account without the right.
_COLLECTIONS = frozenset(
    {"account", "applicationsets", "certificates", "clusters", "gpgkeys", "notifications", "projects", "repocreds"}
    | {"repositories", "session", "settings", "write-repocreds", "write-repositories"}
)
# How much of a log is asked for: what was recorded is answered whole, or its end.
_HOW_MUCH = frozenset({"follow", "sinceSeconds", "tailLines", "timestamps"})
_DETAILS = frozenset({"events", "links", "managed-resources", "manifests", "resource", "resource-tree", "syncwindows"})
_RESOURCE_DETAILS = frozenset({"actions", "links"})
_REVISION_DETAILS = frozenset({"metadata", "chartdetails", "ocimetadata"})


@dataclass(frozen=True)
class Refusal:
    """A request that a read-only client must not send, and the Argo CD action it stood for (empty: none known)."""

    method: str
    path: str
    action: str


def _error(code: int, message: str) -> Response:
    return Response.json(_STATUS_OF_CODE[code], {"error": message, "code": code, "message": message})


def _body(body: bytes, status: int = 200) -> Response:
    return Response(status, {"content-type": "application/json"}, body)


def _unknown_url() -> Response:
    return _error(5, "Not Found")


def _denied() -> Response:
    return _error(7, "permission denied")


class ArgoCd:
    """Answers requests under `/api/`. `replay` gives the recording that is in force now.

    `refused` holds every request other than GET, in order; `faults` spoils answers for tests of bad input.
    """

    def __init__(self, token: str, replay: Callable[[], Replay]) -> None:
        self.token = token
        self.refused: list[Refusal] = []
        self.faults = Faults()
        self._replay = replay
        self._guard = threading.Lock()

    def handle(self, request: Request) -> Response:
        """Answer one request, spoiled where a fault says so."""
        answer = self._read(request) if request.method == "GET" else self._refuse(request)
        return self.faults.apply(request.path, answer)

    def _authorised(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(token.strip().encode(), self.token.encode())

    def _read(self, request: Request) -> Response:
        replay = self._replay()
        match request.segments:
            case ("api", "version"):
                return self._version(replay, request)
            case ("api", "v1", "session", "userinfo") if not self._authorised(request):
                return _body(b"{}")
            case ("api", "v1", "applications", *rest) if _is_application_url(rest):
                if not self._authorised(request):
                    return _error(16, "no session information")
                return _application(replay, request, rest) if rest else _list(replay, request)
            case ("api", "v1", collection, *_):
                return self._recorded(replay, request, collection)
            case _:
                return _unknown_url()

    def _version(self, replay: Replay, request: Request) -> Response:
        call = replay.find("/api/version")
        if call is None:
            return _unknown_url()
        body = replay.body(call)
        if self._authorised(request):
            return _body(body, call.status)
        version = msgspec.json.decode(body, type=dict[str, object]).get("Version")
        return _body(msgspec.json.encode({"Version": version}))

    def _recorded(self, replay: Replay, request: Request, collection: str) -> Response:
        call = replay.find(unquote(request.path), normalised_query(request.query))
        if call is None and collection not in _COLLECTIONS:
            return _unknown_url()
        if not self._authorised(request):
            return _error(16, "no session information")
        return _denied() if call is None else _body(replay.body(call), call.status)

    def _refuse(self, request: Request) -> Response:
        action = _action(request)
        with self._guard:
            self.refused.append(Refusal(request.method, request.path, action))
        if not self._authorised(request):
            return _error(16, "no session information")
        match request.segments:
            case ("api", "v1", "applications", name, *_) if action:
                application = self._replay().application(name)
            case _:
                application = None
        if application is None:
            return _denied()
        target = f"{application.project}/{application.name}"
        return _error(7, f"permission denied: applications, {action}, {target}, sub: gitops-bot, iat: {_ISSUED_AT}")


def _action(request: Request) -> str:
    """The action of Argo CD's access rules that a writing request needs; empty where it is none on an application."""
    match (request.method, *request.segments):
        case ("POST", "api", "v1", "applications", _, "sync" | "rollback") | (
            "DELETE",
            "api",
            "v1",
            "applications",
            _,
            "operation",
        ):
            return "sync"
        case ("POST", "api", "v1", "applications", _, "resource", "actions", *_):
            return "action"
        case ("PUT" | "PATCH", "api", "v1", "applications", _, *_) | (
            "POST",
            "api",
            "v1",
            "applications",
            _,
            "resource",
            *_,
        ):
            return "update"
        case ("DELETE", "api", "v1", "applications", _, *_):
            return "delete"
        case _:
            return ""


def _is_application_url(rest: list[str]) -> bool:
    match rest:
        case [] | [_] | [_, "logs"] | [_, "pods", _, "logs"]:
            return True
        case [_, detail]:
            return detail in _DETAILS
        case [_, "resource", detail]:
            return detail in _RESOURCE_DETAILS
        case [_, "revisions", _, detail]:
            return detail in _REVISION_DETAILS
        case _:
            return False


def _list(replay: Replay, request: Request) -> Response:
    def every(name: str) -> frozenset[str]:
        return frozenset(value for key, value in request.query if key == name)

    query = ListQuery(
        name=request.parameter("name"),
        projects=every("project") or every("projects"),
        repository=request.parameter("repo"),
        namespace=request.parameter("appNamespace"),
        selector=request.parameter("selector"),
        fields=request.parameter("fields"),
    )
    try:
        return _body(replay.list_body(query))
    except SelectorError as error:
        return _error(2, f"error parsing the selector: {error}")


def _application(replay: Replay, request: Request, rest: list[str]) -> Response:
    name, *detail = rest
    application = replay.application(name)
    project = request.parameter("project")
    if application is None:
        return _error(5, f'applications.argoproj.io "{name}" not found') if project else _denied()
    if request.parameter("appNamespace", application.namespace) not in {"", application.namespace}:
        return _denied()
    if project not in {"", application.project}:
        return _error(5, f'applications.argoproj.io "{name}" not found')
    if not detail or detail == ["resource-tree"]:
        call = replay.find(unquote(request.path))
    elif detail == ["managed-resources"]:
        call = replay.find(unquote(request.path))
        if call is not None and call.status == 200:
            return _body(replay.managed_resources_body(call, _resource_query(request)))
    elif detail == ["logs"]:
        call = replay.find(unquote(request.path), _log_query(request))
        if call is not None and call.status == 200:
            return _body(_end_of_log(replay.body(call), request.parameter("tailLines")))
    else:
        call = replay.find(unquote(request.path), normalised_query(request.query, without=_NOT_MATCHED))
    return (
        _not_recorded(replay, request, application, detail) if call is None else _body(replay.body(call), call.status)
    )


def _resource_query(request: Request) -> ResourceQuery:
    return ResourceQuery(
        kind=request.parameter("kind"),
        group=request.parameter("group"),
        namespace=request.parameter("namespace"),
        name=request.parameter("name"),
        fields=request.parameter("fields"),
    )


def _log_query(request: Request) -> Query:
    told = [(name, value) for name, value in request.query if (name, value) != ("previous", "false")]
    return normalised_query(told, without=_NOT_MATCHED | _HOW_MUCH)


def _end_of_log(stream: bytes, lines: str) -> bytes:
    """The last lines of a recorded log, and what ends its stream."""
    *entries, end = stream.splitlines(keepends=True)
    return b"".join([*entries[-int(lines) :], end]) if lines.isdecimal() and int(lines) else stream


def _not_recorded(replay: Replay, request: Request, application: ListedApplication, detail: list[str]) -> Response:
    """What Argo CD says of a thing that an application has not, or no longer."""
    name = request.parameter("resourceName")
    match detail:
        case []:
            return _body(bytes(application.body))
        case ["logs"] | ["pods", _, "logs"]:
            # No container ran where the recordings were made: the stream of log lines ended without one.
            return _body(b"")
        case ["resource", *_]:
            kind, group = request.parameter("kind"), request.parameter("group")
            wanted = ResourceQuery(kind, group, request.parameter("namespace"), name)
            if replay.has_resource(application.name, wanted):
                return _error(5, f'error getting resource: {kind.lower()} "{name}" not found')
            return _error(3, f"{kind} {group} {name} not found as part of application {application.name}")
        case ["events"] if name and not replay.has_resource(
            application.name, ResourceQuery(namespace=request.parameter("resourceNamespace"), name=name)
        ):
            return _error(3, f"{name} not found as part of application {application.name}")
        case _:
            return _error(5, f"{'/'.join(detail)} of application {application.name} not found")
