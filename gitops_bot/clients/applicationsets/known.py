"""The ApplicationSets that a repository declares, and which Applications each of them makes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from msgspec import Struct

from gitops_bot.clients.applicationsets.coverage import decides, scope
from gitops_bot.clients.applicationsets.expanding import expand
from gitops_bot.clients.applicationsets.generating.generators import Surroundings
from gitops_bot.clients.applicationsets.templating.helm_engine import HelmEngine
from gitops_bot.clients.applicationsets.templating.templates import Templates
from gitops_bot.clients.applicationsets.values import Expansion, ExpansionFailed, NotExpandable
from gitops_bot.clients.definition import Definition, definitions_in
from gitops_bot.clients.rendering import Tools, same_repository
from gitops_bot.clients.rendering.urls import repository_path
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.errors import ToolMissing
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json, dig, sequence, text

KIND = "ApplicationSet"
_REMEMBERED = 64

Outcome = Expansion | ExpansionFailed | NotExpandable


class Checkout(Struct, frozen=True):
    """The repository as the fleet sees it: its files now, the commit and branch at hand, the names of its URL."""

    repository: ConfigRepository
    workspace: Workspace
    commit: str
    branch: str
    urls: tuple[str, ...]


class ApplicationSets:
    """The ApplicationSets of one repository. They are looked for once, at the commit at hand, when first asked about;
    what they make is told for the workspace's present state, and remembered by content.
    """

    def __init__(self, checkout: Checkout, tools: Tools) -> None:
        self._checkout = checkout
        self._engine = HelmEngine(tools, checkout.workspace.root.parent)
        self._expansions: dict[str, Outcome] = {}
        self._latest: dict[tuple[str, int], tuple[int, Outcome]] = {}

    @cached_property
    def declared(self) -> tuple[Definition, ...]:
        """The manifests of all ApplicationSets at the commit at hand."""
        repository, commit = self._checkout.repository, self._checkout.commit
        return tuple(
            found
            for path in repository.grep(commit, KIND)
            for found in definitions_in(path, repository.read(commit, path) or b"", KIND)
        )

    def owner(self, application: Application) -> Definition | None:
        """Return the ApplicationSet that the Application says it belongs to; None where not exactly one is written."""
        names = {one.name for one in application.metadata.owner_references or () if one.kind == KIND}
        found = [one for one in self.declared if one.name in names and _same_namespace(one, application)]
        return found[0] if len(found) == 1 else None

    def maker(self, application: Application) -> Definition | None:
        """Return the one ApplicationSet that makes an Application of that name now, None where not exactly one does."""
        found = [one for one in self.declared if _same_namespace(one, application) and self._makes(one, application)]
        return found[0] if len(found) == 1 else None

    def _makes(self, declared: Definition, application: Application) -> bool:
        try:
            return application.key.name in self.expansion(declared).applications
        except (NotExpandable, ExpansionFailed, ToolMissing):
            return False

    def decided_by(self, paths: Iterable[str]) -> tuple[Definition, ...]:
        """Return the ApplicationSets that a change of one of the files can move: by manifest or generator."""
        wanted = tuple(paths)
        workspace = self._checkout.workspace
        return tuple(
            one
            for one in self.declared
            if one.path in wanted or any(decides(one.body, path, workspace) for path in wanted)
        )

    def made(self, declared: Definition, applications: Iterable[Application]) -> tuple[Application, ...]:
        """Return which of the Applications belong to the ApplicationSet."""
        try:
            names = set(self.expansion(declared).applications)
        except (NotExpandable, ExpansionFailed):
            names = set()
        return tuple(
            one
            for one in applications
            if (self.owner(one) == declared if owned(one) else one.key.name in names and self.maker(one) == declared)
        )

    def expansion(self, declared: Definition) -> Expansion:
        """Return what the ApplicationSet makes of the workspace's present state.

        NotExpandable, ExpansionFailed or ToolMissing where that cannot be told.
        """
        known = self._known(declared)
        if isinstance(known, NotExpandable):
            raise NotExpandable(known.reason)
        if isinstance(known, ExpansionFailed):
            raise ExpansionFailed(known.message)
        return known

    def _known(self, declared: Definition) -> Outcome:
        place, workspace = (declared.path, declared.document), self._checkout.workspace
        state, outcome = self._latest.get(place, (-1, None))
        if outcome is None or state != workspace.state:
            outcome = self._remembered(declared)
            self._latest[place] = (workspace.state, outcome)
        return outcome

    def _remembered(self, declared: Definition) -> Outcome:
        try:
            body = self.present(declared).body
        except ExpansionFailed as absent:
            return absent
        content = self._checkout.workspace.digest([declared.path, *scope(body)])
        name = f"{declared.path} {declared.document} {content}"
        if name not in self._expansions:
            while len(self._expansions) >= _REMEMBERED:
                del self._expansions[next(iter(self._expansions))]
            self._expansions[name] = self._expanded(body)
        return self._expansions[name]

    def _expanded(self, body: dict[str, Json]) -> Outcome:
        options = [text(one) for one in sequence(dig(body, "spec", "goTemplateOptions"))]
        try:
            templates = Templates(self._engine, go=dig(body, "spec", "goTemplate") is True, options=options)
            around = Surroundings(self._checkout.workspace, self._is_own, self._checkout.branch, templates)
            return expand(around, body)
        except (NotExpandable, ExpansionFailed) as problem:
            return problem

    def present(self, declared: Definition) -> Definition:
        """Return the manifest as it is in the workspace's present state; ExpansionFailed where it is not there."""
        content = self._checkout.workspace.read(declared.path)
        for found in definitions_in(declared.path, content or b"", KIND):
            if found.name == declared.name and found.namespace == declared.namespace:
                return found
        raise ExpansionFailed(f"{declared.path} does not declare it")

    def _is_own(self, url: str) -> bool:
        # Argo CD may know the repository by another host than the manifest says (a mirror, a rewritten URL).
        return any(
            same_repository(url, own) or repository_path(url) == repository_path(own) for own in self._checkout.urls
        )


def owned(application: Application) -> bool:
    """Return whether the Application says that an ApplicationSet made it."""
    return any(one.kind == KIND for one in application.metadata.owner_references or ())


def _same_namespace(declared: Definition, application: Application) -> bool:
    return declared.namespace in ("", application.metadata.namespace)
