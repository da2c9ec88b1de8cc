"""Objects and Lists as JSON or YAML: `kubectl get … -o yaml|json`."""

from __future__ import annotations

import json
import re
from datetime import date

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from gitops_bot.clients.argocd import Event
from gitops_bot.clients.argocd.wire import ObjectReference
from gitops_bot.model.json import Json, dig, mapping, sequence, text
from gitops_bot.model.resource import Manifest
from gitops_bot.observe.reading import capped, capped_value, moment, number
from gitops_bot.observe.texts.board import Board
from gitops_bot.observe.texts.formats.context import Context

LONGEST_DOCUMENT = 120_000
_BEGINS_YAML = re.compile(r"^(?:apiVersion|kind|items|metadata):(?:\s|$)")
_OF_YAML = re.compile(r"^(?:[A-Za-z][\w.-]*:|[ #-]|$|---$|\.\.\.$)")
_ANCHOR = re.compile(r"(?:^|[\s\[{,])[&*][A-Za-z0-9_]", re.MULTILINE)


def yaml_document(board: Board, lines: list[str], start: int, context: Context) -> int:
    """Read a YAML document from the line `start` on; return how many lines that were, 0 where it is none."""
    if start < context.refused or not _BEGINS_YAML.match(lines[start]):
        return 0
    end = start
    while end < len(lines) and _OF_YAML.match(lines[end]) and not (end > start and lines[end] == "---"):
        end += 1
    document = "\n".join(lines[start:end])
    context.refused = end
    # Aliases can make little text large; no `kubectl get` prints any.
    if len(document) > LONGEST_DOCUMENT or _ANCHOR.search(document):
        return 0
    try:
        body = _plain(YAML(typ="safe", pure=True).load(document))
    except (YAMLError, ValueError, RecursionError):
        return 0
    return end - start if told_object(board, body, context) else 0


def json_document(board: Board, lines: list[str], start: int, context: Context) -> int:
    """Read a JSON object from the line `start` on; return how many lines that were, 0 where it is no object."""
    if not lines[start].startswith("{"):
        return 0
    document = "\n".join(lines[start:])[:LONGEST_DOCUMENT]
    try:
        body, length = json.JSONDecoder().raw_decode(document)
    except (ValueError, RecursionError):
        return 0
    if not told_object(board, body, context):
        return 0
    return document[:length].count("\n") + 1


def told_object(board: Board, body: Json, context: Context) -> bool:
    """Put a decoded object or List on the board; return whether it was one."""
    kind = text(dig(body, "kind"))
    items = sequence(dig(body, "items"))
    if items and (kind.endswith("List") or not kind):
        told = [told_object(board, item, context) for item in items]
        return any(told)
    if not kind or not text(dig(body, "metadata", "name")):
        return False
    if kind == "Event":
        board.add(_event(body))
    elif kind == "Application" and dig(body, "spec", "destination") is not None:
        board.applications[text(dig(body, "metadata", "name"))] = mapping(capped_value(body))
    else:
        manifest = Manifest.of(mapping(capped_value(body)), context.namespace)
        board.note(manifest.key, manifest.body)
        board.names[manifest.key.name] += 1
    return True


def _event(body: Json) -> Event:
    about = mapping(dig(body, "involvedObject") or dig(body, "regarding"))
    first = moment(dig(body, "firstTimestamp")) or moment(dig(body, "eventTime"))
    return Event(
        reason=text(dig(body, "reason")),
        message=capped(text(dig(body, "message")) or text(dig(body, "note"))),
        count=number(dig(body, "count")) or number(dig(body, "series", "count")) or 1,
        first_timestamp=first,
        last_timestamp=moment(dig(body, "lastTimestamp")) or moment(dig(body, "series", "lastObservedTime")) or first,
        involved_object=ObjectReference(
            kind=text(about.get("kind")),
            namespace=text(about.get("namespace")),
            name=text(about.get("name")),
            field_path=text(about.get("fieldPath")),
        ),
    )


def _plain(value: object) -> Json:
    """Return a loaded value as JSON has it: times, which Kubernetes writes as text, become text again."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
