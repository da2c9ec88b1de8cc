"""The calls. Paths and queries are written exactly as Argo CD's own clients send them, in the same order."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
from msgspec.json import Decoder

from gitops_bot.clients.argocd.wire import (
    Event,
    Events,
    LogEntry,
    LogMessage,
    ManagedResource,
    ManagedResources,
    Node,
    ResourceManifest,
    ResourceTree,
)
from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.clients.http_errors import EmptyAnswer
from gitops_bot.errors import ConfigurationError, SourceUnavailable
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json

APPLICATIONS = "/api/v1/applications"

FLEET_FIELDS = (
    "items.metadata.name",
    "items.metadata.namespace",
    "items.metadata.labels",
    "items.metadata.ownerReferences",
    "items.spec",
    "items.status.controllerNamespace",
    "items.status.health",
    "items.status.sync.status",
    "items.status.sync.revision",
    "items.status.sync.revisions",
    "items.status.conditions",
    "items.status.operationState.phase",
    "items.status.operationState.retryCount",
    "items.status.sourceType",
)


class _Applications(msgspec.Struct, frozen=True):
    items: list[Application] | None = None


class _RawApplications(msgspec.Struct, frozen=True):
    items: list[msgspec.Raw] | None = None


class _Manifests(msgspec.Struct, frozen=True):
    manifests: list[str] | None = None


class _Name(msgspec.Struct, frozen=True):
    name: str = ""


class _Named(msgspec.Struct, frozen=True):
    metadata: _Name = _Name()


class Listing(msgspec.Struct, frozen=True):
    """The fleet as one request gave it, and name and reason of each Application in it that could not be decoded."""

    applications: tuple[Application, ...] = ()
    undecodable: tuple[tuple[str, str], ...] = ()


_FLEET = Decoder(_Applications)
_RAW_FLEET = Decoder(_RawApplications)
_NAMED = Decoder(_Named)
_APPLICATION = Decoder(Application)
_MANIFESTS = Decoder(_Manifests)
_TREE = Decoder(ResourceTree)
_MANAGED = Decoder(ManagedResources)
_EVENTS = Decoder(Events)
_MANIFEST = Decoder(ResourceManifest)
_LOG = Decoder(LogMessage)
_OBJECT: Decoder[dict[str, Json]] = Decoder(dict[str, Json])


def decode_application(document: bytes) -> Application:
    """Decode an Application from the JSON of Argo CD's API; ConfigurationError where it is none."""
    try:
        application = _APPLICATION.decode(document)
    except msgspec.DecodeError as error:
        raise ConfigurationError(
            "this is no Argo CD Application",
            found=str(error),
            expected="the JSON of one Application, as GET /api/v1/applications/NAME gives it",
        ) from error
    if not application.metadata.name or not application.sources:
        raise ConfigurationError(
            "this is no Argo CD Application",
            found="no metadata.name" if not application.metadata.name else "neither spec.source nor spec.sources",
            expected="the JSON of one Application, as GET /api/v1/applications/NAME gives it",
        )
    return application


