"""What each answer promises, looked at from outside: the place edited with `yamlpatch`, rendered, and compared."""

from __future__ import annotations

import re
from collections.abc import Callable

import msgspec
import pytest

from gitops_bot.clients.editing import new_content
from gitops_bot.clients.fleet import Fleet
from gitops_bot.clients.rendering import NotRenderable, RenderFailed
from gitops_bot.locate.sites import Answer, Site, set_field
from gitops_bot.locate.sites.proving.trial import inside, operations
from gitops_bot.locate.sites.target import find_target
from gitops_bot.model.application import Application
from gitops_bot.model.difference import compare
from gitops_bot.model.plan import FieldPatch
from gitops_bot.model.proposal import Candidate
from gitops_bot.model.resource import Manifest, ResourceKey
from gitops_bot.model.source import Source
from gitops_bot.yamlpatch import load_documents
from tests.locate.sites import shapes

Opened = Callable[[str], shapes.Shape]
HASHED = re.compile(r"-[0-9a-z]{10}$")


def rendered(fleet: Fleet, application: Application) -> tuple[Manifest, ...]:
    """Render; of an Application with a source out of reach what is in reach, of a chart's child what the chart says."""
    try:
        return fleet.render(application, child_sources(fleet, application)).manifests
    except NotRenderable:
        own = tuple(source for source in fleet.sources(application) if not source.chart and not source.ref)
        return fleet.render(application, own).manifests


def child_sources(fleet: Fleet, application: Application) -> tuple[Source, ...] | None:
    """Return the sources that `root.yaml` renders for an Application that it deploys; None for any other."""
    if "root:" not in str(application.metadata.annotations):
        return None
    [body] = load_documents(fleet.workspace.read("root.yaml") or b"")
    made = fleet.render(msgspec.convert(body, Application)).manifests
    spec = next(one.body["spec"] for one in made if one.key.name == application.name)
    return msgspec.convert({"spec": spec}, Application).sources


def unhashed(manifests: tuple[Manifest, ...]) -> tuple[Manifest, ...]:
    """Return the objects with generated names without their hash, where they stand and where they are referred to."""
    names = {one.key.name: HASHED.sub("", one.key.name) for one in manifests if one.key.kind in ("ConfigMap", "Secret")}

    def plain(value: object) -> object:
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        return names.get(value, value) if isinstance(value, str) else value

    found = []
    for one in manifests:
        body = plain(one.body)
        assert isinstance(body, dict)
        key = one.key
        name = names.get(key.name, key.name) if key.kind in ("ConfigMap", "Secret") else key.name
        found.append(Manifest(ResourceKey(key.group, key.kind, key.namespace, name), body))
    return tuple(found)


def another(site: Site) -> object:
    """Return another value for a place, of the type that stands there."""
    now = site.value if site.exists else site.default
    if isinstance(now, bool):
        return not now
    if isinstance(now, int | float):
        return now + 7
    if now in ("true", "false"):
        return "false" if now == "true" else "true"
    if not isinstance(now, str):
        return None
    core = now.removeprefix(site.mapping.site_before).removesuffix(site.mapping.site_after)
    return re.sub(r"\d+(?=\D*$)", lambda found: f"{int(found[0]) + 7}", core) if re.search(r"\d", core) else f"{core}q"


def moved(fleet: Fleet, application: Application, site: Site, core: object) -> set[str] | None:
    """Return the names of the fields that move when a place takes another value, None where its chart refuses it."""
    path = site.place.path
    patch = FieldPatch(
        document=site.place.document,
        inside=inside(site),
        operations=operations(site, core),  # type: ignore[arg-type]
    )
    before = unhashed(rendered(fleet, application))
    with fleet.workspace.overlay({path: new_content(path, fleet.workspace.read(path), patch, fleet.repository)}):
        try:
            after = unhashed(rendered(fleet, application))
        except RenderFailed as failure:
            if "specifications of the schema" not in failure.message:
                raise
            return None
    changes = compare(before, after)
    return {f"{change.key} {field.pointer}" for change in changes for field in change.fields or ()} | {
        str(change.key) for change in changes if not change.fields
    }


@pytest.mark.parametrize("name", shapes.NAMES)
def test_the_answers_hold_when_their_places_are_edited(shape: Opened, name: str) -> None:
    opened = shape(name)
    another_value_moves_the_field_and_only_what_the_answer_names(opened)
    a_new_value_is_written_so_that_the_field_has_exactly_it(opened)


def another_value_moves_the_field_and_only_what_the_answer_names(opened: shapes.Shape) -> None:
    wrong = []
    for question, answer in opened.provable:
        application = opened.fleet.applications[question.application]
        for site in answer.sites:
            core = another(site)
            if site.raw or core is None or question.pointer == "/metadata/namespace":
                continue
            names = moved(opened.fleet, application, site, core)
            if names is None:
                continue
            here = [one for one in names if covers(one, question.pointer)]
            if not here or len(names) > 1 + len(site.also_moves):
                wrong.append(f"{question}: {site.place} moves {sorted(names)}")
    assert not wrong, "\n".join(wrong)


def covers(name: str, pointer: str) -> bool:
    there = name.rpartition(" ")[2]
    return pointer == there or pointer.startswith(f"{there}/") or there.startswith(f"{pointer}/")


def a_new_value_is_written_so_that_the_field_has_exactly_it(opened: shapes.Shape) -> None:
    written, wrong = 0, []
    for question, answer in opened.provable:
        application = opened.fleet.applications[question.application]
        value = wanted(answer)
        if value is None or question.pointer == "/metadata/namespace":
            continue
        made = set_field(opened.fleet, application, question.key, question.pointer, value)
        if not isinstance(made, Candidate):
            wrong.append(f"{question}: {made.reason}")
            continue
        with opened.fleet.workspace.overlay(made.contents):
            after = find_target(rendered(opened.fleet, application), question.key, question.pointer)
        written += 1
        if after is None or after.value != value:
            wrong.append(f"{question}: {value!r} wanted, {after and after.value!r} got")
    assert not wrong, "\n".join(wrong)
    assert written


def wanted(answer: Answer) -> str | int | None:
    """Return another value of a field; None for those that this test leaves alone."""
    site, value = answer.sites[0], answer.value
    if site.raw or site.mapping.encoded or value in ("true", "false", "fast"):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value + 3
    core = site.mapping.core(value) if isinstance(value, str) else None
    if core is None or "\n" in core or "e+07" in core:
        return None
    return f"{site.mapping.live_before}{core}0{site.mapping.live_after}"
