"""Who else follows a place: the other Applications that read its file."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable, ReadSet, RenderFailed
from gitops_bot.locate.sites.layers.layer import LayerKind
from gitops_bot.locate.sites.proving.trial import Contents, Proven, Trials
from gitops_bot.model.application import Application

# What Helm takes from a chart's folder by itself; all else a template must ask for by name.
_OF_A_CHART = re.compile(
    r"(?:Chart|requirements)\.(?:yaml|lock)|values\.(?:yaml|schema\.json)|(?:templates|charts|crds)/.*"
)


def shared_by(fleet: Fleet, application: Application, trials: Trials, best: Proven) -> tuple[str, ...]:
    """Return the other Applications that read the best site's file and may follow it.

    Those that only deploy the Application itself do not, nor those that an ApplicationSet makes of other parts of it.
    """
    place = best.guess.place
    makers = tuple(_makers(fleet, application))
    deploys_it = _declared_in(fleet, application, place.path) is not None
    found = []
    for reader in fleet.readers((place.path,)):
        number = _declared_in(fleet, reader, place.path)
        # Of a file that declares several Applications, each one's document is its own.
        elsewhere = number is not None and number != place.document
        itself = reader.name in (application.name, *makers) or reader.key == trials.target.key
        reads = fleet.reads(reader)
        if not (itself or elsewhere or (deploys_it and number is None)) and reads and _reads(fleet, reads, place.path):
            found.append(reader)
    # Whom the file only declares follows the place where its sources do.
    made = best.guess.layer.kind is LayerKind.PARAMETER_FILE
    declared = [one for one in found if made or not _renders_from(fleet, one, place.path)]
    following = _following(fleet, declared, trials.varied(best.guess)) if declared else []
    return tuple(one.name for one in found if one in following or one not in declared)


def _makers(fleet: Fleet, application: Application) -> Iterator[str]:
    """Yield the names of those whose render the Application comes of: what moves in it moves its manifest too."""
    maker = fleet.maker(application)
    if maker is not None:
        yield maker.name
        yield from _makers(fleet, maker)


def _renders_from(fleet: Fleet, application: Application, path: str) -> bool:
    try:
        return _reads(fleet, fleet.renderer.reads(fleet.request(application)), path)
    except (NotRenderable, RenderFailed):
        return False


def _reads(fleet: Fleet, reads: ReadSet, path: str) -> bool:
    """Whether a file counts, and does not merely lie in the folder of a chart that does not look at it."""
    if path in reads.files or any(listing.matches(path) for listing in reads.listings):
        return True
    for folder in reads.folders:
        prefix = f"{folder}/" if folder else ""
        inner = path.removeprefix(prefix)
        if path.startswith(prefix) and (_OF_A_CHART.fullmatch(inner) or _asks_for_files(fleet, f"{prefix}templates")):
            return True
    return False


def _asks_for_files(fleet: Fleet, templates: str) -> bool:
    return any(b".Files" in (fleet.workspace.read(path) or b"") for path in fleet.workspace.listing(templates))


def _following(fleet: Fleet, applications: list[Application], contents: Contents) -> list[Application]:
    """Return the Applications whose sources are others with the contents."""
    before = {one.name: fleet.sources(one) for one in applications}
    with fleet.workspace.overlay(contents):
        return [one for one in applications if fleet.sources(one) != before[one.name]]


def _declared_in(fleet: Fleet, application: Application, path: str) -> int | None:
    """Return which document of a file declares the Application, None where none does."""
    definition = fleet.definition(application)
    return definition.document if definition is not None and definition.path == path else None
