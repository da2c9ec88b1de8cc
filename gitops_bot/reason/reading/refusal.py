"""What the API server says when it refuses an object, read from its message.

The message is untrusted and open-ended: every pattern is linear in its length, and only its beginning is read.
"""

from __future__ import annotations

import re
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from gitops_bot.model.difference import escape
from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import SyncRefused

_READ = 4000
_RESOURCES = "/resources"


class Kind(StrEnum):
    """Why an object is refused."""

    IMMUTABLE = "immutable field"
    INVALID = "invalid value"
    NO_KIND = "missing kind"
    NO_NAMESPACE = "missing namespace"
    TRANSIENT = "cluster not reachable"
    POLICY = "refused by a policy"
    HOOK = "failed hook"
    OTHER = "refused"


class Fault(Struct, frozen=True):
    """One field that the API server names: its path in the server's spelling, and what is wrong with it."""

    path: str
    problem: str

    @property
    def pointer(self) -> str:
        """The field as an RFC 6901 pointer: `spec.rules[0].host` is `/spec/rules/0/host`."""
        return pointer(self.path)


_FAULT = re.compile(
    r"(?<![\w.\]/-])((?:spec|metadata|data|stringData|webhooks|rules|roleRef|subjects|parameters|provisioner|type|immutable)"
    r"[^\s:,{}\"]{0,500}): (Invalid value|Required value|Unsupported value|Forbidden|Duplicate value|Not found|Too long"
    r"|Too many|Internal error)"
)
_UNKNOWN_FIELD = re.compile(r"unknown field \"((?:spec|data|metadata)\.[\w.\[\]/-]{1,500})\"")
_VALIDATION = re.compile(r"ValidationError\(\w{1,100}\.([\w.\[\]/-]{1,500})\)")
_UNDECLARED = re.compile(r"\.((?:spec|data|metadata)\.[^\s:]{1,500}): (?:field not declared in schema|expected )")
_GO_FIELD = re.compile(r"Go struct field \w{1,100}\.((?:spec|data|metadata)[\w.]{0,500}) of type")
_LISTS = frozenset(
    {"containers", "initContainers", "volumes", "ports", "env", "rules", "paths", "subjects", "webhooks"}
)
_NAMED = re.compile(r"\b([A-Z]\w{1,100})(?:\.([a-z0-9.-]{1,200}))? \"([a-z0-9.-]{1,253})\" is invalid")
_TOKEN = re.compile(r"\[([^\]]*)\]|([^.\[\]]+)")
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    Kind.NO_KIND: re.compile(
        r"could not find \S{1,300} for requested resource|no matches for kind|make sure the \"[^\"]{1,200}\" crd"
        r"|the server could not find the requested resource|resource mapping not found",
        re.IGNORECASE,
    ),
    Kind.NO_NAMESPACE: re.compile(
        r"namespaces? \"[^\"]{1,253}\" not found|namespace \S{1,253} not found", re.IGNORECASE
    ),
    Kind.IMMUTABLE: re.compile(
        r"field is immutable|is immutable after|may not change once set|cannot change roleref"
        r"|updates to (?:statefulset spec|\w{1,40}) .{0,300}?(?:are )?forbidden|primary clusterip can not be unset"
        r"|cannot be (?:changed|updated|modified)|immutable",
        re.IGNORECASE,
    ),
    Kind.POLICY: re.compile(
        r"denied the request|exceeded quota|failed quota|violates podsecurity|(?:is|are) forbidden|rbac"
        r"|cannot (?:create|patch|update|delete) resource|unable to create new content in namespace"
        r"|not permitted in project|apply failed with \d{1,4} conflict",
        re.IGNORECASE,
    ),
    Kind.TRANSIENT: re.compile(
        r"failed calling webhook|connection refused|connection reset|i/o timeout|deadline exceeded|no such host"
        r"|etcdserver|tls handshake|service unavailable|too many requests|the object has been modified"
        r"|server is currently unable|leader changed|unexpected eof|no endpoints available|context canceled",
        re.IGNORECASE,
    ),
    Kind.INVALID: re.compile(
        r"is invalid|invalid value|cannot be handled as an?|strict decoding error|unknown field|error validating data"
        r"|field not declared in schema|cannot unmarshal|unable to parse quantity|quantities must match"
        r"|failed to create typed|json: |unable to decode",
        re.IGNORECASE,
    ),
}
# The server's own words about a field first; a web-hook may quote any text, a deadline may stand in any message.
_ORDER = (Kind.NO_KIND, Kind.NO_NAMESPACE, Kind.TRANSIENT, Kind.POLICY, Kind.IMMUTABLE, Kind.INVALID)
_HOOK = re.compile(r"\bhook|backoff limit|job has reached", re.IGNORECASE)


