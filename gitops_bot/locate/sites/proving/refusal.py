"""Why nothing in Git sets a field that could be edited, and what would make it so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Constant, Mapping
from gitops_bot.locate.sites.guessing.finders import says
from gitops_bot.locate.sites.guessing.fitting import fit, text_of
from gitops_bot.locate.sites.guessing.guesses import Guess
from gitops_bot.locate.sites.guessing.references import referenced
from gitops_bot.locate.sites.layers.assembly import Assembly
from gitops_bot.locate.sites.layers.helm import template_lines
from gitops_bot.locate.sites.layers.layer import Layer, LayerKind
from gitops_bot.locate.sites.places import Place, line_of
from gitops_bot.locate.sites.proving.trial import Trials
from gitops_bot.locate.sites.target import Target
from gitops_bot.model.application import Application

MOST_LINES = 4


def constants(fleet: Fleet, trials: Trials, assembly: Assembly) -> tuple[Constant, ...]:
    """Return the line that sets the field and cannot be edited: a refused one, or a chart's template's, proven."""
    if trials.refused is not None:
        place, reason = trials.refused
        return (
            ()
            if "sops" in reason
            else (Constant(path=place.path, line=line_of(fleet.workspace.read(place.path) or b"", place)),)
        )
    if not assembly.templates or not isinstance(trials.target.value, str | int | bool):
        return ()
    for number, guess in enumerate(_constant_lines(fleet, trials.target, assembly)):
        if number == MOST_LINES:
            break
        proven = trials.alone(guess)
        if proven is not None and guess.raw is not None:
            content = fleet.workspace.read(guess.place.path) or b""
            return (Constant(path=guess.place.path, line=content.count(b"\n", 0, guess.raw[0]) + 1),)
    return ()


def _constant_lines(fleet: Fleet, target: Target, assembly: Assembly) -> Iterator[Guess]:
    key, value = str(target.tokens[-1]), text_of(target.value)
    pattern = re.compile(rf"(?:^|[\s{{,\"'-]){re.escape(key)}[\"']?\s*:\s*[\"']?({re.escape(value)})(?![\w.])")
    seen = set()
    for _, line in template_lines(fleet.workspace, assembly.templates):
        found = pattern.search(line.text)
        if found is None or not line.path or line in seen:
            continue
        seen.add(line)
        content = fleet.workspace.read(line.path) or b""
        start = sum(len(one) + 1 for one in content.split(b"\n")[: line.number - 1])
        span = (start + len(line.text[: found.start(1)].encode()), start + len(line.text[: found.end(1)].encode()))
        layer = Layer(kind=LayerKind.FILE, title="chart's template", place=Place(line.path), value=None)
        yield Guess(place=layer.place, value=target.value, mapping=Mapping(), layer=layer, raw=span)


def unexpressed(
    fleet: Fleet, application: Application, trials: Trials, assembly: Assembly, lines: tuple[Constant, ...]
) -> str:
    """Return why no place was found, and what would make one."""
    target = trials.target
    if not target.exists and not target.insertable:
        return f"{target.key} has no {target.pointer}, and nothing in Git puts it there"
    if trials.refused is not None:
        return f"{trials.refused[1]}: {_way_out(trials.refused[1])}"
    if lines:
        where = ", ".join(f"{one.path}:{one.line}" for one in lines)
        return f"it is a constant in the chart's template ({where}): make it a value of the chart to set it from Git"
    hidden = _hidden(assembly, target)
    known = "Argo CD knows" if application.key.kind == "Application" else "the cluster knows"
    if hidden:
        return (
            f"the {hidden} may set it, which {known} and this repository does not: declare {application.name} in "
            "Git, or set the value in a file that it reads"
        )
    if not target.tokens or target.tokens[:2] == ("metadata", "name"):
        return "the name is what an object is known by: another name is another object"
    if trials.computed and assembly.templates:
        return "a template computes it from a value and something else: give the template a value of its own for it"
    if isinstance(target.value, dict | list) and target.value:
        return "its parts are set in different places: ask for one of them"
    if trials.computed or (trials.count and not assembly.templates):
        return "it follows another object's name, or several layers name it together: no single place sets it"
    if assembly.templates:
        named = next(iter(referenced(fleet.workspace, assembly.templates, target)), ())
        if named:
            path = ".".join(str(token) for token in named)
            return f"the chart computes it; no value that was tried sets it (the nearest is `{path}`)"
        return "the chart's templates compute it and name no value for it: give the chart one"
    if not target.exists:
        return f"{target.key} has no such field, and no layer takes it in"
    return "no text in the files that make it becomes this value: it is computed when it is rendered"


def _way_out(refusal: str) -> str:
    ways = {
        "sops": "edit it with sops",
        "anchor": "write the value out at each place that uses the anchor",
        "alias": "write the value out at each place that uses the anchor",
        "merge_key": "write the value out where it is merged in",
        "template": "only what is plain YAML can be edited",
    }
    return next((way for word, way in ways.items() if word in refusal), "rewrite it in plain YAML")


def _hidden(assembly: Assembly, target: Target) -> str:
    for layer in assembly.layers:
        if layer.reachable or layer.kind in (LayerKind.FILE, LayerKind.LINES):
            continue
        for said in says(layer, target):
            if said.mapping or fit(said.value, target.plain, image=target.is_image):
                return layer.title
    return ""
