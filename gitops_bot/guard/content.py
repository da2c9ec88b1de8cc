"""Checks on what a proposal is: expressible, sure, agreed upon, and nothing that no machine may change by itself."""

from __future__ import annotations

import re

from gitops_bot.configuration import Configuration
from gitops_bot.guard.finding import Finding, finding
from gitops_bot.guard.overrides import Rules
from gitops_bot.guard.protection import protected_fields, protected_objects, protected_paths, schema_changes, size
from gitops_bot.model.diagnosis import ACTIONS, Escalate, LeaveAlone
from gitops_bot.model.proposal import Proposal

_CORRUPTION = re.compile(r"corrupt|checksum (mismatch|fail)|data loss|split.?brain", re.IGNORECASE)


def content_checks(proposal: Proposal, rules: Rules, configuration: Configuration) -> list[Finding]:
    """Return what is asked of every proposal whenever it comes."""
    return [
        _expressible(proposal),
        _confidence(proposal, rules.minimum_confidence),
        _agreement(proposal),
        _data(proposal),
        _paths(proposal, configuration),
        _fields(proposal, configuration),
        _objects(proposal),
        _schema(proposal),
        _size(proposal, configuration),
    ]


def _expressible(proposal: Proposal) -> Finding:
    handed = [one.remedy for one in proposal.cases if isinstance(one.remedy, Escalate | LeaveAlone)]
    problem = proposal.refusal or "; ".join(dict.fromkeys(remedy.reason for remedy in handed))
    if not proposal.cases:
        problem = problem or "no diagnosis stands behind it"
    return finding("can be expressed and proven in Git", problem, _fine(proposal), "a person must decide and edit Git")


def _fine(proposal: Proposal) -> str:
    count = len({edit.path for edit in proposal.edits})
    return f"{count} file{'' if count == 1 else 's'}" if count else "an empty commit"


def _confidence(proposal: Proposal, wanted: int) -> Finding:
    least = min((case.confidence for case in proposal.cases), default=0)
    problem = f"{least} is below {wanted}" if least < wanted else ""
    lift = "more evidence, or a lower `minimum-confidence` in .gitops-bot.yaml"
    return finding("confidence", problem, f"{least}, at least {wanted} is asked for", lift)


def _agreement(proposal: Proposal) -> Finding:
    actions = sorted({ACTIONS[type(one.remedy)] for one in proposal.cases if type(one.remedy) in ACTIONS})
    problem = f"the signals point to different remedies: {', '.join(actions)}" if len(actions) > 1 else ""
    return finding(
        "signals agree", problem, "one remedy for all of them", "a person must tell which cause is the right one"
    )


def _data(proposal: Proposal) -> Finding:
    texts = [one.cause for one in proposal.cases]
    texts += [row.value for one in proposal.cases for row in one.evidence]
    found = next((match.group() for text in texts if (match := _CORRUPTION.search(text))), "")
    problem = f"the evidence speaks of {found!r}" if found else ""
    return finding("no sign of damaged data", problem, "none", "a person must make sure that the data is sound")


def _paths(proposal: Proposal, configuration: Configuration) -> Finding:
    problem = _listed(protected_paths(proposal, configuration))
    return finding("protected files", problem, "none is touched", "a person must edit protected files")


def _fields(proposal: Proposal, configuration: Configuration) -> Finding:
    problem = _listed(protected_fields(proposal, configuration.protected_fields))
    return finding("protected fields", problem, "none changes", "take the field out of `protected-fields`, or edit it")


def _objects(proposal: Proposal) -> Finding:
    problem = _listed(protected_objects(proposal))
    return finding("security and API objects", problem, "none is touched", "a person must change security objects")


def _schema(proposal: Proposal) -> Finding:
    problem = _listed(schema_changes(proposal))
    return finding("database schema", problem, "no migration is touched", "a person must judge a schema change")


def _size(proposal: Proposal, configuration: Configuration) -> Finding:
    files, lines = size(proposal)
    most = configuration.size
    problem = ""
    if files > most.files or lines > most.lines:
        problem = f"{files} files and {lines} lines, at most {most.files} and {most.lines} are allowed"
    lift = "a person must make so large a change, or `size` in .gitops-bot.yaml must allow it"
    fine = f"{files} file{'' if files == 1 else 's'}, {lines} changed line{'' if lines == 1 else 's'}"
    return finding("size", problem, fine, lift)


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
