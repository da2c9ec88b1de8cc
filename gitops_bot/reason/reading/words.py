"""What a program's last words mean: whose fault it is that it fails.

The words are untrusted and open-ended: every pattern is linear in its length, and only the last lines are read.
"""

from __future__ import annotations

import re
from enum import StrEnum

from gitops_bot.model.incident import Incident
from gitops_bot.model.signal import ContainerFailing, ProbeFailing, WorkloadUnhealthy
from gitops_bot.reason.reading.standing import Blame, standing

# What observing plain text calls errors in a log and what people and alerts report.
LOG_ERRORS, REPORTED = "LogErrors", "Reported"
_LINES = 14
_LONGEST_LINE = 1200
_LOG = "; the log says: "


class Meaning(StrEnum):
    """Whose fault a program names."""

    DATA = "data"
    DISK = "disk"
    CERTIFICATE = "certificate"
    ACCESS = "access"
    MEMORY = "memory"
    DEPENDENCY = "dependency"
    OWN = "its own"


_PATTERNS: dict[Meaning, re.Pattern[str]] = {
    Meaning.DATA: re.compile(
        r"migrat\w{0,6}\b.{0,160}\b(?:fail|error|abort|dirty)|(?:fail|error|could not"
        r"|unable)\w{0,4}.{0,60}\bmigrat|dirty database"
        r"|corrupt|checksum (?:mismatch|error|failed)|checkpoint record|disk image is malformed|data loss"
        r"|bad page header"
        r"|schema (?:version )?mismatch|invalid page in block|unrecoverable|restore (?:from )?backups?",
        re.IGNORECASE,
    ),
    Meaning.DISK: re.compile(
        r"no space left|enospc|disk(?: is)? full|disk quota exceeded|diskfull|fillingup|filling up"
        r"|filesystem .{0,80}full"
        r"|flood.stage|(?:disk|volume|filesystem).{0,60}\b(?:9\d|100)(?:\.\d+)?%",
        re.IGNORECASE,
    ),
    Meaning.CERTIFICATE: re.compile(
        r"x509|certificate.{0,80}(?:expire|not valid|invalid|verify failed|unknown authority|not trusted"
        r"|mismatch|revoked)"
        r"|cert_has_expired|certificate_verify|pkix path|ssl routines|self.signed certificate|tls: (?:bad"
        r"|failed|unknown)"
        r"|expire[sd]? .{0,40}certificate|certificate .{0,40}(?:has )?expire|tls handshake (?:error|failed)|ssl_error",
        re.IGNORECASE,
    ),
    Meaning.ACCESS: re.compile(
        r"is forbidden: user|cannot (?:list|get|watch|create|patch|update|delete) resource|access ?denied"
        r"|not authorized"
        r"|password authentication failed|authentication failed|invalid password|permission denied for (?:table"
        r"|relation|schema)"
        r"|401 unauthorized|403 forbidden|invalidaccesskey|expiredtoken|token (?:has |is )?expired|\bnoauth\b|wrongpass"
        r"|permission_denied|unauthenticated|invalid credentials|signaturedoesnotmatch"
        r"|insufficient (?:permission|privilege)",
        re.IGNORECASE,
    ),
    Meaning.MEMORY: re.compile(
        r"outofmemoryerror|heap out of memory|cannot allocate memory|std::bad_alloc|out of memory"
        r"|memoryerror",
        re.IGNORECASE,
    ),
    Meaning.DEPENDENCY: re.compile(
        r"connection (?:refused|reset|timed out|aborted)|\b(?:econnrefused|econnreset|etimedout|enotfound"
        r"|eai_again)\b|no such host"
        r"|i/o timeout|could not connect|can(?:'t|not) connect|unable to connect|failed to connect"
        r"|could not translate host"
        r"|name or service not known|name resolution|unknownhost|connectexception|connection ?refused|connecttimeout"
        r"|communications link failure|server misbehaving|too many (?:connections|clients)|no route to host|unreachable"
        r"|server selection|nobrokersavailable|broker.{0,40}not available|leader.not.available|operationalerror"
        r"|connection to .{0,120}(?:failed|lost|closed)|connect: |dial tcp|upstream (?:connect error|timed out"
        r"|unavailable)"
        r"|(?:database|redis|kafka|postgres|mysql|mongo\w*|rabbitmq|amqp|elasticsearch|upstream"
        r"|backend) .{0,60}(?:unavailable|(?<!shut )(?<!shutting )down|timed? ?out|not ready)"
        r"|deadline exceeded|50[234] (?:service|bad|gateway)|servfail|nxdomain|getaddrinfo|lookup \S{1,200} on ",
        re.IGNORECASE,
    ),
    Meaning.OWN: re.compile(
        r"\b(?:key|type|reference|syntax|import|name|attribute|value|index|module\w*|assertion|range"
        r"|zero\w*)error\b|nullpointer"
        r"|nil pointer|out of range|classnotfound|nosuch\w{2,20}(?:error|exception)|cannot find module|no module named"
        r"|missing|required|not set|undefined|not defined|unknown (?:flag|option|argument|command|field|property)"
        r"|provided but not defined|unrecognized|unexpected (?:token|argument|end)|invalid (?:config|value"
        r"|argument|option|port|format|url)"
        r"|pars(?:e|ing)|unmarshal|no such file|not found|exec format|permission denied|address already in use"
        r"|eaddrinuse"
        r"|segmentation|unwrap|panicked|panic:|environment variable|usage:|failed to (?:bind|load|read)|numberformat"
        r"|(?:does not|doesn't) exist|already exists|unknown column|no such (?:table|column)|configuration"
        r"|illegal|unsupported|incompatible|version",
        re.IGNORECASE,
    ),
}


