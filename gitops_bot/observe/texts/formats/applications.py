"""What argocd, flux and helm print of what they deliver → Applications with their health, sync and conditions."""

from __future__ import annotations

import re
from collections.abc import Callable

from gitops_bot.model.flux import KINDS as FLUX_KINDS
from gitops_bot.model.flux import SOURCE_GROUP
from gitops_bot.model.json import Json, mapping, sequence, text
from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.texts.board import Board, Body, Message
from gitops_bot.observe.texts.formats.context import Context
from gitops_bot.observe.texts.lines.outline import outlined
from gitops_bot.observe.texts.lines.quantities import stamp, written_time
from gitops_bot.observe.texts.lines.tables import Row
from gitops_bot.observe.texts.naming import kind_of

_REVISION = re.compile(r"\(([0-9a-f]{7,40})\)")
_RENDER_CONDITIONS = ("ComparisonError", "InvalidSpecError", "UnknownError")
_FLUX_SOURCES = {"GitRepository", "HelmRepository", "OCIRepository", "Bucket", "HelmChart"}


def application_outline(board: Board, lines: list[str], start: int, context: Context) -> int:
    """Read the head of `argocd app get`; return how many lines that were, 0 where it is none."""
    if not lines[start].startswith("Name:"):
        return 0
    outline, taken = outlined(lines, start)
    if not {"Sync Status", "Health Status", "SyncWindow"} & outline.values.keys():
        return 0
    name = outline.value("Name").split("/")[-1]
    application = board.application(name)
    context.application = name
    spec, status = mapping(application["spec"]), mapping(application["status"])
    mapping(application["metadata"])["namespace"] = outline.value("Name").rpartition("/")[0] or "argocd"
    spec |= {
        "project": outline.value("Project"),
        "destination": {"server": outline.value("Server"), "namespace": outline.value("Namespace")},
        "syncPolicy": _policy(outline.value("Sync Policy")),
    }
    board.namespaces[outline.value("Namespace")] += 3
    sync = outline.value("Sync Status").split(" ")[0]
    commit = _REVISION.search(outline.value("Sync Status"))
    status["sync"] = {"status": sync, "revision": commit[1] if commit else ""}
    status["health"] = {"status": outline.value("Health Status").split(" ")[0]}
    if phase := outline.value("Phase"):
        status["operationState"] = {
            "phase": phase,
            "message": outline.value("Message"),
            "startedAt": stamp(written_time(outline.value("Start"))),
            "finishedAt": stamp(written_time(outline.value("Finished"))),
            "syncResult": {"revision": outline.value("Sync Revision"), "resources": []},
        }
    return taken


def _policy(words: str) -> Body:
    if not words or words.startswith("Automated") or words.lower().startswith("auto"):
        lowered = words.lower()
        automated: Body = {"prune": "prune" in lowered, "selfHeal": "self" in lowered and "heal" in lowered}
        return {"automated": automated}
    return {}


def _resources(board: Board, rows: list[Row], context: Context) -> None:
    name = context.application or context.name
    for row in rows:
        key = ResourceKey(row.get("GROUP", ""), row.get("KIND", ""), row.get("NAMESPACE", ""), row.get("NAME", ""))
        if not key.name or not key.kind:
            continue
        status = mapping(board.application(name or key.name)["status"])
        word, health, said = row.get("STATUS", ""), row.get("HEALTH", ""), row.get("MESSAGE", "")
        entry: Body = {"group": key.group, "kind": key.kind, "namespace": key.namespace, "name": key.name}
        state: Body = {**entry, "status": "OutOfSync" if word == "SyncFailed" else word, "health": {"status": health}}
        listed = [
            one
            for one in sequence(status.get("resources"))
            if mapping(one).get("name") != key.name or mapping(one).get("kind") != key.kind
        ]
        status["resources"] = [*listed, state]
        if word == "SyncFailed" or (word == "OutOfSync" and _refusal(said)):
            board.refusals.append(Message(text=said, where=f"sync of {key}", resource=key))
        board.namespaces[key.namespace] += 1 if key.namespace else 0


def _refusal(said: str) -> bool:
    return bool(re.search(r"denied|invalid|not found|forbidden|error|failed|immutable|could not", said, re.IGNORECASE))


def _conditions(board: Board, rows: list[Row], context: Context) -> None:
    for row in rows:
        kind, said = row["CONDITION"], row["MESSAGE"]
        told = Message(text=said, where=f"condition {kind}")
        if kind in _RENDER_CONDITIONS:
            board.renderings.append(told)
        elif kind.endswith("Error") and context.application:
            board.refusals.append(told)


