"""The fields that a model may have set: a closed list of pointers with the values that each takes."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct

from gitops_bot.model.incident import Incident
from gitops_bot.model.json import pointer_tokens
from gitops_bot.model.resource import ResourceKey, is_security_field
from gitops_bot.model.signal import ContainerFailing, FieldDrifted, ProbeFailing
from gitops_bot.reason.agent.answer import Scalar

_POINTER = re.compile(r"(?:/(?:[^~/]|~[01])*)+")
_LONGEST_POINTER = 300
_LONGEST_TEXT = 500
_LARGEST_NUMBER = 2**31
_QUANTITY = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+|m|k|M|G|T|Ki|Mi|Gi|Ti)?")
_NAME = re.compile(r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,251}[A-Za-z0-9])?")
_REVISION = re.compile(r"[A-Za-z0-9][\w./^~*+-]{0,199}")
_IMAGE = re.compile(r"(?P<repository>[a-z0-9][\w./:-]*?)(?::(?P<tag>\w[\w.-]{0,127}))?(?:@sha256:[0-9a-f]{64})?")

Takes = Callable[[Scalar], bool]


class Field(Struct, frozen=True, kw_only=True):
    """One row of the list: which kinds have the field, where it stands, and which values it takes.

    `shape` and `values` say the last two in words.
    """

    shape: str
    kinds: frozenset[str]
    pattern: re.Pattern[str]
    takes: Takes
    values: str


def _number(least: int, most: int) -> Takes:
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _matching(pattern: re.Pattern[str]) -> Takes:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_quantity(value: Scalar) -> bool:
    return not isinstance(value, bool) and (isinstance(value, int) or _matching(_QUANTITY)(value))


def _is_port(value: Scalar) -> bool:
    return _number(1, 65_535)(value) or _matching(_NAME)(value)


TEMPLATED = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Rollout", "Job", "CronJob"})
_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "Rollout"})
_IMAGE_SHAPE = "…/containers/N/image"
_POD = r"/spec(?:/jobTemplate/spec)?/template/spec"
_CONTAINER = rf"{_POD}/(?:initContainers|containers)/\d+"
_PROBE = rf"{_CONTAINER}/(?:liveness|readiness|startup)Probe"


def _field(shape: str, kinds: frozenset[str], pattern: str, takes: Takes, values: str) -> Field:
    return Field(shape=shape, kinds=kinds, pattern=re.compile(pattern), takes=takes, values=values)


FIELDS: tuple[Field, ...] = (
    _field(
        "…/containers/N/resources/limits/memory (or requests; or cpu, ephemeral-storage)",
        TEMPLATED,
        rf"{_CONTAINER}/resources/(?:limits|requests)/(?:memory|cpu|ephemeral-storage)",
        _is_quantity,
        "a quantity such as 600Mi",
    ),
    _field(
        "…/containers/N/readinessProbe/timeoutSeconds (or liveness, startup; or another of its times and thresholds)",
        TEMPLATED,
        rf"{_PROBE}/(?:initialDelaySeconds|periodSeconds|timeoutSeconds|failureThreshold|successThreshold)",
        _number(0, 3_600),
        "0 to 3600",
    ),
    _field(
        "…/containers/N/readinessProbe/httpGet/path",
        TEMPLATED,
        rf"{_PROBE}/httpGet/path",
        _matching(re.compile(r"/[\w./?=&-]{0,200}")),
        "a path",
    ),
    _field(
        "…/containers/N/readinessProbe/httpGet/port (or tcpSocket, grpc)",
        TEMPLATED,
        rf"{_PROBE}/(?:httpGet|tcpSocket|grpc)/port",
        _is_port,
        "a port",
    ),
    _field("/spec/replicas", _SCALED, r"/spec/replicas", _number(0, 1_000), "0 to 1000"),
    _field(
        "/spec/minReplicas, /spec/maxReplicas",
        frozenset({"HorizontalPodAutoscaler"}),
        r"/spec/(?:min|max)Replicas",
        _number(1, 1_000),
        "1 to 1000",
    ),
    _field(
        "…/containers/N/env/N/value",
        TEMPLATED,
        rf"{_CONTAINER}/env/\d+/value",
        lambda value: isinstance(value, str),
        "a text",
    ),
    _field(
        "…/env/N/valueFrom/configMapKeyRef/name (or key), …/envFrom/N/configMapRef/name, …/volumes/N/configMap/name",
        TEMPLATED,
        rf"{_CONTAINER}/(?:env/\d+/valueFrom/configMapKeyRef/(?:name|key)|envFrom/\d+/configMapRef/name)"
        rf"|{_POD}/volumes/\d+/configMap/name",
        _matching(_NAME),
        "the name of a ConfigMap, or a key of it",
    ),
    _field(
        "/spec/rules/N/http/paths/N/backend/service/name (or port/name, port/number)",
        frozenset({"Ingress"}),
        r"/spec/rules/\d+/http/paths/\d+/backend/service/(?:name|port/name|port/number)",
        _is_port,
        "a Service's name or port",
    ),
    _field("/spec/ports/N/targetPort", frozenset({"Service"}), r"/spec/ports/\d+/targetPort", _is_port, "a port"),
    _field(
        _IMAGE_SHAPE,
        TEMPLATED,
        rf"{_CONTAINER}/image",
        _matching(_IMAGE),
        "another tag or digest of the same repository",
    ),
    _field(
        "/spec/source/targetRevision, /spec/sources/N/targetRevision",
        frozenset({"Application"}),
        r"/spec/(?:source|sources/\d+)/targetRevision",
        _matching(_REVISION),
        "a revision or chart version",
    ),
    _field(
        "/spec/syncPolicy/automated/selfHeal",
        frozenset({"Application"}),
        r"/spec/syncPolicy/automated/selfHeal",
        lambda value: value is True,
        "true",
    ),
)


def pointer_problem(pointer: str) -> str:
    """Return why a text is no pointer that a remedy may have, empty where it is one."""
    if len(pointer) > _LONGEST_POINTER or not pointer.isprintable():
        return "is too long or holds characters that nobody sees"
    if not _POINTER.fullmatch(pointer):
        return "is no JSON pointer (RFC 6901)"
    if is_security_field(pointer):
        return "bounds the rights of a pod, which only a person may change"
    first = pointer_tokens(pointer)[0]
    return "" if first in {"spec", "data", "metadata"} else "is outside of spec, data and metadata"


def field_problem(incident: Incident, resource: ResourceKey, pointer: str, value: Scalar) -> str:
    """Return why a model may not have this field set to this value, empty where it may."""
    if problem := pointer_problem(pointer):
        return f"{pointer!r} {problem}"
    if not _is_bounded(value):
        return f"the value of {pointer} is too long, too large, or holds characters that nobody sees"
    if _adopts_drift(incident, resource, pointer, value):
        return ""
    row = next((one for one in FIELDS if resource.kind in one.kinds and one.pattern.fullmatch(pointer)), None)
    if row is None:
        return f"{pointer} of a {resource.kind} is not among the fields that may be set"
    if not row.takes(value):
        return f"{pointer} takes {row.values}"
    if row.shape == _IMAGE_SHAPE and _repository(str(value)) not in _repositories(incident):
        return f"{pointer} takes {row.values}, one that this workload ran before"
    return ""


def _is_bounded(value: Scalar) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST_TEXT and value.isprintable()
    return isinstance(value, bool) or abs(value) <= _LARGEST_NUMBER  # no infinity is, and no NaN


def _adopts_drift(incident: Incident, resource: ResourceKey, pointer: str, value: Scalar) -> bool:
    """Return whether Git would only be told what the cluster has already."""
    return any(
        isinstance(signal, FieldDrifted)
        and not signal.absent_live
        and (signal.resource, signal.pointer) == (resource, pointer)
        and type(signal.live) is type(value)
        and signal.live == value
        for signal in incident.signals
    )


def _repositories(incident: Incident) -> set[str]:
    images = [image for one in (incident.workload.generations if incident.workload else ()) for image in one.images]
    images += [one.image for one in incident.signals if isinstance(one, ContainerFailing | ProbeFailing) and one.image]
    return {_repository(image) for image in images}


def _repository(image: str) -> str:
    """Return an image's registry and path, without tag and digest."""
    named = image.partition("@")[0]
    head, slash, last = named.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
