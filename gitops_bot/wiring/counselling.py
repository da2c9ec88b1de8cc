"""What language models are asked with: who they are, what they may look at, what it may cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from pathlib import Path

from gitops_bot.clients.models import Access, Federation, tiers
from gitops_bot.clients.repository import ConfigRepository
from gitops_bot.clients.retrieval import Document, WordLibrary, read_folder, read_markdown
from gitops_bot.configuration import Configuration, Redaction, Runbooks
from gitops_bot.errors import ConfigurationError
from gitops_bot.guard.patterns import fits
from gitops_bot.model.dialogue import Library, Page, Tool
from gitops_bot.model.incident import Incident
from gitops_bot.reason.agent import Counsel, Limits, Marks
from gitops_bot.redaction import Redactor, Wanted, delimited
from gitops_bot.settings import ModelAccess

Toolboxes = Callable[[Incident], tuple[Tool, ...]]


def counsel_of(
    configuration: Configuration, access: ModelAccess, library: Library, toolbox_for: Toolboxes, stack: ExitStack
) -> tuple[Counsel, str]:
    """Return all that models are asked with, and what people must be told of it; `stack` closes the connections.

    Without a credential and without a configured model nobody is asked, and nothing is said of it.
    """
    built = tiers(configuration.models, access_of(access))
    stack.callback(built.close)
    asked = configuration.models.small or configuration.models.large
    counsel = Counsel(
        small=(built.small,) if built.small else (),
        large=(built.large,) if built.large else (),
        clock=time.monotonic,
        marks=marks_of(configuration.redaction),
        toolbox_for=toolbox_for,
        library=library,
        limits=Limits(
            incident_dollars=Decimal(str(configuration.budget.incident)),
            run_dollars=Decimal(str(configuration.budget.run)),
        ),
    )
    return counsel, "; ".join(built.absent) if asked else ""


def nobody() -> Counsel:
    """Return what is asked where models may not be asked."""
    return Counsel(small=(), large=(), clock=time.monotonic, marks=marks_of(Redaction()))


def marks_of(redaction: Redaction) -> Marks:
    """Return how untrusted text is made fit for a model: one redactor, so that equal secrets stay equal."""
    redactor = Redactor(Wanted(ip_addresses=redaction.ip_addresses, names=redaction.names))
    return Marks(redactor.redact, partial(delimited, redacted=True))


def access_of(settings: ModelAccess) -> Access:
    """Return the credentials for models."""
    federation = Federation(
        rule=settings.federation_rule,
        organization=settings.organization,
        service_account=settings.service_account,
        workspace=settings.workspace,
        token=settings.identity_token.reveal(),
        token_file=settings.identity_token_file,
        request_url=settings.identity_request_url,
        request_token=settings.identity_request_token.reveal(),
    )
    return Access(
        anthropic_key=settings.anthropic_key.reveal(),
        anthropic_base_url=settings.anthropic_base_url,
        federation=federation or None,
        openai_key=settings.openai_key.reveal(),
        openai_base_url=settings.openai_base_url,
        proxy=settings.proxy,
    )


class RunbookLibrary:
    """The runbooks that the configuration names, read at the first search: most runs ask for none."""

    def __init__(self, wanted: Runbooks, repository: ConfigRepository, commit: str, directory: Path) -> None:
        self._wanted = wanted
        self._repository = repository
        self._commit = commit
        self._directory = directory
        self._library: Library | None = None

    def search(self, query: str, most: int = 5) -> tuple[Page, ...]:
        """Return the pages that fit, best first."""
        if self._library is None:
            self._library = WordLibrary([*self._own(), *self._others()])
        return self._library.search(query, most)

    def _own(self) -> Iterable[Document]:
        """The repository's own, at the commit that is judged: a checkout may be of another branch."""
        for path in self._repository.files(self._commit):
            if path.endswith((".md", ".markdown")) and fits(self._wanted.patterns, path):
                content = self._repository.read(self._commit, path) or b""
                yield read_markdown(path, content.decode("utf-8", errors="replace"))

    def _others(self) -> Iterable[Document]:
        for name in self._wanted.folders:
            folder = self._directory / name
            if Path(name).is_absolute():
                raise ConfigurationError(
                    "A folder of runbooks is no relative path",
                    where="runbooks.folders",
                    found=name,
                    expected="a folder beside the repository, such as ../runbooks",
                )
            yield from read_folder(folder, prefix=f"{folder.name}/")
