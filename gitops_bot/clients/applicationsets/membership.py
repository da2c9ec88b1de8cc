"""Applications that ApplicationSets make: what each renders from, reads, and who else is made of the same files."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from gitops_bot.clients.applicationsets.known import ApplicationSets, Checkout, owned
from gitops_bot.clients.applicationsets.places import FieldPlace, field_places
from gitops_bot.clients.applicationsets.values import Expansion, ExpansionFailed, Generated, NotExpandable
from gitops_bot.clients.definition import Definition, Evidence, same_sources
from gitops_bot.clients.rendering import NotRenderable, ReadSet, RenderFailed, Tools
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json
from gitops_bot.model.source import Source


class Membership(Struct, frozen=True):
    """The ApplicationSet that makes an Application.

    `reason` says why what it makes cannot be told from Git, empty where it can: then its template is known as a place,
    but the Application's sources are the live ones.
    """

    declared: Definition
    reason: str = ""

    @property
    def label(self) -> str:
        """The ApplicationSet, for a person."""
        return f"the ApplicationSet {self.declared.name} ({self.declared.path})"


class Memberships:
    """What is known of which Application belongs to which ApplicationSet; only what was asked for with `learn`."""

    def __init__(self, checkout: Checkout, tools: Tools) -> None:
        self._checkout = checkout
        self._sets = ApplicationSets(checkout, tools)
        self._known: dict[str, Membership | None] = {}
        self._past: dict[tuple[str, str, int], Expansion] = {}

    def learn(self, application: Application, evidence: Evidence) -> Membership | None:
        """Look, once, for the ApplicationSet that makes the Application.

        Its expansion is trusted only where it gives, at one of the commits, the sources that Argo CD had there: the
        manifest may be patched on its way to the cluster. ToolMissing where a template takes helm, and there is none.
        """
        if application.name not in self._known:
            declared = self._sets.owner(application) if owned(application) else self._sets.maker(application)
            self._known[application.name] = (
                None if declared is None else Membership(declared, self._doubt(declared, application, evidence))
            )
        return self._known[application.name]

    def of(self, application: Application) -> Membership | None:
        """Return what was learned of the Application."""
        return self._known.get(application.name)

    def _doubt(self, declared: Definition, application: Application, evidence: Evidence) -> str:
        problem = ""
        for commit, sources in evidence:
            try:
                generated = self._expansion_at(commit, declared).applications.get(application.key.name)
            except NotExpandable as refusal:
                return refusal.reason
            except ExpansionFailed as failure:
                problem = problem or failure.message
                continue
            if generated is not None and same_sources(generated.sources, sources):
                return ""
        return problem or "Argo CD has the Application with other sources than the manifest in this repository gives it"

    def _expansion_at(self, commit: str, declared: Definition) -> Expansion:
        key = (commit, declared.path, declared.document)
        if key not in self._past:
            if not self._checkout.repository.has(commit):
                raise ExpansionFailed(f"commit {commit[:7]} is not in this clone")
            with self._checkout.workspace.at(commit):
                self._past[key] = self._sets.expansion(declared)
        return self._past[key]

    def sources(self, application: Application) -> tuple[Source, ...]:
        """Return the sources that the ApplicationSet gives at the workspace's present state; none where none makes it.

        RenderFailed where it gives nothing, NotRenderable where that cannot be told, ToolMissing for want of helm.
        """
        membership = self.of(application)
        if membership is None:
            return ()
        if membership.reason:
            return self._live(application, membership)
        try:
            generated = self._generated(application, membership)
        except NotExpandable as refusal:
            raise NotRenderable(f"{membership.label} makes it, and {refusal.reason}") from None
        except ExpansionFailed as failure:
            raise RenderFailed(f"{membership.label}: {failure.message}", self.reads(application)) from None
        target, live = generated.spec.destination, application.spec.destination
        if (target.server, target.name) != (live.server, live.name):
            elsewhere = target.name or target.server
            raise RenderFailed(f"{membership.label} deploys it to {elsewhere} instead", self.reads(application))
        return generated.sources

    def namespace(self, application: Application) -> str:
        """Return the namespace that the Application deploys to at the workspace's present state."""
        membership = self.of(application)
        if membership is not None and not membership.reason:
            try:
                return self._generated(application, membership).spec.destination.namespace
            except (NotExpandable, ExpansionFailed):
                return application.spec.destination.namespace
        return application.spec.destination.namespace

    def _live(self, application: Application, membership: Membership) -> tuple[Source, ...]:
        path = membership.declared.path
        if self._checkout.workspace.read(path) != self._checkout.repository.read(self._checkout.commit, path):
            # The live sources are those of the manifest as it is at the commit at hand, and of no other.
            raise NotRenderable(f"{membership.label} makes it, and what it makes cannot be told: {membership.reason}")
        return application.sources

    def _generated(self, application: Application, membership: Membership) -> Generated:
        generated = self._sets.expansion(membership.declared).applications.get(application.key.name)
        if generated is None:
            raise ExpansionFailed(f"it does not make {application.name} any more")
        return generated

    def made(self, application: Application) -> dict[str, Json] | None:
        """Return the Application as its ApplicationSet makes it at the present state, None where that is not told."""
        membership = self.of(application)
        if membership is None or membership.reason:
            return None
        try:
            return self._generated(application, membership).body
        except (NotExpandable, ExpansionFailed):
            return None

    def reads(self, application: Application) -> ReadSet:
        """Return the manifest and the generators' files that the Application is made of at the present state."""
        membership = self.of(application)
        if membership is None:
            return ReadSet()
        files = frozenset({membership.declared.path})
        if not membership.reason:
            try:
                files |= self._generated(application, membership).files
            except (NotExpandable, ExpansionFailed):
                return ReadSet(files=files)
        return ReadSet(files=files)

    def places(self, application: Application, pointer: str) -> tuple[FieldPlace, ...]:
        """Return where Git sets a field of the Application itself (`/spec/source/path`); none where no set makes it."""
        membership = self.of(application)
        if membership is None:
            return ()
        try:
            declared = self._sets.present(membership.declared)
            generated = None if membership.reason else self._generated(application, membership)
        except (NotExpandable, ExpansionFailed):
            return ()
        return field_places(declared, pointer, generated, self._checkout.workspace)

    def readers(self, paths: Iterable[str], applications: Iterable[Application]) -> tuple[Application, ...]:
        """Return the Applications of all ApplicationSets that a change of one of the files can move."""
        candidates = tuple(applications)
        return tuple(one for declared in self._sets.decided_by(paths) for one in self._sets.made(declared, candidates))

    def expands(self, name: str) -> bool:
        """Return whether all that the ApplicationSet `name` makes can be told from Git, and so proven by rendering."""
        declared = [one for one in self._sets.declared if one.name == name]
        known = [one for one in self._known.values() if one is not None and one.declared.name == name]
        if len(declared) != 1 or any(one.reason for one in known):
            return False
        try:
            self._sets.expansion(declared[0])
        except (NotExpandable, ExpansionFailed):
            return False
        return True
