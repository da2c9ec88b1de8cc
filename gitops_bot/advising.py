"""Models are asked about what the rules leave open: once for each cause, and not while a person has it on the forge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec.structs import replace

from gitops_bot.clients.fleet import Fleet
from gitops_bot.guard import Policy
from gitops_bot.model.change import Change, ChangeState
from gitops_bot.model.diagnosis import Diagnosis
from gitops_bot.model.incident import Estate, Skipped
from gitops_bot.model.plan import Reasoned
from gitops_bot.proposing import named
from gitops_bot.reason.agent import Counsel, advise, undecided
from gitops_bot.tracing import SILENT, Conversations, Recorder


class Sources(Protocol):
    """What planning reads, each opened only when it is first asked for."""

    def observe(self) -> Estate:
        """Return what Argo CD shows now."""

    def policy(self, commit: str) -> Policy:
        """Return the policy at a commit of the default branch."""

    def fleet(self, estate: Estate) -> Fleet:
        """Return the config repository with the estate's applications."""

    def changes(self, commit: str, compared: Mapping[str, str]) -> tuple[Change, ...]:
        """Return what the bot has written before."""

    def counsel(self, fleet: Fleet) -> tuple[Counsel, str]:
        """Return all that models are asked with, and what people must be told of it."""


def advised(
    diagnoses: Sequence[Diagnosis], estate: Estate, sources: Sources, recorder: Recorder = SILENT
) -> tuple[tuple[Diagnosis, ...], Reasoned]:
    """Return the diagnoses, those that rules left open as models see them, and what came of asking.

    Where rules decide everything nothing is opened and nobody is asked.
    """
    if not any(undecided(one) for one in diagnoses):
        return tuple(diagnoses), Reasoned()
    fleet = sources.fleet(estate)
    counsel, remark = sources.counsel(fleet)
    if not counsel.large:
        return tuple(diagnoses), Reasoned(note=remark)
    counsel = _recorded(counsel, recorder)
    known = _treated(sources.changes(fleet.commit, {}))
    advice = advise(diagnoses, replace(counsel, treated=lambda one: known.get(named(fleet, one), "")))
    left = tuple(
        Skipped(application=diagnoses[index].incident.application.name, reason=one.reason)
        for index, one in advice.abstained.items()
    )
    note = "; ".join(part for part in (advice.note, remark) if part)
    return advice.diagnoses, Reasoned(bill=advice.bill, note=note, open=left)


def _recorded(counsel: Counsel, recorder: Recorder) -> Counsel:
    conversations = Conversations(recorder, counsel.marks.redact)
    return replace(
        counsel,
        small=tuple(map(conversations.model, counsel.small)),
        large=tuple(map(conversations.model, counsel.large)),
        toolbox_for=lambda incident: tuple(map(conversations.tool, counsel.toolbox_for(incident))),
        about=conversations.about,
    )


def _treated(changes: Sequence[Change]) -> dict[str, str]:
    """Return what is open on the forge for causes about which a model was asked: it was paid for once."""
    words = {ChangeState.OPEN: "pull request", ChangeState.ESCALATED: "issue"}
    return {
        cause: f"{words[change.state]} {change.reference}"
        for change in changes
        if change.state in words and change.asked
        for cause in change.causes
    }
