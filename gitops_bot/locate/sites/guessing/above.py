"""A HelmRelease's values in the overlay of the Kustomization that renders it, where only its base sets them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from gitops_bot.clients.fleet import Fleet
from gitops_bot.locate.sites.answer import Mapping
from gitops_bot.locate.sites.guessing.guesses import Guess
from gitops_bot.locate.sites.guessing.overlay import overlay_insertions
from gitops_bot.locate.sites.layers.assembly import assemble
from gitops_bot.locate.sites.layers.rendering import render
from gitops_bot.locate.sites.places import Tokens, join_tokens
from gitops_bot.locate.sites.target import find_target
from gitops_bot.model.application import Application
from gitops_bot.model.json import Json


def patches_above(
    fleet: Fleet, application: Application, slot: Tokens, core: Json, mapping: Mapping
) -> Iterator[Guess]:
    """Yield the patches that would set a path of the values in the parent's own kustomization."""
    parent = fleet.maker(application)
    if parent is None or application.key.kind != "HelmRelease":
        return
    every = tuple(range(len(fleet.sources(parent))))
    rendered = render(fleet, parent, every)
    pointer = join_tokens(("spec", "values", *slot))
    target = None if isinstance(rendered, str) else find_target(rendered.manifests, application.key, pointer)
    if target is None:
        return
    assembly = assemble(fleet, parent, every)
    for step in assembly.steps.values():
        for guess in overlay_insertions(fleet.workspace, step.path, assembly.layers, target):
            yield msgspec.structs.replace(guess, value=core, mapping=mapping)
