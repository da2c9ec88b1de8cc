"""A recording as it is answered: bodies rewritten, the list of applications filtered, each answer made once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from gitops_bot.sandbox.argocd.fields import Application, FieldSelection, select_application_fields, select_fields
from gitops_bot.sandbox.argocd.recording import LIST_PATH, Query, RecordedCall, Recording
from gitops_bot.sandbox.argocd.rewriting import Rewriting
from gitops_bot.sandbox.argocd.selector import matches, parse_selector

_ANSWERS_KEPT = 64


class _ListEnvelope(msgspec.Struct):
    items: list[msgspec.Raw] | None = None
    metadata: msgspec.Raw = msgspec.Raw(b"{}")


class _Source(msgspec.Struct):
    repoURL: str = ""  # noqa: N815 (Argo CD's name)


class _Spec(msgspec.Struct):
    project: str = ""
    source: _Source | None = None
    sources: list[_Source] = []


class _Node(msgspec.Struct):
    kind: str = ""
    name: str = ""
    group: str = ""
    namespace: str = ""


class _Tree(msgspec.Struct):
    nodes: list[_Node] | None = None


@dataclass(frozen=True)
class ListedApplication:
    """One item of the list: its own JSON, the parts that filters read, and what identifies it."""

    body: msgspec.Raw
    application: Application
    project: str
    repository_urls: tuple[str, ...]

    @property
    def name(self) -> str:
        """The application's name."""
        return self.application.metadata.name

    @property
    def namespace(self) -> str:
        """The namespace the Application object stands in."""
        return self.application.metadata.namespace

    @classmethod
    def read(cls, body: msgspec.Raw) -> ListedApplication:
        """Take one item of the list apart."""
        application = msgspec.json.decode(body, type=Application)
        spec = msgspec.json.decode(application.spec, type=_Spec)
        # Argo CD looks at `sources` first; a filter by repository reads the first of them only.
        sources = spec.sources or ([spec.source] if spec.source else [])
        urls = tuple(source.repoURL for source in sources)
        return cls(body, application, spec.project or "default", urls)


@dataclass(frozen=True)
class ListQuery:
    """What a request wants of the list. `selector` is a label selector, `fields` as in Argo CD; empty means any."""

    name: str = ""
    projects: frozenset[str] = frozenset()
    repository: str = ""
    namespace: str = ""
    selector: str = ""
    fields: str = ""


@dataclass(frozen=True)
class ResourceQuery:
    """Which managed resources a request wants; empty means any. `fields` as in Argo CD."""

    kind: str = ""
    group: str = ""
    namespace: str = ""
    name: str = ""
    fields: str = ""


class Replay:
    """One recording under one rewriting. Safe for many threads; answers are kept as bytes."""

    def __init__(self, recording: Recording, rewriting: Rewriting) -> None:
        self.recording = recording
        self.rewriting = rewriting
        self._guard = threading.RLock()
        self._answers: dict[object, bytes] = {}

    def find(self, path: str, query: Query = ()) -> RecordedCall | None:
        """The recorded call for a decoded path that may name the actual revision."""
        return self.recording.find(self.rewriting.recorded_path(path), query)

    def body(self, call: RecordedCall) -> bytes:
        """A recorded body, rewritten."""
        return self._once(call, lambda: self.rewriting.apply(call.file.read_bytes()))

    def list_body(self, query: ListQuery) -> bytes:
        """The list of applications as JSON, filtered. Raises SelectorError for a selector that cannot be parsed."""
        if query == ListQuery():
            return self.body(self.recording.calls[LIST_PATH, ()])
        return self._once(query, lambda: self._filtered_list(query))

    def managed_resources_body(self, call: RecordedCall, query: ResourceQuery) -> bytes:
        """The managed resources of one application as JSON, filtered."""
        if query == ResourceQuery():
            return self.body(call)
        return self._once((call, query), lambda: _filtered_resources(self.body(call), query))

    def application(self, name: str) -> ListedApplication | None:
        """The listed application of that name, or None."""
        return self._by_name.get(name)

    def has_resource(self, application: str, resource: ResourceQuery) -> bool:
        """Whether the application's recorded resource tree holds such a resource (empty parts match any)."""
        call = self.find(f"{LIST_PATH}/{application}/resource-tree")
        if call is None or call.status != 200:
            return False
        nodes = msgspec.json.decode(self.body(call), type=_Tree).nodes or []
        return any(_fits(node, resource) for node in nodes)

    @cached_property
    def _by_name(self) -> dict[str, ListedApplication]:
        return {each.name: each for each in self._applications}

    @cached_property
    def _envelope(self) -> _ListEnvelope:
        return msgspec.json.decode(self.list_body(ListQuery()), type=_ListEnvelope)

    @cached_property
    def _applications(self) -> list[ListedApplication]:
        return [ListedApplication.read(item) for item in self._envelope.items or []]

    def _filtered_list(self, query: ListQuery) -> bytes:
        requirements = parse_selector(query.selector)
        chosen = [
            each
            for each in self._applications
            if (not query.name or each.name == query.name)
            and (not query.projects or each.project in query.projects)
            and (not query.repository or query.repository in each.repository_urls[:1])
            and (not query.namespace or each.namespace == query.namespace)
            and matches(requirements, each.application.metadata.labels or {})
        ]
        selection = FieldSelection.parse(query.fields)
        items: Sequence[object] = [each.body for each in chosen]
        if selection is not None:
            items = select_application_fields([each.application for each in chosen], selection)
        return msgspec.json.encode({"metadata": self._envelope.metadata, "items": items or None})

    def _once(self, key: object, make: Callable[[], bytes]) -> bytes:
        with self._guard:
            kept = self._answers.get(key)
            if kept is None:
                while len(self._answers) >= _ANSWERS_KEPT:
                    self._answers.pop(next(iter(self._answers)))
                kept = self._answers[key] = make()
            return kept


def repository_urls(recording: Recording) -> list[str]:
    """The clone URLs of all the sources of a recording's applications, as recorded.

    Raises msgspec.DecodeError where the list is none of Argo CD's.
    """
    envelope = msgspec.json.decode(recording.calls[LIST_PATH, ()].file.read_bytes(), type=_ListEnvelope)
    listed = [ListedApplication.read(item) for item in envelope.items or []]
    return [url for each in listed for url in dict.fromkeys(each.repository_urls)]


def _fits(node: _Node, wanted: ResourceQuery) -> bool:
    return (
        wanted.kind in {"", node.kind}
        and wanted.group in {"", node.group}
        and wanted.namespace in {"", node.namespace}
        and wanted.name in {"", node.name}
    )


def _filtered_resources(body: bytes, query: ResourceQuery) -> bytes:
    envelope = msgspec.json.decode(body, type=_ListEnvelope)
    items = [item for item in envelope.items or [] if _fits(msgspec.json.decode(item, type=_Node), query)]
    selection = FieldSelection.parse(query.fields)
    if selection is None:
        return msgspec.json.encode({"items": items} if items else {})
    document = msgspec.json.decode(msgspec.json.encode({"items": items}))
    return msgspec.json.encode(select_fields(document, selection))
