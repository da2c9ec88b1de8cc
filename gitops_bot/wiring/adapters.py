"""Adapters made from settings, each when it is first used."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec
from msgspec import Struct

from gitops_bot.clients.fleet import Fleet, own_urls
from gitops_bot.clients.rendering import Renderer, find_tools
from gitops_bot.clients.rendering.manifests import named
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.workspace import Workspace
from gitops_bot.configuration import Configuration, parse_configuration
from gitops_bot.errors import ConfigurationError, RepositoryError, SourceUnavailable
from gitops_bot.guard import Policy, parse_classes
from gitops_bot.model.application import Application
from gitops_bot.model.change import Change
from gitops_bot.model.incident import Estate
from gitops_bot.model.resource import Manifest
from gitops_bot.settings import Settings

if TYPE_CHECKING:
    from gitops_bot.clients.argocd import ArgoCD
    from gitops_bot.clients.forge import Forge, Remembered
    from gitops_bot.clients.pushing import Pusher
    from gitops_bot.model.dialogue import Library, Tool
    from gitops_bot.model.incident import Incident
    from gitops_bot.reason.agent import Counsel

CONFIGURATION_FILE = ".gitops-bot.yaml"


class Wiring:
    """Adapters made from settings, each when it is first used; a context manager that closes them all.

    `directory` is the checkout of the config repository; where it is none, the repository is cloned into a temporary
    folder.
    """

    def __init__(self, settings: Settings, directory: Path, now: datetime) -> None:
        self.settings = settings
        self.directory = directory
        self.now = now
        self._stack = ExitStack()
        self._fleet: tuple[Estate, Fleet] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    @cached_property
    def forge(self) -> Forge | None:
        """The forge, None where no token was given."""
        given = self.settings.forge()
        if given is None:
            return None
        from gitops_bot.clients.forge import Forge

        return self._stack.enter_context(
            Forge(
                api_url=given.api_url,
                graphql_url=given.graphql_url,
                server_url=given.server_url,
                repository=given.repository,
                token=given.token.reveal(),
                pusher=self._pusher,
                cache=Path(self.settings.cache) if self.settings.cache else None,
            )
        )

    def _pusher(self) -> Pusher:
        from gitops_bot.clients.pushing import Pusher

        return Pusher(self.repository, self._url, self.settings.github_token.reveal())

    @property
    def _url(self) -> str:
        return f"{self.settings.server_url}/{self.settings.repository}.git"

    def required_forge(self) -> Forge:
        """Return the forge; ConfigurationError names the setting that is missing."""
        self.settings.required_forge()
        if self.forge is None:
            raise AssertionError("settings that name a forge gave none")
        return self.forge

    @cached_property
    def branch(self) -> str:
        """The default branch: the forge's word where there is one, else the clone's."""
        return self._told_branch or self.repository.default_branch()

    @cached_property
    def _told_branch(self) -> str:
        return self.forge.repository().default_branch if self.forge is not None else ""

    @cached_property
    def repository(self) -> ConfigRepository:
        """The config repository, with the default branch's whole history."""
        token = self.settings.github_token.reveal()
        try:
            repository = self._stack.enter_context(ConfigRepository.open(self.directory))
        except RepositoryError:
            if (self.directory / ".git").exists() or not self.settings.repository:
                raise
            repository = self._stack.enter_context(
                ConfigRepository.clone(self._url, self.temporary("clone"), token=token, branch="")
            )
        else:
            repository.fetch(self._told_branch or repository.default_branch(), token=token)
        return repository

    def temporary(self, purpose: str) -> Path:
        """Return a new empty folder that goes away with the wiring."""
        return Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix=f"gitops-bot-{purpose}-")))

    @cached_property
    def _argocd(self) -> ArgoCD:
        from gitops_bot.clients.argocd import ArgoCD
        from gitops_bot.clients.http import ReadOnlyClient

        self.settings.require_argocd()
        client = self._stack.enter_context(
            ReadOnlyClient(
                self.settings.argocd_server,
                token=self.settings.argocd_token.reveal(),
                certificate_authority=self.settings.argocd_certificate_authority,
            )
        )
        return ArgoCD(client)

    def _argocd_renders(self, application: Application) -> tuple[Manifest, ...] | None:
        try:
            bodies = self._argocd.manifests(application)
        except SourceUnavailable:
            return None
        return named(bodies, application.spec.destination.namespace)

    def observe(self) -> Estate:
        """Return what Argo CD shows now."""
        from gitops_bot.observe import observe

        return observe(self._argocd, now=self.now, focus=focus(self.settings.event_path))

    def fleet(self, estate: Estate) -> Fleet:
        """Return the config repository at the default branch's head, with the estate's applications."""
        if self._fleet is None or self._fleet[0] is not estate:
            self._fleet = (estate, self._opened(estate))
        return self._fleet[1]

    def _opened(self, estate: Estate) -> Fleet:
        repository = self.repository
        commit = repository.head(self.branch)
        workspace = Workspace(repository, commit, self.temporary("workspace"), on_demand=True)
        named = [f"{self.settings.server_url}/{self.settings.repository}"] if self.settings.repository else []
        remote = repository.remote_url()
        return Fleet(
            estate.applications,
            repository,
            workspace,
            Renderer(workspace, find_tools(self.settings.tools_path)),
            commit=commit,
            branch=self.branch,
            argocd_renders=self._argocd_renders,
            urls=own_urls(estate.applications, repository, (*named, *([remote] if remote else []))),
        )

    def local_configuration(self) -> Configuration:
        """Return the configuration of the checkout: read first of all, so that a typo is told before anything else."""
        return local_configuration(self.directory)

    def policy(self, commit: str) -> Policy:
        """Return the policy at a commit of the default branch, under what the environment and the forge say."""
        source = self.repository.read(commit, CONFIGURATION_FILE) or b""
        return self._policy(source, lambda: self._readable)

    @cached_property
    def told_policy(self) -> Policy:
        """The policy of the default branch as the forge alone tells it: without a checkout."""
        source = self.required_forge().file(CONFIGURATION_FILE, self.branch) or b""
        return self._policy(source, lambda: self.remembered)

    def _policy(self, source: bytes, remembered: Callable[[], Remembered]) -> Policy:
        policy = policy_of(parse_configuration(source, f"{CONFIGURATION_FILE} on {self.branch}"), self.settings)
        return msgspec.structs.replace(policy, stopped=policy.stopped or remembered().stopped)

    @cached_property
    def remembered(self) -> Remembered:
        """What the forge shows of the bot's work; nothing without a token."""
        from gitops_bot.clients.forge import Remembered

        return Remembered() if self.forge is None else self.forge.remembered()

    @cached_property
    def _readable(self) -> Remembered:
        # The plan's job needs no permission for pull requests: the job that writes reads them, and judges again.
        from gitops_bot.clients.forge import Remembered

        try:
            return self.remembered
        except ConfigurationError:
            return Remembered()

    def counsel(self, fleet: Fleet) -> tuple[Counsel, str]:
        """Return what models are asked with, by the default branch's configuration; nobody where the bot is stopped."""
        from gitops_bot.wiring.counselling import counsel_of, marks_of, nobody
        from gitops_bot.wiring.runbooks import RunbookLibrary

        policy = self.policy(fleet.commit)
        if policy.stopped:
            return nobody(), ""
        configuration = policy.configuration
        marks = marks_of(configuration.redaction)
        library = RunbookLibrary(
            configuration.runbooks, self.settings, self.repository, fleet.commit, self.directory, marks.redact
        )
        toolboxes = self._toolboxes(fleet, library)
        return counsel_of(configuration, self.settings.models, marks, library, toolboxes, self._stack)

    def _toolboxes(self, fleet: Fleet, library: Library) -> Callable[[Incident], tuple[Tool, ...]]:
        from gitops_bot.clients.tooling import Sources, toolbox
        from gitops_bot.wiring.counselling import locating, loki, prometheus
        from gitops_bot.wiring.runbooks import IncidentLibrary

        settings = self.settings
        sources = Sources(
            now=self.now,
            repository=fleet.repository,
            commit=fleet.commit,
            reads=fleet.reads,
            argocd=self._argocd,
            locate=locating(fleet),
            runbooks=library,
            incidents=IncidentLibrary(fleet.repository, fleet.commit),
            prometheus=prometheus(settings.prometheus_url, self._stack),
            loki=loki(settings.loki_url, self._stack),
        )
        return lambda incident: toolbox(sources, incident.application)

    def changes(self, commit: str, compared: Mapping[str, str]) -> tuple[Change, ...]:
        """Return what the bot wrote before, as the forge and the log of the default branch's commit tell.

        `compared` gives the commit with which Argo CD last compared each Application.
        """
        from gitops_bot.clients.written import written_before

        return written_before(self.repository, commit, self._readable.changes, compared)


def local_configuration(directory: Path) -> Configuration:
    """Return the configuration that lies in a folder, the defaults where none does."""
    path = directory / CONFIGURATION_FILE
    return parse_configuration(path.read_bytes() if path.is_file() else b"", CONFIGURATION_FILE)


class _Payload(Struct, frozen=True):
    app: str = ""


class _Event(Struct, frozen=True):
    client_payload: _Payload = _Payload()


def focus(event_path: str) -> tuple[str, ...]:
    """Return the application that the run's event speaks of: a hint where to look first, never the truth."""
    try:
        event = msgspec.json.decode(Path(event_path).read_bytes(), type=_Event) if event_path else _Event()
    except (OSError, msgspec.DecodeError):
        return ()
    return (event.client_payload.app,) if event.client_payload.app else ()


def policy_of(configuration: Configuration, settings: Settings) -> Policy:
    """Return the policy that a configuration means; the environment's ceiling wins over the file's."""
    ceiling = settings.ceiling if settings.ceiling is not None else configuration.auto_remediate
    return Policy(
        configuration=configuration,
        stopped=settings.stopped or ("" if configuration.enabled else f"`enabled: false` in {CONFIGURATION_FILE}"),
        ceiling=None if ceiling is None else parse_classes(ceiling),
    )
