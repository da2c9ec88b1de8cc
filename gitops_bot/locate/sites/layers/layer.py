"""The layers that make an Application's objects, the weakest first: what each is, where it stands and what it says."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from gitops_bot.locate.sites.places import Place, Tokens
from gitops_bot.model.json import Json


class LayerKind(StrEnum):
    """What a layer is, and so how a field is looked for in it."""

    MANIFEST = "manifest"
    STRATEGIC = "strategic patch"
    JSON6902 = "JSON 6902 patch"
    KUSTOMIZATION = "kustomization"
    OPTIONS = "Kustomize options"
    VALUES = "values"
    PARAMETERS = "parameters"
    CHART = "chart"
    FILE = "file"
    LINES = "lines"
    PARAMETER_FILE = "parameter file"
    TRANSFORMER = "transformer"
    FLUX = "Flux object"


class Layer(Struct, frozen=True, kw_only=True):
    """One layer: a tree of values at a place.

    `own` says that it belongs to this Application's environment, `default` that it is a chart's or a base's. `prefix`
    is where a Helm layer's root stands in the values of the outermost chart. `target` is a patch's `target`, where
    it has one. `reachable` is False where the cluster knows the layer and Git does not. A FILE is a whole file that a
    generator makes the key `target` of, LINES a file of KEY=VALUE lines; `value` is the generator's name there.
    """

    kind: LayerKind
    title: str
    place: Place
    value: Json
    own: bool = True
    default: bool = False
    prefix: Tokens = ()
    target: Json = None
    folder: str = ""
    source: int = 0
    reachable: bool = True


class Templates(Struct, frozen=True):
    """A chart's templates: the chart's folder, and where its values stand in those of the outermost chart.

    `texts` are the templates of a packed chart, which has no folder.
    """

    folder: str
    prefix: Tokens
    texts: tuple[str, ...] = ()


class Line(Struct, frozen=True):
    """A line of a template; its number counts from 1, and is 0 in a packed chart."""

    path: str
    number: int
    text: str
