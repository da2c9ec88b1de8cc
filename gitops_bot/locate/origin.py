"""The change in Git with which trouble began: Argo CD's history against the log of what the Application reads."""

from __future__ import annotations

from itertools import pairwise

from msgspec import Struct

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable, ReadSet, RenderFailed
from gitops_bot.clients.repository import Commit
from gitops_bot.locate.span import Span, find_span, paths_read
from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.difference import ObjectChange, compare
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.json import Json
from gitops_bot.model.plan import GitChange
from gitops_bot.model.proposal import NotLocated
from gitops_bot.model.resource import Manifest, ResourceKey
from gitops_bot.model.source import Source

MAXIMUM_COMMITS = 24
CONFIGURATION_KINDS = ("ConfigMap", "Secret")


class Origin(Struct, frozen=True, kw_only=True):
    """The culprit commits (newest first), the files of the Application that they touched, and the fields they moved."""

    change: GitChange
    commits: tuple[str, ...]
    paths: tuple[str, ...]
    suspects: tuple[ObjectChange, ...]
    span: Span


class State(Struct, frozen=True):
    """The Application as one commit renders it; None where it does not render."""

    commit: Commit | None
    manifests: tuple[Manifest, ...] | None


def find_origin(fleet: Fleet, diagnosis: Diagnosis, remedy: RevertRelease) -> Origin | NotLocated:
    """Return the change that the trouble began with, or why none in Git explains it."""
    incident = diagnosis.incident
    span = find_span(fleet, incident)
    if isinstance(span, NotLocated):
        return span
    fleet.search_definition(incident.application)
    reads = paths_read(fleet, incident.application, span)
    paths = {path for one in reads for path in one.paths}
    commits = fleet.repository.commits(span.good, span.bad, sorted(paths))
    if not commits:
        return NotLocated(
            reason=f"no file that {incident.application.name} reads changed between {span.good[:7]} and "
            f"{span.bad[:7]}: the trouble did not begin with a change in Git"
        )
    if len(commits) > MAXIMUM_COMMITS:
        return NotLocated(
            reason=f"{len(commits)} commits lie between the last good deployment ({span.good[:7]}) and the bad one"
        )
    try:
        states = _states(fleet, incident, span, commits)
    except NotRenderable as refusal:
        return NotLocated(reason=refusal.reason)
    culprits = _broken_by(states) if incident.trouble is Trouble.RENDER else _moved_by(states, incident, remedy)
    if not culprits:
        return NotLocated(
            reason=f"nothing that {incident.resource} is made of changed between {span.good[:7]} and {span.bad[:7]}"
        )
    return _origin(fleet, span, culprits, reads, states, remedy)


def _states(fleet: Fleet, incident: Incident, span: Span, commits: tuple[Commit, ...]) -> list[State]:
    return [
        State(None, _render(fleet, incident, span.good, span.good_sources)),
        *(State(commit, _render(fleet, incident, commit.sha, None)) for commit in commits),
    ]


def _render(
    fleet: Fleet, incident: Incident, commit: str, sources: tuple[Source, ...] | None
) -> tuple[Manifest, ...] | None:
    with fleet.workspace.at(commit):
        try:
            return fleet.render(incident.application, sources).manifests
        except RenderFailed:
            return None


def _broken_by(states: list[State]) -> list[Commit]:
    """Return the commit after which rendering failed and never worked again."""
    culprit: list[Commit] = []
    for before, after in pairwise(states):
        if after.manifests is not None:
            culprit = []
        elif before.manifests is not None and after.commit is not None:
            culprit = [after.commit]
    return culprit


def _moved_by(states: list[State], incident: Incident, remedy: RevertRelease) -> list[Commit]:
    """Return the commits that moved what is suspected, newest first."""
    resource = remedy.resource or incident.resource
    for fields, others in ((remedy.fields, False), ((), False), ((), True)):
        culprits = []
        for before, after in pairwise(states):
            if before.manifests is None or after.manifests is None or after.commit is None:
                continue
            changes = compare(before.manifests, after.manifests)
            wanted = (resource, *_configuration(after.manifests, resource)) if others else (resource,)
            if any(_suspected(change, wanted, fields) for change in changes):
                culprits.append(after.commit)
        if culprits:
            return culprits[::-1]
    return []


def _suspected(change: ObjectChange, resources: tuple[ResourceKey, ...], fields: tuple[str, ...]) -> bool:
    if change.key not in resources or change.removed:
        return False
    if not fields or change.added:
        return True
    return any(inner.pointer.startswith(prefix) for inner in change.fields for prefix in fields)


def _configuration(manifests: tuple[Manifest, ...], resource: ResourceKey) -> tuple[ResourceKey, ...]:
    """Return the ConfigMaps and Secrets among the manifests that the resource names."""
    body = next((manifest.body for manifest in manifests if manifest.key == resource), None)
    named = set(_strings(body)) if body is not None else set()
    return tuple(
        manifest.key
        for manifest in manifests
        if manifest.key.kind in CONFIGURATION_KINDS and manifest.key.name in named
    )


def _strings(value: Json) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _strings(one)]


def _origin(
    fleet: Fleet,
    span: Span,
    culprits: list[Commit],
    reads: tuple[ReadSet, ...],
    states: list[State],
    remedy: RevertRelease,
) -> Origin | NotLocated:
    newest = culprits[0]
    touched = {
        change.path
        for commit in culprits
        for change in fleet.repository.changes(fleet.repository.parent(commit.sha) or commit.sha, commit.sha)
    }
    own = {path for path in touched if any(one.covers(path) for one in reads)}
    if not own:
        return NotLocated(
            reason=f"{newest.sha[:7]} changed the application, but no file of this repository that it reads"
        )
    return Origin(
        change=GitChange(
            commit=newest.sha,
            subject=newest.subject[:200],
            author=newest.author[:100],
            committed_at=newest.committed_at,
            deployed_at=span.deployed_at,
            good=span.good,
        ),
        commits=tuple(commit.sha for commit in culprits),
        paths=tuple(sorted(own)),
        suspects=_suspects(states, {commit.sha for commit in culprits}, remedy),
        span=span,
    )


def _suspects(states: list[State], culprits: set[str], remedy: RevertRelease) -> tuple[ObjectChange, ...]:
    """Return the moves of the suspected object that the culprit commits made; all their moves where it has none."""
    moves = [
        change
        for before, after in pairwise(states)
        if after.commit is not None and after.commit.sha in culprits
        if before.manifests is not None and after.manifests is not None
        for change in compare(before.manifests, after.manifests)
    ]
    return tuple(change for change in moves if change.key == remedy.resource) or tuple(moves)
