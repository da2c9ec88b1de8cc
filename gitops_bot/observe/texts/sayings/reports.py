"""Alerts, measurements and sentences → what they report, where nothing more exact is told."""

from __future__ import annotations

import re
from itertools import pairwise

from msgspec import Struct

from gitops_bot.observe.texts.board import Board

_DENIED = re.compile(
    r"\b(?:no|not|never|without|zero|resolved|recovered|successfully|as always|nothing|was fixed"
    r"|back to normal)\b|(?<![\d.])0(?![\d.])",
    re.IGNORECASE,
)
_STARTS_CLAUSE = re.compile(r"(?<=[.;!?,]) +|\n")
_STATES = (
    ("OOMKilled", re.compile(r"OOM ?Kill|\bOOM\b|out of memory|memory limit exceeded", re.IGNORECASE)),
    (
        "ImagePullBackOff",
        re.compile(
            r"ImagePullBackOff|ErrImagePull|cannot (?:be )?pull(?:ed)?"
            r"|fail\w* to pull",
            re.IGNORECASE,
        ),
    ),
    ("CreateContainerConfigError", re.compile(r"CreateContainerConfigError")),
    (
        "CrashLoopBackOff",
        re.compile(
            r"CrashLoop|\bcrash(?:es|ed|ing|loops?)?\b|keeps? (?:on )?(?:restarting|dying)|restart(?:s"
            r"|ing)? (?:in a loop|constantly)"
            r"|PodCrashLooping",
            re.IGNORECASE,
        ),
    ),
)
_PROBE = re.compile(r"(readiness|liveness|startup) probe\w* (?:is |are |keeps? )?fail", re.IGNORECASE)
_SYMPTOM = re.compile(
    r"\b5\d\d\b.{0,60}(?:ratio|rate|error|%|respon)|(?:error|failure) ?(?:rate|ratio|budget)|HighErrorRate"
    r"|\b5xx\b|latency"
    r"|\bp9[059]\b|slow(?:er)? respon|SLO|burn rate|HTTP 50\d|answers? 50\d|throttl|max(?:imum)? replicas|MaxedOut"
    r"|disruption budget|certificate|x509|TLS handshake|no space left|disk (?:is )?full|filling ?up"
    r"|usage .{0,20}(?:9\d|100)%"
    r"|no such host|DNS|connection refused|unreachable|corrupt|checksum|data loss|migration .{0,40}fail"
    r"|forbidden|NotReady"
    r"|no endpoints|endpoints .{0,20}(?:empty|none)|memory .{0,40}(?:grow|ris|leak)|grows by|leak|regress",
    re.IGNORECASE,
)
_RELEASED = re.compile(
    r"(?:since|after|following|with) (?:the )?(?:deploy|release|upgrade|rollout|update|merge|sync|bump)|rolled out|"
    r"\breleased?\b|\bdeployed\b|upgraded to|image (?:changed|updated|bumped)|merged \d+ (?:min|sec)"
    r"|new version|revision \d+:"
    r"|new pods|(?:deploy|release|commit|upgrade)(?:ment)? (?:(?:at|of)\b|\S{1,60} (?:v?\d\S{0,20} )?at \d)|set image",
    re.IGNORECASE,
)
_NOT_RELEASED = re.compile(
    r"(?:no|not|nothing|without)\b.{0,30}(?:deploy|release|rollout|change)|(?:last|latest) (?:deploy\w*|release"
    r"|change|rollout)"
    r".{0,20}(?:\d+ (?:days?|weeks?|months?)|ago)|(?:deploy\w*|release\w*) (?:\d+ (?:days?|weeks?|months?)) ago"
    r"|unchanged (?:for|since)",
    re.IGNORECASE,
)
_HAND = re.compile(
    r"kubectl[ -](?:edit|scale|patch|set|apply|delete|annotate)|by hand|manual(?:ly)?\b|hot-?fix"
    r"|directly in the cluster|out.of.band",
    re.IGNORECASE,
)
_DIFFERS = re.compile(r"out ?of ?sync|drift|differs? from git|not in git|past git", re.IGNORECASE)
_OLD_SERVE = re.compile(r"old (?:pods?|replicas?|version)\b.{0,40}(?:serve|healthy|fine|run|ok|ready)", re.IGNORECASE)
_NEW_SET = re.compile(r"Scaled up replica set \S{1,253} (?:to \d+$|from 0 to|to \d+ from 0)")
_THRESHOLD = re.compile(
    r"(?P<value>\d{1,12}(?:\.\d{1,9})?) ?(?P<value_unit>%|ms|s|)[^\d\n]{0,20}"
    r"(?:threshold|slo|target|limit|objective|allowed|max)[^\d\n]{0,12}(?P<limit>\d{1,12}(?:\.\d{1,9})?)"
    r" ?(?P<limit_unit>%|ms|s|)",
    re.IGNORECASE,
)
_VALUE = re.compile(r"(?:^|\s|=> )(\d{1,16}(?:\.\d{1,9})?(?:e[+-]?\d{1,3})?)(?: @|\s*$)")


