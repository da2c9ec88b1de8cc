"""Kubernetes objects: how they are named, and what one looks like."""

from __future__ import annotations

from msgspec import Struct

from gitops_bot.model.json import Json, dig, mapping, text


class ResourceKey(Struct, frozen=True, order=True):
    """Names one object: API group ("" for the core group), kind, namespace ("" where it has none) and name."""

    group: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.namespace}/{self.name}" if self.namespace else f"{self.kind} {self.name}"

    @property
    def path(self) -> str:
        """GROUP/KIND/NAMESPACE/NAME, with `core` for the core group: how the command line names an object."""
        return f"{self.group or 'core'}/{self.kind}/{self.namespace}/{self.name}"


class Manifest(Struct, frozen=True):
    """One object as Git renders it or as a cluster holds it."""

    key: ResourceKey
    body: dict[str, Json]

    @classmethod
    def of(cls, body: dict[str, Json], default_namespace: str = "") -> Manifest:
        """Wrap a decoded object; one without a namespace is taken to stand in `default_namespace`."""
        metadata = mapping(dig(body, "metadata"))
        group, _, _ = text(dig(body, "apiVersion")).rpartition("/")
        namespace = text(metadata.get("namespace")) or default_namespace
        return cls(ResourceKey(group, text(dig(body, "kind")), namespace, text(metadata.get("name"))), body)
