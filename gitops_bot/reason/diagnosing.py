"""From an incident to its diagnosis: the first rule that does not abstain, else an honest shrug."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from gitops_bot.model.diagnosis import Diagnosis, LeaveAlone
from gitops_bot.model.incident import Incident, Skipped
from gitops_bot.reason.classes import UNDECIDED
from gitops_bot.reason.conclusion import escalate, is_down, leave_alone
from gitops_bot.reason.evidence import summary
from gitops_bot.reason.registry import RULES
from gitops_bot.reason.wording import one_line

_FAILED = frozenset({"Failed", "Error"})


def diagnose(incident: Incident) -> Diagnosis:
    """Return what the rules conclude about an incident; where none decides, a diagnosis of the rule `undecided`.

    Undecided trouble is escalated only where the application is down or its last sync failed; what is still under way
    is left alone until the next run.
    """
    for rule in RULES[incident.trouble].values():
        if found := rule(incident):
            return found
    status = incident.application.status
    failed = status.operation_state is not None and status.operation_state.phase in _FAILED
    cause = f"no rule explains what is wrong with {one_line(str(incident.resource), 200)}: {summary(incident)}"
    if is_down(incident) or failed:
        state = status.health.status if is_down(incident) else "out of sync after a failed sync"
        return escalate(incident, UNDECIDED, cause, f"the application is {state} and no rule decides why", 30)
    reason = f"{one_line(str(incident.resource), 200)} shows {summary(incident)}, which proves nothing yet"
    return leave_alone(incident, UNDECIDED, cause, reason, 30)


def left_alone(diagnoses: Iterable[Diagnosis]) -> tuple[Skipped, ...]:
    """Return one `Skipped` for each application of which something is left alone, its reasons in one line, by name."""
    reasons: dict[str, list[str]] = defaultdict(list)
    for diagnosis in diagnoses:
        if isinstance(diagnosis.remedy, LeaveAlone):
            reasons[diagnosis.incident.application.name].append(diagnosis.remedy.reason)
    return tuple(
        Skipped(application=application, reason="; ".join(dict.fromkeys(reasons[application])))
        for application in sorted(reasons)
    )
