"""Fields of the Application itself: in the manifest that declares it."""

from __future__ import annotations

from gitops_bot.clients.definition import Definition
from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Answer, Mapping, Site
from gitops_bot.locate.sites.guessing.fitting import placeholder
from gitops_bot.locate.sites.guessing.insert import insertion
from gitops_bot.locate.sites.layers.application import declared
from gitops_bot.locate.sites.places import MISSING, Place, follow, line_of, split_pointer
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json


def declaration_answer(fleet: Fleet, application: Application, pointer: str) -> Answer:
    """Return where the Application's own manifest sets a field of its own, or takes it in."""
    definition = declared(fleet, application)
    if definition is None:
        return Answer(
            expressible=False,
            reason=f"no manifest of the Application {application.name} is written out in this repository as Argo CD "
            "has it: what makes it (an ApplicationSet, a chart, an overlay, another repository) must be edited",
        )
    _, value = follow(definition.body, pointer)
    if value is MISSING:
        return _absent(fleet, definition, pointer)
    known: Json = value  # type: ignore[assignment]
    place = Place(definition.path, definition.document, (), pointer)
    line = line_of(fleet.workspace.read(definition.path) or b"", place)
    site = Site(place=place, line=line, exists=True, value=known, mapping=Mapping(), layer="Application's manifest")
    return Answer(expressible=True, sites=(site,), value=known)


def _absent(fleet: Fleet, definition: Definition, pointer: str) -> Answer:
    tokens = split_pointer(pointer)
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
        layer="Application's manifest",
        insertion=found,
        default=core,
    )
    return Answer(expressible=True, sites=(site,))
