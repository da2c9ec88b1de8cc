"""Fields of the Application itself: in the manifest that declares it."""

from __future__ import annotations

import msgspec

from gitops_bot.clients.applicationsets.places import FieldPlace
from gitops_bot.clients.definition import Definition
from gitops_bot.clients.editing import NotEditable, new_content
from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Answer, Mapping, Site
from gitops_bot.locate.sites.guessing.fitting import fit, placeholder, vary
from gitops_bot.locate.sites.guessing.insert import insertion
from gitops_bot.locate.sites.layers.application import declared
from gitops_bot.locate.sites.places import MISSING, Place, documents, follow, join_tokens, line_of, scalars
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json, pointer_tokens
from gitops_bot.model.plan import FieldPatch, Operation


def declaration_answer(fleet: Fleet, application: Application, pointer: str) -> Answer:
    """Return where the Application's own manifest sets a field of its own, or takes it in."""
    definition = declared(fleet, application)
    if definition is None and fleet.membership(application) is not None:
        return _generated(fleet, application, pointer)
    if definition is None:
        return Answer(
            expressible=False,
            reason=f"no manifest of {application.key} is written out in this repository as the cluster "
            "has it: what makes it (an ApplicationSet, a chart, an overlay, another repository) must be edited",
        )
    _, value = follow(definition.body, pointer)
    if value is MISSING:
        return _absent(fleet, definition, pointer)
    known: Json = value  # type: ignore[assignment]
    place = Place(definition.path, definition.document, (), pointer)
    line = line_of(fleet.workspace.read(definition.path) or b"", place)
    site = Site(
        place=place, line=line, exists=True, value=known, mapping=Mapping(), layer=f"{definition.kind}'s manifest"
    )
    return Answer(expressible=True, sites=(site,), value=known)


def _generated(fleet: Fleet, application: Application, pointer: str) -> Answer:
    """A field of an Application that an ApplicationSet makes: each place that moves it when changed."""
    before = fleet.made(application)
    _, live = follow(before if before is not None else msgspec.to_builtins(application), pointer)
    value: Json = None if live is MISSING else live  # type: ignore[assignment]
    found = [_place(fleet, application, value, pointer, one) for one in fleet.generated_from(application, pointer)]
    sites = tuple(site for site in found if site is not None)
    if not sites:
        return Answer(
            expressible=False,
            reason=f"an ApplicationSet makes {application.name}, and no single place of it gives {pointer} alone",
            value=value,
        )
    others = [one for one in fleet.readers((sites[0].place.path,)) if one.name != application.name]
    with fleet.workspace.overlay(_varied(fleet, sites[0].place, sites[0].value)):
        after = {one.name: fleet.made(one) for one in others}
    sharing = tuple(one.name for one in others if fleet.made(one) != after[one.name])
    return Answer(expressible=True, sites=sites, shared_by=sharing, value=value)


def _place(fleet: Fleet, application: Application, live: Json, pointer: str, found: FieldPlace) -> Site | None:
    place = Place(found.path, found.document, (), found.pointer)
    content = fleet.workspace.read(found.path) or b""
    known = documents(content)
    _, there = follow(known[found.document], found.pointer) if found.document < len(known) else ((), MISSING)
    value: Json = None if there is MISSING else there  # type: ignore[assignment]
    mapping = fit(value, live, image=False)
    contents = _varied(fleet, place, value)
    moved = _moved(fleet, application, contents) if mapping is not None and contents else ()
    if mapping is None or (moved is not None and pointer not in moved) or (moved is None and not mapping.whole):
        return None
    return Site(
        place=place,
        line=line_of(content, place),
        exists=True,
        value=value,
        mapping=mapping,
        layer="generator" if found.template else "ApplicationSet",
        also_moves=tuple(f"{application.key} {one}" for one in moved or () if one != pointer),
    )


def _moved(fleet: Fleet, application: Application, contents: dict[str, bytes | None]) -> tuple[str, ...] | None:
    """Return which fields of the Application another content moves: () if it is gone then, None if it is not told."""
    before = fleet.made(application)
    if before is None:
        return None
    with fleet.workspace.overlay(contents):
        after = fleet.made(application)
    told = [dict(scalars(body)) for body in (before, after or before)]
    keys = {**told[0], **told[1]}
    return tuple(join_tokens(key) for key in keys if told[0].get(key, MISSING) != told[1].get(key, MISSING))


def _varied(fleet: Fleet, place: Place, value: Json) -> dict[str, bytes | None]:
    change = FieldPatch(
        document=place.document,
        operations=(Operation(op="replace", path=place.pointer, value=vary(value, 0)),),
    )
    try:
        return {place.path: new_content(place.path, fleet.workspace.read(place.path), change, fleet.repository)}
    except NotEditable:
        return {}


def _absent(fleet: Fleet, definition: Definition, pointer: str) -> Answer:
    tokens = pointer_tokens(pointer)
    core = placeholder(tokens[-1])
    found = insertion(definition.body, "", tokens, core) if tokens else None
    if found is None or any(one.isdecimal() or one == "-" for one in tokens):
        return Answer(expressible=False, reason=f"{definition.path} has no {pointer}, and no list takes it in")
    place = Place(definition.path, definition.document, (), pointer)
    line = line_of(fleet.workspace.read(definition.path) or b"", place)
    site = Site(
        place=place,
        line=line,
        exists=False,
        value=None,
        mapping=Mapping(),
        layer=f"{definition.kind}'s manifest",
        insertion=found,
        default=core,
    )
    return Answer(expressible=True, sites=(site,))
