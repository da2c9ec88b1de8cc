"""What becomes of each remediation, and of each pull request and issue that is open: a table of situations. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from gitops_bot.clients.forge import LABEL
from gitops_bot.marker import REBUILD, digest, read_marker
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.plan import Remediation, Tier


class Write(Struct, frozen=True):
    """Nothing is open for the cause, or what is was not completed: write it as its tier says."""

    remediation: Remediation


class Hold(Struct, frozen=True):
    """It waits, or what is open is as it should be."""

    remediation: Remediation
    reason: str


class Rebuild(Struct, frozen=True):
    """The open pull request gets a new commit on a new base, and a new text."""

    remediation: Remediation
    change: Change


class Reword(Struct, frozen=True):
    """The text of the open pull request or issue is out of date, and nothing else."""

    remediation: Remediation
    change: Change


class Ending(StrEnum):
    """Why the bot closes what it opened."""

    HEALED = "healed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"


class End(Struct, frozen=True):
    """What is open is closed with a comment; `reason` completes it (what came instead, why it cannot be proven)."""

    change: Change
    ending: Ending
    reason: str = ""


class Answer(Struct, frozen=True):
    """Somebody ticked a box of a pull request whose cause is not seen now: it is unticked, and told so."""

    change: Change


class Detain(Struct, frozen=True):
    """Somebody's commits are on a branch that would merge by itself: it waits for a person now."""

    change: Change


Last = End | Answer | Detain
Step = Write | Hold | Rebuild | Reword | Last


def next_step(remediation: Remediation, opened: Change | None, escalated: Change | None) -> Step:
    """Return what to do for a remediation, given the open pull request and the open issue for its fingerprint."""
    if opened is not None:
        return _opened(remediation, opened)
    if remediation.waiting:
        return Hold(remediation, remediation.waiting)
    if remediation.tier is Tier.ESCALATE and escalated is not None:
        if _outdated(remediation, escalated):
            return Reword(remediation, escalated)
        return Hold(remediation, f"a person was asked already: issue {escalated.reference}")
    return Write(remediation)


def _opened(remediation: Remediation, opened: Change) -> Step:
    asked = REBUILD in opened.ticks
    if opened.foreign and not asked:
        return Hold(remediation, f"{opened.reference} holds commits of somebody else: tick its box to have it rebuilt")
    if remediation.tier is Tier.ESCALATE:
        return End(opened, Ending.WITHDRAWN, _refusal(remediation))
    marker = read_marker(remediation.body)
    if asked or opened.unfinished or (marker is not None and marker.plan != opened.plan):
        return Rebuild(remediation, opened)
    if LABEL not in opened.labels:
        # Its branch may be called after an application that is well again.
        return Write(replace(remediation, branch=opened.branch or remediation.branch))
    if _outdated(remediation, opened):
        return Reword(remediation, opened)
    return Hold(remediation, f"pull request {opened.reference} is open for this cause")


def _outdated(remediation: Remediation, change: Change) -> bool:
    marker = read_marker(remediation.body)
    return marker is not None and marker.words != change.words


def endings(
    changes: Iterable[Change], remediations: Iterable[Remediation], healthy: frozenset[str]
) -> tuple[Last, ...]:
    """Return what is to be closed, once what is wanted was written: `changes` has it already.

    `healthy` names the Applications in which nothing was found wrong. What cannot be told stays open.
    """
    present = tuple(changes)
    wanted = {remediation.fingerprint: remediation for remediation in remediations}
    live = [one for one in present if one.state in {ChangeState.OPEN, ChangeState.COMMITTED, ChangeState.ESCALATED}]
    found = [_ending(one, wanted, live, healthy) for one in present]
    return tuple(one for one in found if one is not None)


def _ending(change: Change, wanted: dict[str, Remediation], live: list[Change], healthy: frozenset[str]) -> Last | None:
    if change.state not in {ChangeState.OPEN, ChangeState.ESCALATED}:
        return None
    answer = Answer(change) if REBUILD in change.ticks and change.fingerprint not in wanted else None
    if change.foreign:
        return Detain(change) if change.merging else answer
    if change.fingerprint in wanted:
        treated = [
            one
            for one in live
            if one.fingerprint == change.fingerprint and one.state is not ChangeState.ESCALATED
            if change.state is ChangeState.ESCALATED and wanted[one.fingerprint].tier is not Tier.ESCALATE
        ]
        return End(change, Ending.REPLACED, treated[0].reference) if treated else None
    if change.applications and healthy.issuperset(change.applications):
        return End(change, Ending.HEALED)
    successor = next((one for one in live if _succeeds(one, change, wanted)), None)
    return _succeeded(change, successor, wanted[successor.fingerprint]) if successor else answer


def _succeeds(later: Change, earlier: Change, wanted: dict[str, Remediation]) -> bool:
    """Whether `later` treats the same trouble otherwise, or another in the same application and the same file."""
    if later.fingerprint == earlier.fingerprint or later.fingerprint not in wanted:
        return False
    remediation = wanted[later.fingerprint]
    if set(remediation.causes) & set(earlier.causes):
        return True
    paths = {digest(edit.path) for edit in remediation.edits}
    return bool(set(remediation.applications) & set(earlier.applications) and paths & set(earlier.paths))


def _succeeded(change: Change, later: Change, remediation: Remediation) -> End:
    escalated, asks = (one.state is ChangeState.ESCALATED for one in (change, later))
    same = set(change.causes) & set(remediation.causes)
    if same and asks and not escalated:
        return End(change, Ending.WITHDRAWN, _refusal(remediation))
    return End(change, Ending.REPLACED if same and escalated and not asks else Ending.SUPERSEDED, later.reference)


def _refusal(remediation: Remediation) -> str:
    return next((check.detail for check in remediation.checks if not check.passed), "")
