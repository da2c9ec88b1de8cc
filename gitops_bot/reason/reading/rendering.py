"""What the words of a render failure mean.

The message is untrusted and open-ended: every pattern is linear in its length, and only its beginning is read.
"""

from __future__ import annotations

import re
from enum import StrEnum

from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import RenderFailing

_READ = 4096


class Kind(StrEnum):
    """Why Git cannot be rendered."""

    ACCESS = "Git refuses access"
    OUTAGE = "Git or Argo CD's repository server is not reachable"
    MISSING = "something that Git names is not there"
    VALUES = "what Git says cannot be read or used"
    OTHER = "not known"


_ACCESS = re.compile(
    r"authentication (?:required|failed)|could not read username|permission denied \(publickey|invalid credentials"
    r"|access denied|repository not found|unable to authenticate|authorization failed|401 unauthorized|403 forbidden"
    r"|bad credentials|handshake failed|knownhosts|key (?:mismatch|is unknown)",
    re.IGNORECASE,
)
_OUTAGE = re.compile(
    r"no such host|dial tcp|i/o timeout|deadline ?exceeded|connection re(?:fused|set)|tls handshake|x509"
    r"|code = unavailable"
    r"|temporary failure in name resolution|could not resolve host|server misbehaving|unexpected eof|bad gateway"
    r"|service unavailable|gateway time-?out|too many requests|no space left|index\.lock|transport is closing"
    r"|unexpected disconnect|remote end hung up|failed to get server version|error synchronizing cache|code = canceled"
    r"|context canceled",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"no such file or directory|app path does not exist|evalsymlink failure|not a valid directory"
    r"|unable to find one of '?kustomization|missing kustomization|\bnot found in repo|no cached repo found"
    r"|chart \"?[^\"\s]{1,200}\"? (?:version \S{1,100} )?not found|no chart version found"
    r"|could not download chart|chart\.yaml file is missing|found in chart\.yaml, but missing"
    r"|unable to resolve '[^']{1,300}' to a commit|improper constraint",
    re.IGNORECASE,
)
_VALUES = re.compile(
    r"error converting yaml|yaml: (?:line|unmarshal|invalid|did not|found|mapping|control|block)"
    r"|error unmarshaling json|values don't meet the specifications|execution error at|nil pointer evaluating"
    r"|parse error at|error calling|malformedyaml|invalid kustomization|json: (?:unknown|cannot)"
    r"|failed to find unique target|no matches for id|operation does not apply|already registered id"
    r"|wrong type for value|function \"[^\"]{1,100}\" not defined|can't evaluate field|can't give argument"
    r"|yaml parse error|cannot unmarshal|unable to parse|error validating|invalid map key|is required"
    r"|missing required|invalid (?:value|yaml|field)|trouble configuring builtin|unknown field"
    r"|could not find expected|duplicate key|already set in map|error decoding|failed to unmarshal"
    r"|unknown object type|cannot overwrite table",
    re.IGNORECASE,
)
_NOT_THERE = (
    re.compile(r"accumulating resources from '([^']{1,300})'"),
    re.compile(r"(?:open|lstat|stat) (\S{1,300}): no such file"),
    re.compile(r"(\S{1,300}): app path does not exist"),
    re.compile(r"unable to resolve '([^']{1,300})' to a commit"),
    re.compile(r"chart \"([^\"]{1,200})\" (?:version \S{1,100} )?not found"),
    re.compile(r"no chart version found for (\S{1,200})"),
    re.compile(r"not a valid directory: (\S{1,300})"),
)
_CACHED = re.compile(r"<path to cached source>/?|<path to [^>]{1,60}>/?")
_PREAMBLE = re.compile(
    r"^(?:Failed to load target state: |failed to generate manifests? for source \d+ of \d+: |Manifest generation error"
    r" \(cached\): |rpc error: code = \w+ desc = |Failed to (?:get|fetch) \w+: |Unable to (?:create|load) \w+: )+"
)


def failures(incident: Incident) -> tuple[RenderFailing, ...]:
    """Return the render failures among an incident's signals."""
    return tuple(signal for signal in incident.signals if isinstance(signal, RenderFailing))


def kind(message: str) -> Kind:
    """Return why Git cannot be rendered: an outage first, for a broken connection may cut any message short."""
    text = message[:_READ]
    if _MISSING.search(text) and re.search(r"accumulat|evalsymlink|app path", text):
        return Kind.MISSING  # Kustomize tries a missing base as a remote one and adds that failure's words
    for pattern, meaning in ((_ACCESS, Kind.ACCESS), (_OUTAGE, Kind.OUTAGE), (_MISSING, Kind.MISSING)):
        if pattern.search(text):
            return meaning
    return Kind.VALUES if _VALUES.search(text) else Kind.OTHER


def not_there(message: str) -> str:
    """Return the path, chart or revision that a message calls missing, empty where none is named."""
    text = _CACHED.sub("", message[:_READ])
    found = (pattern.search(text) for pattern in _NOT_THERE)
    return next((match.group(1) for match in found if match), "")


def essence(message: str) -> str:
    """Return a message without the layers that Argo CD wraps around the tool's own words."""
    return _PREAMBLE.sub("", _CACHED.sub("", message[:_READ]))