def last_lines(signal: ContainerFailing) -> list[str]:
    """Return what a container said at its end, the last line last: its log, else its termination message."""
    said = signal.log[-16_000:] or signal.last_message[:4000]
    return [line.strip()[:_LONGEST_LINE] for line in said.splitlines() if line.strip()][-_LINES:]


def meaning(lines: list[str]) -> tuple[Meaning | None, str]:
    """Return whose fault the lines name, and the line that does: the last one that names any."""
    damage = _PATTERNS[Meaning.DATA]
    for line in lines[-_LINES:]:
        if damage.search(line[:_LONGEST_LINE]):  # nothing said later makes that less grave
            return Meaning.DATA, line
    for line in reversed(lines[-_LINES:]):
        for each, pattern in _PATTERNS.items():
            if pattern.search(line[:_LONGEST_LINE]):
                return each, line
    return None, ""


def named(incident: Incident, wanted: Meaning) -> str:
    """Return the line with which an incident's containers, logs or reports name that fault, empty where none does.

    Of several containers the one that fails most often counts. What the kubelet says of a probe is not its word.
    """
    containers = [signal for signal in incident.signals if isinstance(signal, ContainerFailing)]
    worst = max(containers, key=lambda item: (item.restarts, item.resource), default=None)
    lines = last_lines(worst) if worst else _told(incident)
    found, line = meaning(lines)
    return line if found is wanted else ""


def blames_release(incident: Incident) -> bool:
    """Return whether older pods do well where the new ones fail: what both need is there then."""
    return standing(incident).blame is Blame.NEW_RELEASE


def _told(incident: Incident) -> list[str]:
    said = [
        *(signal.message.partition(_LOG)[2] for signal in incident.signals if isinstance(signal, ProbeFailing)),
        *(
            signal.message
            for signal in incident.signals
            if isinstance(signal, WorkloadUnhealthy) and signal.reason in {LOG_ERRORS, REPORTED}
        ),
    ]
    return [line.strip()[:_LONGEST_LINE] for part in said for line in part[-8000:].splitlines() if line.strip()]