class Report(Struct, frozen=True, kw_only=True):
    """What sentences, alerts and measurements report, all of it together."""

    states: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()
    symptoms: str = ""
    released: bool = False
    quiet: bool = False
    old_serve: bool = False
    by_hand: bool = False
    rising: bool = False
    text: str = ""


def report(board: Board) -> Report:
    """Return what the sentences report; those that deny something, and alerts that are over, report nothing."""
    whole = "\n".join(message.text for message in board.prose)[:20_000]
    if re.search(r"\[?RESOLVED\b|status\"?[:=] ?\"?resolved", whole) and "FIRING" not in whole:
        return Report()
    clauses = [clause for clause in _STARTS_CLAUSE.split(whole) if clause.strip()]
    telling = [clause for clause in clauses if not _DENIED.search(clause) or "disruption budget" in clause]
    joined = "\n".join(telling)
    symptoms = [clause.strip() for clause in telling if _SYMPTOM.search(clause) and not within(clause)]
    return Report(
        states=tuple(name for name, pattern in _STATES if pattern.search(joined)),
        probes=tuple(dict.fromkeys(found.lower() for found in _PROBE.findall(joined))),
        symptoms="\n".join(symptoms)[:3000],
        released=bool(_RELEASED.search(joined) or _rolled_out(board)) and not _NOT_RELEASED.search(whole),
        quiet=bool(_NOT_RELEASED.search(whole)),
        by_hand=bool(_HAND.search(whole)) and bool(_DIFFERS.search(whole)),
        old_serve=bool(_OLD_SERVE.search(whole)),
        rising=rises(board),
        text=joined[:3000],
    )


def within(clause: str) -> bool:
    """Return whether a measurement is told with its threshold and is below it."""
    found = _THRESHOLD.search(clause)
    return (
        found is not None
        and found["value_unit"] == found["limit_unit"]
        and float(found["value"]) < float(found["limit"])
    )


def _rolled_out(board: Board) -> bool:
    """Return whether events tell of a new ReplicaSet: one that is scaled up from nothing, and by no autoscaler."""
    if any(event.reason == "SuccessfulRescale" for event in board.events):
        return False
    return any(event.reason == "ScalingReplicaSet" and _NEW_SET.search(event.message) for event in board.events)


def rises(board: Board) -> bool:
    """Return whether measurements of memory grow without a fall, by a third or more."""
    of_memory = False
    values: list[float] = []
    for message in board.prose:
        if re.search(r"memory|heap|rss|working_set", message.text, re.IGNORECASE):
            of_memory = True
        if found := _VALUE.search(message.text):
            values.append(float(found[1]))
    grown = [value for value in values if value > 0][-50:]
    if not of_memory or len(grown) < 4:
        return False
    return all(after >= before for before, after in pairwise(grown)) and grown[-1] > grown[0] * 1.33
