"""One session of a command: settings read, adapters wired, and what came of it told on every channel there is."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from gitops_bot.act import Context
from gitops_bot.applying import Carrier, Moment
from gitops_bot.checking import check_place, check_plan
from gitops_bot.model.change import Receipt
from gitops_bot.model.incident import Estate
from gitops_bot.model.json import Json
from gitops_bot.model.plan import Plan
from gitops_bot.notify import append_summary, outputs, summary, write_outputs
from gitops_bot.pipeline import make_plan, observe
from gitops_bot.plan_document import digest_of
from gitops_bot.settings import Settings, read_settings
from gitops_bot.tracing import SILENT, Recorder, Wanted, record_receipt, recorder
from gitops_bot.untrusted import for_log
from gitops_bot.wiring import Wiring


class Session:
    """Plans and applies in one checkout at one moment (`now`, UTC)."""

    def __init__(self, settings: Settings, wiring: Wiring, now: datetime, recorder: Recorder = SILENT) -> None:
        self.settings = settings
        self._wiring = wiring
        self._now = now
        self._recorder = recorder

    def observe(self) -> Estate:
        """Look at the estate."""
        self._wiring.local_configuration()
        return observe(self._wiring, self._recorder)

    def plan(self, seen: Estate | None = None) -> Plan:
        """Return what should be done about the estate as it is now, or was `seen`. Writes nothing."""
        return make_plan(self._wiring, seen or self.observe(), self._place(), self._now, self._recorder)

    def apply(self, plan: Plan) -> tuple[Receipt, ...]:
        """Check the plan against the repository and carry it out. Raises PlanRefused before anything is written."""
        self._recorder.join(plan.trace)
        with self._recorder.span("act") as span:
            receipts = []
            for receipt in self._carried_out(plan):
                record_receipt(span, receipt)
                receipts.append(receipt)
        return tuple(receipts)

    def _carried_out(self, plan: Plan) -> Iterable[Receipt]:
        wiring = self._wiring
        if wiring.forge is None and not plan.remediations:
            return ()
        forge = wiring.required_forge()
        remembered = wiring.remembered
        context = self._place(wiring.branch)
        check_place(plan, context, self._now)
        if not (plan.remediations or plan.held or remembered.changes or remembered.dashboard):
            return ()
        head = wiring.repository.head(wiring.branch)
        policy = wiring.policy(head)
        check_plan(plan, wiring.repository, context, policy, self._now)
        changes = wiring.changes(head, plan.compared) if plan.remediations or plan.held else remembered.changes
        moment = Moment(policy=policy, changes=changes, dashboard=remembered.dashboard, now=self._now)
        return Carrier(plan, wiring.repository, forge, moment).carry_out()

    def _place(self, branch: str = "") -> Context:
        return Context(server_url=self.settings.server_url, repository=self.settings.repository, branch=branch)

    def publish(self, plan: Plan, receipts: tuple[Receipt, ...] = ()) -> None:
        """Write the job summary and the step's outputs where a workflow asked for them."""
        with self._recorder.span("notify"):
            if self.settings.step_summary:
                append_summary(Path(self.settings.step_summary), summary(plan, receipts))
            if self.settings.output:
                given = {**outputs(plan, receipts), "plan-digest": digest_of(plan)}
                write_outputs(Path(self.settings.output), given)


@contextmanager
def open_session(directory: Path, now: datetime, command: str = "run") -> Iterator[Session]:
    """Open a session in a checkout with the process's settings; everything it opened is closed at the end.

    What happens in it is recorded as `command`, where the settings want that.
    """
    settings = read_settings()
    with (
        _recorder(settings) as recording,
        recording.span(f"gitops-bot {command}"),
        Wiring(settings, directory, now) as wiring,
    ):
        yield Session(settings, wiring, now, recording)


def _recorder(settings: Settings) -> AbstractContextManager[Recorder]:
    given = settings.tracing
    wanted = Wanted(
        decision_log=given.decision_log,
        base=given.base,
        endpoint=given.endpoint,
        headers=given.headers.reveal(),
        contents=given.contents,
    )
    resource: dict[str, Json] = {
        "vcs.repository.name": settings.repository or None,
        "vcs.repository.url.full": f"{settings.server_url}/{settings.repository}" if settings.repository else None,
        "cicd.pipeline.run.id": given.run or None,
    }
    return recorder(wanted, resource, lambda said: sys.stderr.write(f"gitops-bot: {for_log(said)}\n"))


def conclude(plan: Plan | None, receipts: tuple[Receipt, ...] = ()) -> int:
    """Return 1 where a part of the estate could not be judged or written (told on standard error), else 0."""
    unjudged = sorted({one.application for one in plan.skipped if one.problem}) if plan is not None else []
    failed = [receipt for receipt in receipts if receipt.failed]
    if unjudged:
        sys.stderr.write(f"gitops-bot: not judged, for the reasons given above: {', '.join(unjudged)}\n")
    for receipt in failed:
        sys.stderr.write(f"gitops-bot: not written: {receipt.summary}\n")
    return 1 if unjudged or failed else 0


def tell(text: str) -> None:
    """Print a text on standard output."""
    sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
    sys.stdout.flush()


def colourful() -> bool:
    """Whether standard output is a terminal."""
    return sys.stdout.isatty()
