"""Errors of kubectl, helm, kustomize, argocd and flux → what is refused, and what cannot be rendered."""

from __future__ import annotations

import re

from gitops_bot.model.resource import ResourceKey
from gitops_bot.observe.reading import capped
from gitops_bot.observe.texts.board import Board, Message
from gitops_bot.observe.texts.formats.context import Context
from gitops_bot.observe.texts.naming import CLUSTER_WIDE, kind_of

MOST_REFUSALS = 200
_ERROR = re.compile(
    r"^\s*(?:(?:time=\S+ )?(?:FATA\[\d+\]|level=fatal msg=)\s*\"?|(?:Error|error|ERROR)(?:: | from server)"
    r"|The [A-Z]\w+ \""
    r"|W\d{4} .*unrecognized|Failed to load target state|ComparisonError|SyncError|InvalidSpecError"
    r"|rpc error: code|one or more objects failed to apply|Unable to connect to the server"
    r"|resource mapping not found|unable to recognize|Failed sync attempt|(?:UPGRADE|INSTALLATION) FAILED"
    r"|one or more synchronization tasks|✗ )"
)
_ANYWHERE = re.compile(
    r"one or more objects failed to apply|Internal error occurred: |Failed to load target state"
    r"|\badmission webhook \"[^\"]{1,200}\" denied"
    r"|is forbidden: User .{1,300} cannot (?:create|patch|update|delete) resource|(?:UPGRADE|INSTALLATION) FAILED"
)
_RENDERING = re.compile(
    r"Failed to load target state|ComparisonError|manifest generation error|generate manifest|template: |accumulat"
    r"|kustomiz(?:ation|e)(?! (?:apply|\S{1,80} configured))|values don't meet|execution error at|parse error"
    r"|YAML|yaml: "
    r"|chart|nil pointer evaluating|unmarshal|no such file|must build at directory|InvalidSpecError|failed to render",
)
_REFUSED = re.compile(
    r"is invalid|is forbidden|denied the request|no matches for kind|could not find \S+ for requested resource"
    r"|cannot patch|failed calling webhook|immutable|exceeded quota|ensure CRDs|not found$|namespaces? \"|conflict"
    r"|error validating data|strict decoding error|failed to apply|Unable to connect|connection refused|timed? ?out"
    r"|already exists|invalid ownership metadata|another operation|pre-upgrade hooks? failed"
    r"|post-install hooks? failed",
    re.IGNORECASE,
)
_UNINTERESTING = re.compile(
    r"timed out waiting for the condition$|Operation has completed with phase|exceeded its progress deadline$"
    r"|container \"?[\w-]+\"? is waiting|NotFound\): (?:pods?|deployments)"
)
_INVALID = re.compile(r"\b([A-Z]\w{2,80})(?:\.([a-z][a-z0-9.-]{1,200}))? \"([^\"]{1,253})\" is invalid")
_KIND_IN = re.compile(r"no matches for kind \"(\w{1,80})\" in version \"([\w./-]{1,200})\"")
_COULD_NOT_FIND = re.compile(
    r"could not find (?:([\w.-]{1,200})/)?(\w{1,80}) for requested resource (?:([\w-]+)/)?([\w.-]+)"
)
_MAPPING = re.compile(r"name: \"([^\"]{1,253})\" namespace: \"([^\"]{0,63})\"")
_PATCH = re.compile(r"cannot patch \"([^\"]{1,253})\" with kind (\w{1,80})")
_PLURAL = re.compile(r"\b([a-z]{3,60})(?:\.([a-z0-9.-]{1,200}))? \"([^\"]{1,253})\" (?:is forbidden|already exists)")


def refusal(board: Board, lines: list[str], start: int, context: Context) -> int:
    """Read an error of a tool with the lines that belong to it; return how many lines that were."""
    line = lines[start]
    if context.is_log or not (_ERROR.match(line) or _ANYWHERE.search(line)) or _UNINTERESTING.search(line):
        return 0
    end = start + 1
    while end < len(lines) and end - start < 20 and re.match(r"^(?:\s+\S|\t|\* |- )", lines[end]):
        end += 1
    said = capped(" ".join(part.strip() for part in lines[start:end]))
    if not put_refusal(board, said, context.words or "error", context.namespace):
        return 0
    return end - start


def put_refusal(board: Board, said: str, where: str, namespace: str) -> bool:
    """Put an error message on the board as what it tells of; return whether it tells of a refusal at all."""
    if len(board.renderings) + len(board.refusals) >= MOST_REFUSALS:
        return False
    named = _REFUSED.search(said)
    if _RENDERING.search(said) and not (_INVALID.search(said) or "denied the request" in said or _PATCH.search(said)):
        board.renderings.append(Message(text=said, where=where[:200]))
        return True
    if named:
        board.refusals.append(Message(text=said, where=where[:200], resource=refused_object(said, namespace)))
        return True
    if re.search(r"helm|kustomize", where) and said.startswith("Error"):
        board.renderings.append(Message(text=said, where=where[:200]))
        return True
    return False


def refused_object(said: str, namespace: str) -> ResourceKey | None:
    """Return the object that a refusal names."""
    if found := _INVALID.search(said):
        return _key(found[1], found[2] or "", namespace, found[3])
    if found := _COULD_NOT_FIND.search(said):
        return ResourceKey(found[1] or "", found[2], found[3] or namespace, found[4])
    if found := _KIND_IN.search(said):
        group = found[2].rpartition("/")[0]
        name = _MAPPING.search(said)
        return ResourceKey(group, found[1], (name[2] if name else "") or namespace, name[1] if name else "unknown")
    if found := _PATCH.search(said):
        return _key(found[2], "", namespace, found[1])
    if found := _PLURAL.search(said):
        return _key(found[1], found[2] or "", namespace, found[3])
    return None


def _key(word: str, group: str, namespace: str, name: str) -> ResourceKey:
    known = kind_of(f"{word}.{group}" if group else word)
    own_group, kind = known or (group, word)
    return ResourceKey(group or own_group, kind, "" if kind in CLUSTER_WIDE else namespace, name)
