"""What `locate` answers: the places in Git that set a live field, best first, or why none does."""

from __future__ import annotations

from msgspec import Struct

from gitops_bot.locate.sites.places import Place
from gitops_bot.model.json import Json


class Mapping(Struct, frozen=True, kw_only=True):
    """How the live text is made of the site's: what both share is the core, the rest surrounds it on either side.

    `part` names the part of an image reference that the site sets (`name`, `tag`, `digest`, or the name's beginning,
    `registry`), empty where it is all of the field or no image. `encoded` says that the live text is the site's in
    base64 (a Secret's data).
    """

    live_before: str = ""
    live_after: str = ""
    site_before: str = ""
    site_after: str = ""
    part: str = ""
    encoded: bool = False

    @property
    def whole(self) -> bool:
        """Whether the site holds the live value as it is."""
        return not (self.live_before or self.live_after or self.site_before or self.site_after or self.encoded)

    def core(self, live: str) -> str | None:
        """Return what the site contributes to the (decoded) live text, None where the surroundings do not fit."""
        fits = live.startswith(self.live_before) and live.endswith(self.live_after)
        if not fits or len(live) < len(self.live_before) + len(self.live_after):
            return None
        return live[len(self.live_before) : len(live) - len(self.live_after)]

    def site(self, core: str) -> str:
        """Return the site's text for a core."""
        return f"{self.site_before}{core}{self.site_after}"


class Insertion(Struct, frozen=True, kw_only=True):
    """What is added where no key stands yet: `value` at `pointer`, with the field's value at `leaf` inside of it.

    Where `text_before` is given, the leaf is YAML text, and the value stands in it as JSON before `text_after`.
    `inside` leads to the document that takes it in, where that is not the one of the site's own place.
    """

    pointer: str
    value: Json
    leaf: tuple[str | int, ...] = ()
    text_before: str = ""
    text_after: str = ""
    replaces: bool = False
    inside: tuple[str, ...] | None = None


class Site(Struct, frozen=True, kw_only=True):
    """One place in Git that sets the field, or would (`exists` is False: the key is to be inserted).

    `place` leads to the value, where it stands or will stand; `line` counts from 1 in the file (of an insertion: the
    line on which it will stand). `value` is what stands there now, `default` what an insertion starts from. `raw` says
    that the place is a line or the whole of a file that is no YAML. `also_moves` names other fields that follow
    the site.
    """

    place: Place
    line: int
    exists: bool
    value: Json
    mapping: Mapping
    layer: str
    raw: bool = False
    insertion: Insertion | None = None
    default: Json = None
    also_moves: tuple[str, ...] = ()


class Link(Struct, frozen=True, kw_only=True):
    """One layer in the chain that leads to the field: where, what it says, and whether it decides."""

    path: str
    line: int
    layer: str
    text: str
    decides: bool


class Constant(Struct, frozen=True, kw_only=True):
    """A line that sets the field and cannot be edited as YAML: in a chart's template."""

    path: str
    line: int


class Answer(Struct, frozen=True, kw_only=True):
    """The sites, best first; `shared_by` are the other Applications that read the best one's file.

    Not expressible: `reason` says why and what would make it so, `read_only` the lines that set it none the less.
    `value` is the field in the render of today; `chain` its layers, the strongest first. `renders` counts what it cost.
    """

    expressible: bool
    sites: tuple[Site, ...] = ()
    shared_by: tuple[str, ...] = ()
    reason: str = ""
    value: Json = None
    chain: tuple[Link, ...] = ()
    read_only: tuple[Constant, ...] = ()
    renders: int = 0
