"""A remedy that has been located and proven (or not), before policy has its say."""

from __future__ import annotations

import re

from msgspec import Struct

from gitops_bot.model.diagnosis import Case, RevertRelease
from gitops_bot.model.difference import FieldChange, ObjectChange
from gitops_bot.model.incident import Trouble
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Check, Edit, GitChange, Remediation, RenderedChange, Tier
from gitops_bot.model.resource import ResourceKey

HISTORY = "one live change for a cause"
# Checks that say when something is written, and nothing of what it is.
TIMELY = frozenset({"kill switch", HISTORY, "dwell time", "freezes", "cool-down", "limits"})
_IMAGE = re.compile(r"(?P<repository>[^@]+?)(?P<version>(?::[^:/@]+)?(?:@[^@]+)?)")


class ReturnTo(Struct, frozen=True, kw_only=True):
    """What changes must be as it was at the commit `good`; `suspects` are the fields that must be among it."""

    good: str
    suspects: tuple[ObjectChange, ...] = ()


class RenderAgain(Struct, frozen=True, kw_only=True):
    """Rendering must work again, and give what it gave at the commit `good`."""

    good: str


class FieldsBecome(Struct, frozen=True, kw_only=True):
    """Exactly these fields of one object must change, to exactly these values."""

    resource: ResourceKey
    values: tuple[tuple[str, Json], ...]


class NothingMoves(Struct, frozen=True, kw_only=True):
    """No rendered byte may change: the commit is only a reason to sync."""


Intent = ReturnTo | RenderAgain | FieldsBecome | NothingMoves


class Candidate(Struct, frozen=True, kw_only=True):
    """One way to make a remedy true in Git, with what rendering must show for it.

    `subject` names the application whose render shows the intent (the parent, where an Application's own manifest is
    edited); `contents` are the new file contents (None: the file goes away).
    """

    subject: str
    edits: tuple[Edit, ...]
    contents: dict[str, bytes | None]
    intent: Intent
    origin: GitChange | None = None
    how: str = ""


class NotLocated(Struct, frozen=True, kw_only=True):
    """No edit in this repository can express the remedy: why, and what would make it possible.

    `settled` says that none is wanted either: Git says it already, or another repository owns it.
    """

    reason: str
    settled: bool = False


class Proof(Struct, frozen=True, kw_only=True):
    """What rendering showed for a candidate: either `refusal` is empty, or it says why the candidate must not be used.

    `moved` are the applications whose rendered objects change, `readers` those that read the files and stay the same;
    `doubt` is taken off the confidence where our render is not quite Argo CD's.
    """

    checks: tuple[Check, ...] = ()
    rendered: tuple[RenderedChange, ...] = ()
    moved: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    doubt: int = 0
    refusal: str = ""


class ImageRelease(Struct, frozen=True, kw_only=True):
    """An image of a bad release: `bad` is its version (`:TAG`, `@DIGEST` or both), `good` the one before."""

    repository: str
    bad: str
    good: str

    @property
    def name(self) -> str:
        """The bad image as people call it: `payments:v2.3.1`."""
        return self.repository.rpartition("/")[2] + self.bad


class Proposal(Struct, frozen=True, kw_only=True):
    """One remediation to be judged.

    `cases` has one entry for each incident that it ends (the first is the leading one); `proof` lists what was checked
    by rendering; `readers` are other applications that read the edited files and stay as they are; `refusal` is empty,
    or says why no edit can be made or proven: then `edits` is empty and a person must look. A resync without edits is
    an empty commit.
    """

    fingerprint: str
    cases: tuple[Case, ...]
    edits: tuple[Edit, ...] = ()
    rendered: tuple[RenderedChange, ...] = ()
    proof: tuple[Check, ...] = ()
    readers: tuple[str, ...] = ()
    origin: GitChange | None = None
    how: str = ""
    refusal: str = ""

    @property
    def applications(self) -> tuple[str, ...]:
        """The names of the applications that it repairs, sorted."""
        return tuple(sorted({case.application for case in self.cases}))

    @property
    def image(self) -> ImageRelease | None:
        """The one image that it takes back, where it changes nothing else, and the failing objects run it."""
        ends = {Trouble.RUNTIME, Trouble.HEALTH}
        if not all(isinstance(one.remedy, RevertRelease) and one.trouble in ends for one in self.cases):
            return None
        objects = [change for one in self.rendered for change in one.objects]
        found = {release for change in objects for field in change.fields if (release := _image(field))}
        running = {_object(change.key) for change in objects if any(map(_image, change.fields))}
        if len(found) != 1 or not self.edits or not {_object(one.resource) for one in self.cases} <= running:
            return None
        release = found.pop()
        return release if all(_follows(change, release) for change in objects) else None


def _object(key: ResourceKey) -> tuple[str, str, str]:
    # A manifest need not say the namespace that its object lives in.
    return key.group, key.kind, key.name


def _image(field: FieldChange) -> ImageRelease | None:
    """Return the release that a field takes back, None where it is no image, or becomes another one."""
    if not field.pointer.endswith("/image") or not isinstance(field.before, str) or not isinstance(field.after, str):
        return None
    bad, good = _IMAGE.fullmatch(field.before), _IMAGE.fullmatch(field.after)
    if bad is None or good is None or bad["repository"] != good["repository"]:
        return None
    return ImageRelease(repository=bad["repository"], bad=bad["version"], good=good["version"])


def _follows(change: ObjectChange, release: ImageRelease) -> bool:
    """Whether all that changes in an object is the image, or is made of its version: a label, a child's values."""
    bad, good = release.bad.lstrip(":@"), release.good.lstrip(":@")
    return bool(change.fields) and all(
        isinstance(one.before, str) and bool(bad) and one.before.replace(bad, good) == one.after
        for one in change.fields
    )


class Verdict(Struct, frozen=True, kw_only=True):
    """How far a proposal may go, with each check that led there.

    `waiting` says why nothing is written now.
    """

    tier: Tier
    checks: tuple[Check, ...]
    waiting: str = ""

    @property
    def failed(self) -> bool:
        """Whether the same remedy was applied before and did not help."""
        return not self.waiting and any(check.name == HISTORY and not check.passed for check in self.checks)


def verdict_of(remediation: Remediation) -> Verdict:
    """Return how a remediation of a plan was judged."""
    return Verdict(tier=remediation.tier, checks=remediation.checks, waiting=remediation.waiting)


def proposal_of(remediation: Remediation) -> Proposal:
    """Return what a remediation of a plan was judged by and composed from."""
    return Proposal(
        fingerprint=remediation.fingerprint,
        cases=remediation.cases,
        edits=remediation.edits,
        rendered=remediation.rendered,
        proof=remediation.proof,
        readers=remediation.readers,
        origin=remediation.origin,
        how=remediation.how,
        refusal=remediation.refusal,
    )
