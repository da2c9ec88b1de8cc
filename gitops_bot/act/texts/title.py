"""Titles and names: one line that says which application, what is done and why."""

from __future__ import annotations

import re

from gitops_bot.model.diagnosis import IgnoreDifference, Resync, RevertRelease, SetField
from gitops_bot.model.json import pointer_tokens
from gitops_bot.model.plan import Tier
from gitops_bot.model.proposal import Proposal
from gitops_bot.untrusted import clip, for_commit

LONGEST = 72
_LEAST_CAUSE = 10

# What the cause classes mean, in the fewest words; one that is not here is read out as it is written.
CAUSES = {
    "autoscaler-without-metrics": "the autoscaler has no metrics",
    "canary-aborted": "the canary was aborted",
    "canary-failing": "the canary's pods fail",
    "drift-autoscaler": "an autoscaler sets it too",
    "drift-by-controller": "a controller keeps changing it",
    "drift-by-hand": "changed by hand",
    "drift-not-automated": "out of sync, and not synced by itself",
    "image-not-found": "the image does not exist",
    "job-failing": "a job fails",
    "missing-configuration": "configuration that it needs is missing",
    "out-of-memory": "new pods run out of memory",
    "node-trouble": "its nodes are in trouble",
    "pod-refused": "the cluster refuses its pods",
    "probe-failing": "new pods fail their probes",
    "release-crash": "new pods crash",
    "render-bad-values": "its values do not render",
    "render-failure": "Argo CD cannot render it",
    "render-missing-base": "a file it names is missing",
    "render-unreachable": "its source cannot be read",
    "rollout-invalid-spec": "the Rollout is invalid",
    "sync-immutable-field": "an immutable field was changed",
    "sync-invalid-value": "the API refuses a value",
    "sync-missing-kind": "a kind that the cluster does not know",
    "sync-missing-namespace": "its namespace is missing",
    "sync-refused": "the cluster refuses the sync",
    "unschedulable": "new pods find no node",
}


def title(proposal: Proposal, tier: Tier) -> str:
    """Return the title: plain text on one line, 72 characters where the names allow it."""
    names = proposal.applications
    who = names[0] if names else "gitops-bot"
    if len(names) > 1:
        who += f" and {len(names) - 1} more"
    deed = "needs a person" if tier is Tier.ESCALATE else _deed(proposal)
    head = for_commit(f"{who}: {deed}", 200)
    room = LONGEST - len(head) - len(", ")
    cause = for_commit(_cause(proposal))
    return f"{head}, {clip(cause, room)}" if room >= min(_LEAST_CAUSE, len(cause)) else f"{head}, {clip(cause, 40)}"


def _cause(proposal: Proposal) -> str:
    if not proposal.cases:
        return "unknown cause"
    cause_class = proposal.cases[0].cause_class
    return CAUSES.get(cause_class, cause_class.replace("-", " "))


def _deed(proposal: Proposal) -> str:
    remedy = proposal.cases[0].remedy if proposal.cases else None
    if isinstance(remedy, RevertRelease):
        return f"roll back {_released(proposal)}"
    if isinstance(remedy, Resync):
        return "sync again"
    if isinstance(remedy, SetField):
        return f"{'drop' if remedy.value is None else 'set'} {_last(remedy.pointer)}"
    if isinstance(remedy, IgnoreDifference):
        return f"leave {' and '.join(_last(pointer) for pointer in remedy.pointers)} to its owner"
    return "needs a person"


def _last(pointer: str) -> str:
    steps = [step for step in pointer_tokens(pointer) if step and not step.isdecimal()]
    return ".".join(steps[-2:]) if steps and steps[-1] in {"memory", "cpu"} else (steps[-1] if steps else "a field")


def _released(proposal: Proposal) -> str:
    """Name the release that goes away: the image where several files name it, else its tag, else the commit."""
    if len(proposal.edits) > 1 and proposal.image:
        return proposal.image.name
    tags = {tag for tag in _image_tags(proposal) if tag}
    if len(tags) == 1:
        return tags.pop()
    return proposal.origin.commit[:7] if proposal.origin else "the last change"


def _image_tags(proposal: Proposal) -> list[str]:
    fields = [field for one in proposal.rendered for change in one.objects for field in change.fields]
    images = [field.before for field in fields if field.pointer.endswith("/image") and isinstance(field.before, str)]
    return [_tag(image) for image in images]


def _tag(image: str) -> str:
    named = image.partition("@")[0].rpartition("/")[2]
    found = re.search(r":([\w][\w.-]{0,40})$", named)
    tag = found.group(1) if found else ""
    return f"image {tag}" if tag.isdecimal() else tag


def branch_name(proposal: Proposal) -> str:
    """Return `gitops-bot/APP/FINGERPRINT`, a name that Git takes whatever the application is called."""
    first = proposal.applications[0] if proposal.applications else "estate"
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", first).strip("-")[:80] or "application"
    return f"gitops-bot/{safe}/{proposal.fingerprint}"
