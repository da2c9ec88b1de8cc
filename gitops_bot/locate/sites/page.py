"""An answer as a machine takes it, and as a person reads it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from gitops_bot.clients.editing import NotEditable, new_content, unified
from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Answer, Site
from gitops_bot.locate.sites.proving.trial import inside, lines_of, operations
from gitops_bot.locate.sites.target import shown
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json
from gitops_bot.model.plan import FieldPatch
from gitops_bot.model.resource import ResourceKey

CONTEXT = 2


def answer_json(answer: Answer) -> str:
    """Return the answer as one JSON object.

    A site's `pointer` leads to a node of the file's own document. Where the value stands in YAML inside YAML, that node
    is the text, and `inside` has the pointers within, outermost first; `line` is always the line in the file.
    """
    found = {
        "expressible": answer.expressible,
        "sites": [_site(site) for site in answer.sites],
        "shared_by": list(answer.shared_by),
        "reason": answer.reason,
        "value": answer.value,
        "chain": [msgspec.to_builtins(link) for link in answer.chain],
        "read_only": [msgspec.to_builtins(line) for line in answer.read_only],
    }
    return msgspec.json.format(msgspec.json.encode(found), indent=2).decode()


def _site(site: Site) -> dict[str, Json]:
    place = site.place
    pointers = [*place.inside, place.pointer]
    found: dict[str, Json] = {
        "path": place.path,
        "document": place.document,
        "pointer": pointers[0],
        "line": site.line,
        "exists": site.exists,
        "layer": site.layer,
    }
    if len(pointers) > 1:
        found["inside"] = [*pointers[1:]]
    if site.mapping.part:
        found["part"] = site.mapping.part
    if site.raw:
        found["raw"] = True
    if site.insertion is not None and not site.exists:
        found["insert"] = {"pointer": site.insertion.pointer, "value": _inserted(site)}
    if site.also_moves:
        found["also_moves"] = [*site.also_moves]
    return found


def _inserted(site: Site) -> Json:
    [step] = operations(site, site.default)
    return step.value


def answer_text(fleet: Fleet, application: Application, resource: ResourceKey, pointer: str, answer: Answer) -> str:
    """Return the answer as a page: the line with its neighbours, the layers that lead to it, and who else reads it."""
    lines = [f"{application.name}: {resource}  {pointer}"]
    if answer.value is not None:
        lines.append(f"  is {shown(answer.value)}")
    lines.append("")
    if not answer.expressible:
        lines += ["Nothing in this repository sets it where it could be edited:", f"  {answer.reason}"]
        for constant in answer.read_only:
            lines += [
                "",
                f"{constant.path}:{constant.line}  (read-only)",
                *_context(fleet, constant.path, constant.line),
            ]
        return "\n".join(lines)
    for number, site in enumerate(answer.sites):
        lines += [*_heading(site, number), *_shown(fleet, site)]
        if site.also_moves:
            names = ", ".join(site.also_moves[:4])
            more = len(site.also_moves) - 4
            lines.append(f"  moves with it: {names}" + (f" and {more} more" if more > 0 else ""))
        lines.append("")
    lines += _layers(answer)
    others = ", ".join(answer.shared_by)
    path = answer.sites[0].place.path
    lines.append(f"{path} is read by {others} too." if others else f"No other application read here reads {path}.")
    return "\n".join(lines)


def _heading(site: Site, number: int) -> Iterator[str]:
    verb = "stands in" if site.exists else "belongs into"
    part = f"its {site.mapping.part} " if site.mapping.part else ""
    start = f"{part}{verb}" if number == 0 else f"{part}also {verb}" if not site.exists else f"{part}then {verb}"
    yield f"{start} {site.place.path}:{site.line}  ({site.layer})"


def _shown(fleet: Fleet, site: Site) -> list[str]:
    if site.insertion is None or site.exists:
        return _context(fleet, site.place.path, site.line)
    before = fleet.workspace.read(site.place.path)
    if site.raw:
        return [f"    +{line}" for line in lines_of(site, site.default).decode().rstrip("\n").split("\n")]
    patch = FieldPatch(document=site.place.document, inside=inside(site), operations=operations(site, site.default))
    try:
        after = new_content(site.place.path, before, patch, fleet.repository)
    except NotEditable:
        return []
    hunks = unified(site.place.path, before, after).split("\n")[2:]
    return [f"    {line}" for line in hunks if line and not line.startswith("@@")]


def _context(fleet: Fleet, path: str, line: int) -> list[str]:
    lines = (fleet.workspace.read(path) or b"").decode("utf-8", "replace").split("\n")
    first, last = max(line - CONTEXT, 1), min(line + CONTEXT, len(lines))
    width = len(str(last))
    return [
        f"  {'>' if number == line else ' '} {number:>{width}} | {lines[number - 1].rstrip()}"
        for number in range(first, last + 1)
        if number <= len(lines) and (lines[number - 1].strip() or number != len(lines))
    ]


def _layers(answer: Answer) -> list[str]:
    if not answer.chain:
        return []
    width = max(len(f"{link.path}:{link.line}") for link in answer.chain)
    lines = ["Layers, the strongest first:"]
    decided = False
    for link in answer.chain:
        decided = decided or link.decides
        note = "decides" if link.decides else "overridden" if decided else ""
        mark = ">" if link.decides else " "
        place = f"{link.path}:{link.line}"
        lines.append(f"  {mark} {place:<{width}}  {link.layer}: {link.text}{f'  ({note})' if note else ''}")
    return [*lines, ""]
