"""Fields of the Application itself: in the manifest that declares it."""

from __future__ import annotations

from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Answer, Mapping, Site
from gitops_bot.locate.sites.layers.application import declared
from gitops_bot.locate.sites.places import MISSING, Place, follow, line_of
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json


def declaration_answer(fleet: Fleet, application: Application, pointer: str) -> Answer:
    """Return where the Application's own manifest sets a field of its own."""
    definition = declared(fleet, application)
    if definition is None:
        return Answer(
            expressible=False,
            reason=f"no manifest of the Application {application.name} is written out in this repository: what makes it "
            "(an ApplicationSet, a chart, another repository) must be edited",
        )
    _, value = follow(definition.body, pointer)
    if value is MISSING:
        return Answer(expressible=False, reason=f"{definition.path} does not set {pointer}")
    known: Json = value  # type: ignore[assignment]
    place = Place(definition.path, definition.document, (), pointer)
    content = fleet.workspace.read(definition.path) or b""
    site = Site(
        place=place, line=line_of(content, place), exists=True, value=known, mapping=Mapping(), layer="Application"
    )
    return Answer(expressible=True, sites=(site,), value=known)