def refused(incident: Incident, *kinds: Kind) -> tuple[SyncRefused, ...]:
    """Return an incident's refusals, or those of these kinds whose object is known.

    Where Argo CD gives the message for the Application as a whole, the object is the one that the message names.
    """
    found = tuple(_resolved(signal, incident) for signal in incident.signals if isinstance(signal, SyncRefused))
    if not kinds:
        return found
    return tuple(item for item in found if kind(item) in kinds and item.resource != incident.application.key)


def _resolved(signal: SyncRefused, incident: Incident) -> SyncRefused:
    named = _NAMED.search(signal.message[:_READ])
    if signal.resource != incident.application.key or named is None:
        return signal
    of_kind, group, name = named.groups()
    declared = {state.key for state in incident.application.status.resources or ()}
    fitting = [key for key in declared if (key.kind, key.group, key.name) == (of_kind, group or "", name)]
    return replace(signal, resource=fitting[0]) if len(fitting) == 1 else signal


def kind(signal: SyncRefused) -> Kind:
    """Return why an object is refused."""
    message = signal.message[:_READ]
    if signal.hook and (_HOOK.search(message) or signal.resource.kind in {"Job", "Pod"}):
        return Kind.HOOK
    if re.search(r"denied the request", message, re.IGNORECASE):
        return Kind.POLICY
    if faults(message):
        return Kind.IMMUTABLE if _PATTERNS[Kind.IMMUTABLE].search(message) else Kind.INVALID
    return next((each for each in _ORDER if _PATTERNS[each].search(message)), Kind.OTHER)


def faults(message: str) -> tuple[Fault, ...]:
    """Return the fields that a message names as wrong, each once, in its order."""
    text = message[:_READ]
    found = [Fault(path, problem) for path, problem in _FAULT.findall(text)]
    found += [Fault(path, "unknown field") for path in _UNKNOWN_FIELD.findall(text)]
    found += [Fault(path, "not valid") for path in _VALIDATION.findall(text)]
    found += [Fault(_before_list(path), "of the wrong type") for path in _GO_FIELD.findall(text)]
    found += [Fault(path, "not in the schema") for path in _UNDECLARED.findall(text)]
    return tuple({fault.path: fault for fault in reversed(found)}.values())[::-1]


def suspects(message: str) -> tuple[str, ...]:
    """Return the fields at fault as pointers; a request may be wrong for its limit, a label for its selector."""
    pointers: list[str] = []
    for fault in faults(message):
        field = fault.pointer
        head, found, _ = field.partition(f"{_RESOURCES}/")
        pointers.append(f"{head}{_RESOURCES}" if found else field)
        if field.startswith("/spec/template/metadata/labels") and "selector" in message:
            pointers.append("/spec/selector")
    return tuple(dict.fromkeys(pointers))


def _before_list(path: str) -> str:
    """Go names a field of a list's elements without an index: the list as a whole is at fault then."""
    tokens = path.split(".")
    end = next((place for place, token in enumerate(tokens) if token in _LISTS), len(tokens))
    return ".".join(tokens[: end + 1])


def pointer(path: str) -> str:
    """Return a path as the API server spells it as an RFC 6901 pointer; a named list element ends it."""
    tokens: list[str] = []
    for bracketed, plain in _TOKEN.findall(path[:500]):
        if "=" in bracketed:  # `containers[name="api"]`: its index is not known
            break
        token = bracketed.strip("\"'") if bracketed else plain
        if token:
            tokens.append(escape(token))
    return "".join(f"/{token}" for token in tokens)
