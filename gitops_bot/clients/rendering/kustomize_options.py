"""An Application's Kustomize options, laid into a kustomization as `kustomize edit` does it."""

from __future__ import annotations

import re
from collections.abc import Callable

from gitops_bot.clients.rendering.steps import Step
from gitops_bot.clients.rendering.values import SourceBroken
from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.model.source import KustomizeOptions

_IMAGE = re.compile(r"^(?P<name>.+?)(?::(?P<tag>[^/:@]*))?(?:@(?P<digest>.+))?$")
_IMAGE_FIELDS = ("newName", "newTag", "digest")
_KEEP = "*"


def is_edited(options: KustomizeOptions | None) -> bool:
    """Return whether the options change the kustomization at all."""
    if options is None:
        return False
    changes = (options.name_prefix, options.name_suffix, options.images, options.replicas, options.common_labels)
    return any((*changes, options.common_annotations, options.namespace, options.patches, options.components))


def edited(document: dict[str, Json], step: Step, exists: Callable[[str], bool]) -> dict[str, Json]:
    """Return the kustomization with the source's options in it; the given one stays as it is.

    `exists` tells whether a component's path, seen from the kustomization, is there. SourceBroken where
    `kustomize edit` would refuse.
    """
    options = step.source.kustomize
    result = dict(document)
    if options is None:
        return result
    result |= {name: value for name, value in _plain(options).items() if value}
    if options.images:
        result["images"] = _images(result, [step.substitute(image) for image in options.images])
        result.pop("imageTags", None)
    if options.replicas:
        result["replicas"] = _replicas(result, options)
    if options.common_labels:
        _label(result, {name: step.substitute(value) for name, value in options.common_labels.items()}, options)
    if options.common_annotations:
        given = options.common_annotations
        if options.common_annotations_envsubst:
            given = {name: step.substitute(value) for name, value in given.items()}
        present = result.get("commonAnnotations")
        result["commonAnnotations"] = _added(present, given, "annotation", force=options.force_common_annotations)
    if options.patches:
        result["patches"] = [*sequence(result.get("patches")), *options.patches]
    _components(result, options, exists)
    return result


def _plain(options: KustomizeOptions) -> dict[str, str]:
    return {"namePrefix": options.name_prefix, "nameSuffix": options.name_suffix, "namespace": options.namespace}


def _images(document: dict[str, Json], given: list[str]) -> list[Json]:
    present = [mapping(entry) for name in ("images", "imageTags") for entry in sequence(document.get(name))]
    by_name = {text(entry.get("name")): entry for entry in map(_image, given)}
    for entry in present:
        name = text(entry.get("name"))
        chosen = by_name.get(name)
        if chosen is None:
            by_name[name] = entry
        else:
            kept = {field: entry.get(field) for field in _IMAGE_FIELDS if chosen.get(field) == _KEEP}
            by_name[name] = {**chosen, **kept}
    return [
        {field: value for field, value in by_name[name].items() if value not in (_KEEP, None)}
        for name in sorted(by_name)
    ]


def _image(argument: str) -> dict[str, Json]:
    key, equals, value = argument.partition("=")
    match = _IMAGE.match(value if equals else key)
    if match is None or match["name"] == argument:
        raise SourceBroken(f"invalid format of image {argument!r}: expected name:tag, name@digest or name=new-name:tag")
    found: dict[str, Json] = {"name": key, "newName": match["name"]} if equals else {"name": match["name"]}
    for field, group in (("newTag", "tag"), ("digest", "digest")):
        if match[group]:
            found[field] = match[group]
    return found


def _replicas(document: dict[str, Json], options: KustomizeOptions) -> list[Json]:
    by_name: dict[str, Json] = {}
    for entry in sequence(document.get("replicas")):
        by_name[text(dig(entry, "name"))] = entry
    for replica in options.replicas or ():
        try:
            by_name[replica.name] = {"name": replica.name, "count": int(replica.count)}
        except ValueError:
            raise SourceBroken(f"replicas of {replica.name}: {replica.count!r} is not a number") from None
    return [by_name[name] for name in sorted(by_name)]


def _label(document: dict[str, Json], labels: dict[str, str], options: KustomizeOptions) -> None:
    force = options.force_common_labels
    if not options.label_without_selector:
        if options.label_include_templates:
            raise SourceBroken("--without-selector flag must be specified for --include-templates to work")
        document["commonLabels"] = _added(document.get("commonLabels"), labels, "label", force=force)
        return
    entries = [dict(mapping(entry)) for entry in sequence(document.get("labels"))]
    wanted = (False, options.label_include_templates)
    place = next((entry for entry in entries if _settings(entry) == wanted), None)
    if place is None:
        place = {"includeSelectors": False, "includeTemplates": options.label_include_templates}
        entries.append(place)
    place["pairs"] = _added(place.get("pairs"), labels, "label", force=force)
    document["labels"] = [*entries]


def _settings(entry: dict[str, Json]) -> tuple[bool, bool]:
    return bool(entry.get("includeSelectors")), bool(entry.get("includeTemplates"))


def _added(present: Json, given: dict[str, str], kind: str, *, force: bool) -> dict[str, Json]:
    result = dict(mapping(present))
    for name, value in given.items():
        if name in result and not force:
            raise SourceBroken(f"{kind} {name} already in kustomization file. Use --force to override.")
        result[name] = value
    return result


def _components(document: dict[str, Json], options: KustomizeOptions, exists: Callable[[str], bool]) -> None:
    wanted = [path for path in options.components or () if not options.ignore_missing_components or exists(path)]
    present = sequence(document.get("components"))
    added: list[Json] = [path for path in wanted if path not in present]
    if added:
        document["components"] = [*present, *added]
