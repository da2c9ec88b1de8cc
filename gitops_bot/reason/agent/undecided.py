"""Which conclusions of the rules leave a question open that a model may answer."""

from __future__ import annotations

from collections.abc import Callable

from gitops_bot.model.diagnosis import Diagnosis, Escalate, LeaveAlone, RevertRelease
from gitops_bot.reason.agent.verifying import SURE
from gitops_bot.reason.classes import UNDECIDED
from gitops_bot.reason.reading.refusal import Kind, kind, refused

# The cluster's message is not known, or names no object: no policy, permission, quota or hook stands behind it.
_UNREAD = frozenset({Kind.OTHER, Kind.INVALID, Kind.IMMUTABLE})


def _unread(diagnosis: Diagnosis) -> bool:
    """Whether all that is wrong with a refused sync is that its messages could not be read."""
    refusals = refused(diagnosis.incident)
    return isinstance(diagnosis.remedy, Escalate) and all(kind(signal) in _UNREAD for signal in refusals)


def _doubtful(diagnosis: Diagnosis) -> bool:
    """Whether a release is suspected for want of anything else."""
    return isinstance(diagnosis.remedy, RevertRelease) and diagnosis.confidence < SURE


def _unexplained(diagnosis: Diagnosis) -> bool:
    """Whether memory runs out and nothing that the rules see tells why."""
    return diagnosis.confidence < SURE and not isinstance(diagnosis.remedy, LeaveAlone)


# What rules escalate for security, data or infrastructure is in none of these rows.
_OPEN: dict[str, Callable[[Diagnosis], bool]] = {
    UNDECIDED: lambda _: True,
    "render-failure": _doubtful,
    "sync-refused": _unread,
    "release-crash": _doubtful,
    "probe-failing": _doubtful,
    "out-of-memory": _unexplained,
}


def undecided(diagnosis: Diagnosis) -> bool:
    """Return whether the rules decided nothing about an incident, or could only hand it on for want of knowledge."""
    is_open = _OPEN.get(diagnosis.rule)
    return is_open is not None and diagnosis.advice is None and is_open(diagnosis)
