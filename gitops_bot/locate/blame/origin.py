"""The change in Git with which trouble began: Argo CD's history against the log of what the Application reads."""

from __future__ import annotations

from functools import reduce

from msgspec import Struct

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.movement import covers, named, overlap
from gitops_bot.clients.rendering import ReadSet
from gitops_bot.locate.blame.span import Span, find_spans
from gitops_bot.locate.blame.suspicion import Blame, breakers, movers
from gitops_bot.locate.blame.versions import Versions
from gitops_bot.model.application import Application
from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident, Trouble
from gitops_bot.model.plan import GitChange
from gitops_bot.model.proposal import NotLocated, RenderAgain, ReturnTo

MAXIMUM_COMMITS = 24
SHOWN_MESSAGE = 300


class Origin(Struct, frozen=True, kw_only=True):
    """The culprit commits (newest first), the Application's files that they touched, and what taking back must give."""

    change: GitChange
    commits: tuple[str, ...]
    paths: tuple[str, ...]
    intent: ReturnTo | RenderAgain


def find_origin(fleet: Fleet, diagnosis: Diagnosis, remedy: RevertRelease) -> Origin | NotLocated:
    """Return the change that the trouble began with, or why none in Git explains it."""
    incident = diagnosis.incident
    fleet.search_definition(incident.application)
    innocent = []
    for span in find_spans(fleet, incident):
        if isinstance(span, NotLocated):
            return span
        found = _search(fleet, incident, remedy, span)
        if not isinstance(found, str):
            return found
        innocent.append(found)
    return NotLocated(reason="; ".join(dict.fromkeys(innocent)))


def _search(fleet: Fleet, incident: Incident, remedy: RevertRelease, span: Span) -> Origin | NotLocated | str:
    """Return the origin within a span, why it cannot be told, or (as text) why nothing in the span is to blame."""
    application = incident.application
    versions = Versions(fleet, application)
    if problem := _not_comparable(versions, incident, span):
        return NotLocated(reason=problem)
    reads = _reads(fleet, application, span)
    commits = fleet.repository.commits(span.good, span.bad, reads.paths)
    between = f"between {span.good[:7]} and {span.bad[:7]}"
    if not commits:
        return f"no file that {application.name} reads changed {between}: the trouble did not begin in Git"
    if len(commits) > MAXIMUM_COMMITS:
        return NotLocated(reason=f"{len(commits)} commits lie {between}, the last good deployment and the bad one")
    if incident.trouble is Trouble.RENDER:
        blame = breakers(versions, commits)
    else:
        blame = movers(versions, commits, versions.at(span.good, span.good_sources), span.bad, incident, remedy)
    if blame.unclear:
        return NotLocated(reason=blame.unclear)
    if not blame.culprits:
        return f"nothing that {incident.resource} is made of changed {between}"
    if blame.suspects and (done := _already_changed(versions, span, blame)):
        return done
    return _origin(fleet, span, blame, reads, incident.trouble)


def _not_comparable(versions: Versions, incident: Incident, span: Span) -> str:
    name = incident.application.name
    good, bad = versions.at(span.good, span.good_sources), versions.at(span.bad)
    if isinstance(good, str):
        return f"{name} cannot be rendered here at {span.good[:7]}, its last good commit: {good[:SHOWN_MESSAGE]}"
    if incident.trouble is Trouble.RENDER:
        fails = isinstance(bad, str)
        return "" if fails else f"{name} renders here at {span.bad[:7]}: what fails is not in this repository's files"
    return f"{name} cannot be rendered here at {span.bad[:7]}: {bad[:SHOWN_MESSAGE]}" if isinstance(bad, str) else ""


def _reads(fleet: Fleet, application: Application, span: Span) -> ReadSet:
    """Return what the Application reads at the good or at the bad end of the span."""
    found = []
    for commit, sources in ((span.good, span.good_sources), (span.bad, None)):
        with fleet.workspace.at(commit):
            found.append(fleet.reads(application, sources))
    return reduce(ReadSet.__or__, (reads for reads in found if reads is not None), ReadSet())


def _already_changed(versions: Versions, span: Span, blame: Blame) -> NotLocated | None:
    """Return that nothing is to do where later commits have changed all that is suspected once more."""
    head = versions.fleet.commit
    since = versions.moves(versions.at(span.bad), versions.at(head))
    wanted = versions.fields(blame.suspects)
    if not all(any(covers(other, one) for other in since) for one in wanted):
        return None
    left = versions.moves(versions.at(span.good, span.good_sources), versions.at(head))
    back = not any(overlap(one, other) for one in wanted for other in left)
    done = f"taken back {blame.culprits[0].sha[:7]}" if back else f"changed {named(wanted[0])} again"
    return NotLocated(reason=f"Git has already {done}; Argo CD has not deployed {head[:7]} yet", settled=True)


def _origin(fleet: Fleet, span: Span, blame: Blame, reads: ReadSet, trouble: Trouble) -> Origin | NotLocated:
    newest, oldest = blame.culprits[0], blame.culprits[-1]
    touched = {
        change.path
        for commit in blame.culprits
        for change in fleet.repository.changes(fleet.repository.parent(commit.sha) or commit.sha, commit.sha)
    }
    own = {path for path in touched if reads.covers(path)}
    if not own:
        return NotLocated(
            reason=f"{newest.sha[:7]} changed the application, but no file of this repository that it reads"
        )
    # What was never rendered was never deployed: the state to return to is the one before the culprit.
    before = oldest.parents[0] if oldest.parents else span.good
    return Origin(
        change=GitChange(
            commit=newest.sha,
            subject=newest.subject[:200],
            author=newest.author[:100],
            committed_at=newest.committed_at,
            deployed_at=span.deployed_at,
            good=span.good,
        ),
        commits=tuple(commit.sha for commit in blame.culprits),
        paths=tuple(sorted(own)),
        intent=RenderAgain(good=before)
        if trouble is Trouble.RENDER
        else ReturnTo(good=span.good, suspects=blame.suspects),
    )
