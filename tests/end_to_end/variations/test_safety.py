"""What must not happen whatever the estate looks like: other applications moved, security or schemas changed alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.end_to_end.variations import symptoms
from tests.end_to_end.variations.building import Varied
from tests.end_to_end.variations.conftest import Run

Vary = Callable[..., Varied]
LEDGER = "ledger/ledger.yaml"
BASE = "payments/base/rollout.yaml"
PRODUCTION, STAGING = "payments-production", "payments-staging"
ROLE = """---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: ledger
rules:
- {apiGroups: [""], resources: [pods], verbs: [get]}
"""


@pytest.fixture
def ledger(vary: Vary) -> Varied:
    """5.2.0 was delivered to production a moment ago, and crashes; Git is one commit before it."""
    varied = vary()
    varied.keep("ledger")
    varied.git("reset", "-q", "--hard", "HEAD~1")
    return varied


def released(varied: Varied, text: str) -> None:
    commit = varied.commit("ledger: 5.2.0", {LEDGER: text})
    varied.application("ledger")["status"]["history"].pop()
    varied.delivered("ledger", commit)


def test_a_role_that_came_with_the_release_is_not_taken_away_by_a_machine(ledger: Varied, run: Run) -> None:
    text = (ledger.clone / LEDGER).read_text(encoding="utf-8")
    released(ledger, text.replace("ledger:5.1.2", "ledger:5.2.0") + ROLE)
    written = run(ledger)
    assert not written.commits
    for lines in written.pulls.values():
        assert lines == {LEDGER: (lines[LEDGER][0][:1], lines[LEDGER][1][:1])}
        assert "image:" in lines[LEDGER][0][0]
    assert len(written.pulls) + len(written.issues) == 1


def test_a_release_with_a_migration_is_for_a_person(ledger: Varied, run: Run) -> None:
    text = (ledger.clone / LEDGER).read_text(encoding="utf-8")
    migration = (
        "      initContainers:\n      - {name: db-migrate, image: registry.example.com/ledger:5.2.0}\n"
        "      containers:\n"
    )
    assert "      containers:\n" in text
    released(ledger, text.replace("ledger:5.1.2", "ledger:5.2.0").replace("      containers:\n", migration))
    written = run(ledger)
    assert not written.commits
    assert not written.pulls
    (body,) = written.issues.values()
    assert "database schema" in body


def test_damaged_data_is_for_a_person(vary: Vary, run: Run) -> None:
    varied = vary()
    varied.keep("ledger")
    symptoms.crashes(varied, message="FATAL: could not read block 17: invalid page, data corruption suspected")
    written = run(varied)
    assert not written.commits
    assert not written.pulls
    (body,) = written.issues.values()
    assert "corruption" in body


def test_a_key_that_the_release_took_out_of_a_configmap_comes_back(ledger: Varied, run: Run) -> None:
    text = (ledger.clone / LEDGER).read_text(encoding="utf-8")
    assert "  DB_HOST: ledger-db\n" in text
    released(ledger, text.replace("  DB_HOST: ledger-db\n", ""))
    symptoms.waits(ledger, "CreateContainerConfigError", "couldn't find key DB_HOST in ConfigMap ledger/ledger-config")
    assert run(ledger).pulls == {"ledger": {LEDGER: ([], ["DB_HOST: ledger-db"])}}


def shared_base(vary: Vary) -> Varied:
    """The canary of production crashes since a commit in the base that staging reads as well."""
    varied = vary("01-canary-crashloop@2b4a2f8")
    varied.keep(PRODUCTION, STAGING)
    varied.git("reset", "-q", "--hard", "HEAD~1")
    assert 'value: "20"' in (varied.clone / BASE).read_text(encoding="utf-8")
    commit = varied.edit("payments: smaller pool", BASE, 'value: "20"', 'value: "0"')
    varied.application(PRODUCTION)["status"]["history"].pop()
    varied.delivered(PRODUCTION, commit, "2026-11-23T10:27:41Z")
    varied.delivered(STAGING, commit, "2026-11-23T10:27:41Z")
    for name in (PRODUCTION, STAGING):
        varied.compared(name, commit)
    return varied


def test_a_base_that_another_application_reads_is_not_changed_under_it(vary: Vary, run: Run) -> None:
    written = run(shared_base(vary))
    for lines in (written.lines, *written.pulls.values()):
        assert BASE not in lines
    assert len(written.commits) + len(written.pulls) + len(written.issues) == 1


def test_other_applications_have_no_part_in_a_rollback(vary: Vary, run: Run) -> None:
    """One commit raised the image of the failing and a value of a healthy application: the healthy one keeps its."""
    varied = vary("01-canary-crashloop@2b4a2f8")
    varied.keep(PRODUCTION, "ledger")
    varied.git("reset", "-q", "--hard", "HEAD~1")
    overlay = "payments/overlays/production/kustomization.yaml"
    texts = {path: (varied.clone / path).read_text(encoding="utf-8") for path in (overlay, LEDGER)}
    commit = varied.commit(
        "Two at once",
        {
            overlay: texts[overlay].replace("newTag: v2.3.0", "newTag: v2.3.1"),
            LEDGER: texts[LEDGER].replace("audit=on", "audit=off"),
        },
    )
    varied.application(PRODUCTION)["status"]["history"].pop()
    varied.delivered(PRODUCTION, commit, "2026-11-23T10:27:41Z")
    written = run(varied)
    assert written.lines == {overlay: (["newTag: v2.3.1"], ["newTag: v2.3.0"])}
    assert not written.pulls
