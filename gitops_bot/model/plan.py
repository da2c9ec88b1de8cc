"""The plan: what one run would do, complete enough that another process can check all of it and do exactly that.

The structures are the document: `plan` writes them as JSON and `apply` reads them strictly (unknown fields are an
error). The JSON schema in `docs/schema/plan.json` is made from them.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta, Struct

from gitops_bot.model.diagnosis import Action, Case, Evidence, Remedy
from gitops_bot.model.dialogue import Bill
from gitops_bot.model.difference import ObjectChange
from gitops_bot.model.incident import Skipped
from gitops_bot.model.json import Json
from gitops_bot.model.resource import ResourceKey

Sha = Annotated[str, Meta(pattern="^[0-9a-f]{40}$")]
Fingerprint = Annotated[str, Meta(pattern="^[0-9a-f]{12}$")]
RepositoryPath = Annotated[str, Meta(min_length=1, max_length=1024)]
Traceparent = Annotated[str, Meta(pattern="^(00-[0-9a-f]{32}-[0-9a-f]{16}-01)?$")]


class Tier(StrEnum):
    """How far a remediation may go by itself, lowest trust last."""

    COMMIT = "commit"
    AUTO_MERGE = "auto_merge"
    APPROVE = "approve"
    ESCALATE = "escalate"


TIERS = tuple(Tier)


class Operation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One RFC 6902 operation."""

    op: Literal["test", "replace", "add", "remove"]
    path: str
    value: Json = None


class FieldPatch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="field-patch"):
    """Operations on one YAML document of a file.

    `inside` leads to YAML inside YAML: RFC 6901 pointers to the block scalars that hold the next document, outermost
    first.
    """

    document: int
    operations: tuple[Operation, ...]
    inside: tuple[str, ...] = ()


class HunkReversal(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="hunk-reversal"):
    """All that `commits` (newest first) did to the file, taken back, and nothing else that came later."""

    commits: tuple[Sha, ...]


class CommentTouch(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="comment-touch"):
    """One comment line at the end of a YAML file, added or replaced: a change of bytes that changes no meaning."""

    text: Annotated[str, Meta(pattern="^[ -~]{1,120}$")]


class Edit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One file's change.

    `base` is the blob id that the change starts from (None: the file is not there), `result` the blob id that it must
    give (None: the file goes away); `diff` shows it to people.
    """

    path: RepositoryPath
    change: FieldPatch | HunkReversal | CommentTouch
    base: Sha | None
    result: Sha | None
    diff: str


class GitChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The commit with which the trouble began. Times are UTC; the subject is untrusted text."""

    commit: Sha
    subject: str
    author: str
    committed_at: datetime
    deployed_at: datetime | None = None
    good: Sha | None = None


class Check(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One question that the guard asked, its answer, and what would lift a refusal."""

    name: str
    passed: bool
    detail: str
    lift: str = ""


class RenderedChange(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the rendered objects of one application change."""

    application: str
    objects: tuple[ObjectChange, ...]


class Remediation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One change to Git with all that speaks for it.

    `fingerprint` is a hash of the cause (source, resource, field, cause class), never of values or pod names. `base` of
    the edits is at the plan's commit. A remediation without edits is an empty commit (`force_sync`) or an escalation.
    `cases`, `proof`, `readers`, `how` and `refusal` are those of its proposal: with edits, rendered changes and origin
    they are all that policy and texts are made of, so that another process can make them again. `waiting` says why it
    is not written now, if so.
    """

    fingerprint: Fingerprint
    applications: tuple[str, ...]
    action: Action
    remedy: Remedy
    rule: str
    cause_class: str
    cause: str
    confidence: Annotated[int, Meta(ge=0, le=100)]
    evidence: tuple[Evidence, ...]
    resources: tuple[ResourceKey, ...]
    tier: Tier
    checks: tuple[Check, ...]
    edits: tuple[Edit, ...]
    rendered: tuple[RenderedChange, ...]
    rendered_diff: str
    branch: str
    title: str
    body: str
    commit_message: str
    cases: tuple[Case, ...]
    proof: tuple[Check, ...]
    readers: tuple[str, ...]
    how: str
    refusal: str
    waiting: str
    since: datetime | None = None
    origin: GitChange | None = None

    @property
    def causes(self) -> tuple[str, ...]:
        """The fingerprints of what was diagnosed, each once: they stay where other edits are made, or none."""
        return tuple(dict.fromkeys(case.named for case in self.cases if case.named))


class Reasoned(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What language models had to do with a plan: the bill, why none answered, and which incidents they left open."""

    bill: Bill = Bill()
    note: str = ""
    open: tuple[Skipped, ...] = ()


class Plan(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one run would do, on the commit that it looked at.

    `held` are remediations that wait (an open pull request, a limit, a freeze); `healthy` names the Applications in
    which nothing was found wrong. `trace` is the W3C traceparent under which the making of it was recorded. `digest` is
    of the document itself: see `plan_document`.
    """

    version: Literal[1] = 1
    created_at: datetime
    repository: str
    branch: str
    commit: Sha | None
    remediations: tuple[Remediation, ...] = ()
    skipped: tuple[Skipped, ...]
    held: tuple[Remediation, ...] = ()
    healthy: tuple[str, ...] = ()
    reasoned: Reasoned = Reasoned()
    trace: Traceparent = ""
    digest: str = ""

    @property
    def trace_id(self) -> str:
        """The trace's id alone, empty where nothing was recorded."""
        return self.trace[3:35]

    @property
    def compared(self) -> dict[str, str]:
        """The commit that Argo CD last compared each Application in trouble with, empty where unknown."""
        return {case.application: case.compared for one in (*self.remediations, *self.held) for case in one.cases}
