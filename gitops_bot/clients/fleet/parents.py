"""Applications that another one's chart or overlay renders (app of apps): its render says what their sources are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from msgspec import Struct

from gitops_bot.clients.applicationsets import Checkout, owned
from gitops_bot.clients.definition import (
    Evidence,
    application_of,
    definitions_in,
    same_places,
    same_sources,
    sources_in,
)
from gitops_bot.clients.rendering import NotRenderable, Renderer, RenderFailed, RenderInput
from gitops_bot.clients.rendering.steps import Kind, plan, rendered_sources
from gitops_bot.clients.rendering.values import ReadSet, SourceBroken
from gitops_bot.model.application import Application, ApplicationSpec
from gitops_bot.model.flux import KINDS, KUSTOMIZE_GROUP, event_name, plain_name
from gitops_bot.model.resource import Manifest
from gitops_bot.model.source import Source

TRACKING = "argocd.argoproj.io/tracking-id"
INSTANCE = "app.kubernetes.io/instance"
# Who deploys whom is a short chain; a longer one is a mistake, or goes in a circle.
_LONGEST_CHAIN = 8


class Made(Struct, frozen=True):
    """What a parent renders, and what that says of each Application in it, by namespace and name."""

    manifests: tuple[Manifest, ...] = ()
    specifications: dict[tuple[str, str], ApplicationSpec] = {}

    def given(self, application: Application) -> ApplicationSpec | None:
        """Return what it says of the Application; a manifest need not say its namespace."""
        namespace, name = application.metadata.namespace, application.metadata.name
        return self.specifications.get((namespace, name)) or self.specifications.get(("", name))


class Parents:
    """What is known of which Application renders which; only what was asked for with `learn`.

    `request` gives what rendering an Application is asked with now; `learn_parent` is called for each parent before
    that. A folder of plain manifests renders what is written in it, and is no parent here.
    """

    def __init__(
        self,
        checkout: Checkout,
        applications: dict[str, Application],
        renderer: Callable[[], Renderer],
        request: Callable[..., RenderInput],
        learn_parent: Callable[[Application], object],
    ) -> None:
        self._checkout = checkout
        self._applications = applications
        self._renderer = renderer
        self._request = request
        self._learn_parent = learn_parent
        self._makers: dict[str, Application] = {}
        self._written: dict[str, Application | None] = {}
        self._applying: dict[str, Application | None] = {}
        self._latest: dict[str, tuple[int, Made]] = {}

    def of(self, application: Application) -> Application | None:
        """Return the Application that deploys this one, by Argo CD's tracking; None where it is not known.

        It is one of the fleet's, or written out in the repository. A Flux object that does not say who applies it is
        taken to be that Kustomization's which alone renders it as it is.
        """
        name = tracked_by(application)
        if not name and application.key.group in KINDS.values():
            if application.name not in self._applying:
                self._applying[application.name] = self._find_applying(application)
            return self._applying[application.name]
        if not name or name in self._applications:
            return self._applications.get(name)
        if name not in self._written:
            self._written[name] = self._find(name, application)
        return self._written[name]

    def _find(self, name: str, child: Application) -> Application | None:
        """Return the Application that is written out; of several of one name (a folder a cluster) the child's."""
        repository, commit = self._checkout.repository, self._checkout.commit
        written = [
            application_of(one.body)
            for path in repository.grep(commit, plain_name(name))
            for one in definitions_in(path, repository.read(commit, path) or b"")
        ]
        return self._only(child, [one for one in written if one is not None and one.name == name])

    def _find_applying(self, child: Application) -> Application | None:
        repository, commit = self._checkout.repository, self._checkout.commit
        files = {
            path
            for path in repository.grep(commit, child.key.name)
            if any(one.declares(child) for one in definitions_in(path, repository.read(commit, path) or b""))
        }
        written = [
            application_of(one.body)
            for path in (repository.grep(commit, KUSTOMIZE_GROUP) if files else ())
            for one in definitions_in(path, repository.read(commit, path) or b"")
            if one.kind == "Kustomization" and not one.declares(child)
        ]
        found = [one for one in written if one is not None and self._reads(one, files)]
        parent = self._only(child, [one for one in found if self._given_by(one, child)])
        return self._applications.get(parent.name, parent) if parent else None

    def _only(self, child: Application, parents: list[Application]) -> Application | None:
        """Return the only parent; of several the one that renders the child as it is deployed."""
        if len(parents) > 1:
            parents = [one for one in parents if same_sources(self._given_by(one, child), child.sources)]
        return parents[0] if len(parents) == 1 else None

    def _reads(self, parent: Application, files: set[str]) -> bool:
        try:
            reads = self._renderer().reads(self._request(parent, parent.sources))
        except NotRenderable:
            return False
        return any(reads.covers(file) for file in files)

    def _given_by(self, parent: Application, child: Application) -> tuple[Source, ...]:
        """Return what a parent, as it is written out, renders the child's sources to; none where it does not."""
        try:
            given = self._made(self._request(parent, parent.sources)).given(child)
        except (RenderFailed, NotRenderable):
            return ()
        return sources_in(given) if given else ()

    def maker(self, application: Application) -> Application | None:
        """Return the parent whose render says what the Application's sources are; None where none was learned."""
        return self._makers.get(application.name)

    def learn(self, application: Application, evidence: Evidence) -> bool:
        """Look for the parent that renders the Application, and return whether there is one.

        Its render is trusted where it gives, at one of the commits, the sources that Argo CD had there; or, now,
        sources of the same places: options may be set in the cluster too. ToolMissing where the render takes a program
        that is not installed.
        """
        parent = self.of(application)
        if application.name in self._makers or parent is None:
            return application.name in self._makers
        self._learn_parent(parent)
        if self._goes_in_a_circle(application, parent) or not self._makes(parent, application, evidence):
            return False
        self._makers[application.name] = parent
        return True

    def _goes_in_a_circle(self, application: Application, parent: Application) -> bool:
        above: Application | None = parent
        for _ in range(_LONGEST_CHAIN):
            if above is None:
                return False
            if above.name == application.name:
                return True
            above = self._makers.get(above.name)
        return True

    def _makes(self, parent: Application, application: Application, evidence: Evidence) -> bool:
        now = self._given(parent, application)
        if not now or same_sources(now, application.sources):
            return bool(now)
        for commit, sources in evidence:
            if commit != self._checkout.commit and self._checkout.repository.has(commit):
                with self._checkout.workspace.at(commit):
                    given = self._given(parent, application)
                if given and same_sources(given, sources):
                    return True
        return same_places(now, application.sources)

    def _computes(self, request: RenderInput) -> bool:
        """Whether a source is a chart or a kustomization."""
        try:
            steps = [plan(self._checkout.workspace, request, source)[0] for source in rendered_sources(request)]
        except SourceBroken:
            return False
        return any(step.kind is not Kind.DIRECTORY for step in steps)

    def _given(self, parent: Application, application: Application) -> tuple[Source, ...]:
        try:
            spec = self._present(parent).given(application)
        except (RenderFailed, NotRenderable):
            return ()
        return sources_in(spec) if spec else ()

    def manifests(self, parent: Application) -> tuple[Manifest, ...]:
        """Return what the parent renders now; nothing for one that only copies manifests."""
        return self._present(parent).manifests

    def _present(self, parent: Application) -> Made:
        state, found = self._latest.get(parent.name, (-1, Made()))
        if state != self._checkout.workspace.state:
            found = self._made(self._request(parent))
            self._latest[parent.name] = (self._checkout.workspace.state, found)
        return found

    def _made(self, request: RenderInput) -> Made:
        manifests = self._renderer().render(request).manifests if self._computes(request) else ()
        applications = [application_of(one.body) for one in manifests]
        given = {(one.metadata.namespace, one.metadata.name): one.spec for one in applications if one is not None}
        return Made(manifests, given)

    def specification(self, application: Application) -> ApplicationSpec | None:
        """Return what the parent's render says at the workspace's present state; None where none was learned.

        RenderFailed where it does not make the Application there or deploys it to another cluster, NotRenderable where
        the parent cannot be rendered.
        """
        parent = self.maker(application)
        if parent is None:
            return None
        try:
            spec = self._present(parent).given(application)
        except RenderFailed as failure:
            raise RenderFailed(f"{parent.name}, which makes it, fails: {failure.message}", failure.reads) from None
        except NotRenderable as refusal:
            raise NotRenderable(f"{parent.name} makes it: {refusal.reason}") from None
        if spec is None:
            raise RenderFailed(f"{parent.name} does not make it any more", ReadSet())
        target, live = spec.destination, application.spec.destination
        if (target.server, target.name) != (live.server, live.name):
            raise RenderFailed(f"{parent.name} deploys it to {target.name or target.server} instead", ReadSet())
        return spec

    def made_by(self, name: str) -> Iterator[Application]:
        """Yield the fleet's Applications that the Application `name` deploys, by Argo CD's tracking."""
        yield from self._children.get(name, ())

    @property
    def makers(self) -> tuple[Application, ...]:
        """The parents that were learned."""
        return tuple({one.name: one for one in self._makers.values()}.values())

    @cached_property
    def _children(self) -> dict[str, list[Application]]:
        found: dict[str, list[Application]] = {}
        for application in self._applications.values():
            if name := tracked_by(application):
                found.setdefault(name, []).append(application)
        return found


def tracked_by(application: Application) -> str:
    """Return the name of the Application that deploys this one, empty where none does or an ApplicationSet made it."""
    if flux := application.labels.get(f"{KUSTOMIZE_GROUP}/name", ""):
        above = event_name("Kustomization", application.labels.get(f"{KUSTOMIZE_GROUP}/namespace", ""), flux)
        return "" if above == application.name else above
    tracked = (application.metadata.annotations or {}).get(TRACKING, "").partition(":")[0]
    # An instance is NAME or NAMESPACE_NAME; no name of an Application has an underscore.
    name = (tracked or application.labels.get(INSTANCE, "")).replace("_", "/")
    return "" if owned(application) or name == application.name else name
