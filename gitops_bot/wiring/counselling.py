"""What language models are asked with: who they are, what they may look at, what it may cost."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from decimal import Decimal
from functools import partial

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.http import ReadOnlyClient
from gitops_bot.clients.models import Access, Federation, tiers
from gitops_bot.clients.monitoring import LARGEST_ANSWER, Loki, Prometheus
from gitops_bot.configuration import Configuration, Redaction
from gitops_bot.locate.sites import answer_text, find_sites
from gitops_bot.model.application import Application
from gitops_bot.model.dialogue import Library, Tool
from gitops_bot.model.incident import Incident
from gitops_bot.model.resource import ResourceKey
from gitops_bot.reason.agent import Counsel, Limits, Marks
from gitops_bot.redaction import Redactor, Wanted, delimited
from gitops_bot.settings import ModelAccess

Toolboxes = Callable[[Incident], tuple[Tool, ...]]


def counsel_of(
    configuration: Configuration,
    access: ModelAccess,
    marks: Marks,
    library: Library | None,
    toolbox_for: Toolboxes,
    stack: ExitStack,
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
        marks=marks,
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


def prometheus(address: str, stack: ExitStack) -> Prometheus | None:
    """Return Prometheus at an address, None for none; `stack` closes its connections."""
    return Prometheus(_reader(address, "Prometheus", "PROMETHEUS_URL", stack)) if address else None


def loki(address: str, stack: ExitStack) -> Loki | None:
    """Return Loki at an address, None for none; `stack` closes its connections."""
    return Loki(_reader(address, "Loki", "LOKI_URL", stack)) if address else None


def _reader(address: str, server: str, setting: str, stack: ExitStack) -> ReadOnlyClient:
    client = ReadOnlyClient(address, server=server, address_setting=setting, largest_answer=LARGEST_ANSWER)
    return stack.enter_context(client)


def locating(fleet: Fleet) -> Callable[[Application], Callable[[ResourceKey, str], str]]:
    """Return what tells, for an Application, which line in Git sets a field of one of its objects."""

    def of(application: Application) -> Callable[[ResourceKey, str], str]:
        def told(key: ResourceKey, pointer: str) -> str:
            return answer_text(fleet, application, key, pointer, find_sites(fleet, application, key, pointer))

        return told

    return of


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
