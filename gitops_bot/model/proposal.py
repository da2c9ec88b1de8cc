"""A remedy that has been located and proven (or not), before policy has its say."""

from __future__ import annotations

from msgspec import Struct

from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.plan import Check, Edit, GitChange, RenderedChange, Tier


class Proposal(Struct, frozen=True, kw_only=True):
    """One remediation to be judged.

    `diagnoses` has one entry for each incident that it ends (the first is the leading one); `proof`
    lists what was checked by rendering; `readers` are other applications that read the edited files and stay as they are; `refusal` is empty, or
    says why no edit can be made or proven: then `edits` is empty and a person must look. A resync without
    edits is an empty commit.
    """

    fingerprint: str
    diagnoses: tuple[Diagnosis, ...]
    edits: tuple[Edit, ...] = ()
    rendered: tuple[RenderedChange, ...] = ()
    rendered_diff: str = ""
    proof: tuple[Check, ...] = ()
    readers: tuple[str, ...] = ()
    origin: GitChange | None = None
    refusal: str = ""

    @property
    def applications(self) -> tuple[str, ...]:
        """The names of the applications that it repairs, sorted."""
        return tuple(sorted({diagnosis.incident.application.name for diagnosis in self.diagnoses}))


class Verdict(Struct, frozen=True, kw_only=True):
    """How far a proposal may go, with each check that led there."""

    tier: Tier
    checks: tuple[Check, ...]
    waiting: str = ""
