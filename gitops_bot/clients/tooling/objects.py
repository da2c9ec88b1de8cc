"""`argocd_tree` and `kubectl_get`: the Application's objects, and one of them as it is in the cluster."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

from gitops_bot.clients.argocd import Node
from gitops_bot.clients.tooling.scope import Group, Kind, Name, Namespace, Scope
from gitops_bot.clients.tooling.tool import TypedTool
from gitops_bot.clients.tooling.wording import block, moment, plain, rows
from gitops_bot.model.json import Json, mapping
from gitops_bot.model.resource import ResourceKey
from gitops_bot.redaction import redact_json
from gitops_bot.untrusted import clip, visible

# The most telling first.
_HEALTH = ("Degraded", "Missing", "Unknown", "Progressing", "Suspended", "", "Healthy")
_INFORMATION = ("Status Reason", "Containers", "Restart Count", "Revision", "Node")
_PARTS = ("status", "spec", "data", "metadata")
# What machines keep for themselves, and what repeats the whole object.
_UNTOLD_METADATA = ("managedFields", "resourceVersion", "uid", "selfLink")
_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_LONGEST_VALUE = 300
_DEEPEST = 24
_BARE = re.compile(r"(?!(?:true|false|null|yes|no|on|off)$)[A-Za-z_/][A-Za-z0-9_./@:=,+-]*", re.IGNORECASE)


class TreeQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `argocd_tree`."""

    kind: Annotated[str, Meta(max_length=63, description="objects of this kind alone; null for all")] | None = None
    troubled_only: (
        Annotated[bool, Meta(description="leave out what is healthy and in sync; null for everything")] | None
    ) = None


class ObjectQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments of `kubectl_get`."""

    kind: Kind
    name: Name
    namespace: Namespace | None = None
    group: Group | None = None
    part: (
        Annotated[Literal["status", "spec", "data", "metadata"], Meta(description="this part; null for all")] | None
    ) = None


def argocd_tree(scope: Scope) -> TypedTool[TreeQuestion]:
    """Return the tool that lists the resource tree."""

    def answer(asked: TreeQuestion) -> str:
        wanted = (asked.kind or "").lower()
        unsynced = {
            one.key: one.status for one in scope.application.status.resources or () if one.status not in ("", "Synced")
        }
        nodes = [
            one
            for one in scope.nodes
            if wanted in ("", one.kind.lower())
            and not (asked.troubled_only and one.status in ("", "Healthy") and one.key not in unsynced)
        ]
        nodes.sort(key=lambda one: (_rank(one), one.key not in unsynced, one.key))
        return rows([_application(scope), *(_row(one, unsynced) for one in nodes)], what="more objects")

    purpose = "List this Application's objects with health, sync, restarts and owners: what is in trouble first."
    return TypedTool("argocd_tree", purpose, TreeQuestion, answer)


def kubectl_get(scope: Scope) -> TypedTool[ObjectQuestion]:
    """Return the tool that shows one object of the resource tree. Never a Secret; values are redacted and cut."""

    def answer(asked: ObjectQuestion) -> str:
        node = scope.node(asked.kind, asked.name, asked.namespace, asked.group)
        body = mapping(redact_json(_told(scope.argocd.resource(scope.application, node))))
        known = [part for part in (*_PARTS, *body) if part in body]
        parts = [asked.part] if asked.part else list(dict.fromkeys(known))
        lines = [line for part in parts for line in outline({part: body.get(part)})]
        return block("\n".join([f"{node.key} ({node.group or 'core'}/{node.version})", *lines]))

    purpose = "Show one object of this Application as it is in the cluster, as YAML. Secrets are never shown."
    return TypedTool("kubectl_get", purpose, ObjectQuestion, answer)


def _told(body: dict[str, Json]) -> dict[str, Json]:
    """Return an object without what machines keep for themselves."""
    kept: dict[str, Json] = {key: value for key, value in body.items() if key not in ("kind", "apiVersion")}
    metadata = {key: value for key, value in mapping(body.get("metadata")).items() if key not in _UNTOLD_METADATA}
    annotations = {key: value for key, value in mapping(metadata.get("annotations")).items() if key != _LAST_APPLIED}
    metadata.pop("annotations", None)
    return {**kept, "metadata": {**metadata, **({"annotations": annotations} if annotations else {})}}


def outline(value: Json, indent: str = "") -> Iterator[str]:
    """Yield a JSON value as lines of YAML; long texts are cut, and so is what is nested too deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _entry(f"{indent}{_scalar(key)}:", inner, indent)
    elif isinstance(value, list):
        for inner in value:
            lines = list(outline(inner, f"{indent}  ")) if _nests(inner) else [f"{indent}  {_scalar(inner)}"]
            yield f"{indent}- {lines[0].strip()}"
            yield from lines[1:]


def _entry(head: str, inner: Json, indent: str) -> Iterator[str]:
    if not _nests(inner):
        yield f"{head} {_scalar(inner)}"
    elif len(indent) > 2 * _DEEPEST:
        yield f"{head} …"
    else:
        yield head
        yield from outline(inner, indent if isinstance(inner, list) else f"{indent}  ")


def _nests(value: Json) -> bool:
    return isinstance(value, dict | list) and bool(value)


def _scalar(value: Json) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    short = clip(visible(value), _LONGEST_VALUE)
    return short if _BARE.fullmatch(short) and not short.endswith(":") else json.dumps(short, ensure_ascii=False)


def _application(scope: Scope) -> str:
    status = scope.application.status
    operation = status.operation_state
    words = [f"{scope.application.name}: health {status.health.status or '-'}, sync {status.sync.status or '-'}"]
    if operation:
        words.append(
            f"last sync {operation.phase} {moment(operation.finished_at)} {plain(operation.message, 200)}".strip()
        )
    words += [f"{one.type}: {plain(one.message, 200)}" for one in status.conditions or ()]
    return "; ".join(words)


def _rank(node: Node) -> int:
    return _HEALTH.index(node.status) if node.status in _HEALTH else 0


def _row(node: Node, unsynced: dict[ResourceKey, str]) -> str:
    state = " ".join(word for word in (node.status, unsynced.get(node.key, "")) if word) or "-"
    told = [f"{name}={plain(value, 80)}" for name in _INFORMATION if (value := node.information(name))]
    owners = [f"of {one.kind} {one.name}" for one in node.parent_refs or ()]
    images = [f"images {' '.join(plain(image, 120) for image in node.images[:3])}"] if node.images else []
    message = f": {plain(node.message, 240)}" if node.message else ""
    detail = "; ".join([*told, *images, *owners[:1]])
    return f"{state} {node.key}{f' ({node.group})' if node.group else ''}{message}{f' [{detail}]' if detail else ''}"
