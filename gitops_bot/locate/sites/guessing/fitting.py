"""Whether one text can be the source of another, how, and what to put in its place to see it move."""

from __future__ import annotations

import re

from gitops_bot.locate.sites.answer import Mapping
from gitops_bot.model.json import Json

SHORTEST_PART = 3
LONGEST_MIXED = 512
LARGE_NUMBER = 1_000_000
FIRST_SENTINEL = 20011
_DIGITS = re.compile(r"\d+(?=\D*$)")
_IMAGE = re.compile(r"(?P<name>[^\s:@]+(?::\d+(?=/)[^\s:@]*)?)(?::(?P<tag>[\w.-]+))?(?:@(?P<digest>\w+:[0-9A-Za-z]+))?")
_COUNTED = re.compile(
    r"replicas$|Replicas$|[pP]ort$|Seconds$|Threshold$|Limit$|^(?:minAvailable|maxUnavailable|weight|backoffLimit)$"
)
_USUAL: dict[str, Json] = {
    "memory": "128Mi",
    "cpu": "100m",
    "ephemeral-storage": "1Gi",
    "storage": "1Gi",
    "limits": {"memory": "128Mi"},
    "requests": {"memory": "128Mi"},
    "resources": {"limits": {"memory": "128Mi"}},
    "annotations": {"key": "value"},
    "labels": {"key": "value"},
    "nodeSelector": {"key": "value"},
    "env": [{"name": "NAME", "value": "value"}],
    "args": ["value"],
    "command": ["value"],
}
# Flux's `${NAME:=default}`, where the default is plain text.
_DEFAULTED = re.compile(r"(?P<before>[^$]*)(?P<open>\$\{\w+(?::?=|:-))(?P<default>[^${}]+)\}(?P<after>[^$]*)")
_UNIT = re.compile(r"[A-Za-z%]{1,3}")


