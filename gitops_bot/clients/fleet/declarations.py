"""What declares an Application in Git, and so its sources: a manifest, an ApplicationSet, or a parent's render."""

from __future__ import annotations

from gitops_bot.clients.applicationsets import Checkout, Memberships, owned
from gitops_bot.clients.definition import (
    Definition,
    Evidence,
    definitions_in,
    same_places,
    same_sources,
    sources_in,
    sources_of,
    specification,
)
from gitops_bot.clients.fleet.parents import Parents
from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.model.application import Application
from gitops_bot.model.source import Source


class Declarations:
    """What is known of where each Application is declared; only what was asked for with `search`.

    A manifest that is written out counts for the sources where Argo CD has them as it says. Where it has others, an
    overlay patches the manifest on its way: then the parent's render counts, where one is known.
    """

    def __init__(self, checkout: Checkout, memberships: Memberships, parents: Parents) -> None:
        self.memberships = memberships
        self.parents = parents
        self._checkout = checkout
        self._definitions: dict[str, Definition] = {}
        self._as_written: set[str] = set()
        self._searched: set[str] = set()

    def search(self, application: Application, evidence: Evidence) -> bool:
        """Look for what declares the Application, once; return whether that was now.

        `evidence` are the sources that Argo CD is known to have had at commits.
        """
        name = application.name
        if name in self._searched:
            return False
        self._searched.add(name)
        found = () if owned(application) else self._written(application)
        definition = self._chosen(found, application, evidence)
        if definition is not None:
            self._definitions[name] = definition
            # A base is often what every cluster has: of a Flux object it counts who renders it, where that is known.
            made = definition.kind != "Application" and self.parents.learn(application, evidence)
            if not made and self._gives(definition, evidence):
                self._as_written.add(name)
                return True
        if not found and self.memberships.learn(application, evidence) is not None:
            return True
        if definition is not None and not self.parents.learn(application, evidence):
            now = sources_of(self._checkout.repository.read(self._checkout.commit, definition.path) or b"", definition)
            if not application.sources or same_places(now, application.sources):
                self._as_written.add(name)
        elif definition is None:
            self.parents.learn(application, evidence)
        return True

    def _written(self, application: Application) -> tuple[Definition, ...]:
        repository, commit = self._checkout.repository, self._checkout.commit
        return tuple(
            one
            for path in repository.grep(commit, application.key.name)
            for one in definitions_in(path, repository.read(commit, path) or b"")
            if one.declares(application)
        )

    def _chosen(self, found: tuple[Definition, ...], application: Application, evidence: Evidence) -> Definition | None:
        """Return the only manifest; of several of one name (a folder a cluster) the one that Argo CD has."""
        if len(found) > 1:
            found = tuple(one for one in found if self._gives(one, evidence))
        if len(found) > 1:
            live = application.spec.destination
            specs = [(one, specification(one.body)) for one in found]
            found = tuple(one for one, spec in specs if spec and spec.destination == live)
        return found[0] if len(found) == 1 else None

    def _gives(self, definition: Definition, evidence: Evidence) -> bool:
        """Whether the manifest gave at one of the commits the sources that Argo CD had there."""
        read = self._checkout.repository.read
        return any(
            same_sources(sources_of(read(commit, definition.path) or b"", definition), sources)
            for commit, sources in evidence
        )

    def definition(self, application: Application) -> Definition | None:
        """Return the manifest that declares the Application, whether or not an overlay patches it on its way."""
        return self._definitions.get(application.name)

    def deployed(self, application: Application) -> Definition | None:
        """Return the manifest that declares the Application where Argo CD has it as it is written, else None."""
        return self._definitions.get(application.name) if application.name in self._as_written else None

    def sources(self, application: Application) -> tuple[Source, ...]:
        """Return the sources at the workspace's present state, none where nothing is known to declare them.

        RenderFailed where what declares them gives none, NotRenderable where that cannot be told.
        """
        if generated := self.memberships.sources(application):
            return generated
        if definition := self.deployed(application):
            return sources_of(self._checkout.workspace.read(definition.path) or b"", definition)
        spec = self.parents.specification(application)
        return sources_in(spec) if spec else ()

    def namespace(self, application: Application) -> str:
        """Return the namespace that the Application deploys to at the workspace's present state."""
        if self.deployed(application) is None:
            try:
                if spec := self.parents.specification(application):
                    return spec.destination.namespace
            except (RenderFailed, NotRenderable):
                return application.spec.destination.namespace
        return self.memberships.namespace(application)
