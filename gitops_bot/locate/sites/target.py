"""The live field in question, and what becomes of it and of everything else in another render."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable

import msgspec
from msgspec import Struct

from gitops_bot.locate.sites.guessing.fitting import text_of
from gitops_bot.locate.sites.places import MISSING, Token, Tokens, follow, get, join_tokens
from gitops_bot.model.difference import MERGE_KEYS
from gitops_bot.model.json import Json, dig
from gitops_bot.model.resource import Manifest, ResourceKey

GENERATED_KINDS = ("ConfigMap", "Secret")
_HASH = re.compile(r"-[0-9a-z]{10}$")
_WORD = re.compile(r"[^0-9a-z]")


class Target(Struct, frozen=True, kw_only=True):
    """A field of one rendered object. `exists` is False where the object is there and the field is not."""

    manifest: Manifest
    tokens: Tokens
    value: Json
    exists: bool

    @property
    def key(self) -> ResourceKey:
        """The object as Git renders it today."""
        return self.manifest.key

    @property
    def pointer(self) -> str:
        """The field's pointer."""
        return join_tokens(self.tokens)

    @property
    def insertable(self) -> bool:
        """Whether a field that is not there could be: not in the status, nor in a list element that is not there."""
        here = 0
        while here < len(self.tokens) and get(self.manifest.body, self.tokens[: here + 1]) is not MISSING:
            here += 1
        missing = [str(token) for token in self.tokens[here:]]
        listed = any(not one or one == "-" or one.isdecimal() for one in missing)
        return (
            not listed
            and self.tokens[0] != "status"
            and isinstance(get(self.manifest.body, self.tokens[:here]), dict | None)
        )

    @property
    def encoded(self) -> bool:
        """Whether the field is base64 of a text."""
        return self.key.kind == "Secret" and self.tokens[:1] == ("data",) and len(self.tokens) == 2

    @property
    def plain(self) -> Json:
        """The value as people write it: a Secret's data decoded."""
        return decoded(self.value) if self.encoded else self.value

    @property
    def is_image(self) -> bool:
        """Whether the value is an image reference."""
        return isinstance(self.value, str) and str(self.tokens[-1]) == "image" if self.tokens else False

    @property
    def words(self) -> tuple[str, ...]:
        """The pointer's keys for comparing names: lower case, letters and digits only, list elements by their name."""
        found = []
        value: object = self.manifest.body
        for token in self.tokens:
            value = get(value, (token,)) if isinstance(value, dict | list) else MISSING
            name = element_name(value) if isinstance(token, int) else str(token)
            if name:
                found.append(plain_word(name))
        return tuple(found)

    @property
    def element(self) -> dict[str, Json] | None:
        """The list element in which the field stands, None where it stands in none."""
        for depth in range(len(self.tokens) - 1, 0, -1):
            if isinstance(self.tokens[depth - 1], int):
                found = get(self.manifest.body, self.tokens[:depth])
                return found if isinstance(found, dict) else None
        return None


def plain_word(name: str) -> str:
    """Return a name without what spellings differ in."""
    return _WORD.sub("", name.lower())


def element_name(value: object) -> str:
    """Return by what name a list element is known, empty where it has none."""
    if isinstance(value, dict):
        for key in MERGE_KEYS:
            if isinstance(value.get(key), str | int):
                return str(value[key])
    return ""


def decoded(value: Json) -> Json:
    """Return the text that base64 stands for, the value itself where it is none."""
    try:
        # Long values are wrapped into lines by what generates them.
        return base64.b64decode(value.replace("\n", ""), validate=True).decode() if isinstance(value, str) else value
    except (binascii.Error, UnicodeDecodeError):
        return value


def find_target(manifests: Iterable[Manifest], resource: ResourceKey, pointer: str) -> Target | None:
    """Return the field in a render, None where the object is not in it.

    An object without its exact name there is found without its namespace, or by its name before a generator's hash.
    """
    same = [one for one in manifests if (one.key.group, one.key.kind) == (resource.group, resource.kind)]
    ways = (
        [one for one in same if one.key == resource],
        [one for one in same if one.key.name == resource.name],
        [one for one in same if stem(one.key) is not None and stem(one.key) == stem(resource)],
    )
    found = next((way[0] for way in ways if len(way) == 1), None)
    if found is None:
        return None
    tokens, value = follow(found.body, pointer)
    if value is MISSING:
        return Target(manifest=found, tokens=tokens, value=None, exists=False)
    return Target(manifest=found, tokens=tokens, value=value, exists=True)  # type: ignore[arg-type]


def stem(key: ResourceKey) -> str | None:
    """Return a generated object's name without the hash, None for kinds that are not generated or have no hash."""
    if key.kind not in GENERATED_KINDS or not _HASH.search(key.name):
        return None
    return _HASH.sub("", key.name)


def match(live: Json, other: Json, tokens: Tokens, *, whole: bool) -> tuple[Tokens, int]:
    """Return where the live object's field stands in another document of the same object, and how deep that is there.

    List elements are found by their merge key, in a `whole` object by their position where they have none. The tokens
    end where the other document ends: compare their number with the depth that was asked for.
    """
    found: list[Token] = []
    here, there = live, other
    for token in tokens:
        if isinstance(token, int) and isinstance(there, list):
            index = _element(here, there, token, whole=whole)
            if index is None:
                break
            found.append(index)
            there = there[index]
        elif isinstance(there, dict) and str(token) in there:
            found.append(token)
            there = there[str(token)]
        else:
            break
        here = dig(here, token)
    return tuple(found), len(found)


def _element(here: Json, there: list[Json], index: int, *, whole: bool) -> int | None:
    element = dig(here, index)
    whole = whole or (isinstance(here, list) and len(here) == len(there))
    if isinstance(element, dict):
        for key in MERGE_KEYS:
            wanted = element.get(key)
            if isinstance(wanted, str | int):
                named = [number for number, one in enumerate(there) if dig(one, key) == wanted]
                if len(named) == 1:
                    return named[0]
                if named:
                    continue
                break
        else:
            return index if whole and index < len(there) else None
        return None
    return index if whole and index < len(there) else None


def shown(value: object) -> str:
    """Return a value in a few characters, for people."""
    known: Json = value  # type: ignore[assignment]
    text = msgspec.json.encode(known).decode() if isinstance(known, dict | list) else text_of(known)
    text = text.replace("\n", "⏎")
    return text if len(text) <= 60 else f"{text[:57]}..."
