"""What `kubectl describe pod` says of containers, also where its beginning is cut off."""

from __future__ import annotations

import re

from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.texts.board import Board, Body
from gitops_bot.observe.texts.formats.context import Context
from gitops_bot.observe.texts.lines.outline import Outline, blocks, conditions, flattened
from gitops_bot.observe.texts.lines.quantities import stamp, whole, written_time

_FRAGMENT = re.compile(
    r"^\s*(?:State|Last State|Ready|Restart Count|Reason|Exit Code|Image|Image ID|Container ID|Limits|Requests|Started"
    r"|Finished|Liveness|Readiness|Startup|Environment|Port|Host Port|Message|Mounts|cpu|memory|Command|Args):(?:\s|$)"
)
_TELLING = re.compile(r"^\s*(?:State|Last State|Restart Count):\s")
_EVENTS = re.compile(r"^(?:Events|Conditions|Volumes):")


def pod_body(outline: Outline) -> Body:
    """Return a described pod's spec and status."""
    statuses: Body = {}
    spec: Body = {}
    for title, field in (("Init Containers", "initContainers"), ("Containers", "containers")):
        parts = [(name, flattened(lines)) for name, lines in blocks(outline.sections.get(title, []))]
        spec[field] = [_spec(name, told) for name, told in parts]
        status = "initContainerStatuses" if field == "initContainers" else "containerStatuses"
        statuses[status] = [_status(name, told) for name, told in parts if "State" in told or "Ready" in told]
    status_word = outline.value("Status")
    body: Body = {
        "spec": {**spec, "nodeName": outline.value("Node").split("/")[0]},
        "status": {
            **statuses,
            "phase": status_word.split(" ")[0],
            "reason": outline.value("Reason"),
            "message": outline.value("Message"),
            "conditions": [dict[str, Json](entry) for entry in conditions(outline.sections.get("Conditions", []))],
        },
    }
    if status_word.startswith("Terminating"):
        body["metadata"] = {"deletionTimestamp": "told"}
    return body


def container_fragment(board: Board, lines: list[str], start: int, context: Context) -> int:
    """Read a container of a describe output whose beginning is missing; return how many lines that were."""
    if not _FRAGMENT.match(lines[start]):
        return 0
    end = start
    while end < len(lines) and lines[end].strip() and not _EVENTS.match(lines[end]):
        end += 1
    part = lines[start:end]
    if not any(_TELLING.match(line) for line in part):
        return 0
    told = flattened(part)
    key = context.current or ResourceKey("", "Pod", context.namespace, context.name if context.kind == "Pod" else "")
    phase = "Running" if told.get("State") == "Running" else "Pending"
    board.note(
        key,
        {
            "metadata": {"name": key.name},
            "spec": {"containers": [_spec("", told)]},
            "status": {"phase": phase, "containerStatuses": [_status("", told)]},
        },
    )
    context.current, context.kind = key, "Pod"
    return end - start


def _spec(name: str, told: dict[str, str]) -> Body:
    limits = {part: told[f"Limits/{part}"] for part in ("cpu", "memory") if f"Limits/{part}" in told}
    requests = {part: told[f"Requests/{part}"] for part in ("cpu", "memory") if f"Requests/{part}" in told}
    return {
        "name": name,
        "image": told.get("Image", ""),
        "resources": {"limits": dict[str, Json](limits), "requests": dict[str, Json](requests)},
    }


def _status(name: str, told: dict[str, str]) -> Body:
    return {
        "name": name,
        "image": told.get("Image", ""),
        "ready": told.get("Ready") == "True",
        "restartCount": whole(told.get("Restart Count", "")),
        "state": _state("State", told),
        "lastState": _state("Last State", told),
    }


def _state(field: str, told: dict[str, str]) -> Body:
    word = told.get(field, "").lower()
    if word not in {"waiting", "running", "terminated"}:
        return {}
    details: Body = {}
    for key, name in (("Reason", "reason"), ("Message", "message")):
        if value := told.get(f"{field}/{key}"):
            details[name] = value
    if (code := told.get(f"{field}/Exit Code")) is not None:
        details["exitCode"] = whole(code)
    for key, name in (("Started", "startedAt"), ("Finished", "finishedAt")):
        if when := stamp(written_time(told.get(f"{field}/{key}", ""))):
            details[name] = when
    return {word: details}
