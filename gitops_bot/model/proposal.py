"""A remedy that has been located and proven (or not), before policy has its say."""

from __future__ import annotations

from msgspec import Struct

from gitops_bot.model.diagnosis import Case
from gitops_bot.model.difference import ObjectChange
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Check, Edit, GitChange, Remediation, RenderedChange, Tier
from gitops_bot.model.resource import ResourceKey

HISTORY = "one live change for a cause"
# Checks that say when something is written, and nothing of what it is.
TIMELY = frozenset({"kill switch", HISTORY, "dwell time", "freezes", "cool-down", "limits"})


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
