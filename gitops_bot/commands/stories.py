"""The demo's stories: what happened, what the bot writes, what a person does, and the application that heals."""

from __future__ import annotations

import signal
import tempfile
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
from msgspec import Struct

from gitops_bot.clients.rendering import Tools
from gitops_bot.commands.session import Session, tell
from gitops_bot.model.change import Change, Receipt
from gitops_bot.model.plan import Plan, Remediation
from gitops_bot.sandbox.server import RecordingAt, Sandbox
from gitops_bot.settings import read_settings
from gitops_bot.wiring import Wiring

HEALTHY, CANARY, REVERTED, INCIDENTS = "eea9963", "2b4a2f8", "e283de8", "01b9168"
CATALOG = "charts/catalog/values-production.yaml"


class Stage(Struct, frozen=True):
    """Where the recordings are, and what this machine can render with."""

    fixtures: Path
    path: str
    tools: Tools

    def recording(self, name: str, commit: str) -> RecordingAt:
        """Return one recording and the commit that it belongs to."""
        return RecordingAt(self.fixtures / "recordings" / name, commit)

    @property
    def repository(self) -> Path:
        """The config repository behind the recordings."""
        return self.fixtures / "repositories" / "fleet.bundle"


def crashing_canary(stage: Stage) -> bool:
    """Play the canary that crashes while Argo CD still says Progressing; True where it heals or is left out."""
    if stage.tools.kustomize is None:
        _say("Left out: the crashing canary. Its manifests are Kustomize's, and kustomize is not installed.")
        return True
    _title("A canary crashes in production")
    _say(
        "payments v2.3.1 goes to production. The one canary pod crashes; Argo CD will say `Progressing` for ten "
        "minutes before it says `Degraded`. The bot looks into the resource tree, and needs no ten minutes."
    )
    recordings = [stage.recording("01-canary-crashloop", CANARY), stage.recording("02-canary-reverted", REVERTED)]
    with _play(stage, recordings) as play:
        plan, receipts = play.run()
        _remediations(plan, receipts)
        return play.healed()


def several_incidents(stage: Stage, *, serve: bool = False) -> bool:
    """Play three bad releases at once; a person merges the pull requests. True where all heal."""
    _title("Three bad releases at once")
    recordings = [stage.recording("03-many-incidents", INCIDENTS), stage.recording("02-canary-reverted", REVERTED)]
    with _play(stage, recordings) as play:
        if stage.tools.helm is None:
            _say("Left out: catalog-production. It is a Helm chart and helm is not installed; it is mended by hand.")
            play.mend_catalog()
        plan, receipts = play.run()
        _remediations(plan, receipts)
        pulls = [receipt.change for receipt in receipts if receipt.change is not None and receipt.change.number]
        if plan.remediations and pulls:
            _title("What a reviewer reads: the first pull request")
            tell(textwrap.indent(plan.remediations[0].body.strip(), "    "))
        _say("Run again, on the same state:")
        again, _ = play.run()
        _left(again)
        if serve:
            play.serve()
        _say(f"A person reads and merges {len(pulls)} pull requests.")
        play.merge(pulls)
        return play.healed()


class Play:
    """One sandbox, and the bot run against it as a workflow would run it."""

    def __init__(self, sandbox: Sandbox, stage: Stage, folder: Path) -> None:
        self._sandbox = sandbox
        self._environment = {**sandbox.environment, "PATH": stage.path}
        self._folder = folder

    def run(self) -> tuple[Plan, tuple[Receipt, ...]]:
        """Plan and apply."""
        settings, now = read_settings(self._environment), datetime.now(UTC)
        with Wiring(settings, self._folder, now) as wiring:
            session = Session(settings, wiring, now)
            plan = session.plan()
            return plan, session.apply(plan)

    def healed(self) -> bool:
        """Look once more, and tell whether every application that was in trouble is well again."""
        settings, now = read_settings(self._environment), datetime.now(UTC)
        with Wiring(settings, self._folder, now) as wiring:
            plan = Session(settings, wiring, now).plan()
        _say("Argo CD syncs the new commit. The bot looks again:")
        _left(plan)
        _say("Healed: nothing is left to do." if not plan.remediations else "Still in trouble.")
        return not plan.remediations

    def merge(self, changes: list[Change]) -> None:
        """Merge pull requests, as a reviewer would."""
        token = {"Authorization": f"Bearer {self._environment['GITHUB_TOKEN']}"}
        for change in changes:
            url = f"{self._repository_url}/pulls/{change.number}/merge"
            httpx.put(url, json={"merge_method": "squash"}, headers=token).raise_for_status()

    def mend_catalog(self) -> None:
        """Take catalog's bad release back by hand, for a machine that cannot render it."""
        settings = read_settings(self._environment)
        with Wiring(settings, self._folder, datetime.now(UTC)) as wiring:
            content = wiring.repository.read(HEALTHY, CATALOG) or b""
            head = wiring.repository.head(wiring.branch)
            forge = wiring.required_forge()
            forge.commit_on_branch(wiring.branch, head, "catalog: back to 1.9.0, by hand", "", {CATALOG: content}, ())

    def serve(self) -> None:
        """Keep the forge open until the person has seen enough."""
        _say(f"Open {self._sandbox.url}/{self._sandbox.forge.full_name}/pulls in a browser; Ctrl-C goes on.")
        try:
            signal.pause()
        except KeyboardInterrupt:
            tell("")

    @property
    def _repository_url(self) -> str:
        return f"{self._environment['GITHUB_API_URL']}/repos/{self._environment['GITHUB_REPOSITORY']}"


@contextmanager
def _play(stage: Stage, recordings: list[RecordingAt]) -> Iterator[Play]:
    with (
        Sandbox.start(recordings, stage.repository, recordings[0].commit) as sandbox,
        tempfile.TemporaryDirectory(prefix="gitops-bot-demo-") as folder,
    ):
        yield Play(sandbox, stage, Path(folder))


def _remediations(plan: Plan, receipts: tuple[Receipt, ...]) -> None:
    done = {receipt.fingerprint: receipt.summary for receipt in receipts}
    for remediation in plan.remediations:
        _remediation(remediation, done.get(remediation.fingerprint, "not written"))


def _remediation(remediation: Remediation, done: str) -> None:
    _say(f"{remediation.cause[:1].upper()}{remediation.cause[1:]}.")
    for edit in remediation.edits:
        tell(textwrap.indent(edit.diff, "    "))
    _say(f"Proven by rendering, confidence {remediation.confidence}, tier {remediation.tier}: {done}")


def _left(plan: Plan) -> None:
    for skipped in plan.skipped:
        _say(f"- {skipped.application}: {skipped.reason}")


def _title(text: str) -> None:
    tell(f"\n{text}\n{'=' * len(text)}")


def _say(text: str) -> None:
    tell(f"\n{textwrap.fill(text, 110, break_long_words=False, break_on_hyphens=False)}")