class ArgoCD:
    """Reads Argo CD. Every method is one GET and raises SourceUnavailable (UnexpectedStatus on an HTTP error).

    Safe to use from several threads.
    """

    def __init__(self, client: ReadOnlyClient) -> None:
        self._client = client

    def applications(self, fields: tuple[str, ...] = FLEET_FIELDS) -> Listing:
        """Return all Applications that the account may see, with `fields` alone filled in (all of them where empty)."""
        target = f"{APPLICATIONS}?fields={','.join(fields)}" if fields else APPLICATIONS
        body = self._client.get(target)
        try:
            return Listing(tuple(_FLEET.decode(body).items or ()))
        except msgspec.ValidationError:
            return self._one_by_one(target, body)
        except msgspec.DecodeError as error:
            raise self._client.undecodable(target, body, error) from error

    def application(self, name: str, namespace: str = "") -> Application:
        """Return one Application whole; `namespace` only where it lives outside Argo CD's own."""
        target = f"{APPLICATIONS}/{quote(name, safe='')}"
        return self._client.read(_with_namespace(target, namespace), _APPLICATION)

    def resource_tree(self, application: Application) -> ResourceTree:
        """Return all objects that belong to the Application."""
        return self._client.read(_target(application, "resource-tree"), _TREE)

    def managed_resources(self, application: Application) -> tuple[ManagedResource, ...]:
        """Return what Git declares beside what is live; the data of Secrets are masked by Argo CD."""
        return tuple(self._client.read(_target(application, "managed-resources"), _MANAGED).items or ())

    def manifests(self, application: Application) -> tuple[dict[str, Json], ...]:
        """Return what Argo CD itself renders for the Application at the revision that it compares with."""
        target = _target(application, "manifests")
        texts = self._client.read(target, _MANIFESTS).manifests or ()
        try:
            return tuple(_OBJECT.decode(text) for text in texts)
        except msgspec.DecodeError as error:
            raise self._client.undecodable(target, "".join(texts).encode(), error) from error

    def events(self, application: Application, node: Node | None = None) -> tuple[Event, ...]:
        """Return the events of one object, or of the Application itself."""
        query = (
            ""
            if node is None
            else _query(resourceNamespace=node.namespace, resourceName=node.name, resourceUID=node.uid)
        )
        return tuple(self._client.read(_target(application, "events", query), _EVENTS).items or ())

    def resource(self, application: Application, node: Node) -> dict[str, Json]:
        """Return one object as it is in the cluster. Secrets are never asked for: ValueError."""
        if node.kind == "Secret":
            raise ValueError(f"Secrets are never read: {node.key}")
        query = _query(
            namespace=node.namespace, resourceName=node.name, version=node.version, group=node.group, kind=node.kind
        )
        target = _target(application, "resource", query)
        text = self._client.read(target, _MANIFEST).manifest
        try:
            return _OBJECT.decode(text)
        except msgspec.DecodeError as error:
            raise self._client.undecodable(target, text.encode(), error) from error

    def logs(
        self, application: Application, pod: Node, *, container: str = "", lines: int = 100, previous: bool = False
    ) -> tuple[LogEntry, ...]:
        """Return the last `lines` lines of a container's log, oldest first; `previous`: of the run before its restart.

        `container` may be left out of a pod with one. What keeps the cluster from giving a log stands in it as a line.
        """
        query = _query(
            podName=pod.name,
            container=container,
            namespace=pod.namespace,
            tailLines=str(lines),
            previous="true" if previous else "false",
            follow="false",
        )
        target = _target(application, "logs", query)
        try:
            body = self._client.get(target)
        except EmptyAnswer:
            return ()
        try:
            messages = _LOG.decode_lines(body)
        except msgspec.DecodeError as error:
            raise self._client.undecodable(target, body, error) from error
        for broken in (message.error for message in messages if message.error):
            raise SourceUnavailable("Argo CD broke the log off", where=target, found=broken.message[:300])
        return tuple(one.result for one in messages if one.result and (one.result.content or not one.result.last))

    def _one_by_one(self, target: str, body: bytes) -> Listing:
        # One Application of a shape not known must not hide the rest of the fleet.
        try:
            items = _RAW_FLEET.decode(body).items or ()
        except msgspec.DecodeError as error:
            raise self._client.undecodable(target, body, error) from error
        applications, undecodable = [], []
        for item in items:
            try:
                applications.append(_APPLICATION.decode(item))
            except msgspec.ValidationError as error:
                undecodable.append((_name(item), str(error)))
        return Listing(tuple(applications), tuple(undecodable))


def _name(item: msgspec.Raw) -> str:
    try:
        return _NAMED.decode(item).metadata.name or "(no name)"
    except msgspec.ValidationError:
        return "(no name)"


def _target(application: Application, call: str, query: str = "") -> str:
    target = f"{APPLICATIONS}/{quote(application.metadata.name, safe='')}/{call}"
    return _with_namespace(f"{target}?{query}" if query else target, application.outside)


def _with_namespace(target: str, namespace: str) -> str:
    if not namespace:
        return target
    return f"{target}{'&' if '?' in target else '?'}appNamespace={quote(namespace, safe='')}"


def _query(**values: str) -> str:
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in values.items())
