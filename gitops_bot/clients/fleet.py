"""The fleet's Applications seen from one config repository: what each renders, who reads which file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

import msgspec

from gitops_bot.clients.applicationsets import Checkout, Evidence, FieldPlace, Membership, Memberships, owned
from gitops_bot.clients.definition import Definition, definitions_in, sources_of
from gitops_bot.clients.rendering import NotRenderable, ReadSet, Rendered, Renderer, RenderFailed, RenderInput
from gitops_bot.clients.rendering.urls import same_repository
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.application import Application, Deployment
from gitops_bot.model.resource import Manifest
from gitops_bot.model.source import Source

COMMIT = re.compile("[0-9a-f]{40}")
TRACKING = "argocd.argoproj.io/tracking-id"


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
        self._reads: dict[str, ReadSet | None] = {}
        self._definitions: dict[str, Definition] = {}
        self._searched: set[str] = set()
        checkout = Checkout(repository=repository, workspace=workspace, commit=commit, branch=branch, urls=urls)
        self._memberships = Memberships(checkout, renderer.tools)

    def is_own(self, source: Source) -> bool:
        """Whether the source takes files from this repository."""
        return not source.chart and any(same_repository(source.repo_url, url) for url in self._urls)

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
            return application.sources

    def _declared_sources(self, application: Application) -> tuple[Source, ...]:
        declared = self._memberships.sources(application)
        definition = self.definition(application)
        if not declared and definition is not None:
            declared = sources_of(self.workspace.read(definition.path) or b"", definition)
        live = (*application.sources, *[None] * len(declared))
        return tuple(self._as_known(*pair) for pair in zip(declared, live, strict=False)) or application.sources

    def _as_known(self, declared: Source, live: Source | None) -> Source:
        # Argo CD may know the repository by another host than the manifest says (a mirror, a rewritten URL).
        if live is None or not self.is_own(live) or _path(live.repo_url) != _path(declared.repo_url):
            return declared
        return msgspec.structs.replace(declared, repo_url=live.repo_url)

    def render(self, application: Application, sources: tuple[Source, ...] | None = None) -> Rendered:
        """Render at the workspace's present state, with other sources where given (RenderFailed, NotRenderable)."""
        chosen = self._declared_sources(application) if sources is None else sources
        return self.renderer.render(self._request(application, chosen))

    def reads(self, application: Application, sources: tuple[Source, ...] | None = None) -> ReadSet | None:
        """Return what the Application reads at the workspace's present state, None where that cannot be told."""
        try:
            chosen = self.sources(application) if sources is None else sources
            reads = self.renderer.reads(self._request(application, chosen))
        except NotRenderable:
            return None
        definition = self.definition(application)
        declaring = ReadSet(files=frozenset({definition.path} if definition else ()))
        return reads | declaring | self._memberships.reads(application)

    def _request(self, application: Application, sources: tuple[Source, ...]) -> RenderInput:
        return RenderInput(
            application=application.name,
            namespace=self._memberships.namespace(application),
            sources=sources,
            repository_urls=self._urls,
            branch=self.branch,
            project=application.spec.project,
        )

    def readers(self, paths: Iterable[str]) -> tuple[Application, ...]:
        """Return the Applications of this repository that read one of the files at the commit, by name.

        Of an ApplicationSet whose generators read one, all that it makes.
        """
        wanted = tuple(paths)
        for path in wanted:
            self._learn_definitions(path)
        together = {one.name for one in self._memberships.readers(wanted, self.applications.values())}
        for name in sorted(together):
            self.search_definition(self.applications[name])
        found = []
        for name, application in sorted(self.applications.items()):
            if self.own_index(application) is None:
                # What a chart from elsewhere renders to is not seen here, but that an edit may move it is known.
                reads: ReadSet | None = self._memberships.reads(application)
                together.discard(name)
            else:
                if name not in self._reads:
                    self._reads[name] = self.reads(application)
                reads = self._reads[name]
            if reads is not None and (name in together or any(reads.covers(path) for path in wanted)):
                found.append(application)
        return tuple(found)

    def definition(self, application: Application) -> Definition | None:
        """Return the manifest in this repository that declares the Application, None where not exactly one does.

        Only what was searched for is known: `search_definition` looks for an Application's, `readers` into edited
        files.
        """
        return self._definitions.get(application.name)

    def search_definition(self, application: Application) -> Definition | None:
        """Look through the repository, once, for the manifest that declares the Application.

        Where an ApplicationSet makes it there is none, and its sources are from then on what the ApplicationSet gives.
        """
        if application.name not in self._searched:
            self._searched.add(application.name)
            found = [
                definition
                for path in (() if owned(application) else self.repository.grep(self.commit, application.name))
                for definition in definitions_in(path, self.repository.read(self.commit, path) or b"")
                if definition.name == application.name and definition.namespace in ("", application.metadata.namespace)
            ]
            if len(found) == 1:
                self._know(found[0])
            if not found and self._memberships.learn(application, self._evidence(application)) is not None:
                self._reads.pop(application.name, None)
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

    def expands(self, application_set: str) -> bool:
        """Return whether all that an ApplicationSet makes is told from Git: then rendering shows what it moves."""
        return self._memberships.expands(application_set)

    def _learn_definitions(self, path: str) -> None:
        for definition in definitions_in(path, self.repository.read(self.commit, path) or b""):
            application = self.applications.get(definition.name)
            if application is not None:
                self.search_definition(application)

    def _know(self, definition: Definition) -> None:
        self._definitions[definition.name] = definition
        self._reads.pop(definition.name, None)

    def parent(self, application: Application) -> Application | None:
        """Return the Application that deploys this one (app of apps), by Argo CD's tracking annotation."""
        tracking = (application.metadata.annotations or {}).get(TRACKING, "")
        name = tracking.partition(":")[0].rpartition("_")[2]
        return self.applications.get(name) if name != application.name else None

    def revision(self, application: Application, deployment: Deployment) -> str:
        """Return the commit of this repository that a deployment of the Application stood on, empty where unknown."""
        index = self.own_index(application) or 0
        revisions = deployment.revisions or [deployment.revision]
        return revisions[index] if index < len(revisions) else ""

    def compared_revision(self, application: Application) -> str:
        """Return the commit of this repository that Argo CD last compared the Application with, empty where unknown."""
        index = self.own_index(application) or 0
        revisions = application.revisions
        # Where rendering fails, Argo CD gives the branch's name in place of a commit.
        return revisions[index] if index < len(revisions) and COMMIT.fullmatch(revisions[index]) else ""


