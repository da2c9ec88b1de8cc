"""The fleet's Applications seen from one config repository: what each renders, who reads which file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

import msgspec

from gitops_bot.clients.applicationsets import Checkout, FieldPlace, Membership, Memberships
from gitops_bot.clients.definition import Definition, Evidence, definitions_in
from gitops_bot.clients.fleet.declarations import Declarations
from gitops_bot.clients.fleet.deployments import deployed_sources, is_commit
from gitops_bot.clients.fleet.parents import Parents, tracked_by
from gitops_bot.clients.fleet.readers import ReaderIndex
from gitops_bot.clients.fleet.references import References, Written, as_known
from gitops_bot.clients.rendering import NotRenderable, ReadSet, Rendered, Renderer, RenderFailed, RenderInput
from gitops_bot.clients.rendering.urls import repository_path, same_repository
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.application import Application, Deployment
from gitops_bot.model.flux import UNKNOWN_SOURCE
from gitops_bot.model.json import Json
from gitops_bot.model.resource import Manifest
from gitops_bot.model.source import FluxOptions, FluxReference, Source


class Fleet:
    """Applications, the repository at one commit, and rendering, under one roof.

    `urls` are the ways in which this repository is named in `repoURL`s (any of https, ssh and scp forms is understood);
    `argocd_renders` gives Argo CD's own render of an Application, None where it tells none.
    """

    def __init__(
        self,
        applications: Iterable[Application],
        repository: ConfigRepository,
        workspace: Workspace,
        renderer: Renderer,
        *,
        commit: str,
        branch: str,
        urls: tuple[str, ...],
        argocd_renders: Callable[[Application], tuple[Manifest, ...] | None] = lambda _: None,
    ) -> None:
        self.applications = {application.name: application for application in applications}
        self.repository = repository
        self.workspace = workspace
        self.renderer = renderer
        self.commit = commit
        self.branch = branch
        self.argocd_renders = argocd_renders
        self._urls = urls
        checkout = Checkout(repository=repository, workspace=workspace, commit=commit, branch=branch, urls=urls)
        self._memberships = Memberships(checkout, renderer.tools)
        self._parents = Parents(
            checkout, self.applications, lambda: self.renderer, self.request, self.search_definition
        )
        self._declarations = Declarations(checkout, self._memberships, self._parents)
        self._references = References(checkout, self._parents, self.reads)
        self._index = ReaderIndex(workspace, self.applications, self._read_by)

    def is_own(self, source: Source) -> bool:
        """Whether the source takes files from this repository; of a Flux source of unknown address that is assumed."""
        unknown = source.repo_url.startswith(UNKNOWN_SOURCE)
        return not source.chart and (unknown or any(same_repository(source.repo_url, url) for url in self._urls))

    def tracks_branch(self, source: Source) -> bool:
        """Whether a commit on the branch reaches the source, as against a pinned tag, commit or other branch."""
        target = source.target_revision.removeprefix("refs/heads/")
        return target in ("", "HEAD", self.branch)

    def own_index(self, application: Application) -> int | None:
        """Return which source of the Application is this repository's (the first that holds manifests), or None."""
        own = [index for index, source in enumerate(application.sources) if self.is_own(source)]
        return next((index for index in own if application.sources[index].path), own[0] if own else None)

    def outside(self, application: Application) -> str:
        """Return why no commit on the branch can reach the Application, empty where one can."""
        index = self.own_index(application)
        if index is None:
            named = ", ".join(sorted({source.repo_url for source in application.sources})) or "no source"
            return f"its manifests come from {named}, not from this repository: run the bot there"
        source = application.sources[index]
        if not self.tracks_branch(source):
            return f"it is pinned to `{source.target_revision}`, which a commit on {self.branch} does not reach"
        return ""

    def sources(self, application: Application) -> tuple[Source, ...]:
        """Return the sources as Git declares them in the workspace's present state, else as Argo CD has them."""
        try:
            return self._declared_sources(application)
        except (RenderFailed, NotRenderable):
            return self._references.resolved(application, application.sources)

    def _declared_sources(self, application: Application) -> tuple[Source, ...]:
        declared = self._declarations.sources(application)
        live = (*application.sources, *[None] * len(declared))
        known = tuple(self._as_known(*pair) for pair in zip(declared, live, strict=False))
        return self._references.resolved(application, known or application.sources)

    def _as_known(self, declared: Source, live: Source | None) -> Source:
        if live is not None and live.flux is not None:
            return as_known(declared, live)
        # Argo CD may know the repository by another host than the manifest says (a mirror, a rewritten URL).
        if (
            live is None
            or not self.is_own(live)
            or repository_path(live.repo_url) != repository_path(declared.repo_url)
        ):
            return declared
        return msgspec.structs.replace(declared, repo_url=live.repo_url)

    def render(self, application: Application, sources: tuple[Source, ...] | None = None) -> Rendered:
        """Render at the workspace's present state, with other sources where given (RenderFailed, NotRenderable)."""
        return self.renderer.render(self.request(application, sources))

    def reads(self, application: Application, sources: tuple[Source, ...] | None = None) -> ReadSet | None:
        """Return what the Application reads at the workspace's present state, None where that cannot be told.

        That is what its render reads, and what its sources are declared by.
        """
        chosen = self.sources(application) if sources is None else sources
        try:
            reads = self.renderer.reads(self._request(application, chosen))
        except NotRenderable:
            return None
        return reads | self._declaring(application) | self._references.reads(application, chosen)

    def _declaring(self, application: Application) -> ReadSet:
        definition = self.definition(application)
        declaring = ReadSet(files=frozenset({definition.path} if definition else ()))
        parent = self.maker(application)
        above = self.reads(parent) if parent else None
        return declaring | self._memberships.reads(application) | (above or ReadSet())

    def request(self, application: Application, sources: tuple[Source, ...] | None = None) -> RenderInput:
        """Return what rendering the Application is asked with at the workspace's present state.

        RenderFailed or NotRenderable where what declares it gives no sources.
        """
        return self._request(application, self._declared_sources(application) if sources is None else sources)

    def _request(self, application: Application, sources: tuple[Source, ...]) -> RenderInput:
        return RenderInput(
            application=application.instance,
            namespace=self._declarations.namespace(application),
            sources=sources,
            repository_urls=self._urls,
            branch=self.branch,
            project=application.spec.project,
        )

    def readers(self, paths: Iterable[str]) -> tuple[Application, ...]:
        """Return the Applications of this repository for which a change of one of the files counts, by name.

        Of an ApplicationSet whose generators read one, all that it makes; of a chart or an overlay that reads one, all
        whose manifests it renders.
        """
        wanted = tuple(paths)
        for path in wanted:
            self._learn_definitions(path)
        together = self._memberships.readers(wanted, self.applications.values())
        for application in sorted(together, key=lambda one: one.name):
            self.search_definition(application)
        found = self._index.readers(wanted)
        # What a chart from elsewhere renders to is not seen here: it counts for the file that it is made of.
        found |= {one.name for one in together if self.own_index(one) is not None and self._index.tells(one.name)}
        found |= self._rendered_by(found, wanted)
        return tuple(self.applications[name] for name in sorted(found))

    def _read_by(self, name: str) -> ReadSet | None:
        application = self.applications[name]
        if self.own_index(application) is None:
            # What a chart from elsewhere renders to is not seen here, but that an edit may move it is known.
            return self._declaring(application)
        return self.reads(application)

    def _rendered_by(self, names: set[str], paths: tuple[str, ...]) -> set[str]:
        """Return the Applications whose manifests the named ones render, and those whose manifests these render."""
        unseen = [one for one in self._parents.makers if one.name not in self.applications]
        found = set(names)
        waiting = [*names, *(one.name for one in unseen if _covers(self.reads(one), paths))]
        while waiting:
            for child in self._parents.made_by(waiting.pop()):
                if child.name not in found and self._learn_parent(child):
                    found.add(child.name)
                    waiting.append(child.name)
        return found

    def _learn_parent(self, application: Application) -> bool:
        """Learn who renders the Application, if no manifest that is known declares it; return whether somebody does."""
        if self._declarations.deployed(application) is not None or self._memberships.of(application) is not None:
            return False
        if self._parents.maker(application) is None and self._parents.learn(application, self._evidence(application)):
            self._index.forget(application.name)
        return self._parents.maker(application) is not None

    def definition(self, application: Application) -> Definition | None:
        """Return the manifest in this repository that declares the Application, None where not exactly one does.

        Of several of one name it is the one whose sources and destination are the live ones. Only what was searched for
        is known: `search_definition` looks for an Application's, `readers` into edited files.
        """
        return self._declarations.definition(application)

    def deployed_definition(self, application: Application) -> Definition | None:
        """Return the manifest that declares the Application where it is deployed as it is written; after a search."""
        return self._declarations.deployed(application)

    def search_definition(self, application: Application) -> Definition | None:
        """Look through the repository, once, for the manifest that declares the Application.

        Where an ApplicationSet makes it, or a chart or an overlay renders its manifest, its sources are from then on
        what that gives.
        """
        if (
            self._declarations.search(application, self._evidence(application))
            and application.name in self.applications
        ):
            self._index.forget(application.name)
        return self.definition(application)

    def _evidence(self, application: Application) -> Evidence:
        """Return at which commits Argo CD is known to have had which sources."""
        last = [(self.revision(application, one), deployed_sources(one)) for one in application.history[-1:]]
        now = [(commit, application.sources) for commit in (self.commit, self.compared_revision(application))]
        return tuple((commit, sources) for commit, sources in (*now, *last) if commit)

    def membership(self, application: Application) -> Membership | None:
        """Return the ApplicationSet that makes the Application, None where none is known; after `search_definition`."""
        return self._memberships.of(application)

    def generated_from(self, application: Application, pointer: str) -> tuple[FieldPlace, ...]:
        """Return where Git sets a field of the Application (`/spec/source/path`) that an ApplicationSet makes."""
        return self._memberships.places(application, pointer)

    def made(self, application: Application) -> dict[str, Json] | None:
        """Return the Application as an ApplicationSet makes it at the workspace's present state, None if none does."""
        return self._memberships.made(application)

    def expands(self, application_set: str) -> bool:
        """Return whether all that an ApplicationSet makes is told from Git: then rendering shows what it moves."""
        return self._memberships.expands(application_set)

    def _learn_definitions(self, path: str) -> None:
        for definition in definitions_in(path, self.repository.read(self.commit, path) or b""):
            for application in self._of_plain_name.get(definition.name, ()):
                if definition.declares(application):
                    self.search_definition(application)

    @cached_property
    def _of_plain_name(self) -> dict[str, list[Application]]:
        found: dict[str, list[Application]] = {}
        for application in self.applications.values():
            found.setdefault(application.key.name, []).append(application)
        return found

    def maker(self, application: Application) -> Application | None:
        """Return the Application whose chart or overlay renders this one's manifest; after `search_definition`.

        None where none is known to, or where a manifest that is written out declares it.
        """
        return self._parents.maker(application) if self.deployed_definition(application) is None else None

    def deployer(self, application: Application) -> Application | None:
        """Return the Application that deploys this one's manifest, of the fleet or written out in the repository."""
        return self._parents.of(application)

    def config_map(self, flux: FluxOptions, reference: FluxReference) -> Written | None:
        """Return the ConfigMap that a Flux object refers to, where one file of this repository writes it out."""
        return self._references.written(flux, reference)

    def parent(self, application: Application) -> Application | None:
        """Return the fleet's Application that deploys this one (app of apps), by Argo CD's tracking."""
        return self.applications.get(tracked_by(application))

    def revision(self, application: Application, deployment: Deployment) -> str:
        """Return the commit of this repository that a deployment of the Application stood on, empty where unknown."""
        index = self.own_index(application) or 0
        revisions = deployment.revisions or [deployment.revision]
        return revisions[index] if index < len(revisions) else ""

    def compared_revision(self, application: Application) -> str:
        """Return the commit of this repository that Argo CD last compared the Application with, empty where unknown."""
        index = self.own_index(application) or 0
        revisions = application.revisions
        return revisions[index] if index < len(revisions) and is_commit(revisions[index]) else ""


def _covers(reads: ReadSet | None, paths: tuple[str, ...]) -> bool:
    return reads is not None and any(reads.covers(path) for path in paths)
