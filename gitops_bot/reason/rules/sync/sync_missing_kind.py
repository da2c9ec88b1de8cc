"""sync-missing-kind: Git declares an object of a kind that the cluster does not know (its CRD is not installed)."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, RevertRelease
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import Conclusion, diagnosis
from gitops_bot.reason.reading.refusal import Kind, refused
from gitops_bot.reason.wording import count, one_line, quoted


def sync_missing_kind(incident: Incident) -> Diagnosis | None:
    """Decide where a kind is unknown. Soon after, the CRD may still be on its way from another application."""
    refusals = refused(incident, Kind.NO_KIND)
    if not refusals:
        return None
    first = refusals[0]
    unknown = one_line(f"{first.resource.kind}.{first.resource.group}".rstrip("."), 200)
    more = f" (and {count(len(refusals) - 1, 'more object')})" if len(refusals) > 1 else ""
    cause = (
        f"the cluster knows no kind {unknown}, so {one_line(str(first.resource))}{more} "
        f"cannot be created: {quoted(first.message)}"
    )
    surely = 78 if len({signal.resource for signal in refusals}) == 1 and first.attempts > 1 else 60
    remedy = RevertRelease(resource=first.resource)
    return diagnosis(incident, Conclusion(rule="sync-missing-kind", cause=cause, confidence=surely, remedy=remedy))
