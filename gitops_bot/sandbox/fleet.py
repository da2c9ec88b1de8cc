"""A big, healthy fleet made out of a small recording, for figures about size."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import msgspec

from gitops_bot.errors import ConfigurationError
from gitops_bot.sandbox.argocd.recording import LIST_PATH, RecordedCall, Recording

_TRACKING_ID = "argocd.argoproj.io/tracking-id"
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class _Health(msgspec.Struct):
    status: str = ""


class _Sync(msgspec.Struct):
    status: str = ""


class _Resource(msgspec.Struct):
    kind: str = ""


class _Status(msgspec.Struct):
    health: _Health = msgspec.field(default_factory=_Health)
    sync: _Sync = msgspec.field(default_factory=_Sync)
    resources: list[_Resource] = []


class _Metadata(msgspec.Struct):
    name: str


class _Destination(msgspec.Struct):
    namespace: str = ""


class _Spec(msgspec.Struct):
    destination: _Destination = msgspec.field(default_factory=_Destination)


class _Application(msgspec.Struct):
    metadata: _Metadata
    spec: _Spec = msgspec.field(default_factory=_Spec)
    status: _Status = msgspec.field(default_factory=_Status)


class _Envelope(msgspec.Struct):
    items: list[msgspec.Raw] | None = None
    metadata: msgspec.Raw = msgspec.Raw(b"{}")


@dataclass(frozen=True)
class _Renaming:
    """One clone: the application's name and the namespace it deploys to, before and after."""

    old: str
    old_namespace: str
    new: str

    def text(self, key: str, text: str) -> str:
        """One string of a body, found under `key`, as the clone has it."""
        if text.startswith("{") and text.rstrip().endswith("}"):
            return self._embedded(key, text)
        if key == "namespace" and text == self.old_namespace and text:
            return self.new
        if key == _TRACKING_ID:
            return text.replace(f"{self.old}:", f"{self.new}:", 1).replace(f":{self.old_namespace}/", f":{self.new}/")
        return text

    def _embedded(self, key: str, text: str) -> str:
        try:
            document = msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
        document = _mapped(document, self.text)
        if key == _LAST_APPLIED:
            document = _with_identity(document, self.new)
        return msgspec.json.encode(document).decode()


def generate(source: Path, destination: Path, applications: int, *, details: bool = False) -> None:
    """Write to `destination` a recording of `applications` healthy applications cloned from the recording `source`.

    Names and namespaces are unique; Git paths and revisions stay, so that every clone belongs to the same repository.
    With `details` each clone also has the answers recorded for its original (resource tree, managed resources, …),
    without them the list and the answers about Argo CD itself are all. Raises ConfigurationError where `source` is no
    recording or has no application that is Healthy and Synced, or where `destination` holds something.
    """
    recording = Recording.open(source)
    envelope = msgspec.json.decode(recording.calls[LIST_PATH, ()].file.read_bytes(), type=_Envelope)
    originals = [item for item in envelope.items or [] if _is_healthy(item)]
    if not originals:
        raise ConfigurationError(
            "no application to clone", where=str(source), expected="one that is Healthy and Synced, no app of apps"
        )
    if destination.exists() and any(destination.iterdir()):
        raise ConfigurationError("the folder is not empty", where=str(destination), advice="Name a new folder.")
    destination.mkdir(parents=True, exist_ok=True)
    index: list[dict[str, object]] = []

    def record(url: str, status: int, body: bytes) -> None:
        file = f"{len(index):03}.json"
        (destination / file).write_bytes(body)
        index.append({"method": "GET", "url": url, "status": status, "file": file})

    for call in recording.calls.values():
        if not call.path.startswith(LIST_PATH):
            record(_url(call.path, call), call.status, call.file.read_bytes())
    clones = list(_clones(originals, applications))
    items = [body for _, body in clones]
    record(LIST_PATH, 200, msgspec.json.encode({"items": items, "metadata": envelope.metadata}))
    if details:
        for renaming, body in clones:
            for url, status, detail in _details(recording, renaming, body):
                record(url, status, detail)
    (destination / "index.json").write_bytes(msgspec.json.format(msgspec.json.encode(index), indent=1))


def _is_healthy(item: msgspec.Raw) -> bool:
    application = msgspec.json.decode(item, type=_Application)
    status = application.status
    is_parent = any(resource.kind == "Application" for resource in status.resources)
    return status.health.status == "Healthy" and status.sync.status == "Synced" and not is_parent


def _clones(originals: list[msgspec.Raw], count: int) -> Iterator[tuple[_Renaming, msgspec.Raw]]:
    digits = len(str(count))
    for number, item in zip(range(1, count + 1), itertools.cycle(originals), strict=False):
        application = msgspec.json.decode(item, type=_Application)
        name = application.metadata.name
        renaming = _Renaming(name, application.spec.destination.namespace, f"{name}-{number:0{digits}}")
        document = _with_identity(_mapped(msgspec.json.decode(item), renaming.text), renaming.new)
        yield renaming, msgspec.Raw(msgspec.json.encode(document))


def _details(recording: Recording, renaming: _Renaming, application: msgspec.Raw) -> Iterator[tuple[str, int, bytes]]:
    root = f"{LIST_PATH}/{renaming.old}"
    for call in recording.calls.values():
        if call.path != root and not call.path.startswith(f"{root}/"):
            continue
        body: bytes = bytes(application)
        if call.path != root:
            content = call.file.read_bytes()
            body = msgspec.json.encode(_mapped(msgspec.json.decode(content), renaming.text)) if content else content
        yield _url(call.path.replace(root, f"{LIST_PATH}/{renaming.new}", 1), call, renaming), call.status, body


def _url(path: str, call: RecordedCall, renaming: _Renaming | None = None) -> str:
    pairs = [
        (name, renaming.text("namespace", value) if renaming and name in {"namespace", "resourceNamespace"} else value)
        for name, value in call.query
    ]
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
    return f"{quote(path)}?{query}" if query else quote(path)


def _with_identity(document: object, name: str) -> object:
    """An Application with another name, and a uid of its own made from that name."""
    if isinstance(document, dict) and isinstance(document.get("metadata"), dict):
        metadata = {**document["metadata"], "name": name}
        if "uid" in metadata:
            metadata["uid"] = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
        return {**document, "metadata": metadata}
    return document


def _mapped(value: object, change: Callable[[str, str], str], key: str = "") -> object:
    """A JSON document with every string changed; `change` gets the key it stands under, and the string."""
    if isinstance(value, dict):
        return {name: _mapped(child, change, str(name)) for name, child in value.items()}
    if isinstance(value, list):
        return [_mapped(child, change, key) for child in value]
    return change(key, value) if isinstance(value, str) else value
