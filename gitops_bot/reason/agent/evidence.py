"""An incident as numbered evidence: what a model sees of it, redacted and capped, and what it may cite."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from gitops_bot.errors import GitopsBotError
from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import Evidence
from gitops_bot.model.dialogue import Library, Page
from gitops_bot.model.incident import Incident
from gitops_bot.model.resource import ResourceKey
from gitops_bot.model.signal import ContainerFailing, FieldDrifted, ProbeFailing, Signal, Workload
from gitops_bot.reason.evidence import describe, rows
from gitops_bot.reason.wording import count, one_line

_UNSHOWN = "what a Secret holds is not shown"
_MOST_SIGNALS = 24
_MOST_DEPLOYMENTS = 5
_MOST_OBJECTS = 60
_MOST_PAGES = 2
_LONGEST = 2_000
_LONGEST_LOG = 4_000
_LONGEST_PAGE = 3_000


class Marks(Struct, frozen=True):
    """How untrusted text is made fit for a model.

    `redact` takes secrets out of a text; `delimit` marks a text as untrusted, from the source that it names.
    """

    redact: Callable[[str], str]
    delimit: Callable[[str, str], str]


class Exhibit(Struct, frozen=True, kw_only=True):
    """One piece of evidence under the id by which it is cited; its text is redacted and capped.

    `factual` says that a machine measured or recorded it, as against words that people and programs wrote.
    """

    identifier: str
    title: str
    text: str
    factual: bool
    row: Evidence


class Shown(Struct, frozen=True, kw_only=True):
    """A piece of evidence before it has its id; `row` is what a person will read of it."""

    title: str
    text: str
    factual: bool
    row: Evidence


def exhibits(
    incident: Incident, library: Library | None, redact: Callable[[str], str], room: int
) -> tuple[Exhibit, ...]:
    """Return the evidence on an incident as E1, E2 …, facts first, in all at most `room` characters."""
    shown: list[Exhibit] = []
    for one in (*_facts(incident), *_words(incident, library)):
        text = clipped(redact(one.text), min(_LONGEST_PAGE if not one.factual else _LONGEST, room))
        if not text:
            continue
        room -= len(text)
        row = Evidence(
            signal=redact(one.row.signal),
            value=one_line(redact(one.row.value), 600),
            where=one.row.where,
            at=one.row.at,
        )
        identifier = f"E{len(shown) + 1}"
        shown.append(Exhibit(identifier=identifier, title=one.title, text=text, factual=one.factual, row=row))
    return tuple(shown)


def clipped(text: str, longest: int) -> str:
    """Return the head and the tail of a text that is too long, with what was left out counted."""
    if len(text) <= longest:
        return text
    half = (longest - 40) // 2
    return f"{text[:half]}\n… {len(text) - 2 * half} characters left out …\n{text[-half:]}" if half > 100 else ""


def objects(incident: Incident) -> tuple[ResourceKey, ...]:
    """Return the objects that a remedy may name: those of this application, the one at fault first."""
    found = [incident.resource]
    if incident.workload:
        found += [incident.workload.key, *([incident.workload.autoscaler] if incident.workload.autoscaler else [])]
    for signal in incident.signals:
        found.append(signal.resource)
        if isinstance(signal, ContainerFailing | ProbeFailing):
            found.append(signal.workload)
        if isinstance(signal, FieldDrifted) and signal.autoscaler:
            found.append(signal.autoscaler)
    managed = sorted(state.key for state in incident.application.status.resources or ())
    return tuple(dict.fromkeys([*found, incident.application.key, *managed]))[:_MOST_OBJECTS]


def _facts(incident: Incident) -> Iterator[Shown]:
    yield _application(incident.application)
    yield from _deployments(incident.application)
    if incident.workload:
        yield _generations(incident.workload)
    for signal in incident.signals[:_MOST_SIGNALS]:
        field, value = describe(signal)
        row = next(rows((signal,)))
        if signal.resource.kind == "Secret":
            value, row = _UNSHOWN, replace(row, value=_UNSHOWN)
        title = f"{signal.resource} {field}".strip()
        yield Shown(title=title, text=f"{_since(signal)}{value}", factual=True, row=row)


def _words(incident: Incident, library: Library | None) -> Iterator[Shown]:
    for signal in incident.signals:
        if isinstance(signal, ContainerFailing) and signal.log:
            text = signal.log[-_LONGEST_LOG * 2 :]
            title = f"log of container {signal.container} of {signal.resource}"
            last = next((line for line in reversed(text.splitlines()) if line.strip()), "")
            yield Shown(title=title, text=text, factual=False, row=_row(title, last, signal.where))
    for page in _pages(incident, library):
        title = f"runbook {page.path}"
        heading = page.heading or page.text[:200]
        yield Shown(title=title, text=page.text, factual=False, row=_row(title, heading, page.path))


def _pages(incident: Incident, library: Library | None) -> tuple[Page, ...]:
    try:
        return library.search(_query(incident), _MOST_PAGES) if library else ()
    except GitopsBotError:
        return ()  # a conversation without runbooks is better than none


def _query(incident: Incident) -> str:
    said = [" ".join(part for part in describe(signal) if part) for signal in incident.signals[:4]]
    return one_line(" ".join([incident.resource.kind, incident.trouble.value, *said]), 600)


def _row(title: str, value: str, where: str) -> Evidence:
    return Evidence(signal=one_line(title), value=one_line(value, 600), where=one_line(where))


def _since(signal: Signal) -> str:
    return f"since {signal.since:%Y-%m-%d %H:%M:%S} UTC: " if signal.since else ""


def _application(application: Application) -> Shown:
    status = application.status
    operation = status.operation_state
    lines = [
        f"health {status.health.status or 'unknown'} {status.health.message}".strip(),
        f"sync {status.sync.status or 'unknown'} at {', '.join(application.revisions)}",
        f"automated sync {'on' if application.automated else 'off'}",
        f"self-heal {'on' if application.self_heals else 'off'}",
        f"destination namespace {application.spec.destination.namespace}, project {application.spec.project}",
    ]
    lines += [
        f"source {source.path or source.chart} of {source.repo_url} at {source.target_revision}"
        for source in application.sources
    ]
    if operation:
        lines.append(f"last sync {operation.phase}: {operation.message}")
    lines += [f"condition {condition.type}: {condition.message}" for condition in status.conditions or ()]
    title = f"Application {application.name}"
    row = _row(title, "; ".join(lines[:3]), "Argo CD's API")
    return Shown(title=title, text="\n".join(lines), factual=True, row=row)


def _deployments(application: Application) -> Iterator[Shown]:
    latest = application.history[-_MOST_DEPLOYMENTS:]
    if latest:
        lines = [
            f"{f'{one.deployed_at:%Y-%m-%d %H:%M:%S} UTC' if one.deployed_at else 'unknown time'}: "
            f"{', '.join(one.revisions or (one.revision,))}"
            for one in latest
        ]
        title = f"sync history of {application.name}, oldest first"
        yield Shown(title=title, text="\n".join(lines), factual=True, row=_row(title, lines[-1], "Argo CD's API"))


def _generations(workload: Workload) -> Shown:
    lines = [f"{workload.key}, {workload.strategy.value}, {workload.health or 'health unknown'}"]
    for one in workload.generations[:_MOST_DEPLOYMENTS]:
        created = f", created {one.created:%Y-%m-%d %H:%M:%S} UTC" if one.created else ""
        images = f", {', '.join(one.images)}" if one.images else ""
        lines.append(f"{one.name}: {one.healthy_pods} healthy of {count(one.pods, 'pod')}{created}{images}")
    if workload.autoscaler:
        lines.append(f"scaled by {workload.autoscaler}")
    title = f"generations of {workload.key}, newest first"
    return Shown(title=title, text="\n".join(lines), factual=True, row=_row(title, "; ".join(lines[1:3]), "pods"))