def text_of(value: Json) -> str:
    """Return a scalar as YAML writes it plainly; a null is an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def image_parts(text: str) -> dict[str, str] | None:
    """Return name, tag and digest of an image reference (the last two may be empty), None where it is none."""
    match = _IMAGE.fullmatch(text)
    return {part: match[part] or "" for part in ("name", "tag", "digest")} if match else None


def fit(site: Json, live: Json, *, image: bool) -> Mapping | None:
    """Return how `live` may come from `site`, None where it cannot; `image` says that live is an image reference."""
    if isinstance(site, dict | list) or isinstance(live, dict | list):
        return Mapping() if site == live and site else None
    source, text = text_of(site), text_of(live)
    if not source:
        return None
    if expression := _DEFAULTED.fullmatch(source):
        return _fit_default(expression, text)
    if source == text or _same_number(site, live):
        return Mapping()
    if isinstance(site, bool) or not isinstance(live, str):
        return None
    if source.rstrip("\n") == text.rstrip("\n"):
        ends = len(source.rstrip("\n"))
        return Mapping(live_after=text[ends:], site_after=source[ends:])
    if "{{" in source:
        return _fit_template(source, text, image=image)
    if image and image_parts(text):
        return _fit_image(source, text)
    return _fit_within(site, source, text)


def _fit_default(expression: re.Match[str], live: str) -> Mapping | None:
    before, after = expression["before"], expression["after"]
    if live != f"{before}{expression['default']}{after}":
        return None
    return Mapping(
        live_before=before, live_after=after, site_before=before + expression["open"], site_after="}" + after
    )


def _same_number(site: Json, live: Json) -> bool:
    """Whether a large number only lost its digits on the way: Helm writes 10485760 as 1.048576e+07."""
    if not isinstance(site, int | float) or isinstance(site, bool) or isinstance(live, bool):
        return False
    try:
        return abs(site) >= LARGE_NUMBER and float(text_of(live)) == site
    except ValueError:
        return False


def _fit_template(source: str, live: str, *, image: bool) -> Mapping | None:
    """A value that is a template itself: what stands before or behind it in the live text as it is written."""
    head, tail = source[: source.index("{{")], source[source.rindex("}}") + 2 :] if "}}" in source else ""
    if not live.startswith(head) or not live.endswith(tail) or len(live) < len(head) + len(tail):
        return None
    if "\n" in live and 2 * len(head + tail) < len(live):
        # Most of the text comes of other values.
        return None
    if len(tail) >= max(len(head), SHORTEST_PART):
        start = len(live) - len(tail)
        part = "tag" if image else ""
        return Mapping(live_before=live[:start], site_before=source[: len(source) - len(tail)], part=part)
    if len(head) >= SHORTEST_PART:
        part = "name" if image else ""
        return Mapping(live_after=live[len(head) :], site_after=source[len(head) :], part=part)
    return None


def _fit_image(source: str, live: str) -> Mapping | None:
    parts, own = image_parts(live), image_parts(source)
    if parts is None:
        return None
    name, tag, digest = parts["name"], parts["tag"], parts["digest"]
    rest = live[len(name) :]
    if tag and source == tag:
        return _around(live, tag, len(name) + 1, "tag")
    if digest and source in (digest, digest.partition(":")[2]):
        return _around(live, source, len(live) - len(source), "digest")
    if source == name:
        return _around(live, source, 0, "name")
    if name.startswith(f"{source}/"):
        return _around(live, source, 0, "registry")
    if name.endswith(f"/{source}") or f"/{source}/" in name:
        return _around(live, source, name.rindex(f"/{source}") + 1, "name")
    if own and own["tag"] and live.startswith((f"{source}-", f"{source}_")):
        # Kustomize's `tagSuffix`.
        return _around(live, source, 0, "")
    if own and own["name"] and own["name"] == name:
        return Mapping(live_after=rest, site_after=source[len(name) :], part="name")
    if own and own["tag"] and live.endswith(f"/{source}"):
        return _around(live, source, len(live) - len(source), "")
    for part, within, offset in (("tag", tag, len(name) + 1), ("name", name, 0)):
        found = re.search(rf"(?:^v?|[-_/]v?){re.escape(source)}(?=$|[-_/])", within)
        if found and len(source) >= SHORTEST_PART:
            return _around(live, source, offset + found.end() - len(source), part)
    return None


def _around(live: str, core: str, start: int, part: str) -> Mapping:
    return Mapping(live_before=live[:start], live_after=live[start + len(core) :], part=part)


def _fit_within(site: Json, source: str, live: str) -> Mapping | None:
    if len(live) > LONGEST_MIXED or "\n" in live:
        return None
    if isinstance(site, int | float):
        unit = live.removeprefix(source)
        return Mapping(live_after=unit) if unit != live and _UNIT.fullmatch(unit) else None
    start = live.find(source)
    if start < 0:
        return None
    before, after = live[:start], live[start + len(source) :]
    bounded = not before[-1:].isalnum() and not after[:1].isalnum()
    if len(source) < SHORTEST_PART and not bounded:
        return None
    return Mapping(live_before=before, live_after=after)


def vary(core: Json, number: int) -> Json:
    """Return another value of the same type and look, that can be told from all others by its number.

    The number 0 is for one value alone: then a text that is a boolean stays one.
    """
    sentinel = FIRST_SENTINEL + 37 * number
    if number == 0 and core in ("true", "false"):
        return "false" if core == "true" else "true"
    if isinstance(core, bool):
        return not core
    if isinstance(core, int):
        return sentinel
    if isinstance(core, float):
        return float(f"0.{sentinel}")
    if isinstance(core, dict):
        key = next(iter(core), None)
        return {**core, key: vary(core[key], number)} if key is not None else {"sentinel": f"x{sentinel}"}
    if isinstance(core, list):
        return [vary(core[0], number), *core[1:]] if core else [f"x{sentinel}"]
    return vary_text(core or "", sentinel)


def vary_text(core: str, sentinel: int) -> str:
    """Return the text with its last number replaced, or a number put at its end."""
    if _DIGITS.search(core):
        return _DIGITS.sub(str(sentinel), core)
    body = core.rstrip("\n")
    return f"{body}{'X' if body.isupper() else 'x'}{sentinel}{core[len(body) :]}"


def refit(before: str, after: str, core: str | None, varied: str) -> tuple[str, str] | None:
    """Return what stands around the core in `before`, where `after` came of `varied` in its place; None if it did not.

    Without a core (the key was not there, and something else stood in its place) the surroundings must be the same.
    """
    if core is None:
        start = after.find(varied)
        head, rest = after[:start], after[start + len(varied) :]
        fits = before.startswith(head) and before.endswith(rest) and len(head) + len(rest) <= len(before)
        return (head, rest) if start >= 0 and (fits or (head, rest) == (f"{before}:", "")) else None
    if not core:
        return ("", "") if not before and after == varied else None
    start = before.find(core)
    while start >= 0:
        head, rest = before[:start], before[start + len(core) :]
        if head + varied + rest == after:
            return head, rest
        start = before.find(core, start + 1)
    return None


def retype(text: str, like: Json) -> Json:
    """Return the text as a value of the type that stands there now, where it can be one and reads back the same."""
    if isinstance(like, bool):
        return {"true": True, "false": False}.get(text, text)
    if isinstance(like, int) and re.fullmatch(r"-?(0|[1-9]\d*)", text):
        return int(text)
    if isinstance(like, float) and re.fullmatch(r"-?\d+\.\d+", text) and str(float(text)) == text:
        return float(text)
    return text


def placeholder(key: str) -> Json:
    """Return something to begin with at a key that is not there yet, of the type that such a key has."""
    if _COUNTED.search(key):
        return 1
    return _USUAL.get(key, "value")