def _applications(board: Board, rows: list[Row], context: Context) -> None:
    for row in rows:
        body = board.application(row["NAME"].split("/")[-1])
        mapping(body["metadata"])["namespace"] = row.get("NAMESPACE") or context.namespace or "argocd"
        status = mapping(body["status"])
        status.setdefault("sync", {"status": row.get("SYNC STATUS") or row.get("STATUS", "")})
        status.setdefault("health", {"status": row.get("HEALTH STATUS") or row.get("HEALTH", "")})
        mapping(body["spec"]).setdefault("syncPolicy", _policy(row.get("SYNCPOLICY", "")))
        if (conditions := row.get("CONDITIONS", "")) not in {"", "<none>"}:
            board.renderings.append(Message(text=conditions, where="condition"))


def _flux(board: Board, rows: list[Row], context: Context) -> None:
    """`flux get` and `kubectl get ks,hr`: what is not ready says why."""
    for row in rows:
        word, slash, name = row.get("NAME", "").rpartition("/")
        kind = (kind_of(word) or ("", ""))[1] if slash else _flux_kind(row, context)
        if not name or not kind:
            continue
        group = FLUX_KINDS.get(kind, SOURCE_GROUP if kind in _FLUX_SOURCES else "")
        key = ResourceKey(group, kind, row.get("NAMESPACE") or context.namespace or "flux-system", name)
        said = row.get("MESSAGE") or row.get("STATUS", "")
        ready = row.get("READY", "")
        if row.get("SUSPENDED") == "True":
            ready = "Unknown"
        body: Body = {
            "apiVersion": f"{group}/v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": key.namespace},
            "status": {"conditions": [{"type": "Ready", "status": ready, "message": said}]},
        }
        board.note(key, body)


def _flux_kind(row: Row, context: Context) -> str:
    words = context.words
    if context.kind and kind_of(context.kind) and "flux" not in words:
        return context.kind
    if "helmrelease" in words or re.search(r"\bhr\b", words):
        return "HelmRelease"
    if "source" in words or "gitrepo" in words:
        return "HelmRepository" if "helm" in words else "GitRepository"
    if "kustomization" in words or re.search(r"\bks\b", words):
        return "Kustomization"
    return "HelmRelease" if re.match(r"(?:Helm|Release)", row.get("MESSAGE", "")) else "Kustomization"


def _history(board: Board, rows: list[Row], context: Context) -> None:
    """`argocd app history`: what was delivered when."""
    application = board.application(context.application or context.name or "application")
    entries: list[Json] = []
    for number, row in enumerate(rows):
        if when := written_time(row.get("DATE", "")):
            entries.append({"id": number, "revision": row["REVISION"][:60], "deployedAt": stamp(when)})
    mapping(application["status"])["history"] = entries


def _helm(board: Board, rows: list[Row], context: Context) -> None:
    """`helm history` and `helm list`: a release that failed says why."""
    last = rows[-1] if rows else {}
    name = last.get("NAME") or context.application
    if not name:
        return
    board.application(name)
    board.names[name] += 1
    if last.get("STATUS") == "failed" and (said := last.get("DESCRIPTION", "")):
        board.prose.append(Message(text=f"helm release {name} failed: {said}", where="helm history"))
    if len(rows) > 1 or text(last.get("STATUS")) == "failed":
        board.prose.append(Message(text=f"released {last.get('CHART', '')}", where="helm history"))


def _revisions(board: Board, rows: list[Row], context: Context) -> None:
    """`kubectl rollout history`: that there is more than one revision tells of a release."""
    if rows:
        last = rows[-1]
        said = f"revision {last.get('REVISION', '')}: {last.get('CHANGE-CAUSE', '')}"
        board.prose.append(Message(text=said, where=f"rollout history of {context.name}"))


# The columns by which a table is known, and who reads it; the first that fits wins.
TABLES: tuple[tuple[set[str], Callable[[Board, list[Row], Context], None]], ...] = (
    ({"GROUP", "KIND", "NAME", "STATUS"}, _resources),
    ({"GROUP", "KIND", "NAME", "ORPHANED"}, lambda _board, _rows, _context: None),
    ({"CONDITION", "MESSAGE"}, _conditions),
    ({"NAME", "SYNC STATUS", "HEALTH STATUS"}, _applications),
    ({"NAME", "CLUSTER", "STATUS", "HEALTH"}, _applications),
    ({"NAME", "SUSPENDED", "READY"}, _flux),
    ({"NAME", "READY", "MESSAGE"}, _flux),
    ({"ID", "DATE", "REVISION"}, _history),
    ({"REVISION", "CHART", "STATUS"}, _helm),
    ({"REVISION", "CHANGE-CAUSE"}, _revisions),
)
