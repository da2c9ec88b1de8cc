"""sync-refused: a sync is refused for a reason that is no field's: policy, quota, permission, a hook, an outage."""

from __future__ import annotations

from gitops_bot.model.diagnosis import Diagnosis, Resync
from gitops_bot.model.incident import Incident
from gitops_bot.reason.conclusion import Conclusion, diagnosis, escalate, leave_alone
from gitops_bot.reason.reading.refusal import Kind, kind, refused
from gitops_bot.reason.wording import listed, one_line, quoted

_RULE = "sync-refused"
_OF_OTHERS = (Kind.IMMUTABLE, Kind.INVALID, Kind.NO_KIND, Kind.NO_NAMESPACE)
_REASONS = {
    Kind.POLICY: "a policy, quota or permission stands against it, and which side gives way is for a person",
    Kind.HOOK: "a sync hook failed, and what it has done, to data too, is not taken back by a change in Git",
    Kind.INVALID: "Argo CD does not say which object has the value that is refused",
    Kind.IMMUTABLE: "Argo CD does not say which object has the field that cannot change",
    Kind.OTHER: "the cluster's message is none that the rules know",
}


def sync_refused(incident: Incident) -> Diagnosis | None:
    """Decide the refusals that no other rule took: people are told why, outages are left to Argo CD's retries."""
    refusals = refused(incident)
    if not refusals or refused(incident, *_OF_OTHERS):
        return None
    first = refusals[0]
    objects = listed(one_line(str(signal.resource), 200) for signal in refusals)
    cause = f"the sync of {objects} is refused: {quoted(first.message)}"
    why = kind(first)
    if why is Kind.TRANSIENT:
        if _given_up(incident):
            said = f"{cause}; Argo CD has used up its tries"
            return diagnosis(incident, Conclusion(rule=_RULE, cause=said, confidence=76, remedy=Resync()))
        reason = (
            f"the cluster or an admission web-hook did not answer ({quoted(first.message, 160)}); Argo CD tries again"
        )
        return leave_alone(incident, _RULE, cause, reason, 80)
    return escalate(incident, _RULE, cause, _REASONS.get(why, _REASONS[Kind.OTHER]), 85 if why in _REASONS else 60)


def _given_up(incident: Incident) -> bool:
    """Return whether only a new commit makes Argo CD try again: it syncs each commit of itself once."""
    application = incident.application
    operation = application.status.operation_state
    ended = operation is not None and operation.phase in {"Failed", "Error"}
    return ended and application.automated and not application.self_heals
