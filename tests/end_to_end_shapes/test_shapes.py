"""Every shape in which a field stands in Git: each bad release is taken back in its own one line."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gitops_bot.commands.session import Session
from gitops_bot.model.plan import Plan, Remediation
from gitops_bot.sandbox.server import RecordingAt, Sandbox
from gitops_bot.settings import read_settings
from gitops_bot.wiring import Wiring

FIXTURES = Path(__file__).parents[2] / "fixtures"

# Path, applications, the line that goes, the line that comes.
REMEDIATIONS = [
    (
        "apps/audit.yaml",
        ("audit",),
        "        image: {repository: registry.example.com/audit, tag: 2.0.1x}",
        "        image: {repository: registry.example.com/audit, tag: 2.0.0}",
    ),
    (
        "apps/notify.yaml",
        ("notify",),
        "          tag: 0.9.5   # promoted by hand",
        "          tag: 0.9.4   # promoted by hand",
    ),
    (
        "apps/wallet.yaml",
        ("wallet",),
        "        - registry.example.com/wallet:7.1.0",
        "        - registry.example.com/wallet:7.0.1",
    ),
    ("envs/eu/mailer.yaml", ("mailer-eu",), "  tag: 3.3.0", "  tag: 3.2.0"),
    (
        "regions/us/config.json",
        ("edge-us",),
        '{"region": "us", "tag": "5.6.0", "replicas": 1}',
        '{"region": "us", "tag": "5.5.0", "replicas": 1}',
    ),
    (
        "services/pricing/.argocd-source-pricing.yaml",
        ("pricing",),
        "  - registry.example.com/pricing:43",
        "  - registry.example.com/pricing:42",
    ),
    ("services/profile/overlays/eu/kustomization.yaml", ("profile-eu",), "    newTag: 1.9.0", "    newTag: 1.8.0"),
    (
        "teams/red/bot/kustomization.yaml",
        ("red-bot-production", "red-bot-staging"),
        'images: [{name: registry.example.com/bot, newTag: "11"}]',
        'images: [{name: registry.example.com/bot, newTag: "10"}]',
    ),
]

MakePlan = Callable[[str, str], Plan]


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[MakePlan]:
    """Plays a recording at a commit of the platform's repository, and plans."""
    for name in ("helm", "kustomize"):
        if shutil.which(name) is None:
            reason = f"{name} is not on PATH"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
    with ExitStack() as stack:

        def play(recording: str, commit: str) -> Plan:
            given = [RecordingAt(FIXTURES / "recordings" / recording, commit)]
            bundle = FIXTURES / "repositories" / "platform.bundle"
            sandbox = stack.enter_context(Sandbox.start(given, bundle, commit))
            served = sandbox.environment
            checkout = tmp_path / "checkout"
            url = f"{served['GITHUB_SERVER_URL']}/{served['GITHUB_REPOSITORY']}.git"
            subprocess.run(["git", "clone", "-q", url, str(checkout)], check=True)
            now = datetime.now(UTC)
            settings = read_settings({**served, "PATH": os.environ["PATH"]})
            with Wiring(settings, checkout, now) as wiring:
                made = Session(settings, wiring, now).plan()
            assert sandbox.argocd.refused == []
            return made

        yield play


def edited(remediation: Remediation) -> tuple[str, tuple[str, ...], list[str]]:
    """Return the one edited path, the applications, and all lines that the diff changes."""
    [edit] = remediation.edits
    changed = [line for line in edit.diff.splitlines()[2:] if line[:1] in ("-", "+")]
    return edit.path, remediation.applications, changed


def test_nothing_is_wrong_and_nothing_is_done(plan: MakePlan) -> None:
    assert plan("06-shapes-healthy", "8773bf4").remediations == ()


def test_eight_bad_releases_take_eight_single_lines(plan: MakePlan) -> None:
    made = plan("07-shapes-bad-releases", "16e305a")
    assert {one.action for one in made.remediations} == {"rollback"}
    assert sorted(edited(one) for one in made.remediations) == [
        (path, names, [f"-{before}", f"+{after}"]) for path, names, before, after in REMEDIATIONS
    ]


def test_of_the_region_that_is_taken_back_no_other_moves(plan: MakePlan) -> None:
    made = plan("07-shapes-bad-releases", "16e305a")
    [edge] = [one for one in made.remediations if one.applications == ("edge-us",)]
    assert [one.application for one in edge.rendered] == ["edge-us"]
    [blast] = [one for one in edge.checks if one.name == "blast radius"]
    assert blast.passed
    assert blast.detail.endswith("the edited files declare edge-eu too, and as before")


def test_ten_minutes_later_it_is_the_same_and_one_sync(plan: MakePlan) -> None:
    made = plan("08-shapes-degraded", "16e305a")
    syncs = [one for one in made.remediations if one.action == "force_sync"]
    assert [(one.applications, one.edits, one.tier) for one in syncs] == [(("blue-bot-staging",), (), "commit")]
    assert sorted(edited(one) for one in made.remediations if one.action != "force_sync") == [
        (path, names, [f"-{before}", f"+{after}"]) for path, names, before, after in REMEDIATIONS
    ]