def deployed_sources(deployment: Deployment) -> tuple[Source, ...]:
    """Return the sources as they were at a deployment."""
    if deployment.sources:
        return tuple(deployment.sources)
    return (deployment.source,) if deployment.source else ()


def own_urls(
    applications: Iterable[Application], repository: ConfigRepository, names: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the `repoURL`s among the Applications that mean this repository, and `names`, by which we know it.

    Argo CD may reach it by another host than we do (an internal address, a mirror). A URL whose host is unknown counts
    when its path is the same, or none is known, and a commit that Argo CD deployed from it is in this clone.
    """
    paths = {_path(name) for name in names}
    found = dict.fromkeys(names)
    for application in applications:
        for index, source in enumerate(application.sources):
            url = source.repo_url
            if url in found or source.chart or any(same_repository(url, name) for name in names):
                continue
            if (not paths or _path(url) in paths) and _deployed_here(application, index, repository):
                found[url] = None
    return tuple(found)


def _path(url: str) -> str:
    return "/".join(re.split(r"[/:]", url.rstrip("/").removesuffix(".git"))[-2:]).lower()


def _deployed_here(application: Application, index: int, repository: ConfigRepository) -> bool:
    deployed = [(one.revisions or [one.revision]) for one in application.history]
    commits = [revisions[index] for revisions in (application.revisions, *deployed) if index < len(revisions)]
    return any(COMMIT.fullmatch(commit) and repository.has(commit) for commit in commits)
