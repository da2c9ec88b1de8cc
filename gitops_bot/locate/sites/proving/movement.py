"""What another render shows of a field, and of all else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from gitops_bot.locate.sites.guessing.fitting import text_of
from gitops_bot.locate.sites.places import MISSING, Tokens, follow, get, join_tokens, scalars
from gitops_bot.locate.sites.target import GENERATED_KINDS, Target, stem
from gitops_bot.model.difference import compare
from gitops_bot.model.json import Json
from gitops_bot.model.resource import Manifest, ResourceKey


class Movement(Struct, frozen=True, kw_only=True):
    """What another render shows: the field's value (MISSING where it or its object went), and all else that moved.

    `texts` are what the others hold then, empty where that is not told. `reshaped` says that some of them came or went.
    """

    value: object
    moved: bool
    others: tuple[str, ...]
    texts: tuple[str, ...] = ()
    reshaped: bool = False

    def following(self, sign: str, signs: Sequence[str]) -> tuple[str, ...]:
        """Return the others that hold one of several signs, or none of them: those may follow any."""
        pairs = zip(self.others, self.texts, strict=True)
        return tuple(other for other, text in pairs if sign in text or not any(one in text for one in signs))


def movement(target: Target, before: tuple[Manifest, ...], after: tuple[Manifest, ...]) -> Movement:
    """Return what moved between two renders; a generated object that got another hash is the same object."""
    after = _renamed(before, after)
    found = next((one for one in after if one.key == target.key), None)
    value = get(found.body, target.tokens) if found and _same_lists(target, found) else MISSING
    pointer, moved = target.pointer, False
    others: dict[str, str] = {}
    changes = compare(before, after)
    for change in changes:
        for field in change.fields:
            inner = field.pointer == pointer or field.pointer.startswith(f"{pointer}/")
            # An element whose merge key moves counts as one that goes and one that comes.
            outer = (field.absent_before or field.absent_after) and pointer.startswith(f"{field.pointer}/")
            if change.key == target.key and (inner or outer):
                moved = True
                if outer and field.absent_after:
                    others |= dict.fromkeys(_beside(target, found, field.pointer), "")
            else:
                others[f"{change.key} {field.label}"] = everything(field.after)
        if not change.fields:
            others[str(change.key)] = ""
    moving = {change.key for change in changes}
    reshaped = _shape(target, before, moving) != _shape(target, after, moving)
    return Movement(value=value, moved=moved, others=tuple(others), texts=tuple(others.values()), reshaped=reshaped)


def _shape(
    target: Target, manifests: tuple[Manifest, ...], chosen: set[ResourceKey]
) -> Counter[tuple[str, frozenset[Tokens]]]:
    """Return which fields beside the one in question some objects have: by kind, lists by position, names aside."""
    found: Counter[tuple[str, frozenset[Tokens]]] = Counter()
    for one in manifests:
        if one.key in chosen:
            here = target.tokens if one.key == target.key else None
            fields = frozenset(tokens for tokens, _ in scalars(one.body) if here is None or tokens[: len(here)] != here)
            found[one.key.kind, fields] += 1
    return found


def everything(value: Json) -> str:
    """Return all that a value holds as one text, to look for something in it."""
    if isinstance(value, dict | list):
        return msgspec.json.encode(value).decode()
    return text_of(value)


def _beside(target: Target, found: Manifest | None, pointer: str) -> list[str]:
    """Return what else differs in the list element at the pointer, which is another one by its merge key now."""
    tokens, before = follow(target.manifest.body, pointer)
    after = get(found.body, tokens) if found is not None else MISSING
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    old, new = (dict(scalars(one)) for one in (before, after))
    own = target.tokens[len(tokens) :]
    differing = [key for key in {**old, **new} if old.get(key, MISSING) != new.get(key, MISSING)]
    return [f"{target.key} {join_tokens((*tokens, *key))}" for key in differing if key[: len(own)] != own]


def _same_lists(target: Target, found: Manifest) -> bool:
    """Whether no list on the way to the field grew or shrank: else the element there now may be another one."""
    for depth in range(len(target.tokens)):
        before, after = (get(one.body, target.tokens[:depth]) for one in (target.manifest, found))
        if isinstance(before, list) and isinstance(after, list) and len(before) != len(after):
            return False
    return True


def _renamed(before: tuple[Manifest, ...], after: tuple[Manifest, ...]) -> tuple[Manifest, ...]:
    """Return `after` with generated objects named as in `before`, in their own names and in what refers to them.

    An object that only went to another namespace counts as the same object too.
    """
    old = {one.key for one in before}
    new = {one.key for one in after}
    names: dict[str, str] = {}
    moved: dict[ResourceKey, str] = {}
    for gone in old - new:
        for come in new - old:
            same = (gone.group, gone.kind, gone.namespace) == (come.group, come.kind, come.namespace)
            if same and stem(gone) is not None and stem(gone) == stem(come):
                names[come.name] = gone.name
            if (gone.group, gone.kind, gone.name) == (come.group, come.kind, come.name):
                moved[come] = gone.namespace
    if not names and not moved:
        return after
    return tuple(_with_names(one, names, moved.get(one.key, one.key.namespace)) for one in after)


def _with_names(manifest: Manifest, names: Mapping[str, str], namespace: str) -> Manifest:
    body = _replaced(manifest.body, names) if names else manifest.body
    key = manifest.key
    name = names.get(key.name, key.name) if key.kind in GENERATED_KINDS else key.name
    return Manifest(
        msgspec.structs.replace(key, name=name, namespace=namespace), body if isinstance(body, dict) else {}
    )


def _replaced(value: Json, names: Mapping[str, str]) -> Json:
    if isinstance(value, dict):
        return {key: _replaced(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value
