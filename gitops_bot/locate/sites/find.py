"""From a live field to the places in Git that set it."""

from __future__ import annotations

from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Answer, Site
from gitops_bot.locate.sites.chain import chain
from gitops_bot.locate.sites.declaration import declaration_answer
from gitops_bot.locate.sites.layers.application import declared
from gitops_bot.locate.sites.layers.assembly import assemble
from gitops_bot.locate.sites.layers.flux import unresolved
from gitops_bot.locate.sites.layers.reach import renderable
from gitops_bot.locate.sites.layers.rendering import render
from gitops_bot.locate.sites.places import MISSING, Place, documents, follow, line_of
from gitops_bot.locate.sites.proving.refusal import constants, unexpressed
from gitops_bot.locate.sites.proving.search import Search
from gitops_bot.locate.sites.proving.trial import Proven, Trials, apply
from gitops_bot.locate.sites.sharing import shared_by
from gitops_bot.locate.sites.target import find_target
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey


def find_sites(fleet: Fleet, application: Application, resource: ResourceKey, pointer: str) -> Answer:
    """Return which places in Git set a field of an object that the Application deploys, proven by rendering.

    `pointer` is an RFC 6901 pointer into the object as it is rendered at the workspace's present state.
    """
    if _is_itself(application, resource):
        parent = fleet.deployer(application) if declared(fleet, application) is None else None
        if parent is not None and parent.name != application.name:
            return find_sites(fleet, parent, application.key, pointer)
        return declaration_answer(fleet, application, pointer)
    fleet.search_definition(application)
    chosen, refusal = renderable(fleet, application)
    if not chosen:
        return Answer(expressible=False, reason=refusal or "none of its sources is rendered from this repository")
    rendered = render(fleet, application, chosen)
    if isinstance(rendered, str):
        return Answer(expressible=False, reason=f"{application.name} does not render: {rendered}")
    target = find_target(rendered.manifests, resource, pointer)
    if target is None:
        also = f"; {refusal}" if refusal else ""
        return Answer(expressible=False, reason=f"{resource} is not among what {application.name} renders to{also}")
    hidden = [unresolved(source, target.manifest.body, target.value) for source in fleet.sources(application)]
    if any(hidden):
        return Answer(expressible=False, reason="".join(hidden), value=target.value)
    assembly = assemble(fleet, application, chosen)
    trials = Trials(fleet, application, chosen, target, rendered.manifests)
    search = Search(fleet, application, assembly, trials)
    proven = search.proven() if target.tokens else []
    if not proven:
        lines = constants(fleet, trials, assembly)
        return Answer(
            expressible=False,
            reason=unexpressed(fleet, application, trials, assembly, lines),
            value=target.value,
            read_only=lines,
            renders=trials.count + 1,
        )
    sites = tuple(site_of(fleet, one) for one in proven)
    return Answer(
        expressible=True,
        sites=sites,
        shared_by=shared_by(fleet, application, trials, proven[0]),
        value=target.value,
        chain=chain(fleet.workspace, assembly, target, proven, sites),
        renders=trials.count + 1,
    )


def _is_itself(application: Application, resource: ResourceKey) -> bool:
    key = application.key
    return (key.kind, key.name) == (resource.kind, resource.name) and resource.namespace in ("", key.namespace)


def site_of(fleet: Fleet, proven: Proven) -> Site:
    """Return what rendering bore out as an answer's site."""
    guess = proven.guess
    content = fleet.workspace.read(guess.place.path) or b""
    insertion = guess.insertion
    # A key without a value, or with an empty one, is there already.
    there = insertion is not None and insertion.replaces and not insertion.leaf and insertion.inside is None
    if insertion is not None and not there:
        content = apply(fleet, guess, content, guess.value) or b""
    if guess.raw is not None and insertion is None:
        line = content.count(b"\n", 0, guess.raw[0]) + 1
    else:
        line = line_of(content, guess.place)
    return Site(
        place=guess.place,
        line=line,
        exists=insertion is None or there,
        value=guess.value if insertion is None else _now(content, guess.place) if there else None,
        mapping=proven.mapping,
        layer=guess.layer.title,
        raw=guess.raw is not None,
        insertion=insertion,
        default=guess.value,
        also_moves=proven.others,
    )


def _now(content: bytes, place: Place) -> Json:
    """Return what stands at a place in the file's own document; None for nothing, and for YAML inside YAML."""
    known = documents(content)
    if place.inside or place.document >= len(known):
        return None
    _, value = follow(known[place.document], place.pointer)
    return None if value is MISSING else value  # type: ignore[return-value]
