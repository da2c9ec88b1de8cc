"""What Flux objects refer to by name: where their files come from, and the ConfigMaps that they take values from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
from msgspec import Struct

from gitops_bot.clients.applicationsets import Checkout
from gitops_bot.clients.definition import bodies_in
from gitops_bot.clients.fleet.parents import Parents
from gitops_bot.clients.rendering import NotRenderable, ReadSet, RenderFailed
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json, dig, mapping, text
from gitops_bot.model.source import FluxOptions, FluxReference, Source

Body = dict[str, Json]


class Written(Struct, frozen=True, kw_only=True):
    """A ConfigMap that is written out in a file."""

    path: str
    document: int
    body: Body


class References:
    """Resolves what Flux objects refer to at the workspace's present state.

    A ConfigMap is the one that the parent's render has; else the only one of that name that is written out.
    """

    def __init__(self, checkout: Checkout, parents: Parents, reads: Callable[[Application], ReadSet | None]) -> None:
        self._checkout = checkout
        self._parents = parents
        self._reads = reads
        self._asked: set[str] = set()
        self._mentions: dict[str, tuple[str, ...]] = {}

    def resolved(self, application: Application, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        """Return the sources with what Git says of the ConfigMaps that they name."""
        return tuple(self._resolved(application, source) for source in sources)

    def _resolved(self, application: Application, source: Source) -> Source:
        flux = source.flux
        if flux is None or not (flux.substitute_from or flux.values_from):
            return source
        lists = {"substitute_from": flux.substitute_from, "values_from": flux.values_from}
        found = {
            name: [msgspec.structs.replace(one, data=self._data(application, flux, one)) for one in references]
            for name, references in lists.items()
            if references is not None
        }
        return msgspec.structs.replace(source, flux=msgspec.structs.replace(flux, **found))

    def _data(self, application: Application, flux: FluxOptions, reference: FluxReference) -> dict[str, str] | None:
        if reference.kind != "ConfigMap":
            return None
        body = self._rendered(application, flux, reference)
        if body is None:
            written = self.written(flux, reference)
            body = written.body if written else None
        return None if body is None else {key: text(value) for key, value in mapping(body.get("data")).items()}

    def _rendered(self, application: Application, flux: FluxOptions, reference: FluxReference) -> Body | None:
        parent = self._parents.of(application)
        if parent is None or parent.name in self._asked:
            return None
        self._asked.add(parent.name)
        try:
            for manifest in self._parents.manifests(parent):
                key = manifest.key
                if (key.group, key.kind, key.name) == ("", "ConfigMap", reference.name) and _near(key.namespace, flux):
                    return manifest.body
        except (RenderFailed, NotRenderable):
            return None
        finally:
            self._asked.discard(parent.name)
        return None

    def written(self, flux: FluxOptions, reference: FluxReference) -> Written | None:
        """Return the ConfigMap where exactly one is written out that may be meant."""
        found = list(self._written(flux, reference))
        exact = [one for one in found if dig(one.body, "metadata", "namespace") == flux.namespace]
        chosen = exact or found
        return chosen[0] if len(chosen) == 1 else None

    def _written(self, flux: FluxOptions, reference: FluxReference) -> Iterator[Written]:
        checkout, name = self._checkout, reference.name
        if name not in self._mentions:
            self._mentions[name] = checkout.repository.grep(checkout.commit, name)
        for path in self._mentions[name]:
            content = checkout.workspace.read(path) or b""
            for number, body in enumerate(bodies_in(content) if b"ConfigMap" in content else ()):
                named = (body.get("kind"), dig(body, "metadata", "name")) == ("ConfigMap", name)
                if named and _near(text(dig(body, "metadata", "namespace")), flux):
                    yield Written(path=path, document=number, body=body)

    def reads(self, application: Application, sources: tuple[Source, ...]) -> ReadSet:
        """Return what else the sources are made of: the files of ConfigMaps, or all that the parent reads."""
        found = ReadSet()
        for flux in (source.flux for source in sources if source.flux):
            for reference in (*(flux.substitute_from or ()), *(flux.values_from or ())):
                if reference.data is None:
                    continue
                parent = self._parents.of(application)
                if self._rendered(application, flux, reference) is not None and parent is not None:
                    found |= self._reads(parent) or ReadSet()
                elif written := self.written(flux, reference):
                    found |= ReadSet(files=frozenset({written.path}))
        return found


def as_known(declared: Source, live: Source) -> Source:
    """Return a source as a manifest declares it, with what only the live object tells: its namespace and addresses."""
    if declared.flux is None or live.flux is None:
        return declared
    flux = msgspec.structs.replace(declared.flux, namespace=live.flux.namespace, name=live.flux.name)
    if _same_reference(declared.flux.source, live.flux.source) and not declared.chart:
        flux = msgspec.structs.replace(flux, source=live.flux.source)
        declared = msgspec.structs.replace(declared, repo_url=live.repo_url, target_revision=live.target_revision)
    return msgspec.structs.replace(declared, flux=flux)


def _same_reference(declared: str, live: str) -> bool:
    one, other = declared.split("/"), live.split("/")
    return len(one) == len(other) == 3 and (one[0], one[2]) == (other[0], other[2]) and one[1] in ("", other[1])


def _near(namespace: str, flux: FluxOptions) -> bool:
    return namespace in ("", flux.namespace)
