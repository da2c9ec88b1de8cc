"""Where Git sets a field of a generated Application: in the template, or in what a generator fills it with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from gitops_bot.clients.applicationsets.templating.go_templates import ACTION, LITERAL
from gitops_bot.clients.applicationsets.values import Generated
from gitops_bot.clients.definition import Definition
from gitops_bot.clients.workspace import Workspace
from gitops_bot.model.difference import escape
from gitops_bot.model.json import Json, dig, mapping, pointer_tokens, sequence
from gitops_bot.yamlpatch import PatchInvalid, PatchRefused, load_documents

_REFERENCE = re.compile(r"(?<![\w.)\]])\$?((?:\.[^\W\d]\w*)+)((?:\s+(?:\d+|\"[^\"]*\"))*)")
_KINDS = ("list", "git", "matrix", "merge")

Steps = tuple[str | int, ...]


class FieldPlace(Struct, frozen=True, kw_only=True):
    """A value in a file: `pointer` (RFC 6901) leads to it in the document counted from 0.

    `template` is the text that the value is filled into to give the field, empty where the field holds it as it is.
    Whether a place really moves the field is for rendering to prove.
    """

    path: str
    document: int
    pointer: str
    template: str = ""


def field_places(
    declared: Definition, pointer: str, generated: Generated | None, workspace: Workspace
) -> tuple[FieldPlace, ...]:
    """Return where the field `pointer` of an Application (`/spec/source/targetRevision`) may be set, the best first.

    `declared` is the ApplicationSet as it is now, `generated` what it makes of the Application, None where that is not
    known: then only the template is a place.
    """
    steps = tuple(int(one) if one.isdecimal() else one for one in pointer_tokens(pointer))
    found: list[FieldPlace] = []
    for root in _templates(declared.body):
        value = _at(declared.body, (*root, *steps))
        if isinstance(value, dict | list) or value is None:
            continue
        if not isinstance(value, str) or "{{" not in value:
            found.append(_place(declared.path, declared.document, (*root, *steps)))
            continue
        references = list(dict.fromkeys(_references(value, go=dig(declared.body, "spec", "goTemplate") is True)))
        for path, document, place in _filled(declared, references, generated, workspace):
            one = _place(path, document, place, value)
            found += [one] if one not in found else []
    return tuple(found)


def _templates(body: dict[str, Json]) -> Iterator[Steps]:
    """Return where the set's templates stand: the generators' own win over the common one."""
    for index, entry in enumerate(sequence(dig(body, "spec", "generators"))):
        for kind in _KINDS:
            if isinstance(dig(entry, kind, "template"), dict):
                yield ("spec", "generators", index, kind, "template")
    yield ("spec", "template")


def _references(template: str, *, go: bool) -> Iterator[Steps]:
    for action in ACTION.finditer(template):
        if not go:
            yield tuple(int(one) if one.isdecimal() else one for one in action[2].strip().split("."))
            continue
        expression = action[2] if action[2].strip().startswith("index") else LITERAL.sub('""', action[2])
        for match in _REFERENCE.finditer(expression):
            inner = re.findall(r"\d+|\"[^\"]*\"", match[2])
            yield (*match[1].split(".")[1:], *(int(one) if one.isdecimal() else one.strip('"') for one in inner))


def _filled(
    declared: Definition, references: list[Steps], generated: Generated | None, workspace: Workspace
) -> Iterator[tuple[str, int, Steps]]:
    """Yield where the references' values stand; first in what nothing else tells from what the Application is made of.

    Of what is merged, one part may hold other values than came out: those come last, and are for changing to prove.
    """
    if generated is None:
        return
    held = [(path, 0, one) for path in sorted(generated.files) for one in _objects(workspace.read(path) or b"")]
    written = _written(dig(declared.body, "spec", "generators"), ("spec", "generators"))
    held += [(declared.path, declared.document, one) for one in written]
    for whole in (True, False):
        for path, document, (place, body) in held:
            for steps in references:
                if _gives(body, generated.values, steps) and _matches(body, generated.values) is whole:
                    yield path, document, (*place, *steps)


def _gives(body: Json, values: dict[str, Json], steps: Steps) -> bool:
    """Whether the object holds the parameter as the Application has it."""
    here = _at(body, steps)
    flat = len(steps) > 1 and ".".join(str(one) for one in steps) in values
    # A generator's `values` may be templates themselves.
    templated = isinstance(here, str) and "{{" in here
    return here is not None and (flat or templated or here == _at(values, steps))


def _matches(body: Json, values: dict[str, Json]) -> bool:
    """Whether the object's plain values are all among the parameters."""
    return all(values.get(key, value) == value for key, value in mapping(body).items() if isinstance(value, str))


def _objects(content: bytes) -> list[tuple[Steps, Json]]:
    try:
        documents = load_documents(content)
    except (PatchInvalid, PatchRefused):
        return []
    first = documents[0] if documents else None
    return [((index,), one) for index, one in enumerate(first)] if isinstance(first, list) else [((), first)]


def _written(generators: Json, place: Steps) -> Iterator[tuple[Steps, Json]]:
    """Return what the manifest itself gives as parameters: the elements of lists, and the `values` of generators."""
    for index, entry in enumerate(sequence(generators)):
        here = (*place, index)
        for number, element in enumerate(sequence(dig(entry, "list", "elements"))):
            yield (*here, "list", "elements", number), element
        if isinstance(values := dig(entry, "git", "values"), dict):
            yield (*here, "git"), {"values": values}
        for kind in ("matrix", "merge"):
            yield from _written(dig(entry, kind, "generators"), (*here, kind, "generators"))


def _at(value: Json, steps: Steps) -> Json:
    return dig(value, *steps)


def _place(path: str, document: int, steps: Steps, template: str = "") -> FieldPlace:
    pointer = "".join(f"/{escape(str(one))}" for one in steps)
    return FieldPlace(path=path, document=document, pointer=pointer, template=template)
