"""A new value for a live field, written where the field is set: the edits, for `prove` to judge."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_bot.clients.editing import NotEditable, make_edit
from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Answer, Site
from gitops_bot.locate.sites.find import find_sites
from gitops_bot.locate.sites.guessing.fitting import image_parts, retype, text_of
from gitops_bot.locate.sites.proving.trial import inside, operations
from gitops_bot.locate.sites.target import decoded
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Edit, FieldPatch, Operation
from gitops_bot.model.proposal import Candidate, FieldsBecome, NotLocated
from gitops_bot.model.resource import ResourceKey


def set_field(
    fleet: Fleet, application: Application, resource: ResourceKey, pointer: str, value: Json
) -> Candidate | NotLocated:
    """Return the edits that give a field of an object the value, at the best site that takes it, or why none does."""
    return next(ways_to_set(fleet, application, resource, pointer, value))


def ways_to_set(
    fleet: Fleet, application: Application, resource: ResourceKey, pointer: str, value: Json
) -> Iterator[Candidate | NotLocated]:
    """Yield the ways to give a field a value, the best first; at least one answer, which may be that there is none."""
    answer = find_sites(fleet, application, resource, pointer)
    if not answer.expressible:
        yield NotLocated(reason=answer.reason)
        return
    if answer.value == value:
        yield NotLocated(reason=f"Git says {text_of(value)} already", settled=True)
        return
    intent = FieldsBecome(resource=resource, values=((pointer, value),))
    reason = f"the value {text_of(value)} does not fit what the sites hold"
    yielded = False
    for choice in _choices(answer, value):
        made = _edits(fleet, choice)
        if isinstance(made, str):
            reason = made
            continue
        edits, contents = made
        yielded = True
        how = f"set in the {choice[0][0].layer}"
        yield Candidate(subject=application.name, edits=edits, contents=contents, intent=intent, how=how)
    if not yielded:
        yield NotLocated(reason=reason)


IMAGE_PARTS = ("name", "tag", "digest", "registry")
Choice = list[tuple[Site, Json]]


def _choices(answer: Answer, value: Json) -> Iterator[Choice]:
    """Yield sets of sites, each with the core that it would take; together they make the value."""
    for site in answer.sites:
        core = new_core(site, value)
        if core is not None:
            yield [(site, core)]
    yield from _by_parts(answer, value)


def new_core(site: Site, value: Json) -> Json:
    """Return what a site must contribute for the field to have the value, None where the site alone cannot make it."""
    if isinstance(value, dict | list):
        return value if site.mapping.whole else None
    core = site.mapping.core(text_of(decoded(value) if site.mapping.encoded else value))
    if core is None:
        return None
    return retype(core, site.value if site.exists else site.default) if site.mapping.whole else core


def _by_parts(answer: Answer, value: Json) -> Iterator[Choice]:
    """An image or a text of which more than one part changes: each part at its own site."""
    if isinstance(value, str) and isinstance(answer.value, str):
        yield from _image_parts(answer, answer.value, value)
        yield from _text_parts(answer, answer.value, value)


def _image_parts(answer: Answer, live: str, value: str) -> Iterator[Choice]:
    old, new = image_parts(live), image_parts(value)
    if old is None or new is None:
        return
    changed = [part for part in old if old[part] != new[part]]
    chosen: Choice = []
    for part in changed:
        site = next((one for one in answer.sites if one.mapping.part == part), None)
        whole = site is not None and old[part] and live == _around(site, old[part])
        if site is None or not whole or not new[part]:
            return
        chosen.append((site, new[part]))
    if len(chosen) > 1:
        yield chosen


def _text_parts(answer: Answer, live: str, value: str) -> Iterator[Choice]:
    """What the sites make of a text, in its order; what stands between them must be in the new text as well."""
    spans: dict[tuple[int, int], Site] = {}
    for site in answer.sites:
        around = site.mapping
        if not (around.whole or around.part in IMAGE_PARTS or around.encoded):
            spans.setdefault((len(around.live_before), len(live) - len(around.live_after)), site)
    ordered = sorted(spans)
    pattern, here = "", 0
    for start, end in ordered:
        pattern += f"{re.escape(live[here:start])}([^\n]*?)"
        here = end
    match = re.fullmatch(pattern + re.escape(live[here:]), value) if ordered else None
    if match is None:
        return
    texts = zip(ordered, match.groups(), strict=True)
    chosen: Choice = [(spans[start, end], text) for (start, end), text in texts if text != live[start:end]]
    if len(chosen) > 1:
        yield chosen


def _around(site: Site, core: str) -> str:
    return f"{site.mapping.live_before}{core}{site.mapping.live_after}"


def _edits(fleet: Fleet, choice: Choice) -> tuple[tuple[Edit, ...], dict[str, bytes | None]] | str:
    patches: dict[str, tuple[int, tuple[str, ...], tuple[Operation, ...]]] = {}
    for site, core in choice:
        place = site.place
        if site.raw:
            return f"{place.path} is no YAML: change line {site.line} there"
        document, within, before = patches.get(place.path, (place.document, inside(site), ()))
        if (document, within) != (place.document, inside(site)):
            return f"the parts of the image stand in several documents of {place.path}"
        patches[place.path] = (document, within, (*before, *_tested(site, core)))
    edits: list[Edit] = []
    contents: dict[str, bytes | None] = {}
    for path, (document, within, steps) in patches.items():
        change = FieldPatch(document=document, inside=within, operations=steps)
        try:
            edit, after = make_edit(path, fleet.workspace.read(path), change, fleet.repository)
        except NotEditable as refusal:
            return refusal.reason
        edits.append(edit)
        contents[path] = after
    return tuple(edits), contents


def _tested(site: Site, core: Json) -> tuple[Operation, ...]:
    steps = operations(site, core)
    if not site.exists:
        return steps
    return (Operation(op="test", path=site.place.pointer, value=site.value), *steps)
